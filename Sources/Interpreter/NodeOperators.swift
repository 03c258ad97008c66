// Operators as nodes, beside those with two operands: signs, logic, conditions.
import Syntax

final class UnaryNode: Node, @unchecked Sendable {
  let operation: UnaryOperator
  let operand: Node
  init(_ operation: UnaryOperator, _ operand: Node, _ span: Span) {
    self.operation = operation
    self.operand = operand
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    switch (operation, try operand.evaluate(machine)) {
    case (.minus, .number(let number)): return .number(-number)
    case (.not, .boolean(let bool)): return .boolean(!bool)
    case (_, let value): return try other(value, machine)
    }
  }

  @inline(never)
  private func other(_ value: Value, _ machine: Machine) throws(Failure) -> Value {
    do throws(Problem) { return try Arithmetic.unary(operation, value) } catch {
      throw machine.fail(error, span)
    }
  }
  override var constant: Value? {
    operand.constant.flatMap { try? Arithmetic.unary(operation, $0) }
  }
}

final class LogicalNode: Node, @unchecked Sendable {
  /// What the left side must be for the right side not to matter.
  private let isDecidedBy: Bool
  let left: Node
  let right: Node
  init(_ operation: LogicalOperator, _ left: Node, _ right: Node, _ span: Span) {
    isDecidedBy = operation == .or
    self.left = left
    self.right = right
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    .boolean(try condition(machine))
  }
  override func condition(_ machine: Machine) throws(Failure) -> Bool {
    let first = try left.condition(machine)
    return first == isDecidedBy ? first : try right.condition(machine)
  }
}

final class ConditionalNode: Node, @unchecked Sendable {
  let test: Node
  let then: Node
  let otherwise: Node?
  private let other: Node
  private let hasOther: Bool
  init(_ test: Node, _ then: Node, _ otherwise: Node?, _ span: Span) {
    self.test = test
    self.then = then
    self.otherwise = otherwise
    other = otherwise ?? Node(span)
    hasOther = otherwise != nil
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    if try test.condition(machine) { return try then.evaluate(machine) }
    return hasOther ? try other.evaluate(machine) : .none
  }
  override func perform(_ machine: Machine) throws(Failure) -> Machine.Jump {
    if try test.condition(machine) { return try then.perform(machine) }
    return hasOther ? try other.perform(machine) : .none
  }
  override var isSilent: Bool { then.isSilent && (otherwise?.isSilent ?? true) }
}
