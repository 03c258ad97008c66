// The operations on elements: two tables, one for pairs of tensors and one for single tensors.
import Glibc
import Kernels

/// An operation on two tensors, element by element, with NumPy's broadcasting.
package struct PairOperation: Sendable {
  /// Its name in messages and tables, such as "add".
  package let name: String
  /// How it is written between two operands, or nil where it is only called by name.
  package let symbol: String?
  package let summary: String
  /// - Throws: `TensorError.shapes` where the shapes do not broadcast.
  package let apply: @Sendable (Tensor, Tensor) throws(TensorError) -> Tensor

  package static let all: [PairOperation] = [
    .add, .subtract, .multiply, .divide, .power, .remainder, .minimum, .maximum,
    .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual,
  ]

  package static let add = PairOperation(name: "add", symbol: "+", summary: "the sum") {
    (a, b) throws(TensorError) in try Tensor.combine(a, b, "+") { $0 + $1 }
  }
  package static let subtract = PairOperation(
    name: "subtract", symbol: "-", summary: "the difference"
  ) { (a, b) throws(TensorError) in try Tensor.combine(a, b, "-") { $0 - $1 } }
  package static let multiply = PairOperation(
    name: "multiply", symbol: "*", summary: "the product"
  ) { (a, b) throws(TensorError) in try Tensor.combine(a, b, "*") { $0 * $1 } }
  package static let divide = PairOperation(
    name: "divide", symbol: "/", summary: "the quotient; not finite where dividing by 0"
  ) { (a, b) throws(TensorError) in try Tensor.combine(a, b, "/") { $0 / $1 } }
  package static let power = PairOperation(
    name: "power", symbol: "^", summary: "the left to the power of the right"
  ) { (a, b) throws(TensorError) in try Tensor.combine(a, b, "^") { powf($0, $1) } }
  package static let remainder = PairOperation(
    name: "remainder", symbol: "mod", summary: "the remainder, with the sign of the divisor"
  ) { (a, b) throws(TensorError) in
    try Tensor.combine(a, b, "mod") { x, y in
      let rest = fmodf(x, y)
      return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest
    }
  }
  package static let minimum = PairOperation(
    name: "minimum", symbol: nil, summary: "the smaller of the two"
  ) { (a, b) throws(TensorError) in
    try Tensor.combine(a, b, "minimum") { $0 <= $1 || $0.isNaN ? $0 : $1 }
  }
  package static let maximum = PairOperation(
    name: "maximum", symbol: nil, summary: "the larger of the two"
  ) { (a, b) throws(TensorError) in
    try Tensor.combine(a, b, "maximum") { $0 >= $1 || $0.isNaN ? $0 : $1 }
  }

  package static let equal = PairOperation(
    name: "equal", symbol: "==", summary: "1 where the two are equal, else 0"
  ) { (a, b) throws(TensorError) in try Tensor.combine(a, b, "==") { $0 == $1 ? 1 : 0 } }
  package static let notEqual = PairOperation(
    name: "not equal", symbol: "!=", summary: "1 where the two differ, else 0"
  ) { (a, b) throws(TensorError) in try Tensor.combine(a, b, "!=") { $0 != $1 ? 1 : 0 } }
  package static let less = PairOperation(
    name: "less", symbol: "<", summary: "1 where the left is less, else 0"
  ) { (a, b) throws(TensorError) in try Tensor.combine(a, b, "<") { $0 < $1 ? 1 : 0 } }
  package static let lessOrEqual = PairOperation(
    name: "less or equal", symbol: "<=", summary: "1 where the left is not greater, else 0"
  ) { (a, b) throws(TensorError) in try Tensor.combine(a, b, "<=") { $0 <= $1 ? 1 : 0 } }
  package static let greater = PairOperation(
    name: "greater", symbol: ">", summary: "1 where the left is greater, else 0"
  ) { (a, b) throws(TensorError) in try Tensor.combine(a, b, ">") { $0 > $1 ? 1 : 0 } }
  package static let greaterOrEqual = PairOperation(
    name: "greater or equal", symbol: ">=", summary: "1 where the left is not less, else 0"
  ) { (a, b) throws(TensorError) in try Tensor.combine(a, b, ">=") { $0 >= $1 ? 1 : 0 } }
}

/// An operation on each element of one tensor.
package struct ElementOperation: Sendable {
  package let name: String
  package let summary: String
  package let apply: @Sendable (Tensor) -> Tensor

  package static let all: [ElementOperation] = [
    .negate, .abs, .exp, .log, .sqrt, .tanh, .sign, .round, .floor, .ceil,
  ]

  package static let negate = ElementOperation(name: "negate", summary: "the opposite") { t in
    t.transformed { -$0 }
  }
  package static let abs = ElementOperation(name: "abs", summary: "the magnitude") { t in
    t.transformed { $0.magnitude }
  }
  package static let exp = ElementOperation(name: "exp", summary: "e to the power of each") { t in
    t.transformed { expf($0) }
  }
  package static let log = ElementOperation(
    name: "log", summary: "the natural logarithm; not a number below 0"
  ) { t in t.transformed { logf($0) } }
  package static let sqrt = ElementOperation(
    name: "sqrt", summary: "the square root; not a number below 0"
  ) { t in t.transformed { $0.squareRoot() } }
  package static let tanh = ElementOperation(name: "tanh", summary: "the hyperbolic tangent") { t in
    t.transformed { tanhf($0) }
  }
  package static let sign = ElementOperation(name: "sign", summary: "-1, 0 or 1") { t in
    t.transformed { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 == 0 ? 0 : $0 }
  }
  package static let round = ElementOperation(
    name: "round", summary: "the nearest whole number, halves to the even one"
  ) { t in t.transformed { $0.rounded(.toNearestOrEven) } }
  package static let floor = ElementOperation(
    name: "floor", summary: "the largest whole number that is not greater"
  ) { t in t.transformed { $0.rounded(.down) } }
  package static let ceil = ElementOperation(
    name: "ceil", summary: "the smallest whole number that is not less"
  ) { t in t.transformed { $0.rounded(.up) } }
}

extension Tensor {
  package static func + (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
    try PairOperation.add.apply(left, right)
  }
  package static func - (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
    try PairOperation.subtract.apply(left, right)
  }
  package static func * (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
    try PairOperation.multiply.apply(left, right)
  }
  package static func / (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
    try PairOperation.divide.apply(left, right)
  }

  /// Each element, or the nearer bound where it lies outside them; not a number stays so.
  /// - Throws: `TensorError.domain` where the lower bound is above the upper, or either is no
  ///   number.
  package func clipped(from lower: Float, to upper: Float) throws(TensorError) -> Tensor {
    guard lower <= upper else {
      throw .domain(operation: "clip", wanted: "a lower bound that is not above the upper one")
    }
    return transformed { $0 < lower ? lower : $0 > upper ? upper : $0 }
  }

  /// A concrete loop, which the compiler can turn into vector instructions.
  @inline(__always)
  func transformed(_ body: (Float) -> Float) -> Tensor {
    let result = Elementwise.filled(from: elements) { range, from, to in
      for i in range { to[i] = body(from[i]) }
    }
    return Tensor(trusted: shape, result)
  }
}
