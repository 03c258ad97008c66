// Removes what matters least from a network: single weights, or whole units.
package import Networks
import Tensors

package struct PruneOptions: Sendable {
  /// The fraction that is removed, `0..<1`, of the weights or of the units in question.
  package var sparsity: Double
  package var granularity: Granularity
  package var criterion: Criterion
  package var scope: PruningScope
  package var layers: Layers

  /// - Parameter criterion: nil for the first of the table that fits the granularity.
  package init(
    sparsity: Double, granularity: Granularity = .weight, criterion: Criterion? = nil,
    scope: PruningScope = .local, layers: Layers = .all
  ) {
    self.sparsity = sparsity
    self.granularity = granularity
    self.criterion = criterion ?? .standard(for: granularity)
    self.scope = scope
    self.layers = layers
  }
}

/// The network without the fraction of its weights or units that the criterion scores lowest.
///
/// By weight, exactly k = round(sparsity × n) of the n weights (role `.weight`; biases stay) are
/// zero and stay zero in later training: of each layer, or of the whole network for the global
/// scope. Weights pruned before stay pruned and count; where they are more than k, nothing changes.
/// Ties go to the weight that comes first. By unit, see `pruneUnits`.
///
/// - Throws: `CompressionError`: `.sparsity` outside `0..<1`; `.criterion` that scores the other
///   granularity; `.unknownLayer`; `.nothing` without any weights.
package func prune(
  _ network: Network, _ options: PruneOptions
) throws(CompressionError) -> Compressed {
  try checkSparsity(options.sparsity)
  guard options.criterion.granularity == options.granularity else {
    throw .criterion(
      options.criterion.name, scores: "\(options.criterion.granularity.rawValue)s",
      wanted: "\(options.granularity.rawValue)s")
  }
  switch options.criterion.score {
  case .weights(let score): return try pruneWeights(network, options, by: score)
  case .unit(let score): return try pruneUnits(network, options, by: score)
  }
}

/// The layers with weights, by name.
func weightedLayers(of network: Network) -> [String] {
  network.nodes.filter { $0.parameters.contains { $0.role == .weight } }.map(\.name)
}

/// - Throws: `CompressionError.sparsity` outside `0..<1`.
func checkSparsity(_ sparsity: Double) throws(CompressionError) {
  guard sparsity >= 0, sparsity < 1 else { throw .sparsity(sparsity) }
}
