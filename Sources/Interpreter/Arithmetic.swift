// What the operators do with values: numbers, quantities with their units, tensors, strings and lists.
import Syntax
import Tensors

enum Arithmetic {
  static func unary(_ operation: UnaryOperator, _ value: Value) throws(Problem) -> Value {
    switch (operation, value) {
    case (.minus, .number(let number)): return .number(-number)
    case (.minus, .quantity(let quantity)): return .quantity(quantity.scaled(by: -1))
    case (.minus, .tensor(let tensor)): return .tensor(ElementOperation.negate.apply(tensor))
    case (.not, .boolean(let bool)): return .boolean(!bool)
    default:
      let wanted = operation == .not ? "true or false" : "a number, a quantity or a tensor"
      throw Problem("E0301", "`\(operation.rawValue)` wants \(wanted), got \(Text.brief(value))")
    }
  }

  static func binary(
    _ operation: BinaryOperator, _ left: Value, _ right: Value
  ) throws(Problem) -> Value {
    switch (left, right) {
    case (.number(let a), .number(let b)): return try numbers(operation, a, b)
    case (.tensor, .tensor), (.tensor, .number), (.number, .tensor), (.tensor, .quantity),
      (.quantity, .tensor):
      return try tensors(operation, left, right)
    case (.quantity(let a), .quantity(let b)):
      if operation == .subtract, a.unit == .fraction, b.unit == .fraction {
        return .quantity(Quantity(a.value - b.value, .points, mark: a.mark + b.mark))
      }
      return try quantities(operation, a, b)
    case (.quantity(let a), .number(let b)): return try quantity(operation, a, number: b)
    case (.number(let a), .quantity(let b)): return try number(operation, a, quantity: b)
    default: break
    }
    switch operation {
    case .equal: return .boolean(left == right)
    case .notEqual: return .boolean(left != right)
    default: return try texts(operation, left, right)
    }
  }

  private static func numbers(
    _ operation: BinaryOperator, _ a: Double, _ b: Double
  ) throws(Problem) -> Value {
    switch operation {
    case .add: return .number(a + b)
    case .subtract: return .number(a - b)
    case .multiply: return .number(a * b)
    case .divide, .modulo:
      guard b != 0 else { throw divisionByZero }
      return .number(operation == .divide ? a / b : modulo(a, b))
    case .power: return .number(power(a, b))
    default: return .boolean(compare(operation, a, b))
    }
  }

  private static let divisionByZero = Problem("E0306", "a number is divided by 0 here")

  /// Up to here every whole number is a `Double`.
  private static let wholeLimit = 0x1p53

  /// With the sign of the divisor, as in mathematics.
  @inline(__always)
  static func modulo(_ a: Double, _ b: Double) -> Double {
    // Whole numbers divide much faster than others. What is 0 or below 0 goes on: it may be -0.
    if a > 0, b > 0, a < wholeLimit, b < wholeLimit {
      let (m, n) = (Int64(a), Int64(b))
      if Double(m) == a, Double(n) == b { return Double(m % n) }
    }
    return moduloOfAny(a, b)
  }

  @inline(never)
  private static func moduloOfAny(_ a: Double, _ b: Double) -> Double {
    let rest = a.truncatingRemainder(dividingBy: b)
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
  }

  private static func compare(_ operation: BinaryOperator, _ a: Double, _ b: Double) -> Bool {
    switch operation {
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    case .lessEqual: a <= b
    case .greater: a > b
    case .greaterEqual: a >= b
    default: false
    }
  }

  // MARK: Quantities

  private static func quantities(
    _ operation: BinaryOperator, _ a: Quantity, _ b: Quantity
  ) throws(Problem) -> Value {
    switch operation {
    case .multiply where a.unit == .fraction || (a.unit.isRatio && b.unit != .fraction):
      return .quantity(product(a, b, unit: b.unit))
    case .multiply where b.unit == .fraction || b.unit.isRatio:
      return .quantity(product(a, b, unit: a.unit))
    case .divide where b.unit == .fraction && a.unit != .fraction:
      return .quantity(try quotient(a, b, unit: a.unit))
    case .multiply, .power, .modulo: throw noSense(operation, a.unit.name, b.unit.name)
    default: break
    }
    guard let unit = a.unit.joined(with: b.unit) else { throw different(operation, a, b) }
    switch operation {
    case .add: return .quantity(Quantity(a.value + b.value, unit, mark: a.mark + b.mark))
    case .subtract: return .quantity(Quantity(a.value - b.value, unit, mark: a.mark + b.mark))
    case .divide: return .quantity(try quotient(a, b, unit: unit.quotient))
    default: return .boolean(compare(operation, a.value, b.value))
    }
  }

  private static func product(_ a: Quantity, _ b: Quantity, unit: Quantity.Unit) -> Quantity {
    Quantity(a.value * b.value, unit, mark: .product(a, b))
  }

  private static func quotient(
    _ a: Quantity, _ b: Quantity, unit: Quantity.Unit
  ) throws(Problem) -> Quantity {
    guard b.value != 0 else { throw divisionByZero }
    return Quantity(a.value / b.value, unit, mark: .quotient(a, b))
  }

  private static func quantity(
    _ operation: BinaryOperator, _ a: Quantity, number b: Double
  ) throws(Problem) -> Value {
    switch operation {
    case .multiply: return times(a, b)
    case .divide:
      guard b != 0 else { throw divisionByZero }
      return .quantity(a.scaled(by: 1 / b))
    case .power where a.unit.isPlain: return .number(power(a.value, b))
    default: break
    }
    guard a.unit.isPlain else { throw noSense(operation, a.unit.name, "a plain number") }
    return try quantities(operation, a, Quantity(b, a.unit))
  }

  private static func number(
    _ operation: BinaryOperator, _ a: Double, quantity b: Quantity
  ) throws(Problem) -> Value {
    switch operation {
    case .multiply: return times(b, a)
    case .divide where b.unit.isPlain:
      guard b.value != 0 else { throw divisionByZero }
      return .number(a / b.value)
    case .power where b.unit.isPlain: return .number(power(a, b.value))
    default: break
    }
    guard b.unit.isPlain else { throw noSense(operation, "a plain number", b.unit.name) }
    return try quantities(operation, Quantity(a, b.unit), b)
  }

  /// `90% * 200` is 180: a share of a number is a number.
  private static func times(_ a: Quantity, _ b: Double) -> Value {
    guard a.unit == .fraction else { return .quantity(a.scaled(by: b)) }
    if a.mark == .exact { return .number(a.value * b) }
    return .quantity(Quantity(a.value * b, .count(.plain), mark: a.mark.scaled(by: abs(b))))
  }

  private static func power(_ a: Double, _ b: Double) -> Double { Numbers.power(a, b) }

  private static func different(
    _ operation: BinaryOperator, _ a: Quantity, _ b: Quantity
  ) -> Problem {
    let verb =
      switch operation {
      case .add, .subtract: "added or subtracted"
      case .divide: "divided by each other"
      default: "compared"
      }
    return Problem(
      "E0307",
      "\(a.unit.name) and \(b.unit.name) measure different things and cannot be \(verb)",
      help: a.unit.isRatio && b.unit.isRatio
        ? "compare ratios of one kind: both of file bytes, or both of non-zeros" : nil)
  }

  private static func noSense(_ operation: BinaryOperator, _ a: String, _ b: String) -> Problem {
    Problem("E0307", "`\(operation.rawValue)` makes no sense between \(a) and \(b)")
  }

  // MARK: Tensors

  private static func tensors(
    _ operation: BinaryOperator, _ left: Value, _ right: Value
  ) throws(Problem) -> Value {
    guard let table = PairOperation.all.first(where: { $0.symbol == operation.rawValue }),
      let a = operand(left), let b = operand(right)
    else { throw noSense(operation, left.kind, right.kind) }
    do { return .tensor(try table.apply(a, b)) } catch { throw Problem(error) }
  }

  private static func operand(_ value: Value) -> Tensor? {
    switch value {
    case .tensor(let tensor): tensor
    case .number(let number): Tensor(scalar: Float(number))
    case .quantity(let quantity) where quantity.unit.isPlain:
      Tensor(scalar: Float(quantity.value))
    default: nil
    }
  }

  // MARK: Strings and lists

  private static func texts(
    _ operation: BinaryOperator, _ left: Value, _ right: Value
  ) throws(Problem) -> Value {
    switch (operation, left, right) {
    case (.add, .text(let a), .text(let b)):
      guard a.utf8.count + b.utf8.count <= Limits.textBytes else { throw Limits.tooLong }
      return .text(a + b)
    case (.add, .list(let a), .list(let b)):
      guard a.weight + b.weight <= Limits.items else { throw Limits.tooLarge }
      return .list(List(a, b))
    case (.less, .text(let a), .text(let b)): return .boolean(a < b)
    case (.lessEqual, .text(let a), .text(let b)): return .boolean(a <= b)
    case (.greater, .text(let a), .text(let b)): return .boolean(a > b)
    case (.greaterEqual, .text(let a), .text(let b)): return .boolean(a >= b)
    default: break
    }
    var help: String?
    if case .add = operation {
      switch (left, right) {
      case (.text, _), (_, .text): help = "write \"… {value} …\" to put a value into a string"
      case (.list, _), (_, .list): help = "lists of numbers calculate as tensors: `tensor([1, 2])`"
      default: break
      }
    }
    throw Problem(
      "E0301",
      "`\(operation.rawValue)` does not go between \(Text.brief(left)) and \(Text.brief(right))",
      help: help)
  }
}

extension Quantity.Unit {
  var isRatio: Bool {
    if case .ratio = self { return true }
    return false
  }
}
