// Decompositions by LAPACK, in double precision. LAPACK may never return for values that are not
// finite, so those are refused here; it runs on one thread, and products around it on all workers.
import COpenBLAS
import Glibc

package enum LinearAlgebraError: Error, Equatable {
  /// A matrix without elements.
  case empty
  /// An element that is infinite or not a number.
  case notFinite
  /// The iteration for the singular values or eigenvalues did not converge.
  case notConverged
  /// A matrix that differs from its transpose.
  case notSymmetric
  /// A size that LAPACK's integers cannot hold.
  case size
  /// More memory than the system gives.
  case memory(bytes: Int)
  /// No library with LAPACK's routines was found: why.
  case unavailable(String)
}

package enum LinearAlgebra {
  /// The thin decomposition `A = Q * R` of a row-major `[m, n]` matrix, with `r = min(m, n)`: `q`
  /// is `[m, r]` with orthonormal columns, `r` is `[r, n]`, upper triangular, its diagonal not
  /// negative.
  package static func orthogonalization(
    _ matrix: [Float], rows m: Int, columns n: Int
  ) throws(LinearAlgebraError) -> (q: [Float], r: [Float]) {
    let lapack = try lapack(for: matrix, rows: m, columns: n)
    // By columns, as LAPACK wants it.
    let a = DoubleMatrix(rows: m, columns: n, floats: matrix).transposed
    let (q, r) = try reflected(a, lapack)
    let signs: [Double] = (0..<r.rows).map { r[$0, $0] < 0 ? -1 : 1 }
    var (columns, upper) = (q, r)
    columns.scaleRows(by: signs)
    upper.scaleRows(by: signs)
    return (columns.transposed.floats, upper.floats)
  }

  /// The eigenvalues of a symmetric row-major `[n, n]` matrix, from the largest to the smallest, and
  /// their vectors as the columns of `[n, count]`, each with its largest element positive; only the
  /// `count` largest, if wanted.
  package static func eigen(
    _ matrix: [Float], size n: Int, count: Int? = nil
  ) throws(LinearAlgebraError) -> (values: [Float], vectors: [Float]) {
    let lapack = try lapack(for: matrix, rows: n, columns: n)
    let a = DoubleMatrix(rows: n, columns: n, floats: matrix)
    let scale = matrix.reduce(0) { max($0, abs($1)) }
    for i in 0..<n {
      for j in 0..<i where abs(a[i, j] - a[j, i]) > 1e-6 * Double(scale) { throw .notSymmetric }
    }
    let count = count ?? n
    precondition(count > 0 && count <= n, "as many eigenvalues as there are")
    var (values, vectors) = try Tridiagonal(a, lapack).eigen(count: count)
    vectors.scaleRows(by: vectors.signsOfLargest)
    return (values.map { Float($0) }, vectors.transposed.floats)
  }

  /// `A = Q R` of a matrix whose columns are the rows given, by Householder's reflections: the
  /// columns of `Q` as rows, and `R` by rows.
  static func reflected(
    _ columns: DoubleMatrix, _ lapack: openblas
  ) throws(LinearAlgebraError) -> (q: DoubleMatrix, r: DoubleMatrix) {
    var a = columns.values
    let (n, m) = (columns.rows, columns.columns)
    let k = min(m, n)
    var tau = [Double](repeating: 0, count: k)
    var (height, width, rank) = (Int32(m), Int32(n), Int32(k))
    try withWork { work, room in
      var info: Int32 = 0
      lapack.dgeqrf(&height, &width, &a, &height, &tau, &work, &room, &info)
      return info
    }
    var r = DoubleMatrix(rows: k, columns: n)
    for i in 0..<k {
      for j in i..<n { r[i, j] = a[j * m + i] }
    }
    try withWork { work, room in
      var info: Int32 = 0
      lapack.dorgqr(&height, &rank, &rank, &a, &height, &tau, &work, &room, &info)
      return info
    }
    return (DoubleMatrix(rows: k, columns: m, Array(a.prefix(k * m))), r)
  }

  /// LAPACK, once the matrix is known to be one that it can take and there is room to work.
  static func lapack(
    for matrix: [Float], rows: Int, columns: Int
  ) throws(LinearAlgebraError) -> openblas {
    guard rows > 0, columns > 0 else { throw .empty }
    precondition(matrix.count == rows * columns, "elements do not fill the matrix")
    guard matrix.count <= Int(Int32.max) / 8 else { throw .size }
    guard Extremes(of: matrix).areFinite else { throw .notFinite }
    guard let lapack = OpenBLAS.library else { throw .unavailable(OpenBLAS.problem) }
    let side = min(rows, columns)
    guard side <= 16_384 else { throw .size }
    // Four copies of the matrix, and six squares of the smaller side.
    let bytes = (4 * matrix.count + 6 * side * side) * MemoryLayout<Double>.stride
    guard let room = malloc(bytes) else { throw .memory(bytes: bytes) }
    free(room)
    return lapack
  }

  /// Calls a routine twice: to ask how much room it wants, and with that room.
  static func withWork(
    _ routine: (_ work: inout [Double], _ size: inout Int32) -> Int32
  ) throws(LinearAlgebraError) {
    var work: [Double] = [0]
    var size: Int32 = -1
    guard routine(&work, &size) == 0, work[0] < Double(Int32.max) else { throw .size }
    size = max(1, Int32(work[0]))
    work = [Double](repeating: 0, count: Int(size))
    guard routine(&work, &size) == 0 else { throw .notConverged }
  }
}

extension DoubleMatrix {
  /// For each row -1 if its largest element is negative, the first of those that rounding cannot
  /// tell apart; otherwise 1.
  var signsOfLargest: [Double] {
    (0..<rows).map { i in
      var largest = 0.0
      for j in 0..<columns where abs(self[i, j]) > abs(largest) * (1 + 1e-9) {
        largest = self[i, j]
      }
      return largest < 0 ? -1 : 1
    }
  }
}
