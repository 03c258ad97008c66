// Loops as nodes. A `for` yields the list of its block's values; where the block has none, none. Without a turn
// the list is empty.
import Syntax

final class ForNode: Node, @unchecked Sendable {
  let slot: Int
  let values: Node
  let body: Node
  /// A turn without a value leaves no gap: in blocks behind calls.
  private let skipsNone: Bool
  init(_ slot: Int, in values: Node, _ body: Node, skipsNone: Bool, _ span: Span) {
    self.slot = slot
    self.values = values
    self.body = body
    self.skipsNone = skipsNone
    super.init(span)
  }

  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    let sequence = try values.evaluate(machine)
    if isSilent { return try goOver(sequence, machine) }
    var results: [Value] = []
    var turns = 0
    let isEmpty: Bool
    if case .range(let range) = sequence, let lower = range.lower, let end = range.end {
      isEmpty = lower >= end
      var i = lower
      while i < end {
        guard try turn(.number(Double(i)), &results, &turns, machine) else { break }
        i += 1
      }
    } else {
      let items = try items(sequence, machine)
      isEmpty = items.isEmpty
      for value in items {
        guard try turn(value, &results, &turns, machine) else { break }
      }
    }
    guard !results.isEmpty else { return isEmpty && !skipsNone ? .list([]) : .none }
    return try machine.checked(.list(results), span)
  }

  override var isSilent: Bool { body.isSilent }

  /// The same where no turn has a value.
  private func goOver(_ sequence: Value, _ machine: Machine) throws(Failure) -> Value {
    if case .range(let range) = sequence, let lower = range.lower, let end = range.end {
      var i = lower
      while i < end, try turn(.number(Double(i)), machine) { i += 1 }
    } else {
      for value in try items(sequence, machine) {
        guard try turn(value, machine) else { break }
      }
    }
    return .none
  }

  @inline(__always)
  private func turn(_ value: Value, _ machine: Machine) throws(Failure) -> Bool {
    if machine.isInterrupted { throw machine.fail(.interrupt, span) }
    machine[slot] = value
    return try body.perform(machine) == .none || goesOn(machine)
  }

  private func items(_ value: Value, _ machine: Machine) throws(Failure) -> [Value] {
    do throws(Mismatch) { return try value.sequence() } catch {
      throw machine.fail(
        Problem("E0303", "`for` goes over a list, a range or a vector, got \(Text.brief(value))"),
        values.span)
    }
  }

  /// One turn; false ends the loop.
  private func turn(
    _ value: Value, _ results: inout [Value], _ turns: inout Int, _ machine: Machine
  ) throws(Failure) -> Bool {
    if machine.isInterrupted { throw machine.fail(.interrupt, span) }
    machine[slot] = value
    let result = try body.evaluate(machine)
    // A block behind a call keeps what it gave before it jumped; another's turn that jumps has no value.
    let jumps = machine.jump != .none
    if result.isNone, jumps || skipsNone || results.isEmpty {
      turns += jumps ? 0 : 1
      return goesOn(machine)
    }
    guard results.count < Limits.items, turns < Limits.items else {
      throw machine.fail(Limits.tooLarge, span)
    }
    if turns > results.count, !skipsNone {
      results += Array(repeating: .none, count: turns - results.count)
    }
    results.append(result)
    turns += 1
    return goesOn(machine)
  }
}

/// Whether a loop takes another turn after a jump in its body.
private func goesOn(_ machine: Machine) -> Bool {
  switch machine.jump {
  case .none: return true
  case .return: return false
  case .break, .continue:
    defer { machine.jump = .none }
    return machine.jump == .continue
  }
}

final class WhileNode: Node, @unchecked Sendable {
  let test: Node
  let body: Node
  init(_ test: Node, _ body: Node, _ span: Span) {
    self.test = test
    self.body = body
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    while try test.condition(machine) {
      if machine.isInterrupted { throw machine.fail(.interrupt, span) }
      guard try body.perform(machine) == .none || goesOn(machine) else { break }
    }
    return .none
  }
  override var isSilent: Bool { true }
}
