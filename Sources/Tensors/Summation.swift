// Sums in double precision in a fixed order: blocks, then pairs of blocks.
import Kernels

enum Summation {
  /// Elements that are added one after the other before pairing starts.
  private static let block = BlockSums.block
  /// From so many elements on their blocks are summed side by side.
  private static let many = 16 * block

  /// The sum over a range of elements. The error grows with the logarithm of the count; the order
  /// depends on the count only. Higham 1993, doi:10.1137/0914050.
  static func sum(
    _ values: [Float], _ range: Range<Int>, _ term: BlockSums.Term = .value
  ) -> Double {
    var pairs = Pairs()
    var start = range.lowerBound
    if range.count >= many {
      let sums = BlockSums.of(values, range, term)
      for sum in sums { pairs.add(sum) }
      start += sums.count * block
    }
    while start < range.upperBound {
      let end = min(start + block, range.upperBound)
      pairs.add(partial(values, start..<end, term))
      start = end
    }
    return pairs.total
  }

  @inline(__always)
  private static func partial(
    _ values: [Float], _ range: Range<Int>, _ term: BlockSums.Term
  ) -> Double {
    var sum = 0.0
    switch term {
    case .value: for i in range { sum += Double(values[i]) }
    case .squaredDistance(let mean):
      for i in range {
        let distance = Double(values[i]) - mean
        sum += distance * distance
      }
    }
    return sum
  }

  /// Sums of 1, 2, 4, … blocks that wait for a partner, like the digits of a binary counter.
  private struct Pairs {
    private var waiting: [Double] = []
    private var blocks = 0

    mutating func add(_ sum: Double) {
      var sum = sum
      blocks += 1
      for _ in 0..<blocks.trailingZeroBitCount { sum += waiting.removeLast() }
      waiting.append(sum)
    }

    var total: Double { waiting.reversed().reduce(0, +) }
  }
}
