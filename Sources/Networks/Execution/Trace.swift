// What flows through a network: the outputs of some of its nodes, batch by batch.
internal import Kernels
package import Tensors

extension Network {
  /// Runs inputs `[B, …]` through the network, and shows what leaves some of its nodes.
  ///
  /// A node whose output only an activation, a normalization that is part of it, or a pooling reads
  /// may have no output of its own: ask for the last of such a chain.
  /// - Parameters:
  ///   - nodes: by position; `Network.input` is the input itself.
  ///   - batch: examples at a time.
  ///   - visit: is called for each batch and node, in order, with `[batch, …]`.
  /// - Throws: `NetworkError.data`, `.index`, `.memory`, `.interrupted`.
  package func trace(
    _ inputs: Tensor, outputsOf nodes: [Int], batch: Int = 32, monitor: Monitor = .silent,
    visit: (_ node: Int, _ output: Tensor) -> Void
  ) throws(NetworkError) {
    try check(inputs: inputs)
    let count = inputs.shape[0]
    // One example after the other, as tensors have them.
    let plan = try Plan(
      self, weights: Weights(self, path: .general), capacity: max(1, min(batch, count)),
      training: false, path: .general)
    let size = inputShape.reduce(1, *)
    for start in stride(from: 0, to: count, by: plan.capacity) {
      let examples = min(plan.capacity, count - start)
      try plan.forward(examples, monitor: monitor) { run, rows in
        rows.copy(from: inputs.elements, at: (start + run.lowerBound) * size)
      }
      for node in nodes {
        let shape = node == Network.input ? inputShape : shapes[node]
        let rows = plan.output(of: node).slice(0, examples * shape.reduce(1, *))
        visit(node, Tensor(trusted: [examples] + shape, rows.array))
      }
    }
  }
}
