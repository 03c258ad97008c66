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

  /// The value as a plain number; any other is left for `takeOther`.
  func number(_ machine: Machine) throws(Failure) -> Double? {
    machine.number(try evaluate(machine))
  }

  /// The value as a truth.
  func condition(_ machine: Machine) throws(Failure) -> Bool {
    try truth(try evaluate(machine), machine)
  }

  final func truth(_ value: Value, _ machine: Machine) throws(Failure) -> Bool {
    if case .boolean(let bool) = value { return bool }
    let help: String?
    switch value {
    case .number: help = "compare it with something, such as `!= 0`"
    case .tensor: help = "use `all(…)` or `any(…)`"
    default: help = nil
    }
    throw machine.fail(
      Problem("E0302", "a condition is true or false, got \(Text.brief(value))", help: help), span)
  }
}

final class ConstantNode: Node, @unchecked Sendable {
  let value: Value
  private let asNumber: Double?
  init(_ value: Value, _ span: Span) {
    self.value = value
    if case .number(let number) = value { asNumber = number } else { asNumber = nil }
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value { value }
  override func number(_ machine: Machine) throws(Failure) -> Double? {
    asNumber ?? machine.number(value)
  }
  override var constant: Value? { value }
}

final class SlotNode: Node, @unchecked Sendable {
  let slot: Int
  init(_ slot: Int, _ span: Span) {
    self.slot = slot
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value { machine[slot] }
  override func number(_ machine: Machine) throws(Failure) -> Double? {
    machine.number(in: slot) ?? machine.number(machine[slot])
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
    machine[slot] = try value.evaluate(machine)
    if isCellName { machine.markBound(slot) }
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
    if !shown.isNone, machine.jump == .none { machine.context.emit(.value(shown)) }
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
      guard machine.jump == .none else { return .none }
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
  enum Kind {
    case `break`, `continue`
    case `return`(Node?)
  }
  let kind: Kind
  init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    switch kind {
    case .break: machine.jump = .break
    case .continue: machine.jump = .continue
    case .return(let value):
      machine.other = try value?.evaluate(machine) ?? .none
      machine.jump = .return
    }
    return .none
  }
}

final class TextNode: Node, @unchecked Sendable {
  enum Piece {
    case plain(String)
    case code(Node)
  }
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
      guard text.utf8.count <= Limits.textBytes else { throw machine.fail(Limits.tooLong, span) }
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
    for slot in captured { values.append(machine[slot]) }
    return try machine.checked(.function(Function(code: code, captures: values)), span)
  }
}
