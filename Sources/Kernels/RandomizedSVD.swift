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
    let products = ThinProducts(matrix, rows: m, columns: n)
    var range = products.images(of: normal, count: width)
    for _ in 0..<max(0, powerIterations) {
      // On the way it is enough that no direction drowns in another.
      range = try orthonormal(ThinMatrix(range, rows: m, columns: width), lapack)
      let back = products.back(range, count: width)
      let rows = try orthonormal(
        rows: DoubleMatrix(rows: width, columns: n, floats: back), lapack)
      range = products.images(of: rows, count: width)
    }
    // One pass leaves columns nearly orthonormal, and a second one makes them so: its factor is
    // given to what is small.
    let sample = ThinMatrix(range, rows: m, columns: width)
    var basis = ThinMatrix(try orthonormal(sample, lapack), rows: m, columns: width)
    var inner = basis.gram(lapack)
    if !inner.isIdentity(0.1 / Double(width)) {
      let columns = try reflected(sample.double.transposed, lapack).q.transposed
      basis = ThinMatrix(columns.floats, rows: m, columns: width)
      inner = basis.gram(lapack)
    }
    guard let factor = inner.inverseOfFactor(lapack) else { throw .notConverged }
    let seen = DoubleMatrix(
      rows: width, columns: n, floats: products.back(basis.floats, count: width))
    let core = try Triplets(
      of: factor.product(seen, transposeSelf: true, lapack), count: count, by: .gram, lapack)
    let turned = core.left.product(factor, transposeRight: true, lapack)
    let left = turned.product(basis.double, transposeRight: true, lapack)
    return Triplets(values: core.values, left: left, right: core.right).parts
  }

  /// Nearly orthonormal columns that span those given, in single precision: `Q = X R^-1` with
  /// Cholesky's factor of `X^T X` in double precision; after a second time they are orthonormal
  /// (Fukaya et al. 2014, doi:10.1109/ScalA.2014.11). Columns that depend on each other too much for
  /// that go through Householder's reflections.
  private static func orthonormal(
    _ x: ThinMatrix, _ lapack: openblas
  ) throws(LinearAlgebraError) -> [Float] {
    guard let inverse = x.gram(lapack).inverseOfFactor(lapack) else {
      return try reflected(x.double.transposed, lapack).q.transposed.floats
    }
    return x.product(triangle: inverse, lapack)
  }

  /// The same for rows.
  private static func orthonormal(
    rows x: DoubleMatrix, _ lapack: openblas
  ) throws(LinearAlgebraError) -> [Float] {
    guard let inverse = x.gram(ofRows: true, lapack).inverseOfFactor(lapack) else {
      return try reflected(x, lapack).q.floats
    }
    return inverse.product(x, transposeSelf: true, lapack).floats
  }
}

extension DoubleMatrix {
  /// R^-1, where R is Cholesky's factor of a matrix whose upper triangle is given; nil where it has
  /// none.
  fileprivate func inverseOfFactor(_ lapack: openblas) -> DoubleMatrix? {
    var factor = self
    // The upper triangle by rows is the lower one by columns.
    var (lower, n, info) = (CChar(76), Int32(columns), Int32(0))
    lapack.dpotrf(&lower, &n, &factor.values, &n, &info)
    guard info == 0 else { return nil }
    var inverse = DoubleMatrix(rows: rows, columns: rows)
    for i in 0..<rows { inverse[i, i] = 1 }
    lapack.dtrsm(
      BLAS.rows, BLAS.right, BLAS.upper, BLAS.transposed(false), BLAS.notUnit, n, n, 1,
      factor.values, n, &inverse.values, n)
    return inverse
  }
}
