// Eigenvalues and vectors of a symmetric matrix: reflections leave three diagonals of it, the vectors of
// those are found, and the reflections take them back. All by LAPACK, whose routines run on one thread;
// what works on vectors is shared out among the workers.
import COpenBLAS

/// A symmetric matrix `A = Q T Q^T`: `T` has three diagonals, and `Q` is a product of reflections.
struct Tridiagonal {
  private let size: Int
  /// The reflections, as LAPACK keeps them.
  private var rows: [Double]
  private var diagonal: [Double]
  private var beside: [Double]
  private var scales: [Double]
  private let blas: openblas

  /// Eigenvectors that are found together, at most.
  private static let group = 16
  /// How far those of several groups may be from orthonormal.
  private static let tolerance = 1e-9
  /// LAPACK's name of the triangle: its columns are our rows.
  private static let lower = CChar(76)

  /// Reduces a matrix whose upper triangle is given.
  /// - Throws: `.size`.
  init(_ matrix: DoubleMatrix, _ blas: openblas) throws(LinearAlgebraError) {
    let n = matrix.rows
    var rows = matrix.values
    var diagonal = [Double](repeating: 0, count: n)
    var (beside, scales) = (diagonal, diagonal)
    try LinearAlgebra.withWork { work, room in
      var (triangle, size, info) = (Tridiagonal.lower, Int32(n), Int32(0))
      blas.dsytrd(
        &triangle, &size, &rows, &size, &diagonal, &beside, &scales, &work, &room, &info)
      return info
    }
    size = n
    (self.rows, self.diagonal, self.beside, self.scales) = (rows, diagonal, beside, scales)
    self.blas = blas
  }

  /// The `count` largest eigenvalues, from the largest on, and their vectors as rows.
  func eigen(
    count: Int
  ) throws(LinearAlgebraError) -> (values: [Double], vectors: DoubleMatrix) {
    var found: (values: [Double], vectors: DoubleMatrix)
    if let some = largest(count) { found = some } else { found = try all(count) }
    try reflect(&found.vectors)
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

  /// Q x for each row x.
  private func reflect(_ vectors: inout DoubleMatrix) throws(LinearAlgebraError) {
    let count = vectors.rows
    let step = count >= 512 ? 256 : 32
    let blocks = (count + step - 1) / step
    nonisolated(unsafe) var problems = [LinearAlgebraError?](repeating: nil, count: blocks)
    problems.withUnsafeMutableBufferPointer { problems in
      vectors.values.withUnsafeMutableBufferPointer { vectors in
        guard let start = vectors.baseAddress else { return }
        nonisolated(unsafe) let (problems, x) = (problems, start)
        Workers.shared.run(blocks: blocks) { block, _ in
          do throws(LinearAlgebraError) {
            try reflect(x + block * step * size, min(step, count - block * step))
          } catch { problems[block] = error }
        }
      }
    }
    for case let problem? in problems { throw problem }
  }

  private func reflect(
    _ vectors: UnsafeMutablePointer<Double>, _ count: Int
  ) throws(LinearAlgebraError) {
    // LAPACK writes ones into its reflections for a while: each block has its own.
    var rows = rows
    try LinearAlgebra.withWork { work, room in
      var (side, triangle, transpose) = (CChar(76), Tridiagonal.lower, CChar(78))
      var (n, columns, info) = (Int32(size), Int32(count), Int32(0))
      blas.dormtr(
        &side, &triangle, &transpose, &n, &columns, &rows, &n, scales, vectors, &n, &work, &room,
        &info)
      return info
    }
  }
}
