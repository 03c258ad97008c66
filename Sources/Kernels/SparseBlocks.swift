// A matrix whose zeros come in blocks, packed for products with one vector at a time.
import CKernels

/// Blocks of so many rows and one column, or of one row and so many columns.
package struct BlockShape: Sendable, Hashable {
  package let rows: Int
  package let columns: Int

  /// What there are loops for, the fastest first.
  package static let all =
    [16, 8, 4].map { BlockShape(rows: $0, columns: 1) }
    + [16, 8, 4].map { BlockShape(rows: 1, columns: $0) }

  private init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// Blocks of a matrix `[rows, columns]` with a weight that is not 0, by strips of rows: the first
  /// column of each. The last strip may lack rows; a matrix has whole blocks of columns.
  package func blocks(of weights: [Float], rows: Int, columns: Int) -> [[Int]] {
    precondition(weights.count == rows * columns && columns % self.columns == 0, "whole blocks")
    return weights.withUnsafeBufferPointer { weights in
      stride(from: 0, to: rows, by: self.rows).map { top in
        stride(from: 0, to: columns, by: self.columns).filter { left in
          for row in top..<min(rows, top + self.rows) {
            for column in left..<left + self.columns where weights[row * columns + column] != 0 {
              return true
            }
          }
          return false
        }
      }
    }
  }
}

package struct SparseBlocks: Sendable {
  package let shape: BlockShape
  package let rows: Int
  package let columns: Int
  private let values: Memory
  private let places: [Int32]
  private let starts: [Int]

  /// - Parameter weights: `[rows, columns]`, the columns whole blocks.
  package init(_ weights: [Float], rows: Int, columns: Int, shape: BlockShape) {
    precondition(columns < Int(Int32.max), "columns that 32 bits count")
    self.shape = shape
    self.rows = rows
    self.columns = columns
    let blocks = shape.blocks(of: weights, rows: rows, columns: columns)
    starts = blocks.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
    places = blocks.flatMap { $0.map { Int32($0) } }
    let size = shape.rows * shape.columns
    values = Memory(places.count * size)
    var at = 0
    for (strip, columnsOfStrip) in blocks.enumerated() {
      for left in columnsOfStrip {
        for place in 0..<size {
          let row = strip * shape.rows + (shape.columns > 1 ? 0 : place)
          let column = left + (shape.columns > 1 ? place : 0)
          if row < rows { values.floats[at] = weights[row * columns + column] }
          at += 1
        }
      }
    }
  }

  package var strips: Int { starts.count - 1 }
  package var count: Int { places.count }

  /// y = A x, for the rows of some strips.
  package func product(of x: Floats, strips: Range<Int>, to y: Floats) {
    precondition(x.count == columns && y.count == rows, "a number for each column and each row")
    precondition(strips.lowerBound >= 0 && strips.upperBound <= self.strips, "strips that exist")
    places.withUnsafeBufferPointer { places in
      starts.withUnsafeBufferPointer { starts in
        var blocks = ck_blocks(
          values: values.floats.base, places: places.baseAddress, starts: starts.baseAddress,
          tall: shape.rows, wide: shape.columns, rows: rows)
        ck_sparse_blocks(&blocks, x.base, strips.lowerBound, strips.upperBound, y.base)
      }
    }
  }
}
