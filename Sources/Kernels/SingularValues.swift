// Singular value decompositions: by LAPACK, and, several times faster, through the inner products
// of the shorter side, checked.
import COpenBLAS

/// `A ≈ U * diag(s) * V^T`, row-major: `u` is `[m, k]`, `s` falls, `vt` is `[k, n]`. The largest
/// element of each column of `U` is positive, so that the signs are the same everywhere.
package struct SingularParts: Sendable {
  package let u: [Float]
  package let s: [Float]
  package let vt: [Float]
}

/// The ways to singular values.
package enum SingularMethod: Sendable {
  /// LAPACK's divide and conquer: each value within 1e-15 of the largest.
  case divideAndConquer
  /// Eigenvectors of the inner products, in double precision, and what the matrix makes of them:
  /// each value and vector to single precision, or by LAPACK where a check says that they are not.
  case gram
}

extension LinearAlgebra {
  /// The thin decomposition of a row-major `[m, n]` matrix: all `min(m, n)` singular values and
  /// vectors, or the `count` largest, each correct to single precision.
  package static func singularValueDecomposition(
    _ matrix: [Float], rows m: Int, columns n: Int, count: Int? = nil,
    by method: SingularMethod? = nil
  ) throws(LinearAlgebraError) -> SingularParts {
    let lapack = try lapack(for: matrix, rows: m, columns: n)
    let a = DoubleMatrix(rows: m, columns: n, floats: matrix)
    let count = count ?? min(m, n)
    precondition(count > 0 && count <= min(m, n), "as many singular values as there are")
    let triplets = try Triplets(of: a, count: count, by: method, lapack)
    return triplets.parts
  }
}

/// Singular values, from the largest on, and their vectors as rows: `left` is `[k, m]`, `right`
/// is `[k, n]`.
struct Triplets {
  var values: [Double]
  var left: DoubleMatrix
  var right: DoubleMatrix

  /// From this size of the shorter side on, the inner products are the faster way.
  private static let leastSide = 128
  /// How far vectors may be from orthonormal: half a unit of single precision.
  private static let tolerance = 6e-8
  /// Values below this share of the largest lose digits in the inner products, which hold their
  /// squares; they are computed again.
  private static let smallShare = 3e-4
  private static let leastShare = 1e-6

  init(
    of a: DoubleMatrix, count: Int, by method: SingularMethod? = nil, _ lapack: openblas
  ) throws(LinearAlgebraError) {
    let side = min(a.rows, a.columns)
    let isGram = method.map { $0 == .gram } ?? (side >= Triplets.leastSide)
    if isGram, let quick = try Triplets(gramOf: a, count: count, lapack) {
      self = quick
    } else {
      self = try Triplets(dividing: a, lapack).first(count)
    }
  }

  init(values: [Double], left: DoubleMatrix, right: DoubleMatrix) {
    self.values = values
    self.left = left
    self.right = right
  }

  /// All of them, by LAPACK.
  private init(dividing matrix: DoubleMatrix, _ lapack: openblas) throws(LinearAlgebraError) {
    let (m, n) = (matrix.rows, matrix.columns)
    let r = min(m, n)
    var a = matrix.values
    var s = [Double](repeating: 0, count: r)
    // A in rows is its transpose in columns, so LAPACK decomposes A^T = V * diag(s) * U^T: its left
    // factor by columns is V^T by rows, and its right factor by columns is U by rows.
    var vt = DoubleMatrix(rows: r, columns: n)
    var u = DoubleMatrix(rows: m, columns: r)
    var integers = [Int32](repeating: 0, count: 8 * r)
    var (job, rows, columns, rank) = (CChar(83), Int32(n), Int32(m), Int32(r))
    try LinearAlgebra.withWork { work, room in
      var info: Int32 = 0
      lapack.dgesdd(
        &job, &rows, &columns, &a, &rows, &s, &vt.values, &rows, &u.values, &rank, &work, &room,
        &integers, &info)
      return info
    }
    self.init(values: s, left: u.transposed, right: vt)
  }

  /// The largest, through the inner products of the shorter side; nil where they do not pass the
  /// check.
  private init?(
    gramOf a: DoubleMatrix, count: Int, _ lapack: openblas
  ) throws(LinearAlgebraError) {
    let isWide = a.rows < a.columns
    var short = try Tridiagonal(a.gram(ofRows: isWide, lapack), lapack).eigen(count: count).vectors
    // A maps each vector of the short side to s times one of the long side, so its length is s, and
    // more exactly than as the root of the eigenvalue.
    var long = short.product(a, transposeRight: !isWide, lapack)
    var values = long.rowNorms
    Triplets.sort(&values, &short, &long)
    let sound = values.prefix { $0 > 0 && $0 >= Triplets.smallShare * values[0] }.count
    guard sound > count / 2 else { return nil }
    // Below the root of what double precision tells apart, the last of some are not the last of all.
    let isAll = count == min(a.rows, a.columns)
    guard isAll || values[count - 1] >= Triplets.leastShare * values[0] else { return nil }
    if sound < count {
      try Triplets.resolve(
        small: sound..<count, &values, short: &short, long: &long, lapack)
    } else {
      long.scaleRows(by: values.map { 1 / $0 })
    }
    guard long.hasOrthonormalRows(Triplets.tolerance, lapack),
      short.hasOrthonormalRows(Triplets.tolerance, lapack)
    else { return nil }
    if !isAll {
      // They are singular vectors if A takes them back, too, and not only near ones.
      var back = long.product(a, transposeRight: isWide, lapack)
      back.subtract(short, times: values)
      guard let worst = back.rowNorms.max(), worst <= Triplets.tolerance * values[0] else {
        return nil
      }
    }
    Triplets.sort(&values, &short, &long)
    self.init(values: values, left: isWide ? short : long, right: isWide ? long : short)
  }

  private static func sort(
    _ values: inout [Double], _ short: inout DoubleMatrix, _ long: inout DoubleMatrix
  ) {
    let found = values
    let falling = found.indices.sorted { (found[$1], $0) < (found[$0], $1) }
    guard falling != Array(found.indices) else { return }
    values = falling.map { found[$0] }
    (short, long) = (short.rows(inOrder: falling), long.rows(inOrder: falling))
  }

  /// Replaces the values and vectors of a range, which is the last one, by those of what A makes of
  /// their space, without the part that belongs to the vectors before.
  private static func resolve(
    small: Range<Int>, _ values: inout [Double], short: inout DoubleMatrix,
    long: inout DoubleMatrix, _ lapack: openblas
  ) throws(LinearAlgebraError) {
    long.scaleRows(by: values.prefix(small.lowerBound).map { 1 / $0 })
    let sound = long.rows(0..<small.lowerBound)
    var rest = long.rows(small)
    let shares = rest.product(sound, transposeRight: true, lapack)
    rest.subtract(shares.product(sound, lapack), times: [Double](repeating: 1, count: small.count))
    let inner = try Triplets(dividing: rest, lapack)
    values.replaceSubrange(small, with: inner.values)
    short.replaceRows(small, with: inner.left.product(short.rows(small), lapack))
    long.replaceRows(small, with: inner.right)
  }

  private func first(_ count: Int) -> Triplets {
    guard count < values.count else { return self }
    return Triplets(
      values: Array(values.prefix(count)), left: left.rows(0..<count), right: right.rows(0..<count))
  }

  var parts: SingularParts {
    let signs = left.signsOfLargest
    return SingularParts(
      u: left.floats(scaledBy: signs, transposed: true), s: values.map { Float($0) },
      vt: right.floats(scaledBy: signs))
  }
}

extension DoubleMatrix {
  /// self -= factors of its own for each row, times the rows of another.
  fileprivate mutating func subtract(_ other: DoubleMatrix, times factors: [Double]) {
    precondition(other.rows == rows && other.columns == columns, "the same shape")
    for i in 0..<rows {
      for j in 0..<columns { values[i * columns + j] -= factors[i] * other.values[i * columns + j] }
    }
  }
}
