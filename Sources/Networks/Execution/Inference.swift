// Networks at work: scores for inputs, and how well they do on labelled examples.
package import Kernels
package import Tensors

/// What a network does on labelled examples.
package struct Evaluation: Sendable {
  /// The class with the greatest score, for each example.
  package let predictions: [Int]
  /// The share of right predictions.
  package let accuracy: Double
  /// The mean cross-entropy.
  package let loss: Double
}

/// A network that is ready to run again and again, with its buffers laid out once.
package final class Predictor {
  private let arithmetic: Arithmetic

  private enum Arithmetic {
    case floats(Plan)
    /// Ranges are known: codes from end to end.
    case codes(IntegerNetwork)
    /// Ranges are found for each example: whole numbers within layers.
    case products(IntegerPredictor)
  }

  /// - Parameter batch: examples that run at a time, at most.
  /// - Throws: `NetworkError.limit`, `.memory`; `.integer` for a network that is to run with whole
  ///   numbers and cannot.
  package init(
    _ network: Network, batch: Int = 128, path: EnginePath = .configured,
    workers: Workers = .shared
  ) throws(NetworkError) {
    guard network.runsInIntegers, !network.countsBits else {
      // What can run on codes is simulated on them, so that it answers as whole numbers would.
      if let codes = try network.onCodes(workers) {
        arithmetic = .codes(codes)
        return
      }
      arithmetic = .floats(
        try Plan(
          network, weights: Weights(network, path: path), capacity: max(1, batch),
          training: false, path: path, workers: workers))
      return
    }
    guard network.roundsEachExample else {
      arithmetic = .codes(try IntegerNetwork(network, workers: workers))
      return
    }
    for node in network.nodes where node.layer is DenseLayer || node.layer is Conv2D {
      guard IntegerWeights(exactly: node.parameters[0]) != nil else {
        throw IntegerWeights.refusal(node.name)
      }
    }
    guard let products = try IntegerPredictor(network, workers: workers) else {
      throw .integer(
        layer: network.name,
        why: "with dynamic ranges, it must be a chain of dense, conv, pooling and relu layers")
    }
    arithmetic = .products(products)
  }

  /// The scores `[B, …]` of inputs `[B, …]`, for any B.
  /// - Throws: `NetworkError.data`, `.index`, `.interrupted`.
  package func predict(
    _ inputs: Tensor, monitor: Monitor = .silent
  ) throws(NetworkError) -> Tensor {
    switch arithmetic {
    case .floats(let plan): try predict(inputs, plan, monitor)
    case .codes(let network): try network.predict(inputs, monitor: monitor)
    case .products(let network): try network.predict(inputs, monitor: monitor)
    }
  }

  private func predict(
    _ inputs: Tensor, _ plan: Plan, _ monitor: Monitor
  ) throws(NetworkError) -> Tensor {
    try plan.network.check(inputs: inputs)
    return try plan.scores(of: inputs, monitor)
  }
}

extension Plan {
  /// The scores `[B, …]` of inputs `[B, …]` that fit, for any B.
  /// - Throws: `NetworkError.interrupted`.
  func scores(of inputs: Tensor, _ monitor: Monitor) throws(NetworkError) -> Tensor {
    let count = inputs.shape[0]
    let width = network.outputShape.reduce(1, *)
    let example = network.inputShape.reduce(1, *)
    var scores = [Float](repeating: 0, count: count * width)
    for start in stride(from: 0, to: count, by: capacity) {
      let size = min(capacity, count - start)
      try forward(size, monitor: monitor) { examples, rows in
        rows.copy(from: inputs.elements, at: (start + examples.lowerBound) * example)
      }
      output.slice(0, size * width).copy(to: &scores, at: start * width)
    }
    return Tensor(trusted: [count] + network.outputShape, scores)
  }
}

extension Network {
  /// The scores `[B, …]` of inputs `[B, …]`: what the last layer gives, for any B.
  /// - Throws: `NetworkError.data`, `.index`, `.limit`, `.interrupted`.
  package func predict(
    _ inputs: Tensor, monitor: Monitor = .silent, workers: Workers = .shared
  ) throws(NetworkError) -> Tensor {
    try check(inputs: inputs)
    return try Predictor(self, batch: inferenceBatch(for: inputs.shape[0]), workers: workers)
      .predict(inputs, monitor: monitor)
  }

  /// Examples that run at a time: 128, or as many as keep the outputs of all layers within 2 GiB, in
  /// whole blocks of lanes. It follows from shapes alone: with more memory, results are the same.
  func inferenceBatch(for count: Int) -> Int {
    let each = ([inputShape] + shapes).reduce(0) { $0 + $1.reduce(1, *) }
    let most = max(1, min(128, (1 << 29) / max(1, each)))
    let blocks = most < Lanes.count ? most : most / Lanes.count * Lanes.count
    return max(1, min(blocks, count))
  }

  /// Predictions, accuracy and mean loss on labelled examples.
  /// - Throws: as `predict`, and `NetworkError.label`.
  package func evaluate(
    on data: Dataset, monitor: Monitor = .silent, workers: Workers = .shared
  ) throws(NetworkError) -> Evaluation {
    try check(data)
    let scores = try predict(data.inputs, monitor: monitor, workers: workers)
    return Evaluation(of: scores, labels: data.labels)
  }
}

extension Evaluation {
  /// - Parameter scores: `[B, …]`, with a class for each number of a row.
  init(of scores: Tensor, labels: [Int]) {
    let classes = scores.shape.dropFirst().reduce(1, *)
    let table = Memory(classes)
    let gradient = Memory(classes)
    let facts = Memory(3)
    let label = facts.floats.slice(0, 1)
    let loss = facts.floats.slice(1, 1)
    let guess = facts.floats.slice(2, 1)
    var predictions: [Int] = []
    var right = 0
    var total = 0.0
    for (i, wanted) in labels.enumerated() {
      table.floats.copy(from: scores.elements, at: i * classes)
      label[0] = Float(wanted)
      let row = Scores(table.floats, rows: 1, classes: classes)
      row.crossEntropy(
        labels: label, smoothing: 0, scale: 1, losses: loss, gradient: gradient.floats)
      row.argmax(to: guess)
      predictions.append(Int(guess[0]))
      if predictions[i] == wanted { right += 1 }
      total += Double(loss[0])
    }
    let count = Double(max(1, labels.count))
    self.init(predictions: predictions, accuracy: Double(right) / count, loss: total / count)
  }
}

extension Network {
  /// The network as one that runs in whole numbers.
  /// - Throws: `NetworkError.integer` with what cannot, and why; `.memory`.
  package func inIntegers() throws(NetworkError) -> Network {
    var made = self
    made.runsInIntegers = true
    _ = try Predictor(made, batch: 1)
    return made
  }

  /// The network simulated on codes; nil where something in it has no whole-number form.
  /// - Throws: `NetworkError.memory`.
  fileprivate func onCodes(_ workers: Workers) throws(NetworkError) -> IntegerNetwork? {
    guard nodes.contains(where: { ($0.layer as? ActivationQuantizer)?.hasStep == true }) else {
      return nil
    }
    do throws(NetworkError) {
      return try IntegerNetwork(self, sums: .floats, workers: workers)
    } catch {
      if case .integer = error { return nil }
      throw error
    }
  }

  /// Every quantizer finds the range of each example anew, around 0, for codes of eight bits.
  fileprivate var roundsEachExample: Bool {
    let all = nodes.compactMap { $0.layer as? ActivationQuantizer }
    return !all.isEmpty
      && all.allSatisfy { $0.moment == .sample && $0.grid == .symmetric && $0.bits == 8 }
  }
}

// What is checked at the door.
extension Network {
  /// - Throws: `NetworkError.data` for examples of another shape, `.index` for an embedding's input
  ///   that is not in its vocabulary.
  package func check(inputs: Tensor) throws(NetworkError) {
    let shape = Array(inputs.shape.dropFirst())
    guard inputs.rank > 0, shape == inputShape else {
      throw .data(wanted: inputShape, got: shape)
    }
    let size = max(1, inputShape.reduce(1, *))
    for node in nodes where node.inputs.contains(Network.input) {
      guard let embedding = node.layer as? Embedding else { continue }
      for (i, value) in inputs.elements.enumerated()
      where !(value >= 0 && value < Float(embedding.vocabulary) && value == value.rounded()) {
        throw .index(found: value, vocabulary: embedding.vocabulary, example: i / size)
      }
    }
  }

  /// - Throws: as `check(inputs:)`; `NetworkError.label` for a label that no output stands for.
  package func check(_ data: Dataset) throws(NetworkError) {
    try check(inputs: data.inputs)
    guard data.count > 0, data.inputs.shape[0] == data.count else {
      throw .option(
        name: "examples", wanted: "at least one, each with its label",
        got: "\(data.inputs.shape[0]) examples and \(data.count) labels")
    }
    let classes = outputShape.reduce(1, *)
    for (example, label) in data.labels.enumerated() where label < 0 || label >= classes {
      throw .label(found: label, classes: classes, example: example)
    }
  }
}
