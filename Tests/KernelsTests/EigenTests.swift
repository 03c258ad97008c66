// Eigenvalues and vectors of symmetric matrices: the laws, over sizes around those of panels, runs
// and shares, and Jacobi's rotations as the plain twin.
import Kernels
import Testing

@Suite struct EigenTests {
  @Test(arguments: [1, 2, 3, 5, 16, 17, 18, 33, 64, 65, 66, 130, 193, 194, 200, 300])
  func vectorsAreThoseOfTheMatrix(size n: Int) throws {
    var dice = Dice(UInt64(n))
    let a = symmetric(n) { _, _ in Double(dice.float(1)) }
    let all = try LinearAlgebra.eigen(a, size: n)
    expectEigen(a, n, all, n)
    for count in [1, n / 5, n / 3] where count > 0 {
      let some = try LinearAlgebra.eigen(a, size: n, count: count)
      expectEigen(a, n, some, count)
      for i in 0..<count {
        #expect(abs(some.values[i] - all.values[i]) <= 1e-6 * abs(all.values[0]) + 1e-7)
      }
    }
  }

  @Test(arguments: [2, 7, 40]) func jacobiFindsTheSame(size n: Int) throws {
    var dice = Dice(UInt64(n))
    let a = symmetric(n) { _, _ in Double(dice.float(1)) }
    let found = try LinearAlgebra.eigen(a, size: n).values
    for (value, twin) in zip(found, jacobi(a, n)) { #expect(abs(Double(value) - twin) < 2e-6) }
  }

  /// Eigenvalues that are the same, or nearly so, where groups of them begin and end.
  @Test(arguments: [0, 1e-7, 1e-4]) func clusters(width: Double) throws {
    let n = 150
    for multiplicity in [2, 30, 150] {
      // A reflection on ones turns a diagonal.
      func value(_ i: Int) -> Double {
        Double(n - i / multiplicity * multiplicity) / Double(n) + width * Double(i % multiplicity)
          / Double(n)
      }
      let mean = (0..<n).reduce(0) { $0 + value($1) } / Double(n)
      let a = symmetric(n) { i, j in
        let turned = 2 * (2 * mean - value(i) - value(j)) / Double(n)
        return (i == j ? value(i) : 0) + turned
      }
      for count in [35, n] {
        expectEigen(a, n, try LinearAlgebra.eigen(a, size: n, count: count), count)
      }
    }
  }

  @Test func blocksThatNothingConnects() throws {
    let n = 120
    var dice = Dice(4)
    let a = symmetric(n) { i, j in i / 30 == j / 30 && i / 30 != 2 ? Double(dice.float(1)) : 0 }
    for count in [1, 25, n] {
      expectEigen(a, n, try LinearAlgebra.eigen(a, size: n, count: count), count)
    }
  }

  /// Inside a job of the workers everything runs on one thread.
  @Test(arguments: [30, 300]) func theBitsDoNotShowTheThreads(count: Int) throws {
    var dice = Dice(5)
    let n = 300
    let a = symmetric(n) { _, _ in Double(dice.float(1)) }
    let together = try LinearAlgebra.eigen(a, size: n, count: count)
    nonisolated(unsafe) var alone: (values: [Float], vectors: [Float]) = ([], [])
    Workers.shared.run(blocks: 2) { block, _ in
      if block == 0 {
        alone = (try? LinearAlgebra.eigen(a, size: n, count: count)) ?? ([], [])
      }
    }
    #expect(alone.values == together.values && alone.vectors == together.vectors)
  }

  private func symmetric(_ n: Int, _ element: (Int, Int) -> Double) -> [Float] {
    var a = [Float](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in i..<n {
        a[i * n + j] = Float(element(i, j))
        a[j * n + i] = a[i * n + j]
      }
    }
    return a
  }

  private func expectEigen(
    _ a: [Float], _ n: Int, _ found: (values: [Float], vectors: [Float]), _ count: Int
  ) {
    #expect(found.values == found.values.sorted(by: >) && found.values.count == count)
    let columns = (0..<count).map { k in (0..<n).map { Double(found.vectors[$0 * count + k]) } }
    let scale = a.reduce(0) { max($0, abs(Double($1))) } * Double(n).squareRoot()
    var (residual, deviation) = (0.0, 0.0)
    for (k, column) in columns.enumerated() {
      for i in stride(from: k % 7, to: n, by: 7) {
        let image = (0..<n).reduce(0) { $0 + Double(a[i * n + $1]) * column[$1] }
        residual = max(residual, abs(image - Double(found.values[k]) * column[i]))
      }
      for l in [k, (k + 1) % count, (k + 16) % count, (k * 7 + 3) % count] {
        let product = zip(column, columns[l]).reduce(0) { $0 + $1.0 * $1.1 }
        deviation = max(deviation, abs(product - (k == l ? 1 : 0)))
      }
    }
    #expect(residual <= 1e-6 * scale, "A x = value x")
    #expect(deviation < 1e-6, "orthonormal vectors")
  }

  /// Eigenvalues from the largest on, by rotations that clear one pair after another.
  private func jacobi(_ matrix: [Float], _ n: Int) -> [Double] {
    var a = matrix.map { Double($0) }
    for _ in 0..<12 {
      for p in 0..<n {
        for q in p + 1..<max(p + 1, n) where a[p * n + q] != 0 {
          let slope = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q])
          let t = (slope < 0 ? -1 : 1) / (abs(slope) + (slope * slope + 1).squareRoot())
          let c = 1 / (t * t + 1).squareRoot()
          for k in 0..<n {
            let (x, y) = (a[k * n + p], a[k * n + q])
            (a[k * n + p], a[k * n + q]) = (c * x - t * c * y, t * c * x + c * y)
          }
          for k in 0..<n {
            let (x, y) = (a[p * n + k], a[q * n + k])
            (a[p * n + k], a[q * n + k]) = (c * x - t * c * y, t * c * x + c * y)
          }
        }
      }
    }
    return (0..<n).map { a[$0 * n + $0] }.sorted(by: >)
  }
}
