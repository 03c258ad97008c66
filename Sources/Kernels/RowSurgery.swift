// Taking weights out of the rows of a layer while the others make up for them: the optimal brain
// surgeon on the squared error of the layer's outputs.
import COpenBLAS
import Glibc

/// Rows of weights `[rows, columns]` that all multiply the same inputs.
package struct RowSurgery: Sendable {
  package let rows: Int
  package let columns: Int
  private let weights: [Float]
  /// True where a weight is 0 and stays so; nil for none.
  private let pruned: [Bool]?
  /// H = Σ x xᵀ with damping on its diagonal.
  private let products: [Double]
  /// H⁻¹ in single precision: what the order of removal follows from.
  private let inverse: [Float]

  /// - Parameters:
  ///   - products: Σ x xᵀ of the inputs, `[columns, columns]`.
  ///   - damping: of the mean of its diagonal; where no input ever came, there is 1.
  /// - Throws: `LinearAlgebraError` where H has no inverse, or there is no LAPACK.
  package init(
    rows: Int, columns: Int, weights: [Float], pruned: [Bool]?, products: [Float], damping: Double
  ) throws(LinearAlgebraError) {
    precondition(weights.count == rows * columns, "a matrix")
    precondition(products.count == columns * columns, "a square")
    guard let blas = OpenBLAS.library else { throw .unavailable(OpenBLAS.problem) }
    let n = columns
    let factor = try ColumnRounding.inverseFactor(products, n, damping: damping)
    var inverse = [Double](repeating: 0, count: n * n)
    blas.dgemm(
      BLAS.rows, BLAS.transposed(true), BLAS.transposed(false), Int32(n), Int32(n), Int32(n), 1,
      factor, Int32(n), factor, Int32(n), 0, &inverse, Int32(n))
    (self.rows, self.columns) = (rows, columns)
    (self.weights, self.pruned) = (weights, pruned)
    self.inverse = inverse.map { Float($0) }
    self.products = ColumnRounding.damped(products, n, damping)
  }

  // MARK: The order of removal

  /// For each weight, how much Σ (Δy)² of its row's outputs grows when it goes, where those before it in
  /// the row's order went and the others made up for each: w² / [H⁻¹]_ii at every turn the least. Along a
  /// row the numbers never fall, so that the k lowest are the first k to go. Those pruned before
  /// have 0.
  /// - Returns: nil where it was interrupted.
  package func costs(
    workers: Workers = .shared, isInterrupted: () -> Bool
  ) -> [Float]? {
    var costs = [Float](repeating: 0, count: weights.count)
    let memory = (0..<workers.threads).map { _ in Scratch(columns) }
    costs.withUnsafeMutableBufferPointer { costs in
      nonisolated(unsafe) let costs = costs
      workers.run(blocks: rows) { row, worker in
        guard !isInterrupted() else { return }
        order(row, memory[worker]) { place, cost in costs[row * columns + place] = cost }
      }
    }
    return isInterrupted() ? nil : costs
  }

  /// What the removal of one row's weights works on.
  private final class Scratch: @unchecked Sendable {
    private let memory: [Memory]
    let weights: Floats
    let diagonal: Floats
    let column: Floats
    /// u_s: H⁻¹ after s removals is H⁻¹ − Σ u_s u_sᵀ.
    let updates: Floats
    let coefficients: Floats

    init(_ n: Int) {
      memory = [n, n, n, n * n, n].map { Memory($0) }
      (weights, diagonal, column) = (memory[0].floats, memory[1].floats, memory[2].floats)
      (updates, coefficients) = (memory[3].floats, memory[4].floats)
    }
  }

  private func order(_ row: Int, _ scratch: Scratch, _ found: (Int, Float) -> Void) {
    let n = columns
    let start = row * n
    let (w, diagonal) = (scratch.weights, scratch.diagonal)
    w.copy(from: weights, at: start)
    for i in 0..<n { diagonal.base[i] = inverse[i * n + i] }
    var isLeft = [Bool](repeating: true, count: n)
    var before = (pruned.map { mask in (0..<n).filter { mask[start + $0] } } ?? [])[...]
    var greatest: Float = 0
    for turn in 0..<n {
      let wasPruned = before.popFirst()
      let place = wasPruned ?? RowSurgery.cheapest(w, diagonal, isLeft)
      let pivot = diagonal.base[place]
      isLeft[place] = false
      if wasPruned == nil {
        greatest = max(greatest, pivot > 0 ? w.base[place] * w.base[place] / pivot : 0)
        found(place, greatest)
        // Of equals the first in position would go first: the order is this one.
        greatest = greatest.nextUp
      } else {
        found(place, 0)
      }
      guard pivot > 0, turn < n - 1 else { continue }
      update(place, turn, pivot, scratch)
    }
  }

  /// Takes a row and column out of H⁻¹, and moves the weights that are left.
  private func update(_ place: Int, _ turn: Int, _ pivot: Float, _ scratch: Scratch) {
    let n = columns
    let column = Matrix(scratch.column, 1, n)
    inverse.withUnsafeBufferPointer { inverse in
      guard let first = inverse.baseAddress else { return }
      memcpy(scratch.column.base, first + place * n, n * MemoryLayout<Float>.size)
    }
    if turn > 0 {
      let updates = Matrix(scratch.updates, turn, n)
      for s in 0..<turn { scratch.coefficients.base[s] = scratch.updates.base[s * n + place] }
      column.product(
        Matrix(scratch.coefficients, 1, turn), updates, scale: -1, adding: true)
    }
    let (w, diagonal, values) = (scratch.weights.base, scratch.diagonal.base, scratch.column.base)
    let change = w[place] / pivot
    let scale = 1 / pivot.squareRoot()
    let update = scratch.updates.base + turn * n
    for i in 0..<n {
      w[i] -= change * values[i]
      update[i] = values[i] * scale
      diagonal[i] -= update[i] * update[i]
    }
    w[place] = 0
  }

  /// The place of the least w² / [H⁻¹]_ii among those that are left; the first of equals.
  private static func cheapest(_ w: Floats, _ diagonal: Floats, _ isLeft: [Bool]) -> Int {
    var best = isLeft.firstIndex(of: true) ?? 0
    var least = Float.infinity
    for i in isLeft.indices where isLeft[i] {
      let pivot = diagonal.base[i]
      let cost = pivot > 0 ? w.base[i] * w.base[i] / pivot : 0
      if cost < least { (best, least) = (i, cost) }
    }
    return best
  }

  // MARK: Making up

  /// The weights without the masked ones, the others moved so that Σ (Δy)² is the least there is:
  /// w_S + H_SS⁻¹ H_SR w_R, S those that stay and R those that go.
  /// - Throws: `LinearAlgebraError.notConverged` where H_SS has no factor.
  /// - Returns: nil where it was interrupted.
  package func repaired(
    without mask: [Bool], workers: Workers = .shared, isInterrupted: () -> Bool
  ) throws(LinearAlgebraError) -> [Float]? {
    precondition(mask.count == weights.count, "a mark for each weight")
    guard let blas = OpenBLAS.library else { throw .unavailable(OpenBLAS.problem) }
    var result = [Float](repeating: 0, count: weights.count)
    var failed = [Bool](repeating: false, count: rows)
    result.withUnsafeMutableBufferPointer { result in
      failed.withUnsafeMutableBufferPointer { failed in
        nonisolated(unsafe) let (result, failed) = (result, failed)
        workers.run(blocks: rows) { row, _ in
          guard !isInterrupted() else { return }
          failed[row] = !repair(row, mask, blas, result)
        }
      }
    }
    guard !isInterrupted() else { return nil }
    guard !failed.contains(true) else { throw .notConverged }
    return result
  }

  private func repair(
    _ row: Int, _ mask: [Bool], _ blas: openblas, _ result: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    let n = columns
    let start = row * n
    let stay = (0..<n).filter { !mask[start + $0] }
    let go = (0..<n).filter { mask[start + $0] && weights[start + $0] != 0 }
    guard !stay.isEmpty else { return true }
    for i in stay { result[start + i] = weights[start + i] }
    guard !go.isEmpty else { return true }
    let k = stay.count
    var matrix = [Double](repeating: 0, count: k * k)
    for (a, i) in stay.enumerated() {
      for (b, j) in stay.enumerated() { matrix[a * k + b] = products[i * n + j] }
    }
    var (size, info) = (Int32(k), Int32(0))
    blas.dpotrf("U", &size, &matrix, &size, &info)
    guard info == 0 else { return false }
    var change = stay.map { i in
      go.reduce(0.0) { $0 + products[i * n + $1] * Double(weights[start + $1]) }
    }
    // By rows, LAPACK's factor is a lower triangle L with H_SS = L Lᵀ.
    for a in 0..<k {
      for b in 0..<a { change[a] -= matrix[a * k + b] * change[b] }
      change[a] /= matrix[a * k + a]
    }
    for a in (0..<k).reversed() {
      for b in a + 1..<max(a + 1, k) { change[a] -= matrix[b * k + a] * change[b] }
      change[a] /= matrix[a * k + a]
    }
    for (a, i) in stay.enumerated() {
      result[start + i] = Float(Double(weights[start + i]) + change[a])
    }
    return true
  }
}
