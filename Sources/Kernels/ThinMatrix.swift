// A matrix of many rows and few columns on its way to orthonormal columns: single precision in
// memory, double precision in between.
import CKernels
import COpenBLAS

/// A row-major matrix in single precision.
struct ThinMatrix {
  let floats: [Float]
  let rows: Int
  let columns: Int

  /// Rows that one worker takes at a time.
  private static let height = 512
  /// Sums of inner products that are kept apart, at most.
  private static let mostSums = 8

  init(_ floats: [Float], rows: Int, columns: Int) {
    precondition(floats.count == rows * columns, "elements fill the matrix")
    self.floats = floats
    self.rows = rows
    self.columns = columns
  }

  var double: DoubleMatrix { DoubleMatrix(rows: rows, columns: columns, floats: floats) }

  /// Wider ones leave the caches: general products do better.
  private var isThin: Bool { columns <= Int(CK_THIN_MOST) }
  private var paddedColumns: Int { (columns + 7) / 8 * 8 }

  /// The upper triangle of self^T self.
  func gram(_ blas: openblas) -> DoubleMatrix {
    guard isThin else { return double.gram(blas) }
    let side = paddedColumns
    let count = max(1, min(ThinMatrix.mostSums, rows / ThinMatrix.height))
    let sums = [Double](filling: count * side * side) { sums in
      nonisolated(unsafe) let sums = sums
      floats.withUnsafeBufferPointer { floats in
        nonisolated(unsafe) let x = floats.baseAddress
        Workers.shared.run(blocks: count) { [rows, columns] block, _ in
          let (top, bottom) = (rows * block / count, rows * (block + 1) / count)
          ck_thin_gram(
            x.map { $0 + top * columns }, columns, bottom - top, sums + block * side * side, side)
        }
      }
    }
    var result = DoubleMatrix(rows: columns, columns: columns)
    for i in 0..<columns {
      for j in i..<columns {
        for sum in 0..<count { result[i, j] += sums[(sum * side + i) * side + j] }
      }
    }
    return result
  }

  /// self times an upper triangle, with zeros below.
  func product(triangle: DoubleMatrix, _ blas: openblas) -> [Float] {
    guard isThin else { return double.product(triangle, blas).floats }
    let side = paddedColumns
    var padded = DoubleMatrix(rows: side, columns: side)
    for i in 0..<columns {
      for j in i..<columns { padded[i, j] = triangle[i, j] }
    }
    let (height, factor) = (ThinMatrix.height, padded.values)
    return [Float](filling: floats.count) { result in
      nonisolated(unsafe) let result = result
      floats.withUnsafeBufferPointer { floats in
        nonisolated(unsafe) let x = floats.baseAddress
        Workers.shared.run(blocks: (rows + height - 1) / height) { [rows, columns] block, _ in
          let top = block * height
          ck_thin_turn(
            x.map { $0 + top * columns }, columns, min(height, rows - top), factor, side,
            result + top * columns)
        }
      }
    }
  }
}
