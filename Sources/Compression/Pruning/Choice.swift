// Which groups go: the lowest scores of those that compete, as many as the amount says.
import Kernels
import Networks

/// Among which candidates the lowest scores are sought.
package enum PruningScope: String, Sendable, CaseIterable {
  /// In every layer the same share.
  case local
  /// The lowest scores of the whole network, wherever they are.
  case global
  /// In every row of every layer the same share: each output keeps as many inputs.
  case row

  package static var all: [PruningScope] { allCases }
  package var name: String { rawValue }

  package var summary: String {
    switch self {
    case .local: "the same share of every layer"
    case .global: "the least of the whole network, wherever it is"
    case .row: "the same share of every output's weights"
    }
  }
}

struct Choice {
  let groups: Grouping
  /// One for each group; those that are gone already are below all others.
  let scores: [Float]
  private let gone: [Bool]
  private let fields: [Grouping.Field]
  private let scope: PruningScope

  private let multiple: Int

  /// - Parameter multiple: of what stays in each layer, as far as there is as much.
  /// - Throws: `CompressionError.setting` for rows where there are none.
  init(
    _ groups: Grouping, _ scores: [Float], _ scope: PruningScope, multiple: Int = 1
  ) throws(CompressionError) {
    self.groups = groups
    self.scope = scope
    self.multiple = multiple
    gone = groups.gone
    if gone.contains(true) {
      self.scores = zip(scores, gone).map { $1 ? -.infinity : $0 }
    } else {
      self.scores = scores
    }
    switch scope {
    case .local: fields = groups.layers
    case .global: fields = [Grouping.Field(layer: "", groups: 0..<groups.count)]
    case .row:
      fields = groups.rows
      guard !fields.isEmpty else {
        throw .setting(
          name: "scope", wanted: "`local` or `global`, for \(groups.noun) are whole rows",
          got: "`row`")
      }
    }
  }

  /// True for what goes. Ties go to the group that comes first; what is gone already counts, and stays.
  /// - Parameter cost: of the network without these groups, for a budget.
  /// - Throws: `CompressionError.everything` where a layer would lose all that it has; `.setting` for a
  ///   count that is not there; `.budget`.
  func removed(
    _ amount: Amount, cost: ([Bool]) throws(CompressionError) -> Int = { _ in 0 },
    limit: Int = 0
  ) throws(CompressionError) -> [Bool] {
    switch amount {
    case .budget(let budget): return try removed(within: limit, of: budget.resource, cost)
    case .pattern: preconditionFailure("a pattern has runs of its own")
    default:
      let removed = rounded(try lowest(amount, of: scores))
      try check(removed)
      return removed
    }
  }

  /// The best of those that would go come back, until a multiple stays in every layer.
  private func rounded(_ removed: [Bool]) -> [Bool] {
    guard multiple > 1 else { return removed }
    var rounded = removed
    for field in groups.layers {
      let left = field.groups.count { !removed[$0] }
      let wanted = min(field.groups.count, max(1, (left + multiple - 1) / multiple) * multiple)
      let back = field.groups.filter { removed[$0] }
        .sorted { (scores[$0], $1) > (scores[$1], $0) }.prefix(wanted - left)
      for group in back { rounded[group] = false }
    }
    return rounded
  }

  private func lowest(_ amount: Amount, of scores: [Float]) throws(CompressionError) -> [Bool] {
    var removed: [Bool] = []
    for field in fields {
      let own = fields.count == 1 ? scores : Array(scores[field.groups])
      let before = gone.isEmpty ? 0 : gone[field.groups].count { $0 }
      removed += Masking.lowest(max(before, try count(amount, field, own)), of: own)
    }
    return removed
  }

  /// round(share × n), halves away from zero.
  private func count(
    _ amount: Amount, _ field: Grouping.Field, _ own: [Float]
  ) throws(CompressionError) -> Int {
    switch amount {
    case .count(let count):
      guard count <= own.count else {
        let place = field.layer.isEmpty ? "there are" : "`\(field.layer)` has"
        throw .setting(
          name: "count", wanted: "at most the \(own.count) \(groups.noun) that \(place)",
          got: "\(count)")
      }
      return count
    case .below(let limit): return Count.below(Float(limit), in: own).below
    default:
      return Int(((amount.share(of: field.layer) ?? 0) * Double(own.count)).rounded())
    }
  }

  /// A layer without anything left answers the same to every input.
  private func check(_ removed: [Bool]) throws(CompressionError) {
    for field in groups.layers where !field.groups.isEmpty && !groups.mayAllGo {
      guard removed[field.groups].contains(false) else {
        if !gone.isEmpty, !gone[field.groups].contains(false) { continue }
        throw .everything(
          layer: field.layer, count: field.groups.count, noun: groups.noun,
          isGlobal: scope == .global)
      }
    }
  }

  // MARK: Budgets

  /// The scores, but the best of each layer goes last: a budget says nothing of how many go where.
  private var sparing: [Float] {
    var sparing = scores
    for field in groups.layers {
      guard let best = field.groups.max(by: { (scores[$0], $0) < (scores[$1], $1) }) else {
        continue
      }
      sparing[best] = .infinity
    }
    return sparing
  }

  /// The least share with which the network keeps to a budget.
  private func removed(
    within limit: Int, of resource: Budget.Resource,
    _ cost: ([Bool]) throws(CompressionError) -> Int
  ) throws(CompressionError) -> [Bool] {
    let steps = fields.reduce(1) { max($0, $1.groups.count) }
    let scores = groups.mayAllGo ? scores : sparing
    func attempt(_ step: Int) throws(CompressionError) -> [Bool] {
      // Between two counts: rounding does not matter.
      let share = Amount.share(min(1, Double(step) / Double(steps)))
      let removed = rounded(try lowest(share, of: scores))
      try check(removed)
      return removed
    }
    let none = try attempt(0)
    if try cost(none) <= limit { return none }
    guard var most = try greatestStep(below: steps, attempt) else { return none }
    var best = try attempt(most)
    let smallest = try cost(best)
    guard smallest <= limit else {
      let least =
        groups.mayAllGo ? "no \(groups.noun)" : "as few \(groups.noun) as may be in every layer"
      throw .budget(limit, smallest: smallest, unit: resource.unit, with: least)
    }
    var least = 0
    while most - least > 1 {
      let middle = least + (most - least) / 2
      let removed = try attempt(middle)
      if try cost(removed) <= limit { (most, best) = (middle, removed) } else { least = middle }
    }
    return best
  }

  /// The greatest of the steps that leaves something in every layer that has to have it.
  private func greatestStep(
    below steps: Int, _ attempt: (Int) throws(CompressionError) -> [Bool]
  ) throws(CompressionError) -> Int? {
    var (least, most) = (0, groups.mayAllGo ? steps + 1 : steps)
    while most - least > 1 {
      let middle = least + (most - least) / 2
      do throws(CompressionError) {
        _ = try attempt(middle)
        least = middle
      } catch {
        guard case .everything = error else { throw error }
        most = middle
      }
    }
    return least > 0 ? least : nil
  }
}
