// Products of matrices, vectors and stacks of matrices, by NumPy's rules for `matmul`.
import Kernels

extension Tensor {
  /// The matrix product. A vector on the left is a row, on the right a column, and its axis
  /// vanishes; axes before the last two broadcast: `[B, m, k] x [k, n]` is `[B, m, n]`.
  /// - Throws: `TensorError.shapes` where the inner sizes differ, or one operand is a number.
  package func matrixProduct(_ right: Tensor) throws(TensorError) -> Tensor {
    let mismatch = TensorError.shapes(operation: "matmul", left: shape, right: right.shape)
    guard rank > 0, right.rank > 0 else { throw mismatch }
    let a = rank == 1 ? [1] + shape : shape
    let b = right.rank == 1 ? right.shape + [1] : right.shape
    let (m, k, n) = (a[a.count - 2], a[a.count - 1], b[b.count - 1])
    guard b[b.count - 2] == k else { throw mismatch }
    let stackA = Array(a.dropLast(2))
    let stackB = Array(b.dropLast(2))
    guard let stack = try? Shape.broadcast(stackA, stackB, operation: "matmul") else {
      throw mismatch
    }
    let kept = (rank == 1 ? [] : [m]) + (right.rank == 1 ? [] : [n])
    let count = try Tensor.count(of: stack + kept)
    var result = [Float](repeating: 0, count: count)
    guard count > 0, k > 0 else { return Tensor(trusted: stack + kept, result) }
    if stackB.isEmpty {
      // One matrix on the right: the whole stack on the left is one tall matrix.
      multiply(
        elements, 0, right.elements, 0, into: &result, 0, rows: count / n, inner: k, columns: n)
      return Tensor(trusted: stack + kept, result)
    }
    var walk = PairWalk(matricesOf: stackA, and: stackB, result: stack)
    for product in 0..<count / (m * n) {
      let (x, y) = walk.next()
      multiply(
        elements, x * m * k, right.elements, y * k * n, into: &result, product * m * n,
        rows: m, inner: k, columns: n)
    }
    return Tensor(trusted: stack + kept, result)
  }
}

extension PairWalk {
  /// Walks over single entries of two stacks.
  init(matricesOf left: [Int], and right: [Int], result: [Int]) {
    self.init(left: left + [1], right: right + [1], result: result + [1])
  }

  /// The current pair of entries; then moves on.
  mutating func next() -> (left: Int, right: Int) {
    let at = (left + position * inner.left, right + position * inner.right)
    position += 1
    if position == inner.size {
      position = 0
      advance()
    }
    return at
  }
}
