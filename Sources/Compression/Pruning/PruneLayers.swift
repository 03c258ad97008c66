// Pruning by layer: the residual branches that matter least leave the network, and their additions go on
// without them.
import Encodings
import Networks
import Tensors

/// Removes the residual branches that the criterion scores lowest, by the sum over all weights of each.
/// Branches of one addition never all go: the one with the greatest score stays. Branches may lie within each
/// other; the share counts all of them.
///
/// Law: the result computes what the network computes where those branches give zero.
func pruneLayers(
  _ network: Network, _ options: PruneOptions, _ evidence: PruningEvidence
) throws(CompressionError) -> Compressed {
  let all = ResidualBranch.all(of: network)
  let branches = try candidates(network, all, options.layers)
  let groups = Grouping.branches(network, branches)
  let scores = try options.criterion.score(groups, evidence)
  let isFree = spared(branches, scores, network)
  let free = branches.indices.filter { isFree[$0] }
  let choice = try Choice(
    .branches(network, free.map { branches[$0] }), free.map { scores[$0] }, options.scope)
  func gone(_ removed: [Bool]) -> [ResidualBranch] {
    zip(free, removed).filter(\.1).map { branches[$0.0] }
  }
  var limit = 0
  var cost: ([Bool]) throws(CompressionError) -> Int = { _ in 0 }
  if case .budget(let budget) = options.amount {
    limit = budget.limit(for: network, options)
    cost = { removed throws(CompressionError) in
      budget.cost(of: try network.without(gone(removed)), options)
    }
  }
  let removed = try choice.removed(options.amount, cost: cost, limit: limit)
  return Compressed(try network.without(gone(removed)))
}

private func candidates(
  _ network: Network, _ all: [ResidualBranch], _ layers: Layers
) throws(CompressionError) -> [ResidualBranch] {
  let named = network.nodes.indices.filter { layers.names.contains(network.nodes[$0].name) }
  try layers.check(known: network.nodes.map(\.name))
  if case .only = layers {
    for node in named {
      guard let reason = ResidualBranch.reason(toKeep: node, in: network, all) else { continue }
      throw .units(layer: network.nodes[node].name, reason: reason)
    }
  }
  let found = all.filter { branch in
    let has = branch.nodes.contains(where: named.contains)
    return switch layers {
    case .all: true
    case .only: has
    case .except: !has
    }
  }
  guard !found.isEmpty else {
    throw .nothing(technique: "prune", wanted: "a residual branch that an addition bridges")
  }
  return found
}

/// False for the greatest of an addition's branches, where all its inputs are branches that could go.
private func spared(
  _ branches: [ResidualBranch], _ scores: [Float], _ network: Network
) -> [Bool] {
  var isFree = [Bool](repeating: true, count: branches.count)
  for (addition, own) in Dictionary(grouping: branches.indices, by: { branches[$0].addition })
  where own.count == network.nodes[addition].inputs.count {
    if let greatest = own.max(by: { (scores[$0], $0) < (scores[$1], $1) }) {
      isFree[greatest] = false
    }
  }
  return isFree
}

extension Grouping {
  /// One group for each branch: all weights of its layers.
  static func branches(_ network: Network, _ branches: [ResidualBranch]) -> Grouping {
    let parts = branches.enumerated().flatMap { group, branch in
      branch.parameters.flatMap { node -> [Part] in
        let parameters = network.nodes[node].parameters
        return parameters.indices.filter { parameters[$0].isWeight }.map { p in
          let (rows, columns) = parameters[p].matrixShape
          return Part(
            node: node, parameter: p, rows: rows, columns: columns, layout: .whole(group))
        }
      }
    }
    return Grouping(
      network, parts: parts, layers: [Field(layer: "", groups: 0..<branches.count)],
      noun: "branches", mayAllGo: true)
  }
}

extension Layers {
  fileprivate var names: [String] {
    switch self {
    case .all: []
    case .only(let names), .except(let names): names
    }
  }
}
