// Operators as nodes: numbers first, everything else through `Arithmetic`.
import Syntax

final class BinaryNode: Node, @unchecked Sendable {
  let operation: BinaryOperator
  let left: Node
  let right: Node
  init(_ operation: BinaryOperator, _ left: Node, _ right: Node, _ span: Span) {
    self.operation = operation
    self.left = left
    self.right = right
    super.init(span)
  }

  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    let a = try left.evaluate(machine)
    let b = try right.evaluate(machine)
    if case .number(let x) = a, case .number(let y) = b {
      switch operation {
      case .add: return .number(x + y)
      case .subtract: return .number(x - y)
      case .multiply: return .number(x * y)
      case .less: return .boolean(x < y)
      case .lessEqual: return .boolean(x <= y)
      case .greater: return .boolean(x > y)
      case .greaterEqual: return .boolean(x >= y)
      case .equal: return .boolean(x == y)
      case .notEqual: return .boolean(x != y)
      case .divide where y != 0: return .number(x / y)
      default: break
      }
    }
    do throws(Problem) { return try Arithmetic.binary(operation, a, b) } catch {
      throw machine.fail(error, span)
    }
  }

  override var constant: Value? {
    guard let a = left.constant, let b = right.constant else { return nil }
    return try? Arithmetic.binary(operation, a, b)
  }
}

final class UnaryNode: Node, @unchecked Sendable {
  let operation: UnaryOperator
  let operand: Node
  init(_ operation: UnaryOperator, _ operand: Node, _ span: Span) {
    self.operation = operation
    self.operand = operand
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    let value = try operand.evaluate(machine)
    do throws(Problem) { return try Arithmetic.unary(operation, value) } catch {
      throw machine.fail(error, span)
    }
  }
  override var constant: Value? {
    operand.constant.flatMap { try? Arithmetic.unary(operation, $0) }
  }
}

final class LogicalNode: Node, @unchecked Sendable {
  let operation: LogicalOperator
  let left: Node
  let right: Node
  init(_ operation: LogicalOperator, _ left: Node, _ right: Node, _ span: Span) {
    self.operation = operation
    self.left = left
    self.right = right
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    let first = try left.condition(machine)
    if first == (operation == .or) { return .boolean(first) }
    return .boolean(try right.condition(machine))
  }
}

final class ConditionalNode: Node, @unchecked Sendable {
  let test: Node
  let then: Node
  let otherwise: Node?
  init(_ test: Node, _ then: Node, _ otherwise: Node?, _ span: Span) {
    self.test = test
    self.then = then
    self.otherwise = otherwise
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    if try test.condition(machine) { return try then.evaluate(machine) }
    return try otherwise?.evaluate(machine) ?? .none
  }
}

extension Node {
  /// The value as a truth.
  func condition(_ machine: Machine) throws(Failure) -> Bool {
    let value = try evaluate(machine)
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
