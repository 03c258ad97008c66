// Matrices in double precision, as decompositions want them: products on all workers, cut so that
// their number does not show.
import COpenBLAS

/// A row-major matrix without gaps.
struct DoubleMatrix {
  let rows: Int
  let columns: Int
  var values: [Double]

  init(rows: Int, columns: Int, _ values: [Double]) {
    precondition(values.count == rows * columns, "elements fill the matrix")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// Zeros.
  init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, [Double](repeating: 0, count: rows * columns))
  }

  init(rows: Int, columns: Int, floats: [Float]) {
    self.init(rows: rows, columns: columns, floats.map { Double($0) })
  }

  var floats: [Float] { values.map { Float($0) } }

  subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  var transposed: DoubleMatrix {
    var result = DoubleMatrix(rows: columns, columns: rows)
    let side = 32
    for top in stride(from: 0, to: rows, by: side) {
      for left in stride(from: 0, to: columns, by: side) {
        for i in top..<min(top + side, rows) {
          for j in left..<min(left + side, columns) {
            result.values[j * rows + i] = values[i * columns + j]
          }
        }
      }
    }
    return result
  }

  func rows(_ range: Range<Int>) -> DoubleMatrix {
    let part = values[range.lowerBound * columns..<range.upperBound * columns]
    return DoubleMatrix(rows: range.count, columns: columns, Array(part))
  }

  /// Each row times a number of its own.
  mutating func scaleRows(by factors: [Double]) {
    precondition(factors.count == rows, "one factor for each row")
    for i in 0..<rows {
      for j in 0..<columns { values[i * columns + j] *= factors[i] }
    }
  }

  /// The length of each row.
  var rowNorms: [Double] {
    (0..<rows).map { i in
      var sum = 0.0
      for j in 0..<columns { sum += values[i * columns + j] * values[i * columns + j] }
      return sum.squareRoot()
    }
  }

  /// The rows and, if wanted, which of them, in another order.
  func rows(inOrder order: [Int]) -> DoubleMatrix {
    var result: [Double] = []
    result.reserveCapacity(order.count * columns)
    for i in order { result += values[i * columns..<(i + 1) * columns] }
    return DoubleMatrix(rows: order.count, columns: columns, result)
  }

  /// op(self) op(right), where `op` is the transpose if asked.
  func product(
    _ right: DoubleMatrix, transposeSelf: Bool = false, transposeRight: Bool = false,
    _ blas: openblas
  ) -> DoubleMatrix {
    let (m, k) = transposeSelf ? (columns, rows) : (rows, columns)
    let n = transposeRight ? right.rows : right.columns
    precondition((transposeRight ? right.columns : right.rows) == k, "the factors fit")
    var result = DoubleMatrix(rows: m, columns: n)
    let (lda, ldb) = (columns, right.columns)
    values.withUnsafeBufferPointer { x in
      right.values.withUnsafeBufferPointer { y in
        result.values.withUnsafeMutableBufferPointer { z in
          guard let a = x.baseAddress, let b = y.baseAddress, let c = z.baseAddress else { return }
          ProductBands(rows: m, columns: n, depth: k).run { rows, columns in
            blas.dgemm(
              BLAS.rows, BLAS.transposed(transposeSelf), BLAS.transposed(transposeRight),
              Int32(rows.count), Int32(columns.count), Int32(k), 1,
              a + rows.lowerBound * (transposeSelf ? 1 : lda), Int32(lda),
              b + columns.lowerBound * (transposeRight ? ldb : 1), Int32(ldb), 0,
              c + rows.lowerBound * n + columns.lowerBound, Int32(n))
          }
        }
      }
    }
    return result
  }

  /// The upper triangle of self^T self, or of self self^T: inner products of the columns, or of the
  /// rows. What lies below it means nothing.
  func gram(ofRows: Bool = false, _ blas: openblas) -> DoubleMatrix {
    let (n, depth) = ofRows ? (rows, columns) : (columns, rows)
    var result = DoubleMatrix(rows: n, columns: n)
    let tiles = DoubleMatrix.tiles(of: n)
    let (ld, step) = (columns, ofRows ? columns : 1)
    values.withUnsafeBufferPointer { x in
      result.values.withUnsafeMutableBufferPointer { z in
        guard let a = x.baseAddress, let c = z.baseAddress else { return }
        Workers.shared.run(blocks: tiles.count) { tile, _ in
          let (rows, columns) = tiles[tile]
          let corner = c + rows.lowerBound * n + columns.lowerBound
          guard rows != columns else {
            return blas.dsyrk(
              BLAS.rows, BLAS.upper, BLAS.transposed(!ofRows), Int32(rows.count), Int32(depth), 1,
              a + rows.lowerBound * step, Int32(ld), 0, corner, Int32(n))
          }
          blas.dgemm(
            BLAS.rows, BLAS.transposed(!ofRows), BLAS.transposed(ofRows), Int32(rows.count),
            Int32(columns.count), Int32(depth), 1, a + rows.lowerBound * step, Int32(ld),
            a + columns.lowerBound * step, Int32(ld), 0, corner, Int32(n))
        }
      }
    }
    return result
  }

  /// Squares on and above the diagonal of a matrix of `n` rows and columns.
  private static func tiles(of n: Int) -> [(rows: Range<Int>, columns: Range<Int>)] {
    let side = 256
    var tiles: [(Range<Int>, Range<Int>)] = []
    for top in stride(from: 0, to: n, by: side) {
      for left in stride(from: top, to: n, by: side) {
        tiles.append((top..<min(top + side, n), left..<min(left + side, n)))
      }
    }
    return tiles
  }
}
