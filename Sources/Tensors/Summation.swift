// Sums in double precision in a fixed order: blocks, then pairs of blocks.

enum Summation {
  /// Elements that are added one after the other before pairing starts.
  private static let block = 512

  /// The sum of what each element in a range gives. The error grows with the logarithm of the
  /// count; the order depends on the count only. Higham 1993, doi:10.1137/0914050.
  @inline(__always)
  static func sum(
    _ values: [Float], _ range: Range<Int>, _ term: (Double) -> Double = { $0 }
  ) -> Double {
    // Sums of 1, 2, 4, … blocks that wait for a partner, like the digits of a binary counter.
    var waiting: [Double] = []
    var blocks = 0
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(start + block, range.upperBound)
      var partial = 0.0
      for i in start..<end { partial += term(Double(values[i])) }
      blocks += 1
      for _ in 0..<blocks.trailingZeroBitCount { partial += waiting.removeLast() }
      waiting.append(partial)
      start = end
    }
    var total = 0.0
    for sum in waiting.reversed() { total += sum }
    return total
  }
}
