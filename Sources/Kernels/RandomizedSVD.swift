// The largest singular values from a random sample of the columns' space: Halko, Martinsson and
// Tropp 2011, arXiv:0909.4061. For matrices whose singular values fall.
import COpenBLAS

extension LinearAlgebra {
  /// Directions that are sampled beyond those wanted.
  package static let oversampling = 10

  /// How many normal random numbers the decomposition of an `[m, n]` matrix uses.
  package static func sampleCount(rows m: Int, columns n: Int, count: Int) -> Int {
    n * sampleWidth(m, n, count)
  }

  /// A multiple of 16, for products in whole vectors, where the matrix is as large.
  private static func sampleWidth(_ m: Int, _ n: Int, _ count: Int) -> Int {
    min(m, n, (count + oversampling + 15) / 16 * 16)
  }

  /// An approximation of the `count` largest singular values and vectors of a row-major `[m, n]`
  /// matrix, from `sampleCount` normal random numbers. Each power iteration raises the singular
  /// values that are told apart by two powers more. The approximation is never larger than `A`:
  /// each value is at most the exact one, up to single precision.
  package static func randomizedDecomposition(
    _ matrix: [Float], rows m: Int, columns n: Int, count: Int, powerIterations: Int = 2,
    normal: [Float]
  ) throws(LinearAlgebraError) -> SingularParts {
    let lapack = try lapack(for: matrix, rows: m, columns: n)
    precondition(count > 0 && count <= min(m, n), "as many singular values as there are")
    let width = sampleWidth(m, n, count)
    precondition(normal.count == n * width, "as many random numbers as asked for")
    var range = product(matrix, normal, rows: m, depth: n, columns: width)
    for _ in 0..<max(0, powerIterations) {
      // On the way it is enough that no direction drowns in another.
      range = try orthonormal(range, rows: m, columns: width, passes: 1, lapack)
      var back = product(matrix, range, transposed: true, rows: n, depth: m, columns: width)
      back = try orthonormal(back, rows: n, columns: width, passes: 1, lapack)
      range = product(matrix, back, rows: m, depth: n, columns: width)
    }
    range = try orthonormal(range, rows: m, columns: width, passes: 2, lapack)
    let seen = product(matrix, range, transposed: true, rows: n, depth: m, columns: width)
    let core = try Triplets(
      of: DoubleMatrix(rows: n, columns: width, floats: seen), count: count, by: .gram, lapack)
    let basis = DoubleMatrix(rows: m, columns: width, floats: range)
    let left = core.right.product(basis, transposeRight: true, lapack)
    return Triplets(values: core.values, left: left, right: core.left).parts
  }

  /// A X, or A^T X: `[rows, depth]` times `[depth, columns]`, in single precision.
  private static func product(
    _ a: [Float], _ x: [Float], transposed: Bool = false, rows: Int, depth: Int, columns: Int
  ) -> [Float] {
    let ld = transposed ? rows : depth
    return [Float](unsafeUninitializedCapacity: rows * columns) { room, count in
      count = rows * columns
      guard let result = room.baseAddress else { return }
      a.withUnsafeBufferPointer { a in
        x.withUnsafeBufferPointer { x in
          guard let a = a.baseAddress, let x = x.baseAddress else { return }
          ProductBands(bandsOf: rows, columns: columns, depth: depth).run { rows, _ in
            gemm(
              transA: transposed, m: rows.count, n: columns, k: depth,
              a: a + rows.lowerBound * (transposed ? 1 : ld), lda: ld, b: x, ldb: columns,
              c: result + rows.lowerBound * columns, ldc: columns)
          }
        }
      }
    }
  }

  /// Orthonormal columns that span those given: `Q = X R^-1` with Cholesky's factor of `X^T X` in
  /// double precision, and again (Fukaya et al. 2014, doi:10.1109/ScalA.2014.11); nearly so after
  /// one pass. Columns that depend on each other too much for that go through Householder's
  /// reflections.
  private static func orthonormal(
    _ matrix: [Float], rows: Int, columns: Int, passes: Int, _ lapack: openblas
  ) throws(LinearAlgebraError) -> [Float] {
    var x = DoubleMatrix(rows: rows, columns: columns, floats: matrix)
    if x.divide(byFactorOf: x.gram(lapack), lapack) {
      if passes == 1 { return x.floats }
      let products = x.gram(lapack)
      if products.isNearIdentity, x.divide(byFactorOf: products, lapack) { return x.floats }
    }
    let columnsAsRows = DoubleMatrix(rows: rows, columns: columns, floats: matrix).transposed
    return try reflected(columnsAsRows, lapack).q.transposed.floats
  }
}

extension DoubleMatrix {
  /// self R^-1, where R is Cholesky's factor of the products, self^T self; false where they have
  /// none.
  fileprivate mutating func divide(byFactorOf products: DoubleMatrix, _ lapack: openblas) -> Bool {
    var factor = products
    // The upper triangle by rows is the lower one by columns.
    var (lower, n, info) = (CChar(76), Int32(columns), Int32(0))
    lapack.dpotrf(&lower, &n, &factor.values, &n, &info)
    guard info == 0 else { return false }
    let (rows, columns) = (self.rows, self.columns)
    values.withUnsafeMutableBufferPointer { x in
      factor.values.withUnsafeBufferPointer { r in
        guard let x = x.baseAddress, let r = r.baseAddress else { return }
        ProductBands(bandsOf: rows, columns: columns, depth: columns).run { band, _ in
          lapack.dtrsm(
            BLAS.rows, BLAS.right, BLAS.upper, BLAS.transposed(false), BLAS.notUnit,
            Int32(band.count), Int32(columns), 1, r, Int32(columns),
            x + band.lowerBound * columns, Int32(columns))
        }
      }
    }
    return true
  }

  /// Whether the upper triangle is that of a matrix whose Cholesky factor is sure to be good.
  fileprivate var isNearIdentity: Bool {
    for i in 0..<rows {
      for j in i..<columns where !(abs(self[i, j] - (i == j ? 1 : 0)) < 0.1 / Double(rows)) {
        return false
      }
    }
    return true
  }
}
