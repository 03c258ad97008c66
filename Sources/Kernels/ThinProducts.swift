// Products of one large matrix with many thin ones, on all workers: the large one is read where it
// lies, and never packed.
import CKernels

/// A row-major matrix `A` of `[rows, columns]` that thin ones are multiplied with.
package struct ThinProducts {
  private let matrix: [Float]
  private let rows: Int
  private let columns: Int

  /// Rows, or columns, of `A` that one worker takes at a time.
  private static let height = 128
  private static let width = 256

  package init(_ matrix: [Float], rows: Int, columns: Int) {
    precondition(matrix.count == rows * columns, "elements fill the matrix")
    self.matrix = matrix
    self.rows = rows
    self.columns = columns
  }

  /// `A X^T` for `X` of `[count, columns]`: `[rows, count]`.
  package func images(of x: [Float], count: Int) -> [Float] {
    precondition(x.count == count * columns, "vectors as long as a row")
    let panels = [Float](filling: Panels.size(units: count, inputs: columns)) { panels in
      x.withUnsafeBufferPointer { ck_panels($0.baseAddress, count, columns, panels) }
    }
    return [Float](filling: rows * count) { y in
      nonisolated(unsafe) let y = y
      matrix.withUnsafeBufferPointer { matrix in
        panels.withUnsafeBufferPointer { panels in
          nonisolated(unsafe) let (a, panels) = (matrix.baseAddress, panels.baseAddress)
          guard let a else { return }
          Workers.shared.run(blocks: blocks(rows, ThinProducts.height)) { block, _ in
            let top = block * ThinProducts.height
            ck_dense(
              Int32(CK_IDENTITY), 0, a + top * columns, columns,
              min(ThinProducts.height, rows - top), panels, columns, nil, count, y + top * count,
              count)
          }
        }
      }
    }
  }

  /// `Y^T A` for `Y` of `[rows, count]`: `[count, columns]`.
  package func back(_ y: [Float], count: Int) -> [Float] {
    precondition(y.count == rows * count, "vectors as long as a column")
    return [Float](filling: count * columns) { z in
      nonisolated(unsafe) let z = z
      matrix.withUnsafeBufferPointer { matrix in
        y.withUnsafeBufferPointer { y in
          nonisolated(unsafe) let (a, y) = (matrix.baseAddress, y.baseAddress)
          Workers.shared.run(blocks: blocks(columns, ThinProducts.width)) { block, _ in
            let left = block * ThinProducts.width
            ck_back_product(
              y, count, a, columns, rows, left, min(left + ThinProducts.width, columns), z,
              columns)
          }
        }
      }
    }
  }

  private func blocks(_ length: Int, _ step: Int) -> Int { (length + step - 1) / step }
}
