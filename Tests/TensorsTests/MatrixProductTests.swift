// Products of matrices, vectors and stacks, against the definition.
import Tensors
import Testing

@Suite struct MatrixProductTests {
  static let cases: [([Int], [Int], [Int])] = [
    ([2, 3], [3, 4], [2, 4]), ([3], [3, 4], [4]), ([2, 3], [3], [2]), ([3], [3], []),
    ([5, 2, 3], [3, 4], [5, 2, 4]), ([5, 2, 3], [5, 3, 4], [5, 2, 4]),
    ([2, 3], [5, 3, 4], [5, 2, 4]),
    ([5, 1, 2, 3], [6, 3, 4], [5, 6, 2, 4]), ([5, 2, 3], [3], [5, 2]), ([3], [5, 3, 4], [5, 4]),
    ([0, 3], [3, 4], [0, 4]), ([2, 0], [0, 4], [2, 4]), ([0, 2, 3], [3, 4], [0, 2, 4]),
    ([5, 2, 3], [1, 3, 4], [5, 2, 4]),
  ]

  @Test(arguments: cases) func agreesWithTheDefinition(
    left: [Int], right: [Int], shape: [Int]
  ) throws {
    let a = try numbered(left)
    let b = try numbered(right)
    let product = try a.matrixProduct(b)
    #expect(product.shape == shape)
    // [..., m, k, 1] * [..., 1, k, n], summed over k; halves keep every sum exact.
    let m = left.count == 1 ? 1 : left[left.count - 2]
    let k = left[left.count - 1]
    let n = right.count == 1 ? 1 : right[right.count - 1]
    let x = try a.reshaped(Array(left.dropLast(2)) + [m, k, 1])
    let y = try b.reshaped(Array(right.dropLast(2)) + [1, k, n])
    let sum = try Reduction.sum(try x * y, axis: -2)
    #expect(product.elements == sum.elements)
  }

  @Test(arguments: [([2, 3], [2, 3]), ([], [3]), ([3], []), ([2, 2, 3], [3, 3, 4]), ([3], [4])])
  func refusesOtherShapes(left: [Int], right: [Int]) throws {
    let a = try numbered(left)
    let b = try numbered(right)
    #expect(throws: TensorError.shapes(operation: "matmul", left: left, right: right)) {
      try a.matrixProduct(b)
    }
  }
}
