// The trace of the loss's Hessian by each layer's weights: Hutchinson's estimator.
import Kernels
package import Networks
package import Tensors

/// One layer's part of the Hessian of the mean loss.
package struct LayerTrace: Sendable {
  package let layer: String
  /// Weights that are left.
  package let weights: Int
  /// The sum of the second derivatives by each weight, with its interval over the random vectors. The
  /// interval knows nothing of other examples.
  package let trace: MeanEstimate
  /// Random vectors.
  package let samples: Int
  /// The mean second derivative by a weight, which is the mean eigenvalue.
  package var mean: MeanEstimate { trace.scaled(by: 1 / Double(max(1, weights))) }
}

/// tr(H_ll) = E v_lᵀ (H v)_l for v of independent random signs (Rademacher), l a layer.
///
/// One v for the weights of all layers at once: the parts H_lm v_m of other layers vanish in the mean,
/// and one product H v serves every layer. For L layers, a vector for each alone would cost L times
/// as much for a variance of 2 Σ h_ij² (i ≠ j) within the layer; this one adds Σ h_ij² over the
/// other layers once. At equal cost it is the better one where the other layers' blocks weigh less
/// than 2 (L − 1) times the layer's own.
///
/// H v is a central difference of exact gradients, (g(w + h v) − g(w − h v)) / 2h, on the straight
/// pieces of relu and maxpool that w itself is on: their kinks would add noise that grows as h shrinks,
/// and have no second derivative. What is left is smooth, and h = 0.001 of the weights' root mean
/// square errs by about 1e-4 of the trace: the errors of the difference and of float32 meet there.
package enum HessianTrace {
  /// Of the weights' root mean square.
  package static let step = 1e-3

  static func measured(
    _ network: Network, _ layers: [WeightedLayer], on data: Dataset, samples: Int,
    random: RandomStream, monitor: Monitor
  ) throws(NetworkError) -> [LayerTrace] {
    let difference = try CentralDifference(network, layers, on: data)
    var draws = layers.map { _ in [Double](repeating: 0, count: samples) }
    // Pieces belong to a batch: all vectors pass over one batch before the next.
    for batch in difference.batches {
      try difference.choosePieces(batch, monitor)
      for sample in 0..<samples {
        var stream = random.split("vector \(sample)")
        let found = try difference.products(batch, &stream, monitor)
        for layer in layers.indices { draws[layer][sample] += found[layer] }
      }
    }
    return zip(layers, draws).map { layer, draws in
      LayerTrace(
        layer: layer.name, weights: layer.weights, trace: MeanEstimate(meanOf: draws),
        samples: samples)
    }
  }
}

/// vᵀHv by layers, for one random v after the other, on one layout of buffers.
package final class CentralDifference {
  private let gradient: LossGradient
  private let layers: [WeightedLayer]
  private let byLayer: LayerGradient
  private let step: Float
  /// Of all layers, laid out once.
  private var signs: [[Float]]
  private var moved: [[Float]]

  /// - Throws: `CompressionError`: `.nothing` without weights, `.notFinite`; `.network` as `LossGradient`.
  package convenience init(_ network: Network, on data: Dataset) throws(CompressionError) {
    let layers = try WeightedLayer.all(of: network, technique: "a Hessian")
    do throws(NetworkError) { try self.init(network, layers, on: data) } catch {
      throw .network(error)
    }
  }

  init(
    _ network: Network, _ layers: [WeightedLayer], on data: Dataset
  ) throws(NetworkError) {
    gradient = try LossGradient(network, on: data, holds: true)
    self.layers = layers
    byLayer = LayerGradient(gradient, layers)
    signs = layers.map { [Float](repeating: 0, count: $0.values.count) }
    moved = signs
    let squares = layers.reduce(0.0) { sum, layer in
      sum + layer.values.reduce(0.0) { $0 + Double($1) * Double($1) }
    }
    let count = Double(max(1, layers.reduce(0) { $0 + $1.weights }))
    let scale = (squares / count).squareRoot()
    step = Float(HessianTrace.step * (scale > 0 ? scale : 1))
  }

  /// The examples in runs that one pass takes.
  package var batches: [Range<Int>] { gradient.batches }

  /// For one of the runs of examples, `batches`, before any products over it.
  package func choosePieces(_ batch: Range<Int>, _ monitor: Monitor) throws(NetworkError) {
    for layer in layers.indices { byLayer.move(layer, to: layers[layer].values) }
    try gradient.choosePieces(batch, monitor: monitor)
  }

  /// One number for each layer: over these examples, divided by the number of all examples.
  /// - Throws: `NetworkError.interrupted`.
  package func products(
    _ batch: Range<Int>, _ random: inout RandomStream, _ monitor: Monitor
  ) throws(NetworkError) -> [Double] {
    for layer in layers.indices { draw(layer, &random) }
    let above = try slopes(batch, at: step, monitor)
    let below = try slopes(batch, at: -step, monitor)
    return zip(above, below).map { ($0 - $1) / (2 * Double(step)) }
  }

  /// Random signs; 0 for what is pruned.
  private func draw(_ layer: Int, _ random: inout RandomStream) {
    let words = (0..<(signs[layer].count + 63) / 64).map { _ in random.next() }
    RandomSigns.fill(&signs[layer], words)
    guard let pruned = layers[layer].pruned else { return }
    for (i, isPruned) in pruned.enumerated() where isPruned { signs[layer][i] = 0 }
  }

  /// vᵀ g(w + h v) by layers.
  private func slopes(
    _ batch: Range<Int>, at step: Float, _ monitor: Monitor
  ) throws(NetworkError) -> [Double] {
    for layer in layers.indices {
      RandomSigns.move(
        layers[layer].values, by: step, along: signs[layer], to: &moved[layer])
      byLayer.move(layer, to: moved[layer])
    }
    try gradient.run(batch, monitor: monitor)
    return layers.indices.map { RandomSigns.dot(signs[$0], byLayer.gradient(of: $0)) }
  }
}
