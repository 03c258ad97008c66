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
    guard let x = try left.number(machine) else {
      let a = machine.takeOther()
      return try other(a, try right.evaluate(machine), machine)
    }
    guard let y = try right.number(machine) else {
      return try other(.number(x), machine.takeOther(), machine)
    }
    if let result = calculate(x, y) { return .number(result) }
    if let result = compare(x, y) { return .boolean(result) }
    return try other(.number(x), .number(y), machine)
  }

  override func number(_ machine: Machine) throws(Failure) -> Double? {
    guard let x = try left.number(machine) else {
      let a = machine.takeOther()
      return machine.number(try other(a, try right.evaluate(machine), machine))
    }
    guard let y = try right.number(machine) else {
      return machine.number(try other(.number(x), machine.takeOther(), machine))
    }
    if let result = calculate(x, y) { return result }
    return machine.number(try other(.number(x), .number(y), machine))
  }

  override func condition(_ machine: Machine) throws(Failure) -> Bool {
    guard let x = try left.number(machine) else {
      let a = machine.takeOther()
      return try truth(try other(a, try right.evaluate(machine), machine), machine)
    }
    guard let y = try right.number(machine) else {
      return try truth(try other(.number(x), machine.takeOther(), machine), machine)
    }
    if let result = compare(x, y) { return result }
    return try truth(try other(.number(x), .number(y), machine), machine)
  }

  @inline(__always)
  private func calculate(_ x: Double, _ y: Double) -> Double? {
    switch operation {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide where y != 0: x / y
    default: nil
    }
  }

  @inline(__always)
  private func compare(_ x: Double, _ y: Double) -> Bool? {
    switch operation {
    case .less: x < y
    case .lessEqual: x <= y
    case .greater: x > y
    case .greaterEqual: x >= y
    case .equal: x == y
    case .notEqual: x != y
    default: nil
    }
  }

  /// What is not two numbers, and what two numbers cannot do.
  @inline(never)
  private func other(_ a: Value, _ b: Value, _ machine: Machine) throws(Failure) -> Value {
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
    .boolean(try condition(machine))
  }
  override func condition(_ machine: Machine) throws(Failure) -> Bool {
    let first = try left.condition(machine)
    return first == (operation == .or) ? first : try right.condition(machine)
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
