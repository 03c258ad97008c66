// Matrices of known singular values, and the laws of a decomposition in plain Swift.
import Kernels
import Testing

/// A power, for the tests see no C library.
func power(_ base: Double, _ exponent: Double) -> Double {
  // e^(exponent ln base); the exponent is halved ten times, until the series is short.
  var x = 0.0
  var y = (base - 1) / (base + 1)
  let square = y * y
  for k in 0..<200 {
    x += 2 * y / Double(2 * k + 1)
    y *= square
  }
  var (sum, term) = (1.0, 1.0)
  let small = exponent * x / 1024
  for k in 1..<20 {
    term *= small / Double(k)
    sum += term
  }
  for _ in 0..<10 { sum *= sum }
  return sum
}

/// H1 diag(s) H2 with reflections on random vectors: its singular values are `s`.
func matrix(_ m: Int, _ n: Int, _ s: [Double], seed: UInt64) -> [Float] {
  var dice = Dice(seed)
  func direction(_ count: Int) -> [Double] {
    let x = (0..<count).map { _ in Double(dice.float(1)) + 1e-3 }
    let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return x.map { $0 / length }
  }
  let (u, v) = (direction(m), direction(n))
  var a = [Double](repeating: 0, count: m * n)
  for (i, value) in s.enumerated() { a[i * n + i] = value }
  for j in 0..<n {
    let share = (0..<m).reduce(0) { $0 + u[$1] * a[$1 * n + j] }
    for i in 0..<m { a[i * n + j] -= 2 * share * u[i] }
  }
  for i in 0..<m {
    let share = (0..<n).reduce(0) { $0 + v[$1] * a[i * n + $1] }
    for j in 0..<n { a[i * n + j] -= 2 * share * v[j] }
  }
  return a.map { Float($0) }
}

/// Expects orthonormal vectors, values that fall, and signs as we fix them.
func expectLaws(
  _ parts: SingularParts, _ m: Int, _ n: Int, _ k: Int,
  _ location: SourceLocation = #_sourceLocation
) {
  #expect(parts.u.count == m * k && parts.vt.count == k * n, sourceLocation: location)
  #expect(parts.s.count == k && parts.s.allSatisfy { $0 >= 0 }, sourceLocation: location)
  #expect(parts.s == parts.s.sorted(by: >), sourceLocation: location)
  let left = (0..<k).map { j in (0..<m).map { Double(parts.u[$0 * k + j]) } }
  let right = (0..<k).map { j in parts.vt[j * n..<(j + 1) * n].map { Double($0) } }
  var dice = Dice(1)
  for vectors in [left, right] {
    var worst = 0.0
    for i in 0..<k {
      // Each with itself, its neighbor and a few others: all pairs would take long.
      for j in [i, (i + 1) % k, dice.size(0...k - 1), dice.size(0...k - 1)] {
        let product = zip(vectors[i], vectors[j]).reduce(0) { $0 + $1.0 * $1.1 }
        worst = max(worst, abs(product - (i == j ? 1 : 0)))
      }
    }
    #expect(worst < 1e-6, "orthonormal vectors", sourceLocation: location)
  }
  for vector in left {
    let largest = vector.map(abs).max() ?? 0
    #expect(vector.contains { $0 > largest - 1e-6 }, sourceLocation: location)
  }
}

/// Expects U diag(s) V^T to be the matrix, at many random places.
func expectProduct(
  _ parts: SingularParts, _ a: [Float], _ m: Int, _ n: Int,
  _ location: SourceLocation = #_sourceLocation
) {
  let k = parts.s.count
  var dice = Dice(2)
  var worst = 0.0
  for _ in 0..<min(m * n, 500) {
    let (i, j) = (dice.size(0...m - 1), dice.size(0...n - 1))
    let sum = (0..<k).reduce(0.0) {
      $0 + Double(parts.u[i * k + $1]) * Double(parts.s[$1]) * Double(parts.vt[$1 * n + j])
    }
    worst = max(worst, abs(sum - Double(a[i * n + j])))
  }
  #expect(worst <= 1e-6 * Double(parts.s[0]), "the product", sourceLocation: location)
}
