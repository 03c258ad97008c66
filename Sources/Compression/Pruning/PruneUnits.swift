// Pruning by unit: whole neurons and filters leave the network, and every shape around them
// shrinks.
import Networks
import Tensors

/// Removes the units that the criterion scores lowest: their rows of weights and biases, their
/// entries in normalizations, and the columns of all layers that read them.
///
/// Of every layer round(sparsity × units) go, or of the whole network's removable units for the
/// global scope; at least one stays in every layer. The output layer keeps its units, and so do
/// layers whose units cannot be followed (before a layer that mixes them, grouped convolutions,
/// ties to the input). Units tied by a residual addition are scored by all their weights together
/// and go together. Parameters that change are stored plainly again.
///
/// Law: the result computes what the network computes where nothing reads those units.
func pruneUnits(
  _ network: Network, _ options: PruneOptions, by score: ([Float]) -> Float
) throws(CompressionError) -> Compressed {
  let map = UnitMap(network)
  let removable = map.removable
  var notes: [Note] = []
  for (n, node) in network.nodes.enumerated() where node.parameters.contains(where: \.isWeight) {
    let reason = map.makes(n) ? map.reason(toKeep: n) : "its units cannot be told apart"
    guard let reason else { continue }
    if case .only(let names) = options.layers, names.contains(node.name) {
      throw .units(layer: node.name, reason: reason)
    }
    notes.append(Note(node.name, "keeps its units: \(reason)"))
  }
  let names = network.nodes.indices.filter { n in
    removable.contains { $0.rows.contains { $0.node == n } }
  }.map { network.nodes[$0].name }
  guard !names.isEmpty else {
    throw .nothing(technique: "prune", wanted: "a layer before the last whose units can be removed")
  }
  try options.layers.check(known: names + notes.map(\.subject))

  let candidates = removable.filter { unit in
    unit.rows.allSatisfy { options.layers.contains(network.nodes[$0.node].name) }
  }
  let removed = chosen(from: candidates, network, options, by: score)
  return Compressed(try network.without(removed, map), notes: notes)
}

extension Parameter {
  var isWeight: Bool { role == .weight }
}

/// The roots of the units that go.
private func chosen(
  from candidates: [SharedUnit], _ network: Network, _ options: PruneOptions,
  by score: ([Float]) -> Float
) -> Set<Int> {
  let scores = candidates.map { score(network.incomingWeights(of: $0)) }
  var left = network.shapes.map { $0.first ?? 0 }
  var removed: Set<Int> = []
  for group in groups(of: candidates, options.scope) {
    var toGo = Int((options.sparsity * Double(group.count)).rounded())
    for i in group.sorted(by: { (scores[$0], $0) < (scores[$1], $1) }) where toGo > 0 {
      let unit = candidates[i]
      let rows = Dictionary(grouping: unit.rows, by: \.node).mapValues(\.count)
      guard rows.allSatisfy({ left[$0.key] > $0.value }) else { continue }
      for (node, count) in rows { left[node] -= count }
      removed.insert(unit.root)
      toGo -= 1
    }
  }
  return removed
}

/// The positions of the candidates that compete with each other: all, or those that the same layers
/// make.
private func groups(of candidates: [SharedUnit], _ scope: PruningScope) -> [[Int]] {
  guard scope == .local else { return [Array(candidates.indices)] }
  var order: [[Int]] = []
  var groups: [[Int]: [Int]] = [:]
  for (i, unit) in candidates.enumerated() {
    let makers = unit.rows.map(\.node)
    if groups[makers] == nil { order.append(makers) }
    groups[makers, default: []].append(i)
  }
  return order.map { groups[$0] ?? [] }
}
