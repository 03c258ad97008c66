// Layers of which few weights are left, dense and skipping zeros; and whole networks.

internal import Compression
internal import Kernels
internal import Networks
internal import Tensors

enum SparseProducts {
  /// A unit is one product of a layer's weights with a batch.
  /// - Parameter way: "dense", with a tenth of the weights kept; or the percent that are kept, and zeros
  ///   skipped.
  static func job(_ way: String, rows: Int, columns: Int, batch: Int) throws -> any Job {
    guard way == "dense" || Int(way).map({ (1...100).contains($0) }) == true else {
      throw Refusal("dense, or a percentage, got `\(way)`")
    }
    let kept = Figures.even(rows * columns, seed: 21)
    let share = Float(Int(way) ?? 10) / 100
    var weights = Figures.centered(rows * columns, seed: 20)
    for i in weights.indices where kept[i] >= share { weights[i] = 0 }
    var network = try Network(
      name: "layer", inputShape: [columns],
      nodes: [
        Node(
          name: "dense1", layer: try DenseLayer(units: rows, bias: false), inputs: [Network.input],
          parameters: [
            Parameter("weight", role: .weight, value: Tensor(trusted: [rows, columns], weights))
          ])
      ])
    if way != "dense" { network.skipsZeros = .csr }
    let inputs = Tensor(
      trusted: [batch, columns], Figures.centered(batch * columns, seed: 11))
    let predictor = try Predictor(network, batch: batch)
    return Task {
      try predictor.predict(inputs)
    } compares: {
      Figures.sample($0.elements)
    }
  }

  /// A named network with a tenth of the weights of each layer. A unit is an image.
  static func network(_ name: String, _ way: String, batch: Int) throws -> any Job {
    let whole = try Inference.weighted(Program().network(Inference.expression(name)))
    var network = whole.mapParameters { _, parameter in
      guard parameter.role == .weight else { return parameter }
      let kept = Figures.even(parameter.value.count, seed: 21)
      return parameter.with(pruned: kept.map { $0 >= 0.1 })
    }
    if way != "dense" { network.skipsZeros = .csr }
    let shape = [batch] + network.inputShape
    let images = Tensor(trusted: shape, Figures.even(shape.reduce(1, *), seed: 1))
    let predictor = try Predictor(network, batch: batch)
    return Task(units: Double(batch)) {
      try predictor.predict(images)
    } compares: {
      $0.elements.prefix(80).map(Double.init)
    }
  }
}
