// Rounding the weights of a layer together: one column after the other with the error made up for, or
// all at once by gradient. Both look at the layer's inputs through the sums of their products only.
import COpenBLAS
import Glibc

/// A matrix of weights `[rows, columns]` on its way to codes.
package struct ColumnRounding: Sendable {
  package let rows: Int
  package let columns: Int
  /// Row-major.
  package let weights: [Float]
  /// For each weight its scale and zero.
  package let scales: [Float]
  package let zeros: [Int]
  package let codes: ClosedRange<Int>
  /// True where a weight is 0 and stays so; nil for none.
  package let pruned: [Bool]?

  package init(
    rows: Int, columns: Int, weights: [Float], scales: [Float], zeros: [Int],
    codes: ClosedRange<Int>, pruned: [Bool]? = nil
  ) {
    precondition(weights.count == rows * columns && scales.count == weights.count, "a matrix")
    precondition(zeros.count == weights.count, "a zero for each weight")
    self.rows = rows
    self.columns = columns
    self.weights = weights
    self.scales = scales
    self.zeros = zeros
    self.codes = codes
    self.pruned = pruned
    precondition(pruned.map { $0.count == weights.count } ?? true, "a mark for each weight")
  }

  /// GPTQ: columns from the first to the last; each one's rounding error goes to those after it, by
  /// the inverse of H = Σ x xᵀ + damping. Frantar et al. 2023, arXiv:2210.17323.
  /// - Parameter damping: of the mean of H's diagonal.
  /// - Throws: `LinearAlgebraError` where H has no inverse, or there is no LAPACK.
  package func errorFeedback(
    products: [Float], damping: Double, workers: Workers = .shared
  ) throws(LinearAlgebraError) -> [Int] {
    precondition(products.count == columns * columns, "a square")
    let factor = try ColumnRounding.inverseFactor(products, columns, damping: damping)
    return each(workers) { row in errorFeedback(row, factor) }
  }

  private func errorFeedback(_ row: Int, _ factor: [Double]) -> [Int] {
    let start = row * columns
    var left = weights[start..<start + columns].map(Double.init)
    var result = [Int](repeating: 0, count: columns)
    factor.withUnsafeBufferPointer { factor in
      left.withUnsafeMutableBufferPointer { left in
        for j in 0..<columns {
          let scale = Double(scales[start + j])
          let code = clamped((left[j] / scale).rounded(.toNearestOrEven), start + j)
          result[j] = code
          let line = j * columns
          let error = (left[j] - Double(code - zeros[start + j]) * scale) / factor[line + j]
          guard error != 0 else { continue }
          for k in j + 1..<max(j + 1, columns) { left[k] -= error * factor[line + k] }
        }
      }
    }
    return result
  }

  fileprivate func clamped(_ steps: Double, _ index: Int) -> Int {
    guard pruned?[index] != true else { return zeros[index] }
    let code = steps + Double(zeros[index])
    return Int(min(Double(codes.upperBound), max(Double(codes.lowerBound), code)))
  }

  /// AdaRound: for each weight a number between 0 and 1 that says how far up it is rounded, moved by
  /// Adam to keep the outputs, and pressed to 0 or 1 more and more. Nagel et al. 2020,
  /// arXiv:2004.10568: the rectified sigmoid of equation 23, the regularizer of equation 24.
  /// - Parameter isInterrupted: asked between steps.
  /// - Returns: nil where it was interrupted.
  package func adaptive(
    products: [Float], count: Int, steps: Int, workers: Workers = .shared,
    isInterrupted: () -> Bool
  ) -> [Int]? {
    precondition(products.count == columns * columns && steps > 0, "a square")
    let size = weights.count
    let mean = Memory(columns * columns)
    mean.floats.copy(from: products.map { $0 / Float(max(1, count)) })
    let (error, slope) = (Memory(size), Memory(size))
    var state = AdaptiveState(self)
    for step in 0..<steps {
      guard !isInterrupted() else { return nil }
      state.writeError(to: error.floats)
      let blocks = max(1, min(rows, 4 * workers.threads))
      workers.run(blocks: blocks) { block, _ in
        let part = block * rows / blocks..<(block + 1) * rows / blocks
        Matrix(slope.floats, rows, columns).rows(part).product(
          Matrix(error.floats, rows, columns).rows(part), Matrix(mean.floats, columns, columns))
      }
      state.move(slope.floats, step, of: steps)
    }
    return state.codes
  }

  /// One result per row, in order, shared out among workers.
  private func each(_ workers: Workers, _ body: (Int) -> [Int]) -> [Int] {
    var parts = [[Int]](repeating: [], count: rows)
    parts.withUnsafeMutableBufferPointer { parts in
      nonisolated(unsafe) let parts = parts
      workers.run(blocks: rows) { row, _ in parts[row] = body(row) }
    }
    return parts.flatMap { $0 }
  }

  /// H: the products with damping on their diagonal, of its mean. Where no input ever came, it has 1.
  static func damped(_ products: [Float], _ n: Int, _ damping: Double) -> [Double] {
    var h = products.map(Double.init)
    let diagonal = (0..<n).map { h[$0 * n + $0] }
    let mean = diagonal.reduce(0, +) / Double(max(1, n))
    for i in 0..<n {
      h[i * n + i] = diagonal[i] == 0 ? 1 : diagonal[i] + damping * mean
    }
    return h
  }

  /// The upper triangle U with H⁻¹ = Uᵀ U, by rows.
  static func inverseFactor(
    _ products: [Float], _ n: Int, damping: Double
  ) throws(LinearAlgebraError) -> [Double] {
    guard let lapack = OpenBLAS.library else { throw .unavailable(OpenBLAS.problem) }
    guard n <= 16_384 else { throw .size }
    var h = damped(products, n, damping)
    // With rows and columns reversed, LAPACK's lower factor gives H = R Rᵀ, R an upper triangle.
    h.reverse()
    var (size, info): (Int32, Int32) = (Int32(n), 0)
    // By columns, the upper triangle of a symmetric matrix is its lower one by rows.
    lapack.dpotrf("U", &size, &h, &size, &info)
    guard info == 0 else { throw .notConverged }
    h.reverse()
    // R by rows: element (i, j) of the lower factor is at (n-1-i, n-1-j).
    var factor = [Double](repeating: 0, count: n * n)
    for i in 0..<n { factor[i * n + i] = 1 }
    for i in 0..<n {
      for j in 0..<i { h[i * n + j] = 0 }
    }
    // X R = I: X = R⁻¹.
    lapack.dtrsm(
      BLAS.rows, BLAS.right, BLAS.upper, Int32(BLAS_AS_IS), Int32(BLAS_NOT_UNIT), size, size, 1,
      h, size, &factor, size)
    return factor
  }
}

/// The numbers that AdaRound moves.
private struct AdaptiveState {
  private let problem: ColumnRounding
  /// Whole steps below each weight.
  private let below: [Float]
  private var moving: [Float]
  private var first: [Float]
  private var second: [Float]

  init(_ problem: ColumnRounding) {
    self.problem = problem
    let steps = zip(problem.weights, problem.scales).map { $0 / $1 }
    below = steps.map { $0.rounded(.down) }
    // Where the rectified sigmoid gives the part above the whole steps.
    moving = zip(steps, below).map { step, below in
      let share = min(0.999, max(0.001, step - below))
      let inner = (share + 0.1) / 1.2
      return -log(1 / inner - 1)
    }
    first = [Float](repeating: 0, count: moving.count)
    second = first
  }

  /// h(v) = clip(1.2 σ(v) − 0.1, 0, 1), and its slope.
  private static func share(_ v: Float) -> (value: Float, slope: Float) {
    let sigmoid = 1 / (1 + exp(-v))
    let stretched = 1.2 * sigmoid - 0.1
    guard stretched > 0, stretched < 1 else { return (min(1, max(0, stretched)), 0) }
    return (stretched, 1.2 * sigmoid * (1 - sigmoid))
  }

  private func value(_ i: Int, _ share: Float) -> Float {
    let zero = Float(problem.zeros[i])
    let (low, high) = (Float(problem.codes.lowerBound), Float(problem.codes.upperBound))
    return (min(high, max(low, below[i] + share + zero)) - zero) * problem.scales[i]
  }

  func writeError(to error: Floats) {
    for i in moving.indices {
      let isFree = problem.pruned?[i] != true
      error[i] =
        isFree ? value(i, AdaptiveState.share(moving[i]).value) - problem.weights[i] : 0
    }
  }

  /// A step of Adam at rate 0.02 on the error's slope and, after the first fifth, on the regularizer
  /// 0.01 Σ (1 − |2h − 1|^β), β falling from 20 to 2.
  mutating func move(_ slope: Floats, _ step: Int, of steps: Int) {
    let progress = Float(step) / Float(steps)
    let isPressed = progress >= 0.2
    let beta = 20 - 18 * max(0, (progress - 0.2) / 0.8)
    let corrections = (
      1 - pow(0.9, Float(step + 1)), 1 - pow(0.999, Float(step + 1))
    )
    for i in moving.indices {
      let (share, rise) = AdaptiveState.share(moving[i])
      var gradient = 2 * slope[i] * problem.scales[i] * rise
      if isPressed {
        let side = 2 * share - 1
        let power = pow(abs(side), beta - 1)
        gradient -= 0.01 * beta * power * (side < 0 ? -2 : 2) * rise
      }
      first[i] = 0.9 * first[i] + 0.1 * gradient
      second[i] = 0.999 * second[i] + 0.001 * gradient * gradient
      moving[i] -=
        0.02 * (first[i] / corrections.0)
        / ((second[i] / corrections.1).squareRoot() + 1e-8)
    }
  }

  var codes: [Int] {
    moving.indices.map { i in
      let up: Float = AdaptiveState.share(moving[i]).value >= 0.5 ? 1 : 0
      return problem.clamped(Double(below[i] + up), i)
    }
  }
}
