// Singular values by every route: the laws that each must keep, where they must agree, and the
// matrices on which the fast ones must notice that they do not hold.
import Kernels
import Testing

@Suite struct SingularValuesTests {
  static let routes: [SingularMethod?] = [nil, .divideAndConquer, .gram]
  static let shapes = [
    (1, 1), (1, 9), (9, 1), (3, 2), (40, 17), (17, 40), (128, 128), (131, 150), (260, 130),
    (700, 3), (3, 700),
  ]

  @Test(arguments: shapes, routes)
  func factorsMultiplyBack(shape: (Int, Int), route: SingularMethod?) throws {
    let (m, n) = shape
    var dice = Dice(UInt64(m * 1000 + n))
    let a = (0..<m * n).map { _ in dice.float() }
    let parts = try LinearAlgebra.singularValueDecomposition(a, rows: m, columns: n, by: route)
    expectLaws(parts, m, n, min(m, n))
    expectProduct(parts, a, m, n)
  }

  /// A matrix whose singular values fall over six powers of ten: the routes agree where single
  /// precision still tells them.
  @Test(arguments: [(200, 140), (140, 200), (150, 150)])
  func theRoutesAgree(shape: (Int, Int)) throws {
    let (m, n) = shape
    let r = min(m, n)
    let a = matrix(m, n, (0..<r).map { power(10, -6 * Double($0) / Double(r)) }, seed: 3)
    let exact = try LinearAlgebra.singularValueDecomposition(
      a, rows: m, columns: n, by: .divideAndConquer)
    let quick = try LinearAlgebra.singularValueDecomposition(a, rows: m, columns: n, by: .gram)
    expectLaws(quick, m, n, r)
    expectProduct(quick, a, m, n)
    for (s, t) in zip(exact.s, quick.s) where s > 1e-5 * exact.s[0] {
      #expect(abs(s - t) <= 1e-6 * s)
    }
    // The gaps are wide, so the vectors are the same, too.
    for i in 0..<m * r where exact.s[i % r] > 1e-3 * exact.s[0] {
      #expect(abs(exact.u[i] - quick.u[i]) < 1e-5)
    }
  }

  @Test(arguments: [(200, 140, 1), (140, 200, 12), (300, 300, 30), (40, 30, 7), (150, 150, 150)])
  func theLargestAreThoseOfAll(m: Int, n: Int, k: Int) throws {
    let a = matrix(m, n, (0..<min(m, n)).map { power(0.9, Double($0)) }, seed: 4)
    let all = try LinearAlgebra.singularValueDecomposition(
      a, rows: m, columns: n, by: .divideAndConquer)
    for route in Self.routes {
      let some = try LinearAlgebra.singularValueDecomposition(
        a, rows: m, columns: n, count: k, by: route)
      expectLaws(some, m, n, k)
      for i in 0..<k { #expect(abs(some.s[i] - all.s[i]) <= 1e-6 * all.s[i]) }
      for i in 0..<m {
        for j in 0..<k where all.s[j] > 1e-3 {
          #expect(abs(some.u[i * k + j] - all.u[i * min(m, n) + j]) < 1e-5)
        }
      }
    }
  }

  /// Powers of two on the diagonal, down to 2^-40: squares lose them, and must be noticed.
  @Test(arguments: routes, [10, 128, 130]) func illConditioned(
    route: SingularMethod?, kept: Int
  ) throws {
    let n = 130
    var a = [Float](repeating: 0, count: n * n)
    let wanted = (0..<n).map { Float(power(2, -40 * Double($0 * $0) / Double(n * n))) }
    for i in 0..<n { a[i * n + (i * 7) % n] = i % 2 == 0 ? wanted[i] : -wanted[i] }
    let parts = try LinearAlgebra.singularValueDecomposition(
      a, rows: n, columns: n, count: kept, by: route)
    expectLaws(parts, n, n, kept)
    for i in 0..<kept { #expect(abs(parts.s[i] - wanted[i]) <= 1e-6 * wanted[i]) }
  }

  @Test(arguments: routes, [0, 1, 5]) func rankDeficient(route: SingularMethod?, rank: Int) throws {
    for (m, n) in [(160, 130), (130, 160), (20, 30)] {
      let s = (0..<min(m, n)).map { $0 < rank ? Double(rank - $0) : 0 }
      let a = matrix(m, n, s, seed: 5)
      for k in [1, 5, 20] {
        let parts = try LinearAlgebra.singularValueDecomposition(
          a, rows: m, columns: n, count: k, by: route)
        expectLaws(parts, m, n, k)
        for i in 0..<k { #expect(abs(Double(parts.s[i]) - s[i]) < 1e-5) }
      }
    }
  }

  @Test func extremeScales() throws {
    for scale in [Float(1e-37), 1e-20, 1e30, 1e37] {
      let a = matrix(150, 130, (0..<130).map { Double(130 - $0) / 130 }, seed: 6)
      let scaled = a.map { $0 * scale }
      let plain = try LinearAlgebra.singularValueDecomposition(a, rows: 150, columns: 130)
      let parts = try LinearAlgebra.singularValueDecomposition(scaled, rows: 150, columns: 130)
      for (s, t) in zip(plain.s, parts.s) { #expect(abs(s * scale - t) <= 1e-5 * t) }
    }
  }

  /// Inside a job of the workers everything runs on one thread.
  @Test func theBitsDoNotShowTheThreads() throws {
    var dice = Dice(8)
    let (m, n) = (530, 300)
    let a = (0..<m * n).map { _ in dice.float() }
    let normal = (0..<LinearAlgebra.sampleCount(rows: m, columns: n, count: 20)).map { _ in
      dice.float()
    }
    func all() throws -> [[Float]] {
      let full = try LinearAlgebra.singularValueDecomposition(a, rows: m, columns: n)
      let some = try LinearAlgebra.randomizedDecomposition(
        a, rows: m, columns: n, count: 20, normal: normal)
      return [full.u, full.s, full.vt, some.u, some.s, some.vt]
    }
    let together = try all()
    nonisolated(unsafe) var alone: [[Float]] = []
    Workers.shared.run(blocks: 2) { block, _ in
      if block == 0 { alone = (try? all()) ?? [] }
    }
    #expect(alone == together)
  }

  // MARK: - Randomized

  @Test(arguments: [(300, 200), (200, 300), (1200, 260)])
  func aSampleFindsWhatStandsOut(shape: (Int, Int)) throws {
    let (m, n) = shape
    let (r, k) = (min(m, n), 20)
    let a = matrix(m, n, (0..<r).map { $0 < k ? 10 / Double($0 + 1) : 0.01 }, seed: 9)
    let exact = try LinearAlgebra.singularValueDecomposition(a, rows: m, columns: n, count: k)
    let some = try randomized(a, m, n, k)
    expectLaws(some, m, n, k)
    for i in 0..<k { #expect(abs(some.s[i] - exact.s[i]) <= 1e-5 * exact.s[i]) }
    for i in 0..<m * k { #expect(abs(some.u[i] - exact.u[i]) < 1e-3) }
  }

  /// Without anything that stands out it is an approximation from below.
  @Test func aSampleIsNeverTooLarge() throws {
    var dice = Dice(10)
    let (m, n, k) = (400, 300, 30)
    let a = (0..<m * n).map { _ in dice.float() }
    let exact = try LinearAlgebra.singularValueDecomposition(a, rows: m, columns: n, count: k)
    for powers in 0...3 {
      let some = try randomized(a, m, n, k, powers)
      expectLaws(some, m, n, k)
      for i in 0..<k { #expect(some.s[i] <= exact.s[i] * 1.000_002) }
      #expect(some.s[0] > exact.s[0] * (powers == 0 ? 0.6 : 0.9))
    }
  }

  /// Columns that depend on each other have no Cholesky factor; nor has a matrix of zeros.
  @Test(arguments: [0, 1, 3]) func aSampleOfLowRank(rank: Int) throws {
    for (m, n) in [(150, 140), (30, 20), (1, 7), (7, 1)] {
      let r = min(m, n)
      let s = (0..<r).map { $0 < rank ? Double(rank - $0) : 0 }
      let some = try randomized(matrix(m, n, s, seed: 11), m, n, min(r, 5))
      expectLaws(some, m, n, min(r, 5))
      for i in 0..<min(r, 5) { #expect(abs(Double(some.s[i]) - s[i]) < 1e-5) }
    }
  }

  /// More columns than a thin matrix has.
  @Test func aWideSample() throws {
    let (m, n, k) = (400, 290, 260)
    let a = matrix(m, n, (0..<n).map { power(0.95, Double($0)) }, seed: 14)
    let exact = try LinearAlgebra.singularValueDecomposition(a, rows: m, columns: n, count: k)
    let some = try randomized(a, m, n, k)
    expectLaws(some, m, n, k)
    for i in 0..<k / 2 { #expect(abs(some.s[i] - exact.s[i]) <= 1e-6 * exact.s[0]) }
    for i in 0..<k { #expect(some.s[i] <= exact.s[i] + 1e-6 * exact.s[0]) }
  }

  @Test func aSampleOfEverythingIsExact() throws {
    var dice = Dice(12)
    let a = (0..<40 * 30).map { _ in dice.float() }
    let exact = try LinearAlgebra.singularValueDecomposition(a, rows: 40, columns: 30)
    let some = try randomized(a, 40, 30, 30)
    for i in 0..<30 { #expect(abs(some.s[i] - exact.s[i]) <= 4e-6 * exact.s[0]) }
    expectProduct(some, a, 40, 30)
  }

  private func randomized(
    _ a: [Float], _ m: Int, _ n: Int, _ k: Int, _ powers: Int = 2
  ) throws -> SingularParts {
    var dice = Dice(13)
    // Sums of twelve uniform numbers are normal enough.
    let count = LinearAlgebra.sampleCount(rows: m, columns: n, count: k)
    let normal = (0..<count).map { _ in
      (0..<12).reduce(Float(0)) { sum, _ in sum + dice.float(1) }
    }
    return try LinearAlgebra.randomizedDecomposition(
      a, rows: m, columns: n, count: k, powerIterations: powers, normal: normal)
  }
}
