// A checked tree, ready to run: names are slots, arguments stand at their parameters. Values, names and
// blocks are here; operators, calls and loops have files of their own.
import Syntax
import Tensors

/// Nodes are made by the checker only, so that nothing unchecked runs.
class Node: @unchecked Sendable {
  let span: Span
  init(_ span: Span) { self.span = span }

  func evaluate(_ machine: Machine) throws(Failure) -> Value { .none }

  /// The value where it is known before anything runs.
  var constant: Value? { nil }

  /// The value as a plain number, without the detour through `Value` where a node knows better.
  func number(_ machine: Machine) throws(Failure) -> Double? {
    if case .number(let number) = try evaluate(machine) { return number }
    return nil
  }
}

final class ConstantNode: Node, @unchecked Sendable {
  let value: Value
  init(_ value: Value, _ span: Span) {
    self.value = value
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value { value }
  override var constant: Value? { value }
}

final class SlotNode: Node, @unchecked Sendable {
  let slot: Int
  init(_ slot: Int, _ span: Span) {
    self.slot = slot
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    machine.slots[machine.base + slot]
  }
}

final class AssignNode: Node, @unchecked Sendable {
  let slot: Int
  let value: Node
  /// A name of the cell itself, which later cells may see.
  let isCellName: Bool
  init(_ slot: Int, _ value: Node, isCellName: Bool, _ span: Span) {
    self.slot = slot
    self.value = value
    self.isCellName = isCellName
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    let new = try value.evaluate(machine)
    machine.slots[machine.base + slot] = new
    if isCellName { machine.bound.insert(slot) }
    return .none
  }
}

/// Shows a value that nothing else uses.
final class ShowNode: Node, @unchecked Sendable {
  let value: Node
  init(_ value: Node) {
    self.value = value
    super.init(value.span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    let shown = try value.evaluate(machine)
    if !shown.isNone, machine.isRunning { machine.context.emit(.value(shown)) }
    return .none
  }
}

/// Statements one after the other; the value of the last.
final class BlockNode: Node, @unchecked Sendable {
  let statements: [Node]
  init(_ statements: [Node], _ span: Span) {
    self.statements = statements
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    var last = Value.none
    for statement in statements {
      last = try statement.evaluate(machine)
      guard machine.isRunning else { return .none }
    }
    return last
  }
}

/// `{ … }` behind a call: the list of the values of its statements.
final class BlockListNode: Node, @unchecked Sendable {
  let statements: [Node]
  init(_ statements: [Node], _ span: Span) {
    self.statements = statements
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    var values: [Value] = []
    for statement in statements {
      let value = try statement.evaluate(machine)
      if !value.isNone { values.append(value) }
    }
    return try machine.checked(.list(values), span)
  }
}

final class JumpNode: Node, @unchecked Sendable {
  enum Kind { case `break`, `continue`, `return`(Node?) }
  let kind: Kind
  init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    switch kind {
    case .break: machine.jump = .break
    case .continue: machine.jump = .continue
    case .return(let value): machine.jump = .return(try value?.evaluate(machine) ?? .none)
    }
    return .none
  }
}

final class TextNode: Node, @unchecked Sendable {
  enum Piece { case plain(String), code(Node) }
  let pieces: [Piece]
  init(_ pieces: [Piece], _ span: Span) {
    self.pieces = pieces
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    var text = ""
    for piece in pieces {
      switch piece {
      case .plain(let plain): text += plain
      case .code(let node): text += Text.plain(try node.evaluate(machine))
      }
    }
    return .text(text)
  }
}

final class ListNode: Node, @unchecked Sendable {
  let items: [Node]
  init(_ items: [Node], _ span: Span) {
    self.items = items
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    var values: [Value] = []
    values.reserveCapacity(items.count)
    for item in items { values.append(try item.evaluate(machine)) }
    return try machine.checked(.list(values), span)
  }
  override var constant: Value? {
    var values: [Value] = []
    for item in items {
      guard let value = item.constant else { return nil }
      values.append(value)
    }
    return .list(values)
  }
}

final class RecordNode: Node, @unchecked Sendable {
  let names: [String]
  let items: [Node]
  init(_ names: [String], _ items: [Node], _ span: Span) {
    self.names = names
    self.items = items
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    var fields: [(name: String, value: Value)] = []
    for (name, item) in zip(names, items) { fields.append((name, try item.evaluate(machine))) }
    return try machine.checked(.record(fields), span)
  }
}

final class RangeNode: Node, @unchecked Sendable {
  let lower: Node?
  let upper: Node?
  let isClosed: Bool
  init(_ lower: Node?, _ upper: Node?, isClosed: Bool, _ span: Span) {
    self.lower = lower
    self.upper = upper
    self.isClosed = isClosed
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    .range(
      Value.Range(
        lower: try bound(lower, machine), upper: try bound(upper, machine), isClosed: isClosed))
  }

  private func bound(_ node: Node?, _ machine: Machine) throws(Failure) -> Int? {
    guard let node else { return nil }
    let value = try node.evaluate(machine)
    guard let whole = try? Int(from: value), abs(whole) < 1 << 52 else {
      throw machine.fail(
        Problem("E0301", "a range wants whole numbers at its ends, got \(Text.brief(value))"),
        node.span)
    }
    return whole
  }
}

final class LambdaNode: Node, @unchecked Sendable {
  let code: FunctionCode
  /// The slots around it whose values it takes along.
  let captured: [Int]
  init(_ code: FunctionCode, captured: [Int], _ span: Span) {
    self.code = code
    self.captured = captured
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    var values: [Value] = []
    for slot in captured { values.append(machine.slots[machine.base + slot]) }
    return try machine.checked(.function(Function(code: code, captures: values)), span)
  }
}

extension Machine {
  /// No `break`, `continue` or `return` is on its way.
  var isRunning: Bool {
    if case .none = jump { return true }
    return false
  }
}
