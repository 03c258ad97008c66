// Matrix products against the definition, for every combination of transposes and factors.
import Kernels
import Testing

@Suite struct MatrixMultiplyTests {
  static let transposes = [(false, false), (false, true), (true, false), (true, true)]

  /// Small whole numbers, so that every order of summation gives the same floats.
  private func pattern(_ count: Int, _ step: Int) -> [Float] {
    (0..<count).map { Float(($0 * step + 3) % 11 - 5) }
  }

  @Test(arguments: transposes, [(1, 1, 1), (2, 3, 4), (7, 5, 9), (33, 17, 20)])
  func agreesWithTheDefinition(transposed: (Bool, Bool), size: (Int, Int, Int)) {
    let (transA, transB) = transposed
    let (m, n, k) = size
    let lda = (transA ? m : k) + 2
    let ldb = (transB ? k : n) + 1
    let ldc = n + 3
    let a = pattern((transA ? k : m) * lda, 7)
    let b = pattern((transB ? n : k) * ldb, 5)
    let start = pattern(m * ldc, 3)
    var c = start
    gemm(
      transA: transA, transB: transB, m: m, n: n, k: k,
      alpha: 2, a: a, lda: lda, b: b, ldb: ldb, beta: -1, c: &c, ldc: ldc)
    for i in 0..<m {
      for j in 0..<ldc {
        var sum: Float = 0
        for l in 0..<k where j < n {
          let left = transA ? a[l * lda + i] : a[i * lda + l]
          let right = transB ? b[j * ldb + l] : b[l * ldb + j]
          sum += left * right
        }
        let at = i * ldc + j
        #expect(c[at] == (j < n ? 2 * sum - start[at] : start[at]))
      }
    }
  }

  @Test func betaZeroOnlyWrites() {
    var c: [Float] = [.nan, .nan]
    gemm(m: 1, n: 2, k: 1, a: [3], lda: 1, b: [4, 5], ldb: 2, c: &c, ldc: 2)
    #expect(c == [12, 15])
  }

  @Test func productOverNothing() {
    var c: [Float] = [1, 2]
    gemm(m: 1, n: 2, k: 0, a: [0], lda: 0, b: [0], ldb: 2, beta: 3, c: &c, ldc: 2)
    #expect(c == [3, 6])
    gemm(m: 1, n: 2, k: 0, a: [0], lda: 0, b: [0], ldb: 2, c: &c, ldc: 2)
    #expect(c == [0, 0])
    gemm(m: 0, n: 2, k: 5, a: [0], lda: 5, b: [0], ldb: 2, c: &c, ldc: 2)
    #expect(c == [0, 0])
  }
}
