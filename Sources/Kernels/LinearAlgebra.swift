// Decompositions by LAPACK, in double precision on one thread. LAPACK may never return for values
// that are not finite, so those are refused here.
import COpenBLAS

package enum LinearAlgebraError: Error, Equatable {
  /// A matrix without elements.
  case empty
  /// An element that is infinite or not a number.
  case notFinite
  /// The iteration for the singular values did not converge.
  case notConverged
  /// A size that LAPACK's integers cannot hold.
  case size
  /// No library with LAPACK's routines was found: why.
  case unavailable(String)
}

package enum LinearAlgebra {
  /// The thin singular value decomposition `A = U * diag(s) * V^T` of a row-major `[m, n]` matrix,
  /// with `r = min(m, n)`: `u` is `[m, r]`, `s` falls, `vt` is `[r, n]`. The largest element of
  /// each column of `U` is positive, so that the signs are the same everywhere.
  package static func singularValueDecomposition(
    _ matrix: [Float], rows m: Int, columns n: Int
  ) throws(LinearAlgebraError) -> (u: [Float], s: [Float], vt: [Float]) {
    var a = try checked(matrix, m, n)
    let r = min(m, n)
    var s = [Double](repeating: 0, count: r)
    // A in rows is its transpose in columns, so LAPACK decomposes A^T = V * diag(s) * U^T: its left
    // factor by columns is `vt` by rows, and its right factor by columns is `u` by rows.
    var vt = [Double](repeating: 0, count: r * n)
    var u = [Double](repeating: 0, count: m * r)
    var integers = [Int32](repeating: 0, count: 8 * r)
    var (job, rows, columns, rank) = (CChar(83), Int32(n), Int32(m), Int32(r))
    try withWork { lapack, work, size in
      var info: Int32 = 0
      lapack.dgesdd(
        &job, &rows, &columns, &a, &rows, &s, &vt, &rows, &u, &rank, &work, &size, &integers,
        &info)
      return info
    }
    fixSigns(u: &u, vt: &vt, rows: m, rank: r, columns: n)
    return (u.map { Float($0) }, s.map { Float($0) }, vt.map { Float($0) })
  }

  /// The thin decomposition `A = Q * R` of a row-major `[m, n]` matrix, with `r = min(m, n)`: `q`
  /// is `[m, r]` with orthonormal columns, `r` is `[r, n]`, upper triangular, its diagonal not
  /// negative.
  package static func orthogonalization(
    _ matrix: [Float], rows m: Int, columns n: Int
  ) throws(LinearAlgebraError) -> (q: [Float], r: [Float]) {
    var a = transposed(try checked(matrix, m, n), rows: m, columns: n)
    let k = min(m, n)
    var tau = [Double](repeating: 0, count: k)
    var (rows, columns, rank) = (Int32(m), Int32(n), Int32(k))
    try withWork { lapack, work, size in
      var info: Int32 = 0
      lapack.dgeqrf(&rows, &columns, &a, &rows, &tau, &work, &size, &info)
      return info
    }
    var r = [Float](repeating: 0, count: k * n)
    let signs: [Double] = (0..<k).map { a[$0 * m + $0] < 0 ? -1 : 1 }
    for i in 0..<k {
      for j in i..<n { r[i * n + j] = Float(signs[i] * a[j * m + i]) }
    }
    try withWork { lapack, work, size in
      var info: Int32 = 0
      lapack.dorgqr(&rows, &rank, &rank, &a, &rows, &tau, &work, &size, &info)
      return info
    }
    var q = [Float](repeating: 0, count: m * k)
    for i in 0..<m {
      for j in 0..<k { q[i * k + j] = Float(signs[j] * a[j * m + i]) }
    }
    return (q, r)
  }

  /// The matrix in double precision, once it is known to be one that LAPACK can take.
  private static func checked(
    _ matrix: [Float], _ rows: Int, _ columns: Int
  ) throws(LinearAlgebraError) -> [Double] {
    guard rows > 0, columns > 0 else { throw .empty }
    precondition(matrix.count == rows * columns, "elements do not fill the matrix")
    guard matrix.count <= Int(Int32.max) / 8 else { throw .size }
    guard matrix.allSatisfy({ $0.isFinite }) else { throw .notFinite }
    return matrix.map { Double($0) }
  }

  /// Calls a routine twice: to ask how much room it wants, and with that room.
  private static func withWork(
    _ routine: (_ lapack: openblas, _ work: inout [Double], _ size: inout Int32) -> Int32
  ) throws(LinearAlgebraError) {
    guard let lapack = OpenBLAS.library else { throw .unavailable(OpenBLAS.problem) }
    var work: [Double] = [0]
    var size: Int32 = -1
    guard routine(lapack, &work, &size) == 0, work[0] < Double(Int32.max) else { throw .size }
    size = max(1, Int32(work[0]))
    work = [Double](repeating: 0, count: Int(size))
    guard routine(lapack, &work, &size) == 0 else { throw .notConverged }
  }

  private static func transposed(_ a: [Double], rows: Int, columns: Int) -> [Double] {
    var result = [Double](repeating: 0, count: a.count)
    for i in 0..<rows {
      for j in 0..<columns { result[j * rows + i] = a[i * columns + j] }
    }
    return result
  }

  private static func fixSigns(
    u: inout [Double], vt: inout [Double], rows: Int, rank: Int, columns: Int
  ) {
    for j in 0..<rank {
      var largest = 0.0
      for i in 0..<rows where abs(u[i * rank + j]) > abs(largest) { largest = u[i * rank + j] }
      guard largest < 0 else { continue }
      for i in 0..<rows { u[i * rank + j].negate() }
      for i in 0..<columns { vt[j * columns + i].negate() }
    }
  }
}
