// Arithmetic of shapes: NumPy's broadcasting rule, strides, axes counted from either end.

package enum Shape {
  /// The shape of a result of two operands: aligned at the last axis, sizes of 1 stretch.
  /// - Throws: `TensorError.shapes` where two sizes differ and neither is 1; `.size` where the
  ///   result is too large.
  package static func broadcast(
    _ left: [Int], _ right: [Int], operation: String
  ) throws(TensorError) -> [Int] {
    if left == right { return left }
    let rank = max(left.count, right.count)
    let a = padded(left, to: rank)
    let b = padded(right, to: rank)
    var result: [Int] = []
    for (x, y) in zip(a, b) {
      guard x == y || x == 1 || y == 1 else {
        throw .shapes(operation: operation, left: left, right: right)
      }
      result.append(x == 1 ? y : x)
    }
    _ = try Tensor.count(of: result)
    return result
  }

  /// How many elements apart two neighbors along each axis are, in row-major order.
  package static func strides(of shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() {
      // A shape with a size of 0 may have other sizes of any magnitude; nothing is ever read there.
      strides[axis] = strides[axis + 1] &* shape[axis + 1]
    }
    return strides
  }

  /// The strides of a shape read as a larger one: 0 along each axis that stretches.
  package static func strides(of shape: [Int], as result: [Int]) -> [Int] {
    let sizes = padded(shape, to: result.count)
    return zip(sizes, strides(of: sizes)).map { size, stride in size == 1 ? 0 : stride }
  }

  /// An axis counted from 0, from one that may be counted from the end (-1 is the last).
  /// - Throws: `TensorError.axis` where there is no such axis.
  package static func axis(_ axis: Int, rank: Int) throws(TensorError) -> Int {
    guard axis >= -rank, axis < rank else { throw .axis(axis, rank: rank) }
    return axis < 0 ? axis + rank : axis
  }

  private static func padded(_ shape: [Int], to rank: Int) -> [Int] {
    [Int](repeating: 1, count: rank - shape.count) + shape
  }
}
