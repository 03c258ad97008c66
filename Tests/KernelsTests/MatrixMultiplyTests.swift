// Matrix products against the definition, for every combination of transposes and factors, and our
// own kernel against the library's.
import Kernels
import Testing

@Suite struct MatrixMultiplyTests {
  static let transposes = [(false, false), (false, true), (true, false), (true, true)]

  /// Small whole numbers, so that every order of summation gives the same floats.
  private func pattern(_ count: Int, _ step: Int) -> [Float] {
    (0..<count).map { Float(($0 * step + 3) % 11 - 5) }
  }

  @Test(arguments: transposes, [(1, 1, 1), (2, 3, 4), (7, 5, 9), (33, 17, 20), (61, 35, 259)])
  func bothAgreeWithTheDefinition(transposed: (Bool, Bool), size: (Int, Int, Int)) {
    let (transA, transB) = transposed
    let (m, n, k) = size
    let (lda, ldb, ldc) = ((transA ? m : k) + 2, (transB ? k : n) + 1, n + 3)
    let a = pattern((transA ? k : m) * lda, 7)
    let b = pattern((transB ? n : k) * ldb, 5)
    let start = pattern(m * ldc, 3)
    var ours = start
    portableGemm(
      transA: transA, transB: transB, m: m, n: n, k: k,
      alpha: 2, a: a, lda: lda, b: b, ldb: ldb, beta: -1, c: &ours, ldc: ldc)
    var library = start
    gemm(
      transA: transA, transB: transB, m: m, n: n, k: k,
      alpha: 2, a: a, lda: lda, b: b, ldb: ldb, beta: -1, c: &library, ldc: ldc)
    var wanted = start
    for i in 0..<m {
      for j in 0..<n {
        var sum: Float = 0
        for l in 0..<k {
          sum += a[transA ? l * lda + i : i * lda + l] * b[transB ? j * ldb + l : l * ldb + j]
        }
        wanted[i * ldc + j] = 2 * sum - start[i * ldc + j]
      }
    }
    #expect(ours == wanted)
    #expect(library == wanted)
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

  /// Both ways of computing a product, over random shapes, transposes, gaps and factors.
  @Test func ourKernelAgreesWithTheLibrary() {
    var dice = Dice(7)
    for turn in 0..<60 {
      let (m, n) = (dice.size(1...90), dice.size(1...(turn % 10 == 0 ? 1_100 : 70)))
      let k = dice.size(1...(turn % 7 == 0 ? 600 : 60))
      let (transA, transB) = (dice.size(0...1) == 1, dice.size(0...1) == 1)
      let (lda, ldb) = ((transA ? m : k) + dice.size(0...3), (transB ? k : n) + dice.size(0...3))
      let ldc = n + dice.size(0...3)
      let a = (0..<(transA ? k : m) * lda).map { _ in dice.float() }
      let b = (0..<(transB ? n : k) * ldb).map { _ in dice.float() }
      var found = (0..<m * ldc).map { _ in dice.float() }
      var wanted = found
      let beta: Float = turn % 3 == 0 ? 0 : 0.5
      portableGemm(
        transA: transA, transB: transB, m: m, n: n, k: k, alpha: 1.5, a: a, lda: lda, b: b,
        ldb: ldb, beta: beta, c: &found, ldc: ldc)
      gemm(
        transA: transA, transB: transB, m: m, n: n, k: k, alpha: 1.5, a: a, lda: lda, b: b,
        ldb: ldb, beta: beta, c: &wanted, ldc: ldc)
      expectClose(Numbers(found), wanted.map(Double.init), within: 4e-6, "\(m) \(n) \(k)")
    }
  }

  @Test func ourKernelOverNothing() {
    var c: [Float] = [.nan, 2]
    portableGemm(m: 1, n: 2, k: 0, a: [0], lda: 0, b: [0], ldb: 2, c: &c, ldc: 2)
    #expect(c == [0, 0])
    portableGemm(m: 1, n: 2, k: 1, alpha: 0, a: [.nan], lda: 1, b: [1, 1], ldb: 2, c: &c, ldc: 2)
    #expect(c == [0, 0])
    portableGemm(m: 0, n: 2, k: 5, a: [0], lda: 5, b: [0], ldb: 2, c: &c, ldc: 2)
    portableGemm(m: 1, n: 2, k: 1, a: [3], lda: 1, b: [4, 5], ldb: 2, c: &c, ldc: 2)
    #expect(c == [12, 15])
  }

  /// Whole numbers again: the panels of a large product make it exactly, tall or wide.
  @Test(arguments: [(1_100, 70, 300), (70, 1_100, 300), (600, 600, 50), (40, 1_500, 300)])
  func largeProductsAreWhole(size: (Int, Int, Int)) {
    let (m, n, k) = size
    let a = pattern(m * k, 7)
    let b = pattern(k * n, 5)
    var c = [Float](repeating: .nan, count: m * n + 1)
    multiply(a, 0, b, 0, into: &c, 1, rows: m, inner: k, columns: n)
    var wanted = [Float](repeating: .nan, count: m * n)
    portableGemm(m: m, n: n, k: k, a: a, lda: k, b: b, ldb: n, c: &wanted, ldc: n)
    #expect(c[0].isNaN)
    #expect(c.dropFirst().elementsEqual(wanted))
  }
}
