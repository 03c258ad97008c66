// Many short vectors of one length, and centroids among them: which one is the nearest, and sums of those
// that have the same one.
import CKernels

/// A matrix [rows, columns] cut into blocks of `width` neighbors in a row: the vectors of product
/// quantization. Block b of a row is at position b.
package struct Blocks: Sendable {
  package let values: [Float]
  package let rows: Int
  package let columns: Int
  package let width: Int

  /// - Parameter width: divides the columns.
  package init(_ values: [Float], rows: Int, columns: Int, width: Int) {
    precondition(width > 0 && columns % width == 0, "whole blocks")
    precondition(values.count == rows * columns, "elements fill the matrix")
    self.values = values
    self.rows = rows
    self.columns = columns
    self.width = width
  }

  /// Blocks of a row.
  package var positions: Int { columns / width }
  package var count: Int { rows * positions }

  /// Blocks that one worker takes at a time.
  private static let chunk = 4096
  /// Sums that are kept apart, at most, and the numbers in all of them.
  private static let mostParts = 16
  private static let mostSums = 1 << 24

  /// For every block, row by row, the nearest centroid in the squared distance; the first of equals.
  /// - Parameter centroids: [k, width], at least one.
  package func nearest(_ centroids: [Float], on workers: Workers = .shared) -> [Int32] {
    let scored = ScoredCentroids(centroids, width: width)
    return [Int32](filling: count) { codes in
      nonisolated(unsafe) let codes = codes
      values.withUnsafeBufferPointer { values in
        guard let start = values.baseAddress else { return }
        nonisolated(unsafe) let blocks = start
        let chunks = (count + Blocks.chunk - 1) / Blocks.chunk
        workers.run(blocks: chunks) { chunk, _ in
          let first = chunk * Blocks.chunk
          scored.nearest(
            blocks + first * width, stride: width, min(Blocks.chunk, count - first),
            to: codes + first, step: 1)
        }
      }
    }
  }

  /// The same where each position has a metric of its own: the squared length of (block − centroid)
  /// times the factor of its position.
  /// - Parameter factors: one [width, width] for each position, in order.
  package func nearest(
    _ centroids: [Float], factors: [[Float]], on workers: Workers = .shared
  ) -> [Int32] {
    precondition(factors.count == positions, "a factor for each position")
    let (k, d) = (centroids.count / width, width)
    return [Int32](filling: count) { codes in
      nonisolated(unsafe) let codes = codes
      values.withUnsafeBufferPointer { values in
        guard let start = values.baseAddress, rows > 0 else { return }
        nonisolated(unsafe) let blocks = start
        workers.run(blocks: positions) { position, _ in
          let moved = [Float](filling: rows * d) { moved in
            gemm(
              m: rows, n: d, k: d, a: blocks + position * d, lda: columns, b: factors[position],
              ldb: d, c: moved, ldc: d)
          }
          let there = [Float](filling: k * d) { there in
            gemm(
              m: k, n: d, k: d, a: centroids, lda: d, b: factors[position], ldb: d, c: there, ldc: d
            )
          }
          ScoredCentroids(there, width: d)
            .nearest(moved, stride: d, rows, to: codes + position, step: positions)
        }
      }
    }
  }

  /// What the blocks of each code add up to, [k, width], and how many they are; in double precision and
  /// fixed parts.
  package func sums(
    by codes: [Int32], of k: Int, on workers: Workers = .shared
  ) -> (sums: [Double], counts: [Int]) {
    precondition(codes.count == count, "a code for each block")
    let size = k * width
    let parts = max(
      1, min(Blocks.mostParts, count / Blocks.chunk, Blocks.mostSums / max(1, size)))
    var sums = [Double](filling: parts * size) { sums in
      sums.initialize(repeating: 0, count: parts * size)
      nonisolated(unsafe) let sums = sums
      workers.run(blocks: parts) { part, _ in
        add(count * part / parts..<count * (part + 1) / parts, codes, to: sums + part * size)
      }
    }
    for part in 1..<max(1, parts) {
      for i in 0..<size { sums[i] += sums[part * size + i] }
    }
    sums.removeLast((parts - 1) * size)
    return (sums, Blocks.counts(of: codes, upTo: k))
  }

  /// How often each code occurs.
  package static func counts(of codes: [Int32], upTo k: Int) -> [Int] {
    // Neighbors often have the same code, and an addition waits for the one before it.
    var counts = [Int](repeating: 0, count: 2 * k)
    counts.withUnsafeMutableBufferPointer { counts in
      for i in codes.indices { counts[Int(codes[i]) + (i & 1) * k] += 1 }
    }
    return (0..<k).map { counts[$0] + counts[k + $0] }
  }

  private func add(_ range: Range<Int>, _ codes: [Int32], to sums: UnsafeMutablePointer<Double>) {
    let d = width
    values.withUnsafeBufferPointer { values in
      for block in range {
        let sum = sums + Int(codes[block]) * d
        for i in 0..<d { sum[i] += Double(values[block * d + i]) }
      }
    }
  }
}

/// Centroids, and what their lengths take from a score.
private struct ScoredCentroids: Sendable {
  private let values: [Float]
  /// −‖c‖² / 2: the nearest has the greatest x·c + offset.
  private let offsets: [Float]
  private let width: Int

  init(_ centroids: [Float], width: Int) {
    precondition(!centroids.isEmpty && centroids.count % width == 0, "whole centroids")
    values = centroids
    offsets = stride(from: 0, to: centroids.count, by: width).map { first in
      let norm = centroids[first..<first + width].reduce(0.0) { $0 + Double($1) * Double($1) }
      return Float(-norm / 2)
    }
    self.width = width
  }

  func nearest(
    _ rows: UnsafePointer<Float>, stride: Int, _ count: Int, to codes: UnsafeMutablePointer<Int32>,
    step: Int
  ) {
    guard count > 0 else { return }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: Int(CK_NEAR_ROWS) * width) { work in
      ck_nearest(
        rows, stride, count, width, values, offsets, offsets.count, codes, step, work.baseAddress)
    }
  }
}
