// The same elements elsewhere: transposing, joining, stacking; and one-hot vectors.

extension Tensor {
  /// All axes in reverse order; of a matrix, its transpose.
  package var transposed: Tensor {
    rank < 2 ? self : permuting(Array((0..<rank).reversed()))
  }

  /// The axes in another order: axis `i` of the result is axis `axes[i]` of this tensor.
  /// - Throws: `TensorError.domain` where `axes` does not name each axis once.
  package func transposed(axes: [Int]) throws(TensorError) -> Tensor {
    var order: [Int] = []
    for axis in axes { order.append(try Shape.axis(axis, rank: rank)) }
    guard order.sorted() == Array(0..<rank) else {
      throw .domain(operation: "transpose", wanted: "each of the \(rank) axes once, got \(axes)")
    }
    return permuting(order)
  }

  private func permuting(_ order: [Int]) -> Tensor {
    let shape = order.map { self.shape[$0] }
    guard count > 0, order != Array(0..<rank) else { return Tensor(trusted: shape, elements) }
    let strides = Shape.strides(of: self.shape)
    let steps = order.map { strides[$0] }
    var result = [Float](repeating: 0, count: count)
    var counters = [Int](repeating: 0, count: rank)
    let last = rank - 1
    var from = 0
    for start in Swift.stride(from: 0, to: count, by: shape[last]) {
      for i in 0..<shape[last] { result[start + i] = elements[from + i * steps[last]] }
      for axis in (0..<last).reversed() {
        counters[axis] += 1
        from += steps[axis]
        if counters[axis] < shape[axis] { break }
        from -= steps[axis] * shape[axis]
        counters[axis] = 0
      }
    }
    return Tensor(trusted: shape, result)
  }

  /// Tensors one after the other along an axis; all other sizes agree.
  /// - Throws: `TensorError.domain` for no tensors; `.axis`; `.shapes` where other sizes differ.
  package static func concatenating(
    _ tensors: [Tensor], axis: Int = 0
  ) throws(TensorError) -> Tensor {
    guard let first = tensors.first else {
      throw .domain(operation: "concatenate", wanted: "at least one tensor")
    }
    let axis = try Shape.axis(axis, rank: first.rank)
    var shape = first.shape
    for tensor in tensors.dropFirst() {
      var like = tensor.shape
      if like.count == shape.count { like[axis] = first.shape[axis] }
      guard like == first.shape else {
        throw .shapes(operation: "concatenate", left: first.shape, right: tensor.shape)
      }
      let (size, overflow) = shape[axis].addingReportingOverflow(tensor.shape[axis])
      guard !overflow else { throw .size([shape[axis], tensor.shape[axis]]) }
      shape[axis] = size
    }
    let count = try Tensor.count(of: shape)
    var result: [Float] = []
    result.reserveCapacity(count)
    guard count > 0 else { return Tensor(trusted: shape, result) }
    let outer = shape[..<axis].reduce(1, *)
    for o in 0..<outer {
      for tensor in tensors {
        let run = tensor.count / outer
        result.append(contentsOf: tensor.elements[o * run..<(o + 1) * run])
      }
    }
    return Tensor(trusted: shape, result)
  }

  /// Tensors of one shape as the entries of a new axis.
  /// - Throws: `TensorError.domain` for no tensors; `.axis`; `.shapes` where the shapes differ.
  package static func stacking(_ tensors: [Tensor], axis: Int = 0) throws(TensorError) -> Tensor {
    guard let first = tensors.first else {
      throw .domain(operation: "stack", wanted: "at least one tensor")
    }
    let axis = try Shape.axis(axis, rank: first.rank + 1)
    var shape = first.shape
    shape.insert(1, at: axis)
    var rows: [Tensor] = []
    for tensor in tensors {
      guard tensor.shape == first.shape else {
        throw .shapes(operation: "stack", left: first.shape, right: tensor.shape)
      }
      rows.append(try tensor.reshaped(shape))
    }
    return try concatenating(rows, axis: axis)
  }

  /// A matrix `[labels, classes]` with a 1 in each row, at the label.
  /// - Throws: `TensorError.index` for a label outside `0..<classes`; `.size`.
  package static func oneHot(_ labels: [Int], classes: Int) throws(TensorError) -> Tensor {
    var result = try Tensor(filledWith: 0, shape: [labels.count, classes])
    for label in labels where label < 0 || label >= classes {
      throw .index(label, axis: 1, size: classes)
    }
    result.withElements { elements in
      for (row, label) in labels.enumerated() { elements[row * classes + label] = 1 }
    }
    return result
  }
}
