// The empirical Fisher information of single weights: the mean squared gradient of one example's loss.
import Networks
import Tensors

enum FisherDiagonal {
  /// For each layer, F_ii of each of its weights. The gradients are those of the cross-entropy with the
  /// labels of the data, one example at a time, in training precision: as many passes as examples,
  /// for the squares of a batch's mean gradient are another thing.
  static func measured(
    _ network: Network, _ layers: [WeightedLayer], on data: Dataset, monitor: Monitor
  ) throws(NetworkError) -> [[Double]] {
    let gradient = try LossGradient(network, on: data, batch: 1)
    let places = Places(gradient, layers)
    var sums = layers.map { [Double](repeating: 0, count: $0.values.count) }
    // One pass gives the gradient of loss / N.
    let count = Double(data.count)
    for batch in gradient.batches {
      try gradient.run(batch, monitor: monitor)
      for layer in layers.indices {
        let slopes = places.gradient(of: layer)
        add(squares: slopes, times: count, to: &sums[layer])
      }
    }
    return sums
  }

  private static func add(squares: [Float], times factor: Double, to sums: inout [Double]) {
    for i in sums.indices {
      let slope = Double(squares[i])
      sums[i] += slope * slope * factor
    }
  }
}

/// Where the weights of layers are in a gradient.
struct Places {
  private let gradient: LossGradient
  /// By layer, and by the layer's parameters.
  private let places: [[Int]]
  private let counts: [[Int]]

  init(_ gradient: LossGradient, _ layers: [WeightedLayer]) {
    self.gradient = gradient
    places = layers.map { layer in
      layer.parameters.compactMap { parameter in
        gradient.places.firstIndex { $0.node == layer.node && $0.parameter == parameter }
      }
    }
    counts = layers.map(\.counts)
  }

  /// By all weights of a layer, after a pass.
  func gradient(of layer: Int) -> [Float] {
    let places = places[layer]
    return places.count == 1
      ? gradient.gradient(places[0]) : places.flatMap { gradient.gradient($0) }
  }

  func move(_ layer: Int, to values: [Float]) {
    guard places[layer].count > 1 else { return gradient.move(places[layer][0], to: values) }
    var start = 0
    for (place, count) in zip(places[layer], counts[layer]) {
      gradient.move(place, to: Array(values[start..<start + count]))
      start += count
    }
  }
}
