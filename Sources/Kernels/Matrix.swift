// Matrices in planned memory: products, and what comes before and after them.
import CKernels

/// A matrix inside a buffer: row-major, its rows `stride` floats apart.
package struct Matrix: Sendable {
  package let floats: Floats
  package let rows: Int
  package let columns: Int
  package let stride: Int

  package init(_ floats: Floats, _ rows: Int, _ columns: Int, stride: Int? = nil) {
    let stride = stride ?? columns
    precondition(rows >= 0 && columns >= 0 && stride >= columns, "the rows do not overlap")
    precondition(rows == 0 || (rows - 1) * stride + columns <= floats.count, "inside the buffer")
    self.floats = floats
    self.rows = rows
    self.columns = columns
    self.stride = stride
  }

  /// The elements column by column.
  package var transposed: [Float] {
    var elements = [Float](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        elements[column * rows + row] = floats.base[row * stride + column]
      }
    }
    return elements
  }

  /// Some of the columns.
  package func columns(_ range: Range<Int>) -> Matrix {
    precondition(range.upperBound <= columns, "columns of the matrix")
    let rest = floats.count - range.lowerBound
    return Matrix(floats.slice(range.lowerBound, rest), rows, range.count, stride: stride)
  }

  /// Some of the rows.
  package func rows(_ range: Range<Int>) -> Matrix {
    precondition(range.upperBound <= rows, "rows of the matrix")
    let start = range.lowerBound * stride
    return Matrix(floats.slice(start, floats.count - start), range.count, columns, stride: stride)
  }

  /// self = scale a b, or self += scale a b; either factor transposed where asked. One thread.
  package func product(
    _ a: Matrix, _ b: Matrix, transposeA ta: Bool = false, transposeB tb: Bool = false,
    scale: Float = 1, adding: Bool = false
  ) {
    let depth = ta ? a.rows : a.columns
    precondition((ta ? a.columns : a.rows) == rows, "rows of the product")
    precondition((tb ? b.rows : b.columns) == columns, "columns of the product")
    precondition((tb ? b.columns : b.rows) == depth, "the factors fit")
    gemm(
      transA: ta, transB: tb, m: rows, n: columns, k: depth, alpha: scale,
      a: a.floats.base, lda: max(1, a.stride), b: b.floats.base, ldb: max(1, b.stride),
      beta: adding ? 1 : 0, c: floats.base, ldc: max(1, stride))
  }

  /// self = f(self + bias), one bias for each column; an empty bias is none.
  package func addBias(columns bias: Floats?, _ activator: Activator) {
    precondition(bias == nil || bias?.count == columns, "one bias for each column")
    ck_bias_columns(
      activator.function.rawValue, activator.slope, floats.base, stride, bias?.base, rows, columns)
  }

  /// self = f(x + bias), one bias for each row; `x` may be `self`.
  package func activate(_ x: Matrix, rows bias: Floats?, _ activator: Activator) {
    precondition(x.rows == rows && x.columns == columns, "the same shape")
    precondition(bias == nil || bias?.count == rows, "one bias for each row")
    ck_bias_rows(
      activator.function.rawValue, activator.slope, x.floats.base, x.stride, bias?.base, rows,
      columns, floats.base, stride)
  }

  /// self = dy f'(y), for functions whose derivative follows from the output; may be in place.
  package func slopes(_ dy: Matrix, y: Matrix, _ activator: Activator) {
    precondition(dy.rows == rows && dy.columns == columns, "the same shape")
    precondition(y.rows == rows && y.columns == columns && y.stride == dy.stride, "like dy")
    ck_slope_rows(
      activator.function.rawValue, activator.slope, dy.floats.base, y.floats.base, dy.stride, rows,
      columns, floats.base, stride)
  }

  /// Adds each row's sum to `sums`.
  package func addRowSums(to sums: Floats) {
    precondition(sums.count == rows, "one sum for each row")
    ck_sum_rows(floats.base, stride, rows, columns, sums.base)
  }

  package func columnSums(to sums: Floats) {
    precondition(sums.count == columns, "one sum for each column")
    ck_sum_columns(floats.base, stride, rows, columns, sums.base)
  }
}
