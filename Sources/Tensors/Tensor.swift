// A tensor: a shape and its elements, row-major, single precision, with value semantics.
// It refuses to be a view, to hold other element types, or to know what it is used for.

/// An n-dimensional array of 32-bit floats.
package struct Tensor: Sendable, Equatable {
  package let shape: [Int]
  package private(set) var elements: [Float]

  package var rank: Int { shape.count }
  package var count: Int { elements.count }

  /// - Throws: `TensorError.elements` where the elements do not fill the shape.
  package init(shape: [Int], elements: [Float]) throws(TensorError) {
    guard try Tensor.count(of: shape) == elements.count else {
      throw .elements(found: elements.count, shape: shape)
    }
    self.shape = shape
    self.elements = elements
  }

  /// A tensor whose shape is known to hold: for code that has just computed both.
  package init(trusted shape: [Int], _ elements: [Float]) {
    precondition(shape.reduce(1, *) == elements.count, "elements do not fill the shape")
    self.shape = shape
    self.elements = elements
  }

  package init(vector elements: [Float]) {
    self.init(trusted: [elements.count], elements)
  }

  package init(scalar value: Float) {
    self.init(trusted: [], [value])
  }

  /// The same number everywhere, in a shape that is known to hold.
  package init(repeating value: Float = 0, shape: [Int]) {
    self.init(trusted: shape, [Float](repeating: value, count: shape.reduce(1, *)))
  }

  /// The same number everywhere, in a shape that comes from outside.
  /// - Throws: `TensorError.size`.
  package init(filledWith value: Float, shape: [Int]) throws(TensorError) {
    let count = try Tensor.count(of: shape)
    self.init(trusted: shape, [Float](repeating: value, count: count))
  }

  /// The most elements that a tensor may have: 4 GiB of them.
  package static let largestCount = 1 << 30

  /// The number of elements of a shape.
  /// - Throws: `TensorError.size` for a negative size or a product above `largestCount`.
  package static func count(of shape: [Int]) throws(TensorError) -> Int {
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow else { throw .size(shape) }
      count = product
    }
    guard count <= largestCount else { throw .size(shape) }
    return count
  }

  /// The same elements in another shape.
  package func reshaped(_ shape: [Int]) throws(TensorError) -> Tensor {
    try Tensor(shape: shape, elements: elements)
  }

  package func map(_ transform: (Float) -> Float) -> Tensor {
    Tensor(trusted: shape, elements.map(transform))
  }

  package mutating func withElements<R>(_ body: (inout [Float]) throws -> R) rethrows -> R {
    let before = elements.count
    defer { precondition(elements.count == before, "a tensor keeps its number of elements") }
    return try body(&elements)
  }
}
