// Words that make tensors and change their layout.
import Interpreter
import Tensors

enum TensorWords {
  static let all = [
    tensor, zeros, ones, random, normal, reshape, transpose, matmul, clip, sortTensor, quantile,
    every, any,
  ]

  /// A shape that a person meant, not one that fills the machine.
  private static func shapeRule() -> Parameter<[Int]>.Rule {
    .init("whose product is at most 268,435,456") { shape in
      shape.allSatisfy { $0 >= 0 } && ((try? Tensor.count(of: shape)) ?? .max) <= 1 << 28
    }
  }

  static let tensor = Builtin(
    "tensor", "Makes a tensor of a list of numbers, of lists of such lists, or of a range.",
    Parameter<Value>("values", "numbers in rows of one length"),
    examples: [
      Example("tensor([[1, 2], [3, 4]]) * 10"),
      Example("tensor(1...3) + 0.5", shows: "[1.5  2.5  3.5]\nshape [3]"),
    ], seeAlso: ["zeros", "reshape"]
  ) { _, values -> Tensor in
    if case .range = values { return try Tensor(from: .list(try values.sequence())) }
    do { return try Tensor(from: values) } catch {
      throw Problem(
        "E0401", "a tensor wants numbers in rows of one length, got \(Text.brief(values))")
    }
  }

  static let zeros = Builtin(
    "zeros", "Makes a tensor of zeros.",
    Parameter<[Int]>("shape", "its sizes", rule: shapeRule()),
    examples: [Example("sum(zeros([2, 3]))", shows: "0")], seeAlso: ["ones", "tensor"]
  ) { _, shape in Tensor(repeating: 0, shape: shape) }

  static let ones = Builtin(
    "ones", "Makes a tensor of ones.",
    Parameter<[Int]>("shape", "its sizes", rule: shapeRule()),
    examples: [Example("sum(ones([2, 3]))", shows: "6")], seeAlso: ["zeros", "tensor"]
  ) { _, shape in Tensor(repeating: 1, shape: shape) }

  static let random = Builtin(
    "random", "Draws numbers evenly from 0 up to, not including, 1.",
    Parameter<[Int]>("shape", "the sizes of the tensor", rule: shapeRule()),
    examples: [Example("max(random([100])) < 1", shows: "true")], seeAlso: ["normal", "seed"]
  ) { context, shape -> Tensor in
    var stream = context.randomStream()
    return try stream.uniform(shape: shape)
  }

  static let normal = Builtin(
    "normal", "Draws numbers from the normal distribution with mean 0 and standard deviation 1.",
    Parameter<[Int]>("shape", "the sizes of the tensor", rule: shapeRule()),
    examples: [Example("count(normal([3, 4]))", shows: "12")], seeAlso: ["random", "seed"]
  ) { context, shape -> Tensor in
    var stream = context.randomStream()
    return try stream.normal(shape: shape)
  }

  static let reshape = Builtin(
    "reshape", "Gives the same elements in another shape, row by row.",
    Parameter<Tensor>("tensor", "any tensor"), Parameter<[Int]>("shape", "the new sizes"),
    examples: [Example("reshape(tensor(1...6), [2, 3]).shape", shows: "[2, 3]")],
    seeAlso: ["transpose"]
  ) { _, tensor, shape in try tensor.reshaped(shape) }

  static let transpose = Builtin(
    "transpose",
    "Swaps the axes of a matrix; of any tensor, puts the axes in reverse or in an order.",
    Parameter<Tensor>("tensor", "any tensor"),
    Parameter<[Int]?>("axes", "the new order of the axes"),
    examples: [Example("transpose(tensor([[1, 2, 3]])).shape", shows: "[3, 1]")],
    seeAlso: ["reshape"]
  ) { _, tensor, axes -> Tensor in
    if let axes { return try tensor.transposed(axes: axes) }
    return tensor.transposed
  }

  static let matmul = Builtin(
    "matmul", "Multiplies matrices, or a matrix and a vector.",
    Parameter<Tensor>("left", "shape [n, k]"), Parameter<Tensor>("right", "shape [k, m]"),
    examples: [
      Example("matmul([[1, 2], [3, 4]], [1, 1])", shows: "[3  7]\nshape [2]")
    ], seeAlso: ["transpose", "svd"]
  ) { _, left, right in try left.matrixProduct(right) }

  static let clip = Builtin(
    "clip", "Limits each element to an interval.",
    Parameter<Tensor>("tensor", "any tensor"),
    Parameter<Double>("lower", "the least value"), Parameter<Double>("upper", "the greatest value"),
    examples: [Example("clip([-2, 0.5, 3], 0, 1)", shows: "[0    0.5  1  ]\nshape [3]")]
  ) { _, tensor, lower, upper in try tensor.clipped(from: Float(lower), to: Float(upper)) }

  static let sortTensor = Builtin(
    "sorted", "Sorts the elements along the last axis of a tensor, the least first.",
    Parameter<Tensor>("tensor", "any tensor"),
    examples: [Example("sorted([3, 1, 2])", shows: "[1  2  3]\nshape [3]")], seeAlso: ["sort"]
  ) { _, tensor in try tensor.sorted() }

  static let quantile = Builtin(
    "quantile", "Gives the value below which a share of the elements lies, between two by a line.",
    Parameter<Tensor>("values", "a tensor or a list of numbers"),
    Parameter<Fraction>("share", "such as 50% for the median"),
    examples: [Example("quantile([1, 2, 3, 4], 50%)", shows: "2.5")], seeAlso: ["mean", "sorted"]
  ) { _, values, share in try values.quantile(share.share) }

  static let every = Builtin(
    "all", "Whether no element is zero, or every item of a list is true.",
    Parameter<Value>("values", "a tensor or a list of true and false"),
    examples: [Example("all(tensor([1, 2]) > 0)", shows: "true")], seeAlso: ["any"]
  ) { _, values in try truths(values).allSatisfy { $0 } }

  static let any = Builtin(
    "any", "Whether some element is not zero, or some item of a list is true.",
    Parameter<Value>("values", "a tensor or a list of true and false"),
    examples: [Example("any(tensor([1, 2]) > 5)", shows: "false")], seeAlso: ["all"]
  ) { _, values in try truths(values).contains(true) }

  private static func truths(_ values: Value) throws -> [Bool] {
    if case .tensor(let tensor) = values { return tensor.elements.map { $0 != 0 } }
    return try [Bool](from: values)
  }
}
