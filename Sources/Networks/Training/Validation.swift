// How well a network does while it is trained: on its weights as they are, through buffers that are
// laid out once for all measurements.
internal import Encodings
internal import Kernels

final class Validation {
  private let examples: Dataset
  private let workers: Workers
  /// Nil where the network answers on other numbers than those that are trained: it is then written
  /// out for each measurement.
  private let plan: Plan?

  /// - Throws: `NetworkError.memory`.
  init(
    of network: Network, _ weights: Weights, on examples: Dataset, path: EnginePath,
    workers: Workers
  ) throws(NetworkError) {
    self.examples = examples
    self.workers = workers
    guard network.answersOnFloats, weights.projected.isEmpty else {
      plan = nil
      return
    }
    plan = try Plan(
      network, weights: weights, capacity: network.inferenceBatch(for: examples.count),
      training: false, path: path, workers: workers)
  }

  /// Nil without examples.
  /// - Throws: `NetworkError.interrupted`.
  func evaluate(
    _ weights: Weights, _ network: Network, _ monitor: Monitor
  ) throws(NetworkError) -> Evaluation? {
    guard examples.count > 0 else { return nil }
    guard let plan else {
      return try weights.written(to: network)
        .evaluate(on: examples, monitor: monitor, workers: workers)
    }
    plan.prepare()
    return Evaluation(
      of: try plan.scores(of: examples.inputs, monitor), labels: examples.labels)
  }
}

extension Network {
  /// What it answers follows from the floats that are its parameters, and from nothing else.
  fileprivate var answersOnFloats: Bool {
    !runsInIntegers && parameters.allSatisfy { $0.parameter.encoding.isPlain }
      && !nodes.contains { $0.layer is ActivationQuantizer }
  }
}
