// What can go wrong with tensors, as data.

package enum TensorError: EngineError, Equatable {
  /// The number of elements does not fill the shape.
  case elements(found: Int, shape: [Int])
  /// Two shapes that do not go together in an operation.
  case shapes(operation: String, left: [Int], right: [Int])
  /// An axis outside `0..<rank`.
  case axis(Int, rank: Int)
  /// An index outside an axis.
  case index(Int, axis: Int, size: Int)
  /// A size that is negative or overflows.
  case size([Int])
  /// A value that an operation cannot take: the operation, and what it wanted.
  case domain(operation: String, wanted: String)
  /// An operation of LAPACK, and why there is no library that has it.
  case unavailable(operation: String, reason: String)

  package var code: String {
    switch self {
    case .elements: "E0401"
    case .shapes: "E0402"
    case .axis: "E0403"
    case .index: "E0404"
    case .size: "E0405"
    case .domain: "E0406"
    case .unavailable: "E0908"
    }
  }

  package var message: String {
    switch self {
    case .elements(let found, let shape):
      "\(found) elements do not fill the shape \(shape)"
    case .shapes(let operation, let left, let right):
      "\(operation): the shapes \(left) and \(right) do not go together"
    case .axis(let axis, let rank):
      "axis \(axis) does not exist: the tensor has \(rank) axes, counted from 0"
    case .index(let index, let axis, let size):
      "index \(index) is outside axis \(axis), which has \(size) entries"
    case .size(let sizes):
      "\(sizes) is not a shape: sizes are whole numbers from 0, with a product of at most "
        + "\(Tensor.largestCount)"
    case .domain(let operation, let wanted):
      "\(operation) wants \(wanted)"
    case .unavailable(let operation, let reason):
      "\(operation) needs LAPACK: \(reason)"
    }
  }

  package var help: String? {
    guard case .unavailable = self else { return nil }
    return "apt install libopenblas0, or name the file of an OpenBLAS in CNB_BLAS"
  }
}
