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

  func move(_ layer: Int, to values: [Float]) {
    guard places[layer].count > 1 else { return gradient.move(places[layer][0], to: values) }
    var start = 0
    for (place, count) in zip(places[layer], counts[layer]) {
      gradient.move(place, to: Array(values[start..<start + count]))
      start += count
    }
  }
}
