// Eigenvalues and vectors of a symmetric matrix: Householder's reflections leave three diagonals of
// it, LAPACK finds the eigenvectors of those, and the reflections take them back. LAPACK's own
// reduction runs on one thread; half of it waits for memory, which several threads share.
import CKernels
import COpenBLAS

/// A symmetric matrix `A = Q T Q^T`: `T` has three diagonals, and `Q` is a product of reflections
/// `I - scale v v^T`.
struct Tridiagonal {
  private let size: Int
  /// Row `i` holds the vector of reflection `i` from column `i + 1` on, and zeros before.
  private var rows: [Double]
  private var diagonal: [Double]
  private var beside: [Double]
  private var scales: [Double]
  private let blas: openblas

  /// Reflections that are made on the rest of the matrix together.
  private static let panel = 16
  /// Reflections that are made on vectors together.
  private static let run = 64
  /// Rows of the rest that are changed together.
  private static let band = 128
  /// Eigenvectors that are found together, at most.
  private static let group = 16
  /// How far those of several groups may be from orthonormal.
  private static let tolerance = 1e-9

  /// Reduces a matrix whose upper triangle is given.
  init(_ matrix: DoubleMatrix, _ blas: openblas) {
    let n = matrix.rows
    let panel = Tridiagonal.panel
    // The rows, the diagonals and scales, the vectors v, w and v of a panel, and sums.
    var memory = matrix.values
    memory += [Double](repeating: 0, count: (3 + 3 * panel + Shares.most) * n)
    memory.withUnsafeMutableBufferPointer { memory in
      guard let a = memory.baseAddress else { return }
      let diagonal = a + n * n
      let v = diagonal + 3 * n
      for first in stride(from: 0, to: n - 1, by: panel) {
        let rows = first..<min(first + panel, n - 1)
        let form = ck_tridiagonal(
          size: n, rows: a, diagonal: diagonal, beside: diagonal + n, scales: diagonal + 2 * n,
          v: v, w: v + rows.count * n)
        Tridiagonal.reflect(form, rows, sums: v + 3 * panel * n)
        Tridiagonal.update(form, after: rows, blas)
      }
      diagonal[n - 1] = a[n * n - 1]
      for i in 0..<n { (a + i * n).update(repeating: 0, count: i + 1) }
    }
    size = n
    (diagonal, beside, scales) = (
      Array(memory[n * n..<n * n + n]), Array(memory[n * n + n..<n * n + 2 * n]),
      Array(memory[n * n + 2 * n..<n * n + 3 * n])
    )
    rows = memory
    self.blas = blas
  }

  /// Finds the reflections of a few rows.
  private static func reflect(
    _ form: ck_tridiagonal, _ rows: Range<Int>, sums: UnsafeMutablePointer<Double>
  ) {
    let n = form.size
    nonisolated(unsafe) let (a, sums) = (form.rows, sums)
    for row in rows {
      withUnsafePointer(to: form) { ck_reflect($0, rows.lowerBound, row) }
      let shares = Shares(of: row + 1..<n)
      nonisolated(unsafe) let v = form.v + (row - rows.lowerBound) * n
      Workers.shared.run(blocks: shares.count) { share, _ in
        let rows = shares[share]
        let sum = sums + share * n
        (sum + row + 1).update(repeating: 0, count: n - row - 1)
        ck_symmetric_rows(a, n, rows.lowerBound, rows.upperBound, v, sum)
      }
      withUnsafePointer(to: form) {
        ck_reflect_rest($0, rows.lowerBound, row, sums, shares.count)
      }
    }
  }

  /// Makes the reflections of a few rows on the rest: A -= V^T W + W^T V, as one product.
  private static func update(_ form: ck_tridiagonal, after rows: Range<Int>, _ blas: openblas) {
    let (n, start, depth) = (form.size, rows.upperBound, 2 * rows.count)
    nonisolated(unsafe) let (a, v, w) = (form.rows, form.v, form.w)
    (w + rows.count * n).update(from: v, count: rows.count * n)
    Workers.shared.run(blocks: (n - start + band - 1) / band) { block, _ in
      let top = start + block * band
      blas.dgemm(
        BLAS.rows, BLAS.transposed(true), BLAS.transposed(false), Int32(min(band, n - top)),
        Int32(n - top), Int32(depth), -1, v + top, Int32(n), w + top, Int32(n), 1,
        a + top * n + top, Int32(n))
    }
  }

  /// The `count` largest eigenvalues, from the largest on, and their vectors as rows.
  func eigen(
    count: Int
  ) throws(LinearAlgebraError) -> (values: [Double], vectors: DoubleMatrix) {
    var found = largest(count) ?? (values: [], vectors: DoubleMatrix(rows: 0, columns: size))
    if found.values.isEmpty { found = try all(count) }
    reflect(&found.vectors)
    return found
  }

  /// Eigenvalues and vectors of `T`, by divide and conquer.
  private func all(
    _ count: Int
  ) throws(LinearAlgebraError) -> (values: [Double], vectors: DoubleMatrix) {
    var (d, e) = (diagonal, beside)
    var vectors = DoubleMatrix(rows: size, columns: size)
    var integers = [Int32](repeating: 0, count: 3 + 5 * size)
    var (job, n, integerRoom) = (CChar(73), Int32(size), Int32(3 + 5 * size))
    try LinearAlgebra.withWork { work, room in
      var info: Int32 = 0
      blas.dstedc(
        &job, &n, &d, &e, &vectors.values, &n, &work, &room, &integers, &integerRoom, &info)
      return info
    }
    let falling = Array((size - count..<size).reversed())
    return (falling.map { d[$0] }, vectors.rows(inOrder: falling))
  }

  /// The largest of `T`, in groups; nil where they are too many for that to be faster, or where
  /// eigenvalues of two groups are so near each other that the vectors are not orthogonal.
  private func largest(_ count: Int) -> (values: [Double], vectors: DoubleMatrix)? {
    guard count <= size / 4 else { return nil }
    let groups = (count + Tridiagonal.group - 1) / Tridiagonal.group
    nonisolated(unsafe) var found = [(values: [Double], vectors: [Double])?](
      repeating: nil, count: groups)
    found.withUnsafeMutableBufferPointer { found in
      nonisolated(unsafe) let found = found
      Workers.shared.run(blocks: groups) { index, _ in
        found[index] = ranked(index * count / groups..<(index + 1) * count / groups)
      }
    }
    var (values, vectors): ([Double], [Double]) = ([], [])
    for part in found {
      guard let part else { return nil }
      values += part.values
      vectors += part.vectors
    }
    let rows = DoubleMatrix(rows: count, columns: size, vectors)
    return rows.hasOrthonormalRows(Tridiagonal.tolerance, blas) ? (values, rows) : nil
  }

  /// Eigenvalues and vectors of `T` by their rank from the largest on.
  private func ranked(_ ranks: Range<Int>) -> (values: [Double], vectors: [Double])? {
    var (d, e) = (diagonal, beside)
    let count = ranks.count
    var values = [Double](repeating: 0, count: size)
    var vectors = DoubleMatrix(rows: count, columns: size)
    var support = [Int32](repeating: 0, count: 2 * count)
    var work = [Double](repeating: 0, count: 18 * size)
    var integers = [Int32](repeating: 0, count: 10 * size)
    var (job, range, n) = (CChar(86), CChar(73), Int32(size))
    var (first, last) = (Int32(size - ranks.upperBound + 1), Int32(size - ranks.lowerBound))
    var (room, integerRoom, most) = (Int32(18 * size), Int32(10 * size), Int32(count))
    var (found, accurate, info, unused) = (Int32(0), Int32(1), Int32(0), 0.0)
    blas.dstemr(
      &job, &range, &n, &d, &e, &unused, &unused, &first, &last, &found, &values, &vectors.values,
      &n, &most, &support, &accurate, &work, &room, &integers, &integerRoom, &info)
    guard info == 0, Int(found) == count else { return nil }
    let falling = Array((0..<count).reversed())
    return (falling.map { values[$0] }, vectors.rows(inOrder: falling).values)
  }

  /// Q x for each row x: reflections in runs, I - V^T T V with the inverse of T in `triangles`.
  private func reflect(_ vectors: inout DoubleMatrix) {
    let (n, count) = (size, vectors.rows)
    let step = count >= 256 ? 128 : 32
    let triangles = triangles()
    rows.withUnsafeBufferPointer { rows in
      vectors.values.withUnsafeMutableBufferPointer { vectors in
        guard let v = rows.baseAddress, let x = vectors.baseAddress else { return }
        nonisolated(unsafe) let (rows, vectors) = (v, x)
        Workers.shared.run(blocks: (count + step - 1) / step) { block, _ in
          let height = Int32(min(step, count - block * step))
          var shares = [Double](repeating: 0, count: step * Tridiagonal.run)
          for run in triangles.indices.reversed() {
            let first = run * Tridiagonal.run
            let (depth, width) = (Int32(triangles[run].rows), Int32(n - first - 1))
            let v = rows + first * n + first + 1
            let x = vectors + block * step * n + first + 1
            blas.dgemm(
              BLAS.rows, BLAS.transposed(false), BLAS.transposed(true), height, depth, width, 1, x,
              Int32(n), v, Int32(n), 0, &shares, depth)
            blas.dtrsm(
              BLAS.rows, BLAS.right, BLAS.upper, BLAS.transposed(true), BLAS.notUnit, height,
              depth, 1, triangles[run].values, depth, &shares, depth)
            blas.dgemm(
              BLAS.rows, BLAS.transposed(false), BLAS.transposed(false), height, width, depth, -1,
              shares, depth, v, Int32(n), 1, x, Int32(n))
          }
        }
      }
    }
  }

  /// For each run of reflections the inverse of T, an upper triangle: the inner products of the
  /// vectors, with the inverse of the scales on the diagonal.
  private func triangles() -> [DoubleMatrix] {
    let starts = Array(stride(from: 0, to: size - 1, by: Tridiagonal.run))
    var triangles = starts.map { first in
      let side = min(Tridiagonal.run, size - 1 - first)
      return DoubleMatrix(rows: side, columns: side)
    }
    rows.withUnsafeBufferPointer { rows in
      triangles.withUnsafeMutableBufferPointer { triangles in
        guard let rows = rows.baseAddress else { return }
        nonisolated(unsafe) let (v, triangles) = (rows, triangles)
        Workers.shared.run(blocks: starts.count) { run, _ in
          let first = starts[run]
          let side = triangles[run].rows
          blas.dsyrk(
            BLAS.rows, BLAS.upper, BLAS.transposed(false), Int32(side), Int32(size - first - 1), 1,
            v + first * size + first + 1, Int32(size), 0, &triangles[run].values, Int32(side))
          for i in 0..<side {
            let scale = scales[first + i]
            triangles[run][i, i] = scale == 0 ? 1 : 1 / scale
          }
        }
      }
    }
    return triangles
  }
}

/// Rows of an upper triangle in shares of about the same area, which depend on its size alone.
private struct Shares {
  static let most = 4
  /// From this size on it is shared.
  private static let leastSide = 192

  let count: Int
  private let rows: Range<Int>

  init(of rows: Range<Int>) {
    self.rows = rows
    count = rows.count < Shares.leastSide ? 1 : Shares.most
  }

  subscript(share: Int) -> Range<Int> {
    start(share)..<start(share + 1)
  }

  private func start(_ share: Int) -> Int {
    let left = Double(count - share) / Double(count)
    return rows.upperBound - Int(left.squareRoot() * Double(rows.count))
  }
}
