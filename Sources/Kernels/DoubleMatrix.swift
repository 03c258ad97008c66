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
    let values = [Double](filling: floats.count) { values in
      nonisolated(unsafe) let values = values
      floats.withUnsafeBufferPointer { floats in
        Pass.run(floats.count, on: .shared) { _, range, _ in
          for i in range { values[i] = Double(floats[i]) }
        }
      }
    }
    self.init(rows: rows, columns: columns, values)
  }

  var floats: [Float] {
    [Float](filling: values.count) { floats in
      nonisolated(unsafe) let floats = floats
      values.withUnsafeBufferPointer { values in
        Pass.run(values.count, on: .shared) { _, range, _ in
          for i in range { floats[i] = Float(values[i]) }
        }
      }
    }
  }

  /// Each row, or each column of the transpose, times a number of its own.
  func floats(scaledBy factors: [Double], transposed: Bool = false) -> [Float] {
    precondition(factors.count == rows, "one factor for each row")
    let (next, step) = transposed ? (1, rows) : (columns, 1)
    let height = max(16, Pass.block / max(1, columns))
    return [Float](filling: values.count) { floats in
      nonisolated(unsafe) let floats = floats
      values.withUnsafeBufferPointer { values in
        Workers.shared.run(blocks: (rows + height - 1) / height) { block, _ in
          let band = block * height..<min((block + 1) * height, rows)
          // A few columns at a time: the transpose writes whole lines of the cache.
          for left in stride(from: 0, to: columns, by: 16) {
            for i in band {
              for j in left..<min(left + 16, columns) {
                floats[i * next + j * step] = Float(factors[i] * values[i * columns + j])
              }
            }
          }
        }
      }
    }
  }

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

  /// Whether all inner products of the rows are those of orthonormal ones.
  func hasOrthonormalRows(_ tolerance: Double, _ blas: openblas) -> Bool {
    gram(ofRows: true, blas).isIdentity(tolerance)
  }

  /// Whether the upper triangle is that of the identity.
  func isIdentity(_ tolerance: Double) -> Bool {
    for i in 0..<rows {
      for j in i..<rows where !(abs(self[i, j] - (i == j ? 1 : 0)) <= tolerance) { return false }
    }
    return true
  }

  mutating func replaceRows(_ range: Range<Int>, with others: DoubleMatrix) {
    precondition(others.columns == columns && others.rows == range.count, "they fit")
    values.replaceSubrange(
      range.lowerBound * columns..<range.upperBound * columns, with: others.values)
  }

  /// The first rows, each times a number of its own.
  mutating func scaleRows(by factors: [Double]) {
    precondition(factors.count <= rows, "at most one factor for each row")
    for i in factors.indices {
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
    let parts = GramParts(of: n, depth: depth)
    var sums = DoubleMatrix(rows: n * parts.pieces, columns: n)
    let (ld, step, next) = (columns, ofRows ? columns : 1, ofRows ? 1 : columns)
    values.withUnsafeBufferPointer { x in
      sums.values.withUnsafeMutableBufferPointer { z in
        guard let a = x.baseAddress, let c = z.baseAddress else { return }
        Workers.shared.run(blocks: parts.count) { part, _ in
          let (rows, columns, piece) = parts[part]
          let run = parts.run(piece)
          let (a, depth) = (a + run.lowerBound * next, Int32(run.count))
          let corner = c + (piece * n + rows.lowerBound) * n + columns.lowerBound
          guard rows != columns else {
            return blas.dsyrk(
              BLAS.rows, BLAS.upper, BLAS.transposed(!ofRows), Int32(rows.count), depth, 1,
              a + rows.lowerBound * step, Int32(ld), 0, corner, Int32(n))
          }
          blas.dgemm(
            BLAS.rows, BLAS.transposed(!ofRows), BLAS.transposed(ofRows), Int32(rows.count),
            Int32(columns.count), depth, 1, a + rows.lowerBound * step, Int32(ld),
            a + columns.lowerBound * step, Int32(ld), 0, corner, Int32(n))
        }
      }
    }
    return sums.sumOfPieces(parts.pieces)
  }

  private func sumOfPieces(_ pieces: Int) -> DoubleMatrix {
    guard pieces > 1 else { return self }
    let count = values.count / pieces
    var sum = DoubleMatrix(rows: rows / pieces, columns: columns, Array(values.prefix(count)))
    for i in count..<values.count { sum.values[i % count] += values[i] }
    return sum
  }
}

/// The work on all inner products of `n` vectors: squares on and above the diagonal, and, where there
/// is only one, pieces of the depth.
private struct GramParts {
  private static let mostSide = 512
  private static let leastSide = 256
  private static let leastDepth = 512

  let pieces: Int
  private let depth: Int
  private var squares: [(rows: Range<Int>, columns: Range<Int>)] = []

  init(of n: Int, depth: Int) {
    let half = (n + 15) / 16 * 8
    let side = n <= GramParts.leastSide ? n : min(GramParts.mostSide, half)
    pieces = n <= GramParts.leastSide ? max(1, min(8, depth / GramParts.leastDepth)) : 1
    self.depth = depth
    for top in stride(from: 0, to: n, by: side) {
      for left in stride(from: top, to: n, by: side) {
        squares.append((top..<min(top + side, n), left..<min(left + side, n)))
      }
    }
    // The large ones first.
    squares.sort { $0.rows != $0.columns && $1.rows == $1.columns }
  }

  var count: Int { squares.count * pieces }

  subscript(part: Int) -> (rows: Range<Int>, columns: Range<Int>, piece: Int) {
    let (rows, columns) = squares[part % squares.count]
    return (rows, columns, part / squares.count)
  }

  func run(_ piece: Int) -> Range<Int> {
    depth * piece / pieces..<depth * (piece + 1) / pieces
  }
}
