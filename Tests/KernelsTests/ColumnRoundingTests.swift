// Rounding that looks at a layer's inputs: GPTQ against its formula in NumPy, AdaRound by its law.
import Kernels
import Testing

@Suite struct ColumnRoundingTests {
  static let weights: [Float] = [
    1.79, 0.44, 0.1, -1.86, -0.28, -0.35, -0.08, -0.63, -0.04, -0.48, -1.31, 0.88, 0.88, 1.71, 0.05,
  ]
  /// Σ x xᵀ of forty inputs.
  static let products: [Float] = [
    82.6435, 53.4488, 38.4633, 61.8751, 40.5964, 53.4488, 107.5823, 57.2499, 77.954, 61.8562,
    38.4633, 57.2499, 67.3949, 55.1007, 51.1135, 61.8751, 77.954, 55.1007, 100.6649, 54.8328,
    40.5964, 61.8562, 51.1135, 54.8328, 94.5706,
  ]

  /// Three bits per row, the greatest magnitude as 3.
  static var problem: ColumnRounding {
    let scales = (0..<3).flatMap { row in
      [Float](
        repeating: weights[row * 5..<row * 5 + 5].reduce(0) { max($0, abs($1)) } / 3, count: 5)
    }
    return ColumnRounding(
      rows: 3, columns: 5, weights: weights, scales: scales, zeros: [Int](repeating: 0, count: 15),
      codes: -3...3)
  }

  /// ‖(Ŵ − W) X‖² by the products.
  static func error(_ codes: [Int]) -> Double {
    let scales = problem.scales
    var sum = 0.0
    for row in 0..<3 {
      let off = (0..<5).map {
        Double(Float(codes[row * 5 + $0]) * scales[row * 5 + $0] - weights[row * 5 + $0])
      }
      for i in 0..<5 {
        for j in 0..<5 { sum += off[i] * Double(products[i * 5 + j]) * off[j] }
      }
    }
    return sum
  }

  static let nearest = zip(weights, problem.scales).map {
    Int(($0 / $1).rounded(.toNearestOrEven))
  }

  /// numpy 2: H = X Xᵀ + 0.01 mean(diag) I, U = cholesky(inv(H)).T, and column by column
  /// q = clip(rint(w / s)), w[:, j:] −= ((w − q s) / U[j, j]) U[j, j:].
  @Test func feedsErrorsForwardAsTheFormula() throws {
    let codes = try Self.problem.errorFeedback(products: Self.products, damping: 0.01)
    #expect(codes == [3, 1, 0, -3, -1, -2, 0, -3, 0, -3, -2, 2, 1, 3, 0])
    #expect(abs(Self.error(codes) - 16.965) < 0.01)
    #expect(abs(Self.error(Self.nearest) - 44.046) < 0.01)
  }

  /// Up or down, and better together than each weight by itself.
  @Test func learnsWhichWayToRound() throws {
    let codes = try #require(
      Self.problem.adaptive(
        products: Self.products, count: 40, steps: 400, isInterrupted: { false }))
    for (code, steps) in zip(codes, zip(Self.weights, Self.problem.scales).map { $0 / $1 }) {
      #expect(abs(Float(code) - steps) < 1.001)
    }
    #expect(Self.error(codes) < Self.error(Self.nearest))
  }

  @Test func threadsDoNotMatter() throws {
    let one = try Self.problem.errorFeedback(
      products: Self.products, damping: 0.01, workers: Workers(threads: 1))
    let three = try Self.problem.errorFeedback(
      products: Self.products, damping: 0.01, workers: Workers(threads: 3))
    #expect(one == three)
  }

  @Test func interruptsAndInputsThatNeverCame() throws {
    #expect(
      Self.problem.adaptive(
        products: Self.products, count: 40, steps: 5, isInterrupted: { true }) == nil)
    let none = [Float](repeating: 0, count: 25)
    #expect(try Self.problem.errorFeedback(products: none, damping: 0.01) == Self.nearest)
  }

  /// Pruned weights stay 0, however much error comes their way; the others make up for it.
  @Test func prunedWeightsStayZero() throws {
    let plain = Self.problem
    let pruned = (0..<15).map { $0 % 4 == 1 }
    let weights = zip(plain.weights, pruned).map { $1 ? 0 : $0 }
    let problem = ColumnRounding(
      rows: 3, columns: 5, weights: weights, scales: plain.scales, zeros: plain.zeros,
      codes: plain.codes, pruned: pruned)
    let found = [
      try problem.errorFeedback(products: Self.products, damping: 0.01),
      try #require(
        problem.adaptive(
          products: Self.products, count: 40, steps: 100, isInterrupted: { false })),
    ]
    for codes in found {
      #expect(zip(codes, pruned).allSatisfy { !$1 || $0 == 0 })
      #expect(zip(codes, pruned).contains { !$1 && $0 != 0 })
    }
  }

  /// Weights far beyond the grid take its ends.
  @Test func farWeightsAreClamped() throws {
    let problem = ColumnRounding(
      rows: 1, columns: 2, weights: [3e38, -3e38], scales: [1e-9, 1e-9], zeros: [0, 0],
      codes: -8...7)
    let products: [Float] = [1, 0, 0, 1]
    #expect(try problem.errorFeedback(products: products, damping: 0.01) == [7, -8])
    #expect(
      problem.adaptive(products: products, count: 1, steps: 3, isInterrupted: { false }) == [7, -8])
  }
}
