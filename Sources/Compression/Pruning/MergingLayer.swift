// A layer whose neurons can be merged: what makes them, what reads them, and the surgery on both. Or
// why they cannot.
import Kernels
import Networks
import Tensors

struct MergingLayer {
  private let network: Network
  private let map: UnitMap
  private let node: Int
  /// A batch normalization directly behind the layer.
  private let normalization: BatchNorm?
  private let statistics: [Parameter]
  private var readers: [Reader] = []

  private var name: String { network.nodes[node].name }
  private var count: Int { map.outputs[node].count }

  /// As many neurons as have their distances in memory at once.
  private static let most = 8192

  /// - Throws: `CompressionError.merging`, with the reason.
  init(_ network: Network, _ node: Int) throws(CompressionError) {
    self.network = network
    self.node = node
    map = UnitMap(network)
    let all = Readers(network)
    var first = all[node]
    if let only = all.only(of: node), let batch = network.nodes[only].layer as? BatchNorm {
      (normalization, statistics) = (batch, network.nodes[only].parameters)
      first = all[only]
    } else {
      (normalization, statistics) = (nil, [])
    }
    let name = network.nodes[node].name
    if let reason = MergingLayer.obstacle(network, map, node) {
      throw .merging(layer: name, reason: reason)
    }
    let found: [Int]
    do throws(Obstacle) { found = try MergingLayer.sums(network, all, from: first) } catch {
      throw .merging(layer: name, reason: error.reason)
    }
    readers = found.map { Reader(network, map, $0, of: node) }
  }

  private struct Obstacle: Error { let reason: String }

  /// Why neurons cannot be told apart from each other or from those of other layers.
  private static func obstacle(_ network: Network, _ map: UnitMap, _ node: Int) -> String? {
    guard case .makes(groups: 1) = network.nodes[node].layer.unitFlow else {
      return "not every one of them has weights for all inputs"
    }
    if let reason = map.reason(toKeep: node) { return reason }
    guard map.outputs[node].count <= most else { return "they are more than \(most)" }
    let roots = Set(map.outputs[node])
    for unit in map.removable where roots.contains(unit.root) {
      if unit.kind == .head { return "attention takes them in heads" }
      if let other = unit.rows.first(where: { $0.node != node }) {
        return "they are shared with `\(network.nodes[other.node].name)`"
      }
    }
    return roots.count < map.outputs[node].count || map.hasFixed(in: node)
      ? "some of them stay or go together" : nil
  }

  /// The layers with weights that read the neurons, where the same function of each comes between.
  private static func sums(
    _ network: Network, _ all: Readers, from first: [Int]
  ) throws(Obstacle) -> [Int] {
    var found: Set<Int> = []
    var seen: Set<Int> = []
    var next = first
    while let n = next.popLast() {
      guard seen.insert(n).inserted else { continue }
      let node = network.nodes[n]
      switch node.layer.unitFlow {
      case .makes(groups: 1): found.insert(n)
      case .makes: throw Obstacle(reason: "`\(node.name)` reads them in groups")
      case .picks: throw Obstacle(reason: "`\(node.name)` takes some of them")
      case .passes, .ties, .reshapes, .joins, .deals:
        guard node.parameters.allSatisfy({ $0.role == .step }) else {
          throw Obstacle(reason: "`\(node.name)` treats each of them in its own way")
        }
        next += all[n]
      case .looksUp, .attends, .blends:
        throw Obstacle(reason: "`\(node.name)` is more than a sum over them")
      }
    }
    return found.sorted()
  }

  // MARK: Saliency

  /// - Throws: `CompressionError.notFinite`, `.network(.interrupted)`.
  func search(_ monitor: Monitor) throws(CompressionError) -> SimilarUnits {
    for n in [node] + readers.map(\.node) {
      for parameter in network.nodes[n].parameters
      where !parameter.value.elements.allSatisfy(\.isFinite) {
        throw .notFinite("\(network.nodes[n].name).\(parameter.name)", parameter.value)
      }
    }
    let (rows, width) = rows
    return try SimilarUnits(
      rows: rows, width: width, outgoing: (0..<count).map(outgoing), monitor)
  }

  /// Each neuron's weights and bias, as they are with the normalization.
  private var rows: (values: [Float], width: Int) {
    let parameters = network.nodes[node].parameters
    let weights = parameters.first(where: \.isWeight)?.value.elements ?? []
    let biases = parameters.first { $0.role == .bias }?.value.elements
    let affine = normalization?.affine(statistics)
    let width = weights.count / max(1, count)
    var values: [Float] = []
    values.reserveCapacity(weights.count + count)
    for unit in 0..<count {
      let scale = affine?.scale[unit] ?? 1
      let row = weights[unit * width..<(unit + 1) * width]
      values += scale == 1 ? Array(row) : row.map { $0 * scale }
      values.append((biases?[unit] ?? 0) * scale + (affine?.shift[unit] ?? 0))
    }
    return (values, width + 1)
  }

  /// The mean of a neuron's squared outgoing weights.
  private func outgoing(_ unit: Int) -> Double {
    let weights = readers.reduce(0) { $0 + $1.outgoingCount(unit) }
    return readers.reduce(0) { $0 + $1.squares(unit) } / Double(max(1, weights))
  }

  // MARK: Surgery

  /// Merges the cheapest pairs, and changes what reads them.
  /// - Throws: as `search`; `CompressionError.setting` for a count that leaves none.
  mutating func merge(
    _ amount: MergeOptions.Amount, _ monitor: Monitor
  ) throws(CompressionError) -> [Merge] {
    var toGo = count - 1
    switch amount {
    case .share(let share): toGo = min(toGo, Int((share * Double(count)).rounded()))
    case .count(let wanted):
      guard wanted >= 1, wanted <= toGo else {
        throw .setting(
          name: "count", wanted: "from 1 to \(toGo), for `\(name)` has \(count) neurons",
          got: "\(wanted)")
      }
      toGo = wanted
    case .mode: break
    }
    var search = try search(monitor)
    let limit = amount == .mode ? search.mode : .infinity
    var merges: [Merge] = []
    while merges.count < toGo, let pair = search.least, amount != .mode || pair.saliency < limit {
      if monitor.isInterrupted() { throw .network(.interrupted) }
      for r in readers.indices { readers[r].add(pair.removed, to: pair.kept) }
      search.merge(pair.removed, into: pair.kept, outgoing: outgoing(pair.kept))
      merges.append(
        Merge(layer: name, kept: pair.kept, removed: pair.removed, saliency: pair.saliency))
    }
    return merges
  }

  /// The network with the readers' new weights, and without these neurons.
  func surgery(without removed: [Int]) throws(CompressionError) -> Network {
    guard !removed.isEmpty else { return network }
    let changed = Dictionary(uniqueKeysWithValues: readers.map { ($0.name, $0.parameter) })
    let summed = network.mapParameters { node, parameter in
      parameter.role == .weight ? changed[node.name] ?? parameter : parameter
    }
    return try summed.without(Set(removed.map { map.outputs[node][$0] }), map)
  }
}

/// A layer that sums over the neurons: its weight is `[outputs, inputs, …]`.
private struct Reader {
  let node: Int
  let name: String
  private let shape: [Int]
  /// The inputs that come from each neuron, in order.
  private var columns: [[Int]]
  private var values: [Float]
  private var pruned: [Bool]?
  private let original: Parameter

  init(_ network: Network, _ map: UnitMap, _ node: Int, of layer: Int) {
    self.node = node
    name = network.nodes[node].name
    // A layer that makes units has a weight.
    original = network.nodes[node].parameters[0]
    shape = original.value.shape
    values = original.value.elements
    pruned = original.pruned
    let units = Dictionary(
      uniqueKeysWithValues: map.outputs[layer].enumerated().map { ($1, $0) })
    columns = [[Int]](repeating: [], count: units.count)
    for (column, root) in map.inputs(of: network.nodes[node]).joined().enumerated() {
      if let unit = units[root] { columns[unit].append(column) }
    }
  }

  /// With the sums; what is in a sum is pruned only where all of its terms are.
  var parameter: Parameter {
    let summed = original.with(value: Tensor(trusted: shape, values))
    return pruned == nil ? summed : summed.with(pruned: pruned)
  }

  func outgoingCount(_ unit: Int) -> Int { shape[0] * columns[unit].count * size }

  private var size: Int { shape.dropFirst(2).reduce(1, *) }

  func squares(_ unit: Int) -> Double {
    var sum = 0.0
    for row in 0..<shape[0] {
      for column in columns[unit] {
        let start = (row * shape[1] + column) * size
        for i in start..<start + size { sum += Double(values[i]) * Double(values[i]) }
      }
    }
    return sum
  }

  /// The outgoing weights of one neuron, onto those of another.
  mutating func add(_ removed: Int, to kept: Int) {
    for row in 0..<shape[0] {
      for (from, to) in zip(columns[removed], columns[kept]) {
        let (from, to) = ((row * shape[1] + from) * size, (row * shape[1] + to) * size)
        for i in 0..<size {
          values[to + i] += values[from + i]
          if let isPruned = pruned?[from + i], !isPruned { pruned?[to + i] = false }
        }
      }
    }
  }
}
