// Which weights stay or go together, and which groups are of one layer. It knows nothing of what they
// are worth.
import Kernels
import Networks
import Tensors

struct Grouping {
  /// One parameter with weights, as a matrix [outputs, inputs × kernel].
  struct Part {
    let node: Int
    let parameter: Int
    let rows: Int
    let columns: Int
    let layout: Layout
  }

  /// Which group each weight of a part belongs to.
  enum Layout {
    /// Each one is a group, from this one on.
    case weights(first: Int)
    /// Blocks, row by row of them, from this group on.
    case blocks(BlockShape, first: Int)
    /// The group of each row of the matrix; -1 for none.
    case rows([Int])
    /// The group of each column, as in the table of an embedding; -1 for none.
    case columns([Int])
    /// All of it is one group. Parts may hold the same parameter for several groups.
    case whole(Int)
  }

  /// A run of groups that belong to the same layer, or to layers that share them.
  struct Field {
    let layer: String
    let groups: Range<Int>
  }

  let network: Network
  let parts: [Part]
  let layers: [Field]
  /// What the groups are, in the plural: "weights", "filters".
  let noun: String
  /// All groups of a layer may go: others stand in.
  let mayAllGo: Bool
  let count: Int

  init(_ network: Network, parts: [Part], layers: [Field], noun: String, mayAllGo: Bool = false) {
    self.network = network
    self.parts = parts
    self.layers = layers
    self.noun = noun
    self.mayAllGo = mayAllGo
    count = layers.last?.groups.upperBound ?? 0
  }

  func parameter(_ part: Part) -> Parameter { network.nodes[part.node].parameters[part.parameter] }

  /// The values of a part's weights, row by row.
  func values(_ part: Part) -> [Float] { parameter(part).value.elements }

  // MARK: Sums

  /// For each group, the sum of a term of each of its weights, in double precision.
  /// - Parameter terms: as many as the part has weights.
  func sums<E: Error>(_ terms: (Part) throws(E) -> [Float]) throws(E) -> [Float] {
    if parts.allSatisfy(\.isOfWeights) {
      if parts.count == 1 { return try terms(parts[0]) }
      var all: [Float] = []
      all.reserveCapacity(count)
      for part in parts { all += try terms(part) }
      return all
    }
    var totals = [Double](repeating: 0, count: count)
    for part in parts { add(try terms(part), of: part, to: &totals) }
    return totals.map { Float($0) }
  }

  private func add(_ terms: [Float], of part: Part, to totals: inout [Double]) {
    switch part.layout {
    case .weights(let first):
      for i in terms.indices { totals[first + i] += Double(terms[i]) }
    case .whole(let group):
      for term in terms { totals[group] += Double(term) }
    case .columns(let groups):
      for row in 0..<part.rows {
        for (column, group) in groups.enumerated() where group >= 0 {
          totals[group] += Double(terms[row * part.columns + column])
        }
      }
    case .rows(let groups):
      for (row, group) in groups.enumerated() where group >= 0 {
        var sum = 0.0
        for i in row * part.columns..<(row + 1) * part.columns { sum += Double(terms[i]) }
        totals[group] += sum
      }
    case .blocks(let shape, let first):
      let wide = part.columns / shape.columns
      for row in 0..<part.rows {
        let band = first + row / shape.rows * wide
        for block in 0..<wide {
          var sum = 0.0
          let start = row * part.columns + block * shape.columns
          for i in start..<start + shape.columns { sum += Double(terms[i]) }
          totals[band + block] += sum
        }
      }
    }
  }

  /// For each group of units, the mean of a number that each of its rows has.
  /// - Parameter numbers: one for each unit of a node.
  func means<E: Error>(_ numbers: (_ node: Int) throws(E) -> [Float]) throws(E) -> [Float] {
    var totals = [Double](repeating: 0, count: count)
    var rows = [Int](repeating: 0, count: count)
    var done: Set<Int> = []
    for part in parts {
      guard let groups = part.layout.units, done.insert(part.node).inserted else { continue }
      let numbers = try numbers(part.node)
      for (row, group) in groups.enumerated() where group >= 0 {
        totals[group] += Double(numbers[row])
        rows[group] += 1
      }
    }
    return zip(totals, rows).map { Float($0 / Double(max(1, $1))) }
  }

  // MARK: Members

  /// The weights of each group, part after part.
  func vectors() -> [[Float]] {
    var vectors = [[Float]](repeating: [], count: count)
    for part in parts {
      let values = values(part)
      for (group, run) in runs(of: part) where group >= 0 { vectors[group] += values[run] }
    }
    return vectors
  }

  /// The runs of weights of a part, in order, and the group of each.
  private func runs(of part: Part) -> [(group: Int, run: Range<Int>)] {
    let columns = part.columns
    switch part.layout {
    case .weights(let first):
      return (0..<part.rows * columns).map { (first + $0, $0..<$0 + 1) }
    case .whole(let group): return [(group, 0..<part.rows * columns)]
    case .rows(let groups):
      return groups.enumerated().map { ($1, $0 * columns..<($0 + 1) * columns) }
    case .columns(let groups):
      return (0..<part.rows * columns).map { (groups[$0 % columns], $0..<$0 + 1) }
    case .blocks(let shape, let first):
      let wide = columns / shape.columns
      return (0..<part.rows * wide).map { index in
        let (row, block) = (index / wide, index % wide)
        let start = row * columns + block * shape.columns
        return (first + row / shape.rows * wide + block, start..<start + shape.columns)
      }
    }
  }

  /// Which weights of a part belong to groups that are marked.
  func mask(_ part: Part, _ marked: [Bool]) -> [Bool] {
    if case .weights(let first) = part.layout {
      return Array(marked[first..<first + part.rows * part.columns])
    }
    var mask = [Bool](repeating: false, count: part.rows * part.columns)
    for (group, run) in runs(of: part) where group >= 0 && marked[group] {
      for i in run { mask[i] = true }
    }
    return mask
  }

  /// The groups of which nothing is left: all their weights were pruned before. Empty where no weight was.
  var gone: [Bool] {
    guard parts.contains(where: { parameter($0).pruned != nil }) else { return [] }
    let left = sums { part in
      parameter(part).pruned?.map { $0 ? 0 : 1 }
        ?? [Float](repeating: 1, count: part.rows * part.columns)
    }
    return left.map { $0 == 0 }
  }

  /// The rows of all parts as runs of groups, where groups do not reach over several rows of blocks.
  var rows: [Field] {
    parts.flatMap { part -> [Field] in
      let name = network.nodes[part.node].name
      let (first, count, each): (Int, Int, Int)
      switch part.layout {
      case .weights(let start): (first, count, each) = (start, part.rows, part.columns)
      case .blocks(let shape, let start):
        (first, count, each) = (start, part.rows / shape.rows, part.columns / shape.columns)
      case .rows, .columns, .whole: return []
      }
      return (0..<count).map {
        Field(layer: name, groups: first + $0 * each..<first + ($0 + 1) * each)
      }
    }
  }
}

extension Grouping.Layout {
  /// The group of each unit that a part makes.
  var units: [Int]? {
    switch self {
    case .rows(let groups), .columns(let groups): groups
    case .weights, .blocks, .whole: nil
    }
  }
}

extension Grouping.Part {
  var isOfWeights: Bool { if case .weights = layout { true } else { false } }
}
