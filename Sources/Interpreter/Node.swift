// A checked tree, ready to run: names are slots, arguments stand at their parameters. Values, names and
// blocks are here; operators, calls and loops have files of their own.
import Syntax
import Tensors

/// Nodes are made by the checker only, so that nothing unchecked runs.
class Node: @unchecked Sendable {
  let span: Span
  init(_ span: Span) { self.span = span }

  /// A value takes two registers: a node that calculates gives its number without touching memory.
  func evaluate(_ machine: Machine) throws(Failure) -> Value { .none }

  /// Does the same where nothing uses the value, and says where to go on.
  func perform(_ machine: Machine) throws(Failure) -> Machine.Jump {
    _ = try evaluate(machine)
    return machine.jump
  }

  /// Whether its value is none, whatever happens.
  var isSilent: Bool { false }

  /// The value where it is known before anything runs.
  var constant: Value? { nil }

  /// The value as a truth.
  func condition(_ machine: Machine) throws(Failure) -> Bool {
    try truth(try evaluate(machine), machine)
  }

  @inline(__always)
  final func truth(_ value: Value, _ machine: Machine) throws(Failure) -> Bool {
    if case .boolean(let bool) = value { return bool }
    throw noTruth(value, machine)
  }

  @inline(never)
  private final func noTruth(_ value: Value, _ machine: Machine) -> Failure {
    let help: String?
    switch value {
    case .number: help = "compare it with something, such as `!= 0`"
    case .tensor: help = "use `all(…)` or `any(…)`"
    default: help = nil
    }
    return machine.fail(
      Problem("E0302", "a condition is true or false, got \(Text.brief(value))", help: help), span)
  }
}

final class ConstantNode: Node, @unchecked Sendable {
  let value: Value
  init(_ value: Value, _ span: Span) {
    self.value = value
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value { value }
  override func condition(_ machine: Machine) throws(Failure) -> Bool {
    try truth(value, machine)
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
    _ = try perform(machine)
    return .none
  }
  override func perform(_ machine: Machine) throws(Failure) -> Machine.Jump {
    machine[slot] = try value.evaluate(machine)
    if isCellName { machine.markBound(slot) }
    return .none
  }
  override var isSilent: Bool { true }
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
  private let children: Children
  private let last: Node
  private let isEmpty: Bool
  var statements: [Node] { children.nodes + [last] }
  init(_ statements: [Node], _ span: Span) {
    children = Children(statements.dropLast())
    last = statements.last ?? Node(span)
    isEmpty = statements.isEmpty
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    for i in 0..<children.count {
      guard try children.perform(i, machine) == .none else { return .none }
    }
    return try last.evaluate(machine)
  }
  override func perform(_ machine: Machine) throws(Failure) -> Machine.Jump {
    for i in 0..<children.count {
      let jump = try children.perform(i, machine)
      guard jump == .none else { return jump }
    }
    return try last.perform(machine)
  }
  override var isSilent: Bool { isEmpty || last.isSilent }
}

/// `{ … }` behind a call: the list of the values of its statements, up to a jump.
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
      guard machine.jump == .none else { break }
    }
    return try machine.checked(.list(values), span)
  }
  override var isSilent: Bool { statements.allSatisfy(\.isSilent) }
}

/// `break` or `continue`.
final class JumpNode: Node, @unchecked Sendable {
  let jump: Machine.Jump
  init(_ jump: Machine.Jump, _ span: Span) {
    self.jump = jump
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    machine.jump = jump
    return .none
  }
  override func perform(_ machine: Machine) throws(Failure) -> Machine.Jump {
    machine.jump = jump
    return jump
  }
  override var isSilent: Bool { true }
}

final class ReturnNode: Node, @unchecked Sendable {
  let value: Node
  init(_ value: Node, _ span: Span) {
    self.value = value
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    machine.returned = try value.evaluate(machine)
    machine.jump = .return
    return .none
  }
  override var isSilent: Bool { true }
}

final class TextNode: Node, @unchecked Sendable {
  enum Piece {
    case plain(String)
    case code(Node)
  }
  /// What stands before each value; what follows the last one.
  private let before: [String]
  private let behind: String
  private let values: Children
  init(_ pieces: [Piece], _ span: Span) {
    var nodes: [Node] = []
    var before: [String] = []
    var behind = ""
    for piece in pieces {
      switch piece {
      case .plain(let plain): behind += plain
      case .code(let node):
        before.append(behind)
        behind = ""
        nodes.append(node)
      }
    }
    values = Children(nodes)
    (self.before, self.behind) = (before, behind)
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    var text = ""
    for i in 0..<values.count {
      text += before[i]
      text += Text.plain(try values.evaluate(i, machine))
      guard text.utf8.count <= Limits.textBytes else { throw machine.fail(Limits.tooLong, span) }
    }
    text += behind
    guard text.utf8.count <= Limits.textBytes else { throw machine.fail(Limits.tooLong, span) }
    return .text(text)
  }
}

final class ListNode: Node, @unchecked Sendable {
  private let children: Children
  var items: [Node] { children.nodes }
  init(_ items: [Node], _ span: Span) {
    children = Children(items)
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    var values: [Value] = []
    values.reserveCapacity(children.count)
    for i in 0..<children.count { values.append(try children.evaluate(i, machine)) }
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
  private let children: Children
  init(_ names: [String], _ items: [Node], _ span: Span) {
    self.names = names
    children = Children(items)
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    var values: [Value] = []
    values.reserveCapacity(children.count)
    for i in 0..<children.count { values.append(try children.evaluate(i, machine)) }
    return try machine.checked(.record(Record(names, values)), span)
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
    guard let whole = try? Int(from: value), whole.magnitude < 1 << 52 else {
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
    values.reserveCapacity(captured.count)
    for slot in captured { values.append(machine[slot]) }
    return try machine.checked(.function(Function(code: code, captures: values)), span)
  }
}
