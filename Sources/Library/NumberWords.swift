// Words for numbers, lists of numbers and tensors alike, made from the tables of the number wing: what
// works on each element, and what makes one number of many.
import Glibc
import Interpreter
import Tensors

enum NumberWords {
  static let all = ElementOperation.all.compactMap(element) + [round] + Reduction.all.map(reduction)

  // MARK: On each element

  /// The same operation on one number, in double precision.
  private static let onNumbers: [String: @Sendable (Double) -> Double] = [
    "abs": { $0.magnitude }, "exp": { Glibc.exp($0) }, "log": { Glibc.log($0) },
    "sqrt": { $0.squareRoot() }, "tanh": { Glibc.tanh($0) },
    "sign": { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }, "floor": { $0.rounded(.down) },
    "ceil": { $0.rounded(.up) },
  ]

  private static func atOnce(
    _ onNumber: @escaping @Sendable (Double) -> Double
  ) -> @Sendable (Value) -> Value? {
    { x in
      if case .number(let number) = x { return .number(onNumber(number)) }
      return nil
    }
  }

  private static func element(_ operation: ElementOperation) -> Builtin? {
    guard let onNumber = onNumbers[operation.name] else { return nil }
    let isCloseToOne = ["exp": "2.71828", "log": "0", "tanh": "0.761594"][operation.name] ?? "1"
    return Builtin(
      operation.name, "Gives \(operation.summary), of a number or of each element of a tensor.",
      Parameter<Value>("x", "a number or a tensor"),
      examples: [Example("\(operation.name) 1", shows: isCloseToOne)],
      atOnce: atOnce(onNumber)
    ) { _, x -> Value in
      switch x {
      case .number(let number): return .number(onNumber(number))
      case .quantity(let quantity) where operation.name == "abs":
        return .quantity(Quantity(quantity.value.magnitude, quantity.unit, mark: quantity.mark))
      default:
        guard let tensor = try? Tensor(from: x) else {
          throw Problem("E0301", "`\(operation.name)` wants a number or a tensor, got \(x.kind)")
        }
        return .tensor(operation.apply(tensor))
      }
    }
  }

  static let round = Builtin(
    "round",
    "Rounds to the nearest whole number, or to digits behind the point; halves to the even one.",
    Parameter<Value>("x", "a number or a tensor"),
    Parameter<Int>(
      positional: "digits", "digits behind the point", default: 0, rule: .within(0...15)),
    examples: [Example("round(2.5)", shows: "2"), Example("round(3.14159, 2)", shows: "3.14")]
  ) { _, x, digits -> Value in
    let scale = Glibc.pow(10, Double(digits))
    switch x {
    case .number(let number):
      let scaled = number * scale
      return .number(scaled.isFinite ? scaled.rounded(.toNearestOrEven) / scale : number)
    case .quantity(let quantity):
      let value = (quantity.value * scale).rounded(.toNearestOrEven) / scale
      return .quantity(Quantity(value, quantity.unit, mark: quantity.mark))
    default:
      let tensor = try Tensor(from: x)
      return .tensor(
        tensor.map { Float((Double($0) * scale).rounded(.toNearestOrEven) / scale) })
    }
  }

  // MARK: One number of many

  private static let examples: [String: String] = [
    "sum": "6", "mean": "2", "min": "1", "max": "3", "variance": "0.666667", "std": "0.816497",
    "norm": "3.74166", "argmin": "1", "argmax": "0",
  ]

  private static func reduction(_ reduction: Reduction) -> Builtin {
    Builtin(
      reduction.name, "Gives \(reduction.summary), of a list or along an axis of a tensor.",
      Parameter<Value>(
        "values", "a list of numbers or quantities of one kind, a range or a tensor"),
      Parameter<Int?>("axis", "the axis of a tensor that vanishes; without it, all of them"),
      examples: [
        Example("\(reduction.name) [3, 1, 2]", shows: examples[reduction.name]),
        Example("\(reduction.name)(tensor([[3, 1], [2, 4]]), axis: 0)"),
      ], seeAlso: Reduction.all.map(\.name).filter { $0 != reduction.name }
    ) { _, values, axis -> Value in
      if let axis { return .tensor(try reduction(try Tensor(from: values), axis: axis)) }
      if case .tensor(let tensor) = values { return .number(try reduction(tensor)) }
      return try ofList(reduction, values)
    }
  }

  /// In double precision; quantities keep their unit.
  private static func ofList(_ reduction: Reduction, _ values: Value) throws -> Value {
    var numbers: [Double] = []
    var unit: Quantity.Unit?
    var width = 0.0
    var kind = Quantity.Mark.exact
    for item in try values.sequence() {
      switch item {
      case .number(let number) where unit == nil: numbers.append(number)
      case .quantity(let quantity) where numbers.isEmpty || unit == quantity.unit:
        unit = quantity.unit
        numbers.append(quantity.value)
        if case .within(let one) = quantity.mark { width = Swift.max(width, one) }
        if quantity.mark == .volatile || kind == .exact && quantity.mark == .estimated {
          kind = quantity.mark
        }
      case .list, .tensor:
        return .number(try reduction(try Tensor(from: values)))
      default:
        throw Problem(
          "E0307", "`\(reduction.name)` wants numbers, or quantities of one kind, got \(item.kind)")
      }
    }
    guard !numbers.isEmpty || reduction.allowsEmpty else {
      throw Problem("E0406", "\(reduction.name) wants at least one element")
    }
    let result = Statistic.value(reduction.name, numbers)
    guard let unit, reduction.name != "argmin", reduction.name != "argmax" else {
      return .number(result)
    }
    let mark = kind == .exact && width > 0 ? .within(width) : kind
    return .quantity(Quantity(result, unit, mark: mark))
  }
}

/// The reductions on doubles. A law test holds them to those on tensors.
enum Statistic {
  static func value(_ name: String, _ x: [Double]) -> Double {
    let n = Double(x.count)
    switch name {
    case "sum": return sum(x)
    case "mean": return sum(x) / n
    case "min": return x.reduce(.infinity) { $1 < $0 || $1.isNaN ? $1 : $0 }
    case "max": return x.reduce(-.infinity) { $1 > $0 || $1.isNaN ? $1 : $0 }
    case "variance": return variance(x)
    case "std": return variance(x).squareRoot()
    case "norm": return sum(x.map { $0 * $0 }).squareRoot()
    case "argmin": return Double(x.indices.min { x[$0] < x[$1] } ?? 0)
    default: return Double(x.indices.reduce(0) { x[$1] > x[$0] ? $1 : $0 })
    }
  }

  private static func variance(_ x: [Double]) -> Double {
    let mean = sum(x) / Double(x.count)
    return sum(x.map { ($0 - mean) * ($0 - mean) }) / Double(x.count)
  }

  /// With the error of each addition carried along (Neumaier 1974, doi:10.1002/zamm.19740540106).
  private static func sum(_ x: [Double]) -> Double {
    var sum = 0.0
    var error = 0.0
    for value in x {
      let next = sum + value
      error += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
      sum = next
    }
    return sum + (error.isFinite ? error : 0)
  }
}
