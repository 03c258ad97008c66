// Do two scores put the same things into the same order? Spearman's correlation of ranks.

package enum RankCorrelation {
  /// Below this many pairs, an order says nothing.
  package static let fewest = 3

  /// Pearson's correlation of the ranks, −1...1; equal values share the mean of their ranks. Nil for
  /// fewer than three pairs, or where one side is the same everywhere or not a number somewhere.
  /// Spearman 1904, doi:10.2307/1412159.
  package static func spearman(_ x: [Double], _ y: [Double]) -> Double? {
    guard x.count == y.count, x.count >= fewest, (x + y).allSatisfy({ !$0.isNaN }) else {
      return nil
    }
    let (a, b) = (ranks(x), ranks(y))
    // The mean of ranks is known: ranks minus it are exact.
    let middle = Double(x.count + 1) / 2
    var (together, alone, other) = (0.0, 0.0, 0.0)
    for (first, second) in zip(a, b) {
      together += (first - middle) * (second - middle)
      alone += (first - middle) * (first - middle)
      other += (second - middle) * (second - middle)
    }
    guard alone > 0, other > 0 else { return nil }
    return max(-1, min(1, together / (alone * other).squareRoot()))
  }

  /// From 1; equal values share the mean of their ranks.
  package static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var ranks = [Double](repeating: 0, count: values.count)
    var first = 0
    while first < order.count {
      var last = first
      while last + 1 < order.count, values[order[last + 1]] == values[order[first]] { last += 1 }
      for i in first...last { ranks[order[i]] = Double(first + last) / 2 + 1 }
      first = last + 1
    }
    return ranks
  }
}
