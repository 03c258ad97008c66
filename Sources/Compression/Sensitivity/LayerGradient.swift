// The gradient of the mean loss by whole layers, and layers that are moved as a whole.
import Networks

/// A gradient whose parameters are gathered by layers.
struct LayerGradient {
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

  /// The lengths of the gradients of the mean loss over all examples, by the weights of the first
  /// `count` layers.
  func norms(of count: Int, monitor: Monitor) throws(NetworkError) -> [Double] {
    var sums: [[Double]] = []
    for batch in gradient.batches {
      try gradient.run(batch, monitor: monitor)
      for layer in 0..<count {
        let slopes = self.gradient(of: layer)
        if sums.count == layer { sums.append([Double](repeating: 0, count: slopes.count)) }
        for (i, slope) in slopes.enumerated() { sums[layer][i] += Double(slope) }
      }
    }
    return sums.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
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
