// Decompositions: products and orthogonality as laws, NumPy's values, and inputs that must be
// refused.
import Tensors
import Testing

@Suite struct DecompositionTests {
  private func isClose(_ a: Tensor, _ b: Tensor, _ tolerance: Float = 1e-5) -> Bool {
    a.shape == b.shape
      && zip(a.elements, b.elements).allSatisfy { abs($0 - $1) <= tolerance }
  }

  private func identity(_ n: Int) -> Tensor {
    Tensor(trusted: [n, n], (0..<n * n).map { $0 % (n + 1) == 0 ? 1 : 0 })
  }

  @Test(arguments: [[1, 1], [3, 2], [2, 3], [5, 5], [40, 17], [1, 9]])
  func factorsMultiplyBack(shape: [Int]) throws {
    let a = try numbered(shape)
    let r = min(shape[0], shape[1])
    let (u, s, v) = try Tensor.svd(a)
    #expect(isClose(try (try u * s).matrixProduct(v.transposed), a, 2e-5))
    #expect(isClose(try u.transposed.matrixProduct(u), identity(r)))
    #expect(isClose(try v.transposed.matrixProduct(v), identity(r)))
    #expect(s.elements == s.elements.sorted(by: >))
    let (q, upper) = try Tensor.qr(a)
    #expect(isClose(try q.matrixProduct(upper), a, 2e-5))
    #expect(isClose(try q.transposed.matrixProduct(q), identity(r)))
    for i in 0..<r {
      for j in 0..<i { #expect(upper.elements[i * shape[1] + j] == 0) }
      #expect(upper.elements[i * shape[1] + i] >= 0)
    }
  }

  /// NumPy 2.4: `np.linalg.svd([[2, 0, 1], [1, 3, -1]], full_matrices=False)`; signs as we fix
  /// them.
  @Test func asInNumPy() throws {
    let (u, s, v) = try Tensor.svd(Tensor(trusted: [2, 3], [2, 0, 1, 1, 3, -1]))
    #expect(isClose(s, Tensor(vector: [3.340_999_5, 2.199_482_3]), 1e-6))
    #expect(
      isClose(
        u, Tensor(trusted: [2, 2], [0.160_182_24, 0.987_087_46, 0.987_087_46, -0.160_182_24])))
    #expect(
      isClose(
        v.transposed,
        Tensor(
          trusted: [2, 3],
          [0.391_335_57, 0.886_340_26, -0.247_502_35, 0.824_736_2, -0.218_481_75, 0.521_608_97])))
  }

  @Test func refuses() throws {
    for value in [Float.nan, .infinity] {
      let a = Tensor(trusted: [2, 2], [1, 2, 3, value])
      #expect(throws: TensorError.self) { try Tensor.svd(a) }
      #expect(throws: TensorError.self) { try Tensor.qr(a) }
    }
    for shape in [[0, 3], [3, 0], [], [4], [2, 2, 2]] {
      let a = try numbered(shape)
      #expect(throws: TensorError.self) { try a.singularValues() }
      #expect(throws: TensorError.self) { try Tensor.qr(a) }
    }
    #expect(try numbered([3, 3]).map { _ in 0 }.singularValues().elements == [0, 0, 0])
  }

  @Test(arguments: [[1, 1], [3, 2], [40, 17], [150, 160]])
  func theLargestOfTheSingularValues(shape: [Int]) throws {
    var stream = RandomStream(seed: 4)
    let a = try stream.normal(shape: shape)
    let all = try Tensor.svd(a)
    let side = min(shape[0], shape[1])
    for rank in Set([1, (side + 1) / 2, side]) {
      let (u, s, v) = try Tensor.svd(a, rank: rank)
      #expect(u.shape == [shape[0], rank] && s.shape == [rank] && v.shape == [shape[1], rank])
      for (x, y) in zip(s.elements, all.s.elements) { #expect(abs(x - y) <= 2e-6 * y) }
      let sample = try Tensor.randomizedSVD(a, rank: rank, stream: RandomStream(seed: 5))
      #expect(sample.u.shape == u.shape && sample.v.shape == v.shape)
      for (x, y) in zip(sample.s.elements, s.elements) {
        #expect(x <= 1.000_003 * y && x > 0.7 * y)
      }
      let again = try Tensor.randomizedSVD(a, rank: rank, stream: RandomStream(seed: 5))
      #expect(again.u.elements == sample.u.elements && again.s.elements == sample.s.elements)
    }
    for rank in [-1, 0, side + 1] {
      #expect(throws: TensorError.self) { try Tensor.svd(a, rank: rank) }
      #expect(throws: TensorError.self) {
        try Tensor.randomizedSVD(a, rank: rank, stream: RandomStream(seed: 5))
      }
    }
  }

  /// NumPy 2.4: `np.linalg.eigh([[2, 0, 1], [0, 3, -1], [1, -1, 0]])`, from the largest on; signs as
  /// we fix them.
  @Test func eigenvaluesAsInNumPy() throws {
    let a = Tensor(trusted: [3, 3], [2, 0, 1, 0, 3, -1, 1, -1, 0])
    let (values, vectors) = try Tensor.eigen(a)
    #expect(isClose(values, Tensor(vector: [3.377_202_85, 2.273_890_55, -0.651_093_41]), 1e-6))
    #expect(
      isClose(
        vectors,
        Tensor(
          trusted: [3, 3],
          [
            -0.248_243_91, 0.906_361_69, -0.341_882_22,
            0.906_361_69, 0.341_882_22, 0.248_243_91,
            -0.341_882_22, 0.248_243_91, 0.906_361_69,
          ])))
    #expect(try Tensor.eigen(a, count: 1).vectors.shape == [3, 1])
    for shape in [[2, 3], [4], [], [0, 0]] {
      #expect(throws: TensorError.self) { try Tensor.eigen(try numbered(shape)) }
    }
    #expect(throws: TensorError.self) { try Tensor.eigen(a, count: 4) }
    #expect(throws: TensorError.self) {
      try Tensor.eigen(Tensor(trusted: [2, 2], [1, 2, 3, 4]))
    }
  }
}
