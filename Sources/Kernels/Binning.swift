// Histograms, and sums of blocks, in double precision.
import CKernels

package enum Binning {
  /// How many elements lie in each of the equal bins between ascending edges: a bin holds its left
  /// edge, the last one also its right edge. Elements outside, and what is no number, do not count.
  package static func counts(
    of values: [Float], edges: [Double], on workers: Workers = .shared
  ) -> [Int] {
    precondition(edges.count > 1, "at least one bin")
    let bins = edges.count - 1
    // Each thread has counts of its own; of many bins only as many as there are blocks to count.
    let parts = bins <= 1 << 14 ? workers.threads : 1
    var counts = [Int64](repeating: 0, count: bins * parts)
    counts.withUnsafeMutableBufferPointer { counts in
      values.withUnsafeBufferPointer { values in
        guard let first = counts.baseAddress, let start = values.baseAddress else { return }
        nonisolated(unsafe) let counts = first
        if parts == 1 {
          ck_bins(start, values.count, edges, bins, counts)
        } else {
          Pass.run(values.count, on: workers) { _, range, worker in
            ck_bins(start + range.lowerBound, range.count, edges, bins, counts + worker * bins)
          }
        }
      }
    }
    return (0..<bins).map { bin in
      (0..<parts).reduce(0) { $0 + Int(counts[$1 * bins + bin]) }
    }
  }
}

package enum BlockSums {
  /// Elements that are added one after the other.
  package static let block = Int(CK_SUM_BLOCK)

  /// What is summed of each element x.
  package enum Term: Sendable {
    case value
    /// (x − mean)².
    case squaredDistance(from: Double)
  }

  /// The sums of the whole blocks of a part of an array, each in order.
  package static func of(
    _ values: [Float], _ range: Range<Int>, _ term: Term = .value,
    on workers: Workers = .shared
  ) -> [Double] {
    precondition(range.lowerBound >= 0 && range.upperBound <= values.count, "a part of the array")
    let blocks = range.count / block
    var (squared, mean): (Int32, Double) = (0, 0)
    if case .squaredDistance(let center) = term { (squared, mean) = (1, center) }
    return [Double](filling: blocks) { sums in
      nonisolated(unsafe) let sums = sums
      values.withUnsafeBufferPointer { values in
        guard let start = values.baseAddress else { return }
        Pass.run(blocks * block, on: workers) { _, part, _ in
          ck_block_sums(
            start + range.lowerBound + part.lowerBound, part.count / block, squared, mean,
            sums + part.lowerBound / block)
        }
      }
    }
  }
}
