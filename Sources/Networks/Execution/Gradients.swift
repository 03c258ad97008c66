// The slopes of a network: how a weighted sum of its outputs changes with its parameters and inputs.
internal import Kernels
package import Tensors

/// The gradients of `sum(weighting * outputs)`.
package struct Gradients: Sendable {
  /// The outputs `[B, …]` that they belong to.
  package let outputs: Tensor
  /// By node and parameter; nil for what is frozen or not learned.
  package let parameters: [[Tensor?]]
  /// By the inputs `[B, …]`.
  package let inputs: Tensor
}

extension Network {
  /// One pass forward and back, as in a step of training (statistics of the batch, dropout by seed).
  /// - Throws: `NetworkError.data` where inputs or weighting have another shape, `.index`, `.limit`,
  ///   `.interrupted`.
  package func gradients(
    _ inputs: Tensor, weighting: Tensor, seed: UInt64 = 0, monitor: Monitor = .silent,
    path: EnginePath = .configured
  ) throws(NetworkError) -> Gradients {
    try check(inputs: inputs)
    let count = inputs.shape[0]
    guard weighting.shape == [count] + outputShape, count > 0 else {
      throw .data(wanted: [max(1, count)] + outputShape, got: weighting.shape)
    }
    let plan = try Plan(
      self, weights: Weights(self, path: path), capacity: count, training: true, reachesInput: true,
      path: path)
    let example = inputShape.reduce(1, *)
    try plan.forward(count, seed: seed, monitor: monitor) { examples, rows in
      rows.copy(from: inputs.elements, at: examples.lowerBound * example)
    }
    plan.outputGradient?.copy(from: weighting.elements)
    let outputs = Tensor(trusted: weighting.shape, plan.output.array)
    try plan.backward(count, monitor: monitor)
    var slopes: [[Tensor?]] = nodes.map { $0.parameters.map { _ in nil } }
    for (node, parameter, buffer) in plan.gradients {
      buffer.sum(plan.parts(buffer, count))
      let shape = nodes[node].parameters[parameter].value.shape
      slopes[node][parameter] = Tensor(
        trusted: shape, plan.weights.elements(of: buffer.total, node, parameter))
    }
    return Gradients(
      outputs: outputs, parameters: slopes,
      inputs: Tensor(trusted: inputs.shape, plan.inputGradient?.array ?? []))
  }
}
