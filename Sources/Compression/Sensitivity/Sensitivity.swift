// How sensitive each layer is to few bits: estimates side by side, and how well each orders the layers
// as the truth does.
package import Networks
import Tensors

/// Scores of each layer at each number of bits.
package struct Sensitivity: Sendable {
  /// One layer at one number of bits.
  package struct Row: Sendable {
    package let layer: String
    package let bits: Int
    /// Weights that are left in the layer.
    package let weights: Int
    /// In the order of the estimators.
    package let scores: [MeanEstimate]
  }

  /// How one estimator orders things, against the measured change of the loss.
  package struct Agreement: Sendable {
    package let estimator: SensitivityEstimator
    /// Spearman's correlation over the layers at each number of bits, in the order asked for; nil where it
    /// is unknown. This is the question that an estimator is asked: which layer?
    package let byBits: [Double?]
    /// The same over all rows: layers and bits. That fewer bits hurt more, every estimator knows.
    package let overall: Double?
  }

  /// In the order asked for.
  package let bits: [Int]
  package let estimators: [SensitivityEstimator]
  /// By layer in the network's order, then by bits in the order asked for.
  package let rows: [Row]
  /// By layer; empty where no estimator wanted them.
  package let traces: [LayerTrace]
  /// Empty without the measured loss, or with nothing beside it.
  package let agreements: [Agreement]
  /// How many layers' measured loss is beyond its interval, by bits: the order of the others is chance.
  /// Empty without the measured loss.
  package let certain: [Int]
  /// How many were used; 0 where none were wanted.
  package let examples: Int
  /// The mean loss of these examples before anything is quantized.
  package let loss: Double?
}

/// Looks at every layer with weights, quantized alone.
///
/// Results depend on the seed, and not on the number of threads.
///
/// - Parameter data: nil where only estimators that need none are asked.
/// - Throws: `CompressionError`: `.bits`, `.setting` for options out of range, for missing examples
///   and for more than there are; `.nothing` without weights; `.notFinite`; what running the network
///   throws, as `.network`.
package func sensitivity(
  _ network: Network, on data: Dataset?, _ options: SensitivityOptions = SensitivityOptions(),
  monitor: Monitor = .silent
) throws(CompressionError) -> Sensitivity {
  try options.check()
  let evidence = try Evidence(
    network, on: data, options, technique: "sensitivity", monitor: monitor)
  var rows: [Sensitivity.Row] = []
  for (l, layer) in evidence.layers.enumerated() {
    for (b, bits) in options.bits.enumerated() {
      var scores: [MeanEstimate] = []
      for estimator in options.estimators { scores.append(try estimator.score(evidence, l, b)) }
      if monitor.isInterrupted() { throw .network(.interrupted) }
      rows.append(
        Sensitivity.Row(layer: layer.name, bits: bits, weights: layer.weights, scores: scores))
    }
  }
  return Sensitivity(
    bits: options.bits, estimators: options.estimators, rows: rows, traces: evidence.knownTraces,
    agreements: agreements(options, rows), certain: certain(options, rows),
    examples: evidence.examples?.count ?? 0, loss: try evidence.meanLoss())
}

/// The column of the measured loss, where it was asked for.
private func truth(_ options: SensitivityOptions) -> Int? {
  options.estimators.firstIndex { $0.name == SensitivityEstimator.loss.name }
}

private func agreements(
  _ options: SensitivityOptions, _ rows: [Sensitivity.Row]
) -> [Sensitivity.Agreement] {
  guard let measured = truth(options) else { return [] }
  func correlation(_ estimator: Int, _ rows: [Sensitivity.Row]) -> Double? {
    RankCorrelation.spearman(
      rows.map { $0.scores[estimator].value }, rows.map { $0.scores[measured].value })
  }
  return options.estimators.indices.filter { $0 != measured }.map { estimator in
    Sensitivity.Agreement(
      estimator: options.estimators[estimator],
      byBits: options.bits.map { bits in correlation(estimator, rows.filter { $0.bits == bits }) },
      overall: correlation(estimator, rows))
  }
}

private func certain(_ options: SensitivityOptions, _ rows: [Sensitivity.Row]) -> [Int] {
  guard let measured = truth(options) else { return [] }
  return options.bits.map { bits in
    rows.count { row in
      let loss = row.scores[measured]
      return row.bits == bits && abs(loss.value) > loss.halfWidth ?? .infinity
    }
  }
}
