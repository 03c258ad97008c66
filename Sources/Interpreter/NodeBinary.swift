// Operators with two operands: numbers at once, everything else through `Arithmetic`. Each operator has a
// class of its own, so that nothing asks which it is while a program runs.
import Syntax

/// Where the number of an operand is found without asking its node.
struct Operand {
  enum Place { case node, slot, constant }
  let place: Place
  let slot: Int
  let constant: Double

  init(_ node: Node) {
    if let node = node as? SlotNode {
      (place, slot, constant) = (.slot, node.slot, 0)
    } else if let node = node as? ConstantNode, case .number(let number) = node.value {
      (place, slot, constant) = (.constant, 0, number)
    } else {
      (place, slot, constant) = (.node, 0, 0)
    }
  }
}

class BinaryNode: Node, @unchecked Sendable {
  final let operation: BinaryOperator
  final let left: Node
  final let right: Node
  private final let first: Operand
  private final let second: Operand

  fileprivate init(_ operation: BinaryOperator, _ left: Node, _ right: Node, _ span: Span) {
    self.operation = operation
    self.left = left
    self.right = right
    first = Operand(left)
    second = Operand(right)
    super.init(span)
  }

  static func of(
    _ operation: BinaryOperator, _ left: Node, _ right: Node, _ span: Span
  ) -> BinaryNode {
    switch operation {
    case .add: AddNode(operation, left, right, span)
    case .subtract: SubtractNode(operation, left, right, span)
    case .multiply: MultiplyNode(operation, left, right, span)
    case .divide: DivideNode(operation, left, right, span)
    case .modulo: ModuloNode(operation, left, right, span)
    case .power: PowerNode(operation, left, right, span)
    case .less: LessNode(operation, left, right, span)
    case .lessEqual: LessEqualNode(operation, left, right, span)
    case .greater: GreaterNode(operation, left, right, span)
    case .greaterEqual: GreaterEqualNode(operation, left, right, span)
    case .equal: EqualNode(operation, left, right, span)
    case .notEqual: NotEqualNode(operation, left, right, span)
    }
  }

  /// What both operands make as numbers, the left one first.
  /// - Parameter make: gives nil for what two numbers cannot do.
  @inline(__always)
  fileprivate final func value(
    _ machine: Machine, _ make: (_ x: Double, _ y: Double) -> Value?
  ) throws(Failure) -> Value {
    let x: Double
    switch first.place {
    case .slot:
      guard let number = machine.number(in: first.slot) else { return try general(machine) }
      x = number
    case .constant: x = first.constant
    case .node:
      let value = try left.evaluate(machine)
      guard case .number(let number) = value else { return try general(value, machine) }
      x = number
    }
    let y: Double
    switch second.place {
    case .slot:
      guard let number = machine.number(in: second.slot) else {
        return try general(.number(x), machine)
      }
      y = number
    case .constant: y = second.constant
    case .node:
      let value = try right.evaluate(machine)
      guard case .number(let number) = value else {
        return try other(.number(x), value, machine)
      }
      y = number
    }
    guard let value = make(x, y) else { return try other(.number(x), .number(y), machine) }
    return value
  }

  @inline(never)
  private final func general(_ machine: Machine) throws(Failure) -> Value {
    try general(try left.evaluate(machine), machine)
  }

  @inline(never)
  private final func general(_ a: Value, _ machine: Machine) throws(Failure) -> Value {
    try other(a, try right.evaluate(machine), machine)
  }

  /// What is not two numbers, and what two numbers cannot do.
  @inline(never)
  final func other(_ a: Value, _ b: Value, _ machine: Machine) throws(Failure) -> Value {
    do throws(Problem) { return try Arithmetic.binary(operation, a, b) } catch {
      throw machine.fail(error, span)
    }
  }

  override final var constant: Value? {
    guard let a = left.constant, let b = right.constant else { return nil }
    return try? Arithmetic.binary(operation, a, b)
  }
}

final class AddNode: BinaryNode, @unchecked Sendable {
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    try value(machine) { .number($0 + $1) }
  }
}

private final class SubtractNode: BinaryNode, @unchecked Sendable {
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    try value(machine) { .number($0 - $1) }
  }
}

private final class MultiplyNode: BinaryNode, @unchecked Sendable {
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    try value(machine) { .number($0 * $1) }
  }
}

private final class DivideNode: BinaryNode, @unchecked Sendable {
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    try value(machine) { $1 == 0 ? nil : .number($0 / $1) }
  }
}

private final class ModuloNode: BinaryNode, @unchecked Sendable {
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    try value(machine) { $1 == 0 ? nil : .number(Arithmetic.modulo($0, $1)) }
  }
}

private final class PowerNode: BinaryNode, @unchecked Sendable {
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    try value(machine) { .number(Numbers.power($0, $1)) }
  }
}

private final class LessNode: BinaryNode, @unchecked Sendable {
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    try value(machine) { .boolean($0 < $1) }
  }
  override func condition(_ machine: Machine) throws(Failure) -> Bool {
    try truth(try value(machine) { .boolean($0 < $1) }, machine)
  }
}

private final class LessEqualNode: BinaryNode, @unchecked Sendable {
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    try value(machine) { .boolean($0 <= $1) }
  }
  override func condition(_ machine: Machine) throws(Failure) -> Bool {
    try truth(try value(machine) { .boolean($0 <= $1) }, machine)
  }
}

private final class GreaterNode: BinaryNode, @unchecked Sendable {
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    try value(machine) { .boolean($0 > $1) }
  }
  override func condition(_ machine: Machine) throws(Failure) -> Bool {
    try truth(try value(machine) { .boolean($0 > $1) }, machine)
  }
}

private final class GreaterEqualNode: BinaryNode, @unchecked Sendable {
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    try value(machine) { .boolean($0 >= $1) }
  }
  override func condition(_ machine: Machine) throws(Failure) -> Bool {
    try truth(try value(machine) { .boolean($0 >= $1) }, machine)
  }
}

private final class EqualNode: BinaryNode, @unchecked Sendable {
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    try value(machine) { .boolean($0 == $1) }
  }
  override func condition(_ machine: Machine) throws(Failure) -> Bool {
    try truth(try value(machine) { .boolean($0 == $1) }, machine)
  }
}

private final class NotEqualNode: BinaryNode, @unchecked Sendable {
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    try value(machine) { .boolean($0 != $1) }
  }
  override func condition(_ machine: Machine) throws(Failure) -> Bool {
    try truth(try value(machine) { .boolean($0 != $1) }, machine)
  }
}
