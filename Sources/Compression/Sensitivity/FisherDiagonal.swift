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
    let byLayer = LayerGradient(gradient, layers)
    var sums = layers.map { [Double](repeating: 0, count: $0.values.count) }
    // One pass gives the gradient of loss / N.
    let count = Double(data.count)
    for batch in gradient.batches {
      try gradient.run(batch, monitor: monitor)
      for layer in layers.indices {
        let slopes = byLayer.gradient(of: layer)
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
