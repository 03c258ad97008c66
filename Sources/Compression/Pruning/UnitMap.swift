// Follows units (neurons, filters) through a network: which outputs of which layers are one and the
// same unit.
import Networks
import Tensors

/// One unit that can be removed as a whole: the rows that make it, in all layers that share it.
struct SharedUnit {
  /// In the order of the network.
  let rows: [(node: Int, row: Int)]
  /// The variables of the map that stand for it: what disappears with it.
  let root: Int
}

/// Each node's output units as variables; variables that must stay or go together have one root.
struct UnitMap {
  /// For each node and each of its output units, its variable.
  private(set) var outputs: [[Int]] = []
  /// The network's inputs, as variables.
  private(set) var inputs: [Int] = []
  private var parents: [Int] = []
  /// Roots that must stay, and why.
  private var reasons: [Int: String] = [:]
  private var makers: [Int] = []

  init(_ network: Network) {
    inputs = fresh(network.inputShape.first ?? 0)
    fix(inputs, "it is tied to the network's input")
    for n in network.nodes.indices { follow(n, in: network) }
    if let last = outputs.last { fix(last, "its outputs are the network's outputs") }
  }

  func inputs(of node: Node) -> [[Int]] {
    node.inputs.map { $0 == Network.input ? inputs : outputs[$0] }
  }

  func root(of variable: Int) -> Int {
    var root = variable
    while parents[root] != root { root = parents[root] }
    return root
  }

  /// Why a node's units cannot be removed, or nil where at least one can.
  func reason(toKeep node: Int) -> String? {
    var first: String?
    for variable in outputs[node] {
      guard let reason = reasons[root(of: variable)] else { return nil }
      first = first ?? reason
    }
    return first ?? "it has none"
  }

  /// Whether the node makes units of its own that could be followed.
  func makes(_ node: Int) -> Bool { makers.contains(node) }

  /// Every unit that can be removed, in the order in which the network makes them.
  var removable: [SharedUnit] {
    var order: [Int] = []
    var rows: [Int: [(node: Int, row: Int)]] = [:]
    for node in makers {
      for (row, variable) in outputs[node].enumerated() {
        let root = root(of: variable)
        guard reasons[root] == nil else { continue }
        if rows[root] == nil { order.append(root) }
        rows[root, default: []].append((node, row))
      }
    }
    return order.map { SharedUnit(rows: rows[$0] ?? [], root: $0) }
  }

  private mutating func follow(_ n: Int, in network: Network) {
    let node = network.nodes[n]
    let incoming = inputs(of: node)
    let count = network.shapes[n].first ?? 0
    switch node.layer.unitFlow {
    case .makes where ownsItsUnits(node, inputs: incoming, count: count):
      makers.append(n)
      outputs.append(fresh(count))
    case .passes where incoming.count == 1 && incoming[0].count == count:
      outputs.append(incoming[0])
    case .spreads where incoming.count == 1 && spreads(incoming[0], to: count):
      let each = count / incoming[0].count
      outputs.append(incoming[0].flatMap { [Int](repeating: $0, count: each) })
    case .ties where incoming.allSatisfy { $0.count == count } && !incoming.isEmpty:
      for other in incoming.dropFirst() {
        for (one, two) in zip(incoming[0], other) { unite(one, two) }
      }
      outputs.append(incoming[0])
    case .joins where incoming.reduce(0) { $0 + $1.count } == count:
      outputs.append(Array(incoming.joined()))
    default:
      // Mixed, grouped, or in another shape than its flow says: nothing around it may change.
      for variables in incoming { fix(variables, "they cannot be followed through `\(node.name)`") }
      outputs.append(fresh(count))
      fix(outputs[n], "`\(node.name)` mixes its units")
    }
  }

  /// A weight `[units, input units, …]`: not so where a convolution is grouped.
  private func ownsItsUnits(_ node: Node, inputs: [[Int]], count: Int) -> Bool {
    guard inputs.count == 1 else { return false }
    return node.parameters.allSatisfy { parameter in
      let shape = parameter.value.shape
      guard shape.first == count else { return false }
      return parameter.role != .weight || (shape.count > 1 && shape[1] == inputs[0].count)
    }
  }

  private func spreads(_ units: [Int], to count: Int) -> Bool {
    !units.isEmpty && count % units.count == 0
  }

  private mutating func fresh(_ count: Int) -> [Int] {
    let first = parents.count
    parents += first..<first + count
    return Array(first..<first + count)
  }

  private mutating func unite(_ one: Int, _ two: Int) {
    let (a, b) = (root(of: one), root(of: two))
    guard a != b else { return }
    let (first, second) = (min(a, b), max(a, b))
    parents[second] = first
    if let reason = reasons.removeValue(forKey: second), reasons[first] == nil {
      reasons[first] = reason
    }
  }

  private mutating func fix(_ variables: [Int], _ reason: String) {
    for variable in variables {
      let root = root(of: variable)
      if reasons[root] == nil { reasons[root] = reason }
    }
  }
}
