// Removes what matters least from a network: single weights, groups of them, units or layers.
package import Networks
import Tensors

package struct PruneOptions: Sendable {
  /// Of the examples that a criterion looks at, where nobody chose; or all where there are fewer.
  package static let usualExamples = 500

  package var amount: Amount
  package var granularity: Granularity
  package var criterion: Criterion
  package var scope: PruningScope
  package var layers: Layers
  /// For the granularity `pattern`.
  package var pattern: Pattern?
  /// For the granularity `block`.
  package var block: BlockShape?
  /// Of the units that stay in each layer: their number is rounded up to it.
  package var multiple: Int
  /// Examples that are used, drawn without repetition; nil for `usualExamples`.
  package var examples: Int?
  /// Of the examples, and of random scores.
  package var seed: UInt64
  /// The length of the file of a network, for budgets of bytes.
  package var fileBytes: @Sendable (Network) -> Int

  /// - Parameters:
  ///   - granularity: nil for that of the criterion.
  ///   - criterion: nil for the first of the table that fits the granularity.
  ///   - scope: nil for that of the criterion.
  package init(
    _ amount: Amount, per granularity: Granularity? = nil, by criterion: Criterion? = nil,
    scope: PruningScope? = nil, layers: Layers = .all, pattern: Pattern? = nil,
    block: BlockShape? = nil, multiple: Int = 1, examples: Int? = nil, seed: UInt64 = 0,
    fileBytes: @escaping @Sendable (Network) -> Int = { _ in 0 }
  ) {
    let granularity = granularity ?? criterion?.granularity ?? .weight
    let criterion = criterion ?? .standard(for: granularity)
    self.amount = amount
    self.granularity = granularity
    self.criterion = criterion
    self.scope = scope ?? criterion.scope
    self.layers = layers
    self.pattern = pattern
    self.block = block
    self.multiple = multiple
    self.examples = examples
    self.seed = seed
    self.fileBytes = fileBytes
  }

  /// - Throws: `CompressionError.sparsity`, `.criterion` for one that scores something else, `.setting`.
  func check() throws(CompressionError) {
    try amount.check()
    guard criterion.scores(granularity) else {
      throw .criterion(
        criterion.name, scores: criterion.subject.noun, wanted: "per `\(granularity.name)`")
    }
    if case .shares = amount, granularity == .layer {
      throw .setting(
        name: "sparsity", wanted: "one share of all residual branches", got: "some for layers")
    }
    if case .shares = amount, scope == .global {
      throw .setting(
        name: "scope", wanted: "`local` with a share for each layer", got: "`global`")
    }
    guard (granularity == .pattern) == (pattern != nil), (amount == .pattern) == (pattern != nil)
    else {
      throw .setting(
        name: "pattern", wanted: "given alone, for it says how much is pruned and where",
        got: pattern.map { "\($0)" } ?? "none")
    }
    guard (granularity == .block) == (block != nil) else {
      throw .setting(
        name: "block", wanted: "two sizes for the granularity `block`, and only for it",
        got: block.map { "\($0)" } ?? "none")
    }
    guard multiple >= 1, multiple == 1 || granularity.effect == .removesUnits else {
      throw .setting(
        name: "multiple", wanted: "a whole number from 1, for units that leave", got: "\(multiple)")
    }
    if let examples, examples < 1 {
      throw .setting(name: "examples", wanted: "at least 1", got: "\(examples)")
    }
  }
}

/// The network without what the criterion scores lowest.
///
/// Masks: exactly k = round(share × n) of the n weights or groups of weights (role `.weight`; biases stay) are
/// zero and stay zero in later training: of each row, of each layer or of the whole network, as the
/// scope says. What was pruned before stays pruned and counts; where it is more than k,
/// nothing changes. Ties go to what comes first. Units and layers leave, see `pruneUnits` and `pruneLayers`.
///
/// - Parameter data: for criteria that look at examples.
/// - Throws: `CompressionError`: `.sparsity` outside `0..<1`; `.criterion` that scores something else;
///   `.unknownLayer`; `.nothing` without anything to prune; `.everything` where a layer would lose all
///   it has; `.setting`, `.blocks`, `.pattern`, `.budget`, `.units`; `.network` for examples that do not
///   fit, and where it was interrupted.
package func prune(
  _ network: Network, _ options: PruneOptions, on data: Dataset? = nil,
  monitor: Monitor = .silent
) throws(CompressionError) -> Compressed {
  try options.check()
  if case .shares(let shares) = options.amount {
    let known = weightedLayers(of: network)
    for one in shares where !known.contains(one.layer) {
      throw .unknownLayer(one.layer, known: known)
    }
  }
  let evidence = try PruningEvidence(network, options, on: data, monitor: monitor)
  switch options.granularity.effect {
  case .masks: return try pruneWeights(network, options, evidence)
  case .removesUnits: return try pruneUnits(network, options, evidence)
  case .removesLayers: return try pruneLayers(network, options, evidence)
  }
}

/// The layers with weights, by name.
func weightedLayers(of network: Network) -> [String] {
  network.nodes.filter { $0.parameters.contains(where: \.isWeight) }.map(\.name)
}

extension Budget {
  /// What a network takes of the resource: weights that are pruned take nothing.
  func cost(of network: Network, _ options: PruneOptions) -> Int {
    switch resource {
    case .bytes: options.fileBytes(network)
    case .parameters:
      network.parameterCount
        - network.nodes.reduce(0) { sum, node in
          sum + node.parameters.reduce(0) { $0 + ($1.pruned?.count { $0 } ?? 0) }
        }
    case .macs: network.effectiveMultiplyAccumulates
    }
  }

  /// The budget as a number.
  func limit(for network: Network, _ options: PruneOptions) -> Int {
    switch most {
    case .absolute(let most): most
    case .share(let share):
      Int(min(1e15, max(0, share * Double(cost(of: network, options))).rounded(.down)))
    }
  }
}

extension Network {
  /// Multiply-accumulates for one example with weights that are not pruned: every weight of a layer is
  /// used equally often.
  package var effectiveMultiplyAccumulates: Int {
    nodes.indices.reduce(0) { sum, n in
      let all = nodes[n].layer.multiplyAccumulates(for: inputShapes(of: n))
      let weights = nodes[n].parameters.filter(\.isWeight)
      let count = weights.reduce(0) { $0 + $1.value.count }
      let left = count - weights.reduce(0) { $0 + ($1.pruned?.count { $0 } ?? 0) }
      guard left < count else { return sum + all }
      return sum + Int((Double(all) * Double(left) / Double(count)).rounded())
    }
  }
}
