// Follows units (neurons, filters, heads) through a network: which outputs of which layers are one
// and the same unit. What it cannot follow keeps its units, and it says why.
package import Networks
import Tensors

/// What a unit is called.
package enum UnitKind: String, Sendable, CaseIterable {
  case neuron, filter, head
}

/// One unit that can be removed as a whole: the rows that make it, in all layers that share it.
package struct SharedUnit: Sendable {
  /// In the order of the network. Entries of axis 0 of the layer's parameters; of an embedding,
  /// columns of its table.
  package let rows: [(node: Int, row: Int)]
  /// The variables of the map that stand for it: what disappears with it.
  package let root: Int
  /// A head where attention ties its rows, a filter where a convolution makes one of them.
  package let kind: UnitKind
}

/// Each node's output units as variables; variables that must stay or go together have one root.
package struct UnitMap: Sendable {
  /// For each node and each of its output units, the root of its variable.
  package private(set) var outputs: [[Int]] = []
  /// The network's inputs, as variables.
  package private(set) var inputs: [Int] = []
  private var parents: [Int] = []
  /// Roots that must stay, and why.
  private var reasons: [Int: String] = [:]
  private var makers: [Int] = []
  /// Roots that are attention heads.
  private var heads: Set<Int> = []
  private var convolutions: Set<Int> = []

  package init(_ network: Network) {
    inputs = fresh(network.inputShape.first ?? 0)
    fix(inputs, "it is tied to the network's input")
    for n in network.nodes.indices {
      outputs.append(follow(n, in: network))
      if network.nodes[n].layer is Conv2D { convolutions.insert(n) }
    }
    if let last = outputs.last { fix(last, "its outputs are the network's outputs") }
    // Parents come before their children, so that one pass leads all of them to their roots.
    for variable in parents.indices { parents[variable] = parents[parents[variable]] }
    outputs = outputs.map { $0.map { parents[$0] } }
    heads = Set(heads.map { parents[$0] })
  }

  package func inputs(of node: Node) -> [[Int]] {
    node.inputs.map { $0 == Network.input ? inputs : outputs[$0] }
  }

  package func root(of variable: Int) -> Int {
    var root = variable
    while parents[root] != root { root = parents[root] }
    return root
  }

  /// How many variables there are: all roots lie below.
  package var variableCount: Int { parents.count }

  /// Why a node's units cannot be removed, or nil where at least one can.
  package func reason(toKeep node: Int) -> String? {
    var first: String?
    for variable in outputs[node] {
      guard let reason = reasons[variable] else { return nil }
      first = first ?? reason
    }
    return first ?? "it has none"
  }

  /// Whether some of a node's units must stay.
  func hasFixed(in node: Int) -> Bool { outputs[node].contains { reasons[$0] != nil } }

  /// Whether the node makes units of its own, or a row of weights for each of its inputs' units.
  package func makes(_ node: Int) -> Bool { makers.contains(node) }

  /// Every unit that can be removed, in the order in which the network makes them.
  package var removable: [SharedUnit] {
    var order: [Int] = []
    var rows: [Int: [(node: Int, row: Int)]] = [:]
    for node in makers {
      for (row, root) in outputs[node].enumerated() where reasons[root] == nil {
        if rows[root] == nil { order.append(root) }
        rows[root, default: []].append((node, row))
      }
    }
    return order.map { root in
      let rows = rows[root] ?? []
      let isFilter = rows.contains { convolutions.contains($0.node) }
      return SharedUnit(
        rows: rows, root: root,
        kind: heads.contains(root) ? .head : isFilter ? .filter : .neuron)
    }
  }

  // MARK: One layer

  /// The variables of a node's output units.
  private mutating func follow(_ n: Int, in network: Network) -> [Int] {
    let node = network.nodes[n]
    let incoming = inputs(of: node)
    let count = network.shapes[n].first ?? 0
    guard let found = follow(node, n, incoming, count), found.count == count else {
      for variables in incoming { fix(variables, "they cannot be followed through `\(node.name)`") }
      let own = fresh(count)
      fix(own, "`\(node.name)` mixes its units")
      return own
    }
    return found
  }

  /// Nil for what is of another shape than its flow says.
  private mutating func follow(
    _ node: Node, _ n: Int, _ incoming: [[Int]], _ count: Int
  ) -> [Int]? {
    guard let units = incoming.first else { return nil }
    switch node.layer.unitFlow {
    case .makes(let groups):
      guard ownsItsUnits(node, inputs: units.count / max(1, groups), count: count) else {
        return nil
      }
      makers.append(n)
      return made(count, from: units, groups: groups)
    case .looksUp:
      fix(units, "`\(node.name)` reads them as indices")
      makers.append(n)
      return fresh(count)
    case .passes: return units
    case .reshapes: return reshaped(units, to: count)
    case .ties: return tied(incoming)
    case .joins: return Array(incoming.joined())
    case .picks(let range): return range.upperBound <= units.count ? Array(units[range]) : nil
    case .deals(let groups): return dealt(units, groups: groups)
    case .attends(let heads): return attended(incoming, heads: heads)
    case .blends(let how):
      fix(units, "\(how) (`\(node.name)`)")
      return units
    }
  }

  /// A weight `[units, input units, …]`.
  private func ownsItsUnits(_ node: Node, inputs: Int, count: Int) -> Bool {
    node.parameters.allSatisfy { parameter in
      let shape = parameter.value.shape
      guard shape.first == count else { return false }
      return parameter.role != .weight || (shape.count > 1 && shape[1] == inputs)
    }
  }

  /// Depthwise, filters stay or go with their channel. In other groups, the filters at one place of
  /// each group go together, and so do the channels, so that the groups stay equal.
  private mutating func made(_ count: Int, from units: [Int], groups: Int) -> [Int]? {
    guard groups > 1 else { return fresh(count) }
    guard groups < units.count else {
      return units.flatMap { [Int](repeating: $0, count: count / units.count) }
    }
    unite(units, groups: groups)
    let own = fresh(count)
    unite(own, groups: groups)
    return own
  }

  /// Every unit becomes several, or several become one.
  private mutating func reshaped(_ units: [Int], to count: Int) -> [Int]? {
    guard !units.isEmpty, count > 0 else { return nil }
    if count.isMultiple(of: units.count) {
      return units.flatMap { [Int](repeating: $0, count: count / units.count) }
    }
    guard units.count.isMultiple(of: count) else { return nil }
    return merged(units, runs: count).map { $0[0] }
  }

  private mutating func tied(_ incoming: [[Int]]) -> [Int]? {
    guard incoming.allSatisfy({ $0.count == incoming[0].count }) else { return nil }
    for other in incoming.dropFirst() {
      for (one, two) in zip(incoming[0], other) { unite(one, two) }
    }
    return incoming[0]
  }

  /// The units at one place of each group go together, or the order would be another one.
  private mutating func dealt(_ units: [Int], groups: Int) -> [Int]? {
    guard units.count.isMultiple(of: groups) else { return nil }
    unite(units, groups: groups)
    let size = units.count / groups
    return (0..<units.count).map { units[$0 % groups * size + $0 / groups] }
  }

  /// A head is a run of queries, of keys and of values, and the values' run of outputs.
  private mutating func attended(_ incoming: [[Int]], heads: Int) -> [Int]? {
    guard incoming.count == 3,
      incoming.allSatisfy({ !$0.isEmpty && $0.count.isMultiple(of: heads) })
    else { return nil }
    let runs = incoming.map { merged($0, runs: heads) }
    for head in 0..<heads {
      for other in runs.dropFirst() { unite(runs[0][head][0], other[head][0]) }
      self.heads.insert(runs[0][head][0])
    }
    return incoming[2]
  }

  // MARK: Variables

  private mutating func fresh(_ count: Int) -> [Int] {
    let first = parents.count
    parents += first..<first + count
    return Array(first..<first + count)
  }

  /// So many runs of neighbors, each of them united.
  private mutating func merged(_ units: [Int], runs: Int) -> [[Int]] {
    let size = units.count / runs
    let cut = (0..<runs).map { Array(units[$0 * size..<($0 + 1) * size]) }
    for run in cut {
      for unit in run.dropFirst() { unite(run[0], unit) }
    }
    return cut
  }

  /// What is at the same place in each of so many groups is united.
  private mutating func unite(_ units: [Int], groups: Int) {
    let size = units.count / groups
    for (i, unit) in units.enumerated().dropFirst(size) { unite(units[i % size], unit) }
  }

  private mutating func unite(_ one: Int, _ two: Int) {
    let (a, b) = (found(one), found(two))
    guard a != b else { return }
    let (first, second) = (min(a, b), max(a, b))
    parents[second] = first
    if let reason = reasons.removeValue(forKey: second), reasons[first] == nil {
      reasons[first] = reason
    }
  }

  private mutating func fix(_ variables: [Int], _ reason: String) {
    for variable in variables {
      let root = found(variable)
      if reasons[root] == nil { reasons[root] = reason }
    }
  }

  /// The root; the way there gets shorter.
  private mutating func found(_ variable: Int) -> Int {
    var root = variable
    while parents[root] != root {
      parents[root] = parents[parents[root]]
      root = parents[root]
    }
    return root
  }
}

/// How many units each layer has left while some are chosen to go.
package struct UnitsLeft: Sendable {
  private var counts: [Int]
  /// Where each root is: its units in each node's output.
  private var places: [Int: [(node: Int, count: Int)]] = [:]

  package init(_ map: UnitMap) {
    counts = map.outputs.map(\.count)
    for (node, roots) in map.outputs.enumerated() {
      for root in roots {
        let last = (places[root]?.count ?? 0) - 1
        if last >= 0, places[root]?[last].node == node {
          places[root]?[last].count += 1
        } else {
          places[root, default: []].append((node, 1))
        }
      }
    }
  }

  /// Lets the unit go, unless some layer would be left with none: then it stays, and this is false.
  package mutating func take(_ unit: SharedUnit) -> Bool {
    let places = places[unit.root] ?? []
    guard places.allSatisfy({ counts[$0.node] > $0.count }) else { return false }
    for place in places { counts[place.node] -= place.count }
    return true
  }
}
