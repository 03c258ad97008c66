// Matrices of signs, one bit each: products by counting where bits differ.
import CKernels

/// The signs of a matrix `[rows, columns]`, one bit each (0 counts as positive), and a scale per
/// row. XNOR-Net: Rastegari et al. 2016, arXiv:1603.05279.
package struct BitMatrix: Sendable {
  package let rows: Int
  package let columns: Int
  /// One per row.
  package let scales: [Float]
  private let words: Int
  private let bits: IntegerStore<UInt64>

  /// - Parameters:
  ///   - values: row-major; their signs are kept.
  ///   - scales: one per row, or nil for the mean magnitude of each row, which is the best in the
  ///     sense of least squares.
  package init(signsOf values: [Float], rows: Int, columns: Int, scales: [Float]? = nil) {
    precondition(rows >= 0 && columns >= 0 && values.count == rows * columns, "a matrix")
    precondition(columns <= Int(Int32.max) / 2, "sums fit in 32 bits")
    precondition(scales == nil || scales?.count == rows, "a scale for each row")
    self.rows = rows
    self.columns = columns
    let width = (columns + 63) / 64
    let store = IntegerStore<UInt64>(rows * width)
    words = width
    bits = store
    self.scales =
      scales
      ?? (0..<rows).map { row in
        let sum = values[row * columns..<(row + 1) * columns].reduce(0.0) { $0 + Double(abs($1)) }
        return Float(sum / Double(max(1, columns)))
      }
    values.withUnsafeBufferPointer { values in
      guard let first = values.baseAddress else { return }
      for row in 0..<rows {
        ck_bit_signs(first + row * columns, columns, store.base + row * width)
      }
    }
  }

  /// The products of the signs of all rows of `x` with all rows of this matrix, `[x.rows, rows]`:
  /// whole numbers from -columns to columns, exact.
  package func product(_ x: BitMatrix, workers: Workers = .shared) -> [Int32] {
    precondition(x.columns == columns, "rows of one length")
    guard rows > 0, x.rows > 0 else { return [] }
    let target = IntegerStore<Int32>(x.rows * rows)
    let wide = (rows + 63) / 64
    workers.run(blocks: wide * ((x.rows + 63) / 64)) { block, _ in
      let column = block % wide * 64
      let row = block / wide * 64
      ck_bit_product(
        x.bits.base + row * words, bits.base + column * words, min(64, x.rows - row),
        min(64, rows - column), words, columns, target.base + row * rows + column, rows)
    }
    return target.array
  }

  /// The same, each product times both rows' scales.
  package func scaledProduct(_ x: BitMatrix, workers: Workers = .shared) -> [Float] {
    product(x, workers: workers).enumerated().map { i, sum in
      Float(sum) * (x.scales[i / rows] * scales[i % rows])
    }
  }
}
