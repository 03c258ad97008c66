// Pruning by unit: whole neurons, filters and heads leave the network, and every shape around them
// shrinks.
import Encodings
import Networks
import Tensors

/// Removes the units that the criterion scores lowest: their rows of weights and biases, their
/// entries in normalizations, and the columns of all layers that read them.
///
/// Of every layer round(share × units) go, or of the whole network's removable units for the
/// global scope. The output layer keeps its units, and so do layers whose units cannot be
/// followed. Units tied by a residual addition are scored by all their weights together and go
/// together. Parameters that change are stored plainly again.
///
/// Law: the result computes what the network computes where nothing reads those units.
func pruneUnits(
  _ network: Network, _ options: PruneOptions, _ evidence: PruningEvidence
) throws(CompressionError) -> Compressed {
  let map = UnitMap(network)
  let ((groups, ordered), notes) = try Grouping.units(network, map, options)
  let choice = try Choice(
    groups, try options.criterion.score(groups, evidence), options.scope,
    multiple: options.multiple)
  func roots(_ removed: [Bool]) -> Set<Int> {
    Set(zip(ordered, removed).filter(\.1).map(\.0.root))
  }
  var limit = 0
  var cost: ([Bool]) throws(CompressionError) -> Int = { _ in 0 }
  if case .budget(let budget) = options.amount {
    limit = budget.limit(for: network, options)
    let hasMasks = network.parameters.contains { $0.parameter.pruned != nil }
    cost = { removed throws(CompressionError) in
      if budget.resource == .bytes || hasMasks {
        return budget.cost(of: try network.without(roots(removed), map), options)
      }
      let sizes = try network.sizes(without: roots(removed), map)
      return budget.resource == .macs ? sizes.multiplyAccumulates : sizes.parameters
    }
  }
  let removed = roots(try choice.removed(options.amount, cost: cost, limit: limit))
  return Compressed(try network.without(removed, map), notes: notes)
}

/// The units that may go, and why other layers keep theirs.
private func candidates(
  _ network: Network, _ map: UnitMap, _ options: PruneOptions
) throws(CompressionError) -> (units: [SharedUnit], notes: [Note]) {
  let removable = map.removable.filter { options.granularity.takes($0) }
  let names = network.nodes.indices.filter { n in
    removable.contains { $0.rows.contains { $0.node == n } }
  }.map { network.nodes[$0].name }
  var notes: [Note] = []
  for (n, node) in network.nodes.enumerated()
  where node.parameters.contains(where: \.isWeight) && !names.contains(node.name) {
    guard map.reason(toKeep: n) != nil || !map.makes(n) else {
      // It has units, of another kind.
      if case .only(let only) = options.layers, only.contains(node.name) {
        throw .units(layer: node.name, reason: "it has no \(options.granularity.name)s")
      }
      continue
    }
    let reason = map.makes(n) ? map.reason(toKeep: n) : nil
    let words = reason ?? "its units cannot be told apart"
    if case .only(let only) = options.layers, only.contains(node.name) {
      throw .units(layer: node.name, reason: words)
    }
    notes.append(Note(node.name, "keeps its units: \(words)"))
  }
  guard !names.isEmpty else {
    throw .nothing(
      technique: "prune",
      wanted: "a layer before the last whose \(options.granularity.name)s can be removed")
  }
  try options.layers.check(known: names + notes.map(\.subject))
  let units = removable.filter { unit in
    let makers = unit.rows.map { network.nodes[$0.node].name }
    // What is tied goes together: one name stands for all, and one that stays keeps all.
    guard case .only(let only) = options.layers else {
      return makers.allSatisfy(options.layers.contains)
    }
    return makers.contains(where: only.contains)
  }
  return (units, notes + tied(units, network, options.layers))
}

/// Layers that nobody named, and that lose units with one that was.
private func tied(_ units: [SharedUnit], _ network: Network, _ layers: Layers) -> [Note] {
  guard case .only(let only) = layers else { return [] }
  var notes: [Note] = []
  for unit in units {
    let makers = unit.rows.map { network.nodes[$0.node].name }
    guard let named = makers.first(where: only.contains) else { continue }
    for other in makers
    where !only.contains(other) && !notes.contains(where: { $0.subject == other }) {
      notes.append(Note(other, "shares its units with `\(named)`, and loses them, too"))
    }
  }
  return notes
}

extension Granularity {
  /// Whether a unit is of this kind.
  fileprivate func takes(_ unit: SharedUnit) -> Bool {
    switch self {
    case .neuron: unit.kind == .neuron
    case .filter: unit.kind == .filter
    case .head: unit.kind == .head
    default: unit.kind != .head
    }
  }
}

extension Grouping {
  /// The units that may go, by layers, and why other layers keep theirs.
  static func units(
    _ network: Network, _ map: UnitMap, _ options: PruneOptions
  ) throws(CompressionError) -> (groups: (Grouping, ordered: [SharedUnit]), notes: [Note]) {
    let (units, notes) = try candidates(network, map, options)
    return (Grouping.units(network, units, options.granularity), notes)
  }

  /// Units as groups of the weights that feed them: those of the same layers next to each other.
  fileprivate static func units(
    _ network: Network, _ units: [SharedUnit], _ granularity: Granularity
  ) -> (Grouping, ordered: [SharedUnit]) {
    var order: [[Int]] = []
    var byMakers: [[Int]: [SharedUnit]] = [:]
    for unit in units {
      let makers = unit.rows.map(\.node)
      if byMakers[makers] == nil { order.append(makers) }
      byMakers[makers, default: []].append(unit)
    }
    let ordered = order.flatMap { byMakers[$0] ?? [] }
    var layers: [Field] = []
    var next = 0
    for makers in order {
      let count = byMakers[makers]?.count ?? 0
      let name = makers.first.map { network.nodes[$0].name } ?? ""
      layers.append(Field(layer: name, groups: next..<next + count))
      next += count
    }
    var groupOfRow: [Int: [Int]] = [:]
    for (group, unit) in ordered.enumerated() {
      for place in unit.rows {
        let count = network.shapes[place.node].first ?? 0
        groupOfRow[place.node, default: [Int](repeating: -1, count: count)][place.row] = group
      }
    }
    var parts: [Part] = []
    for node in groupOfRow.keys.sorted() {
      for (p, parameter) in network.nodes[node].parameters.enumerated() where parameter.isWeight {
        let (rows, columns) = parameter.matrixShape
        guard let groups = groupOfRow[node] else { continue }
        let isTable = network.nodes[node].layer.unitFlow == .looksUp
        parts.append(
          Part(
            node: node, parameter: p, rows: rows, columns: columns,
            layout: isTable ? .columns(groups) : .rows(groups)))
      }
    }
    return (
      Grouping(network, parts: parts, layers: layers, noun: "\(granularity.name)s"), ordered
    )
  }
}
