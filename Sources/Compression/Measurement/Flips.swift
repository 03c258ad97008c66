// Two networks on one test set: which answers flipped, and whether chance explains it.
private import Glibc

/// How the answers changed from one network to another on the same examples.
package struct Flips: Sendable, Equatable {
  package let bothRight: Int
  package let bothWrong: Int
  /// Examples that the first network got right and the second gets wrong.
  package let rightToWrong: Int
  package let wrongToRight: Int

  package init(bothRight: Int, bothWrong: Int, rightToWrong: Int, wrongToRight: Int) {
    self.bothRight = bothRight
    self.bothWrong = bothWrong
    self.rightToWrong = rightToWrong
    self.wrongToRight = wrongToRight
  }

  /// - Parameters: for each example, whether the network's answer was right; same examples, same
  ///   order.
  /// - Throws: `CompressionError.unpaired` where the counts differ.
  package init(from first: [Bool], to second: [Bool]) throws(CompressionError) {
    guard first.count == second.count else { throw .unpaired(first.count, second.count) }
    var counts = [0, 0, 0, 0]
    for (before, after) in zip(first, second) {
      counts[(before ? 2 : 0) + (after ? 1 : 0)] += 1
    }
    self.init(
      bothRight: counts[3], bothWrong: counts[0], rightToWrong: counts[2], wrongToRight: counts[1])
  }

  /// Below this many flips the exact binomial test is used, from here on the approximation.
  package static let exactBelow = 25

  /// McNemar's p: how often two equally good networks would differ at least this much.
  ///
  /// With b and c the two kinds of flips: for b + c < 25 the exact two-sided binomial, p = min(1, 2
  /// P(X ≤ min(b, c))) with X ~ B(b + c, ½); else χ² = (|b − c| − 1)² / (b + c) with one degree of
  /// freedom. McNemar 1947, doi:10.1007/BF02295996; correction: Edwards 1948,
  /// doi:10.1007/BF02289261. Without any flip p is 1.
  package var p: Double {
    let flips = rightToWrong + wrongToRight
    guard flips >= Flips.exactBelow else {
      return Flips.exact(min(rightToWrong, wrongToRight), of: flips)
    }
    let excess = Double(max(0, abs(rightToWrong - wrongToRight) - 1))
    return erfc(sqrt(excess * excess / Double(flips) / 2))
  }

  private static func exact(_ smaller: Int, of flips: Int) -> Double {
    var ways = 1
    var tail = 0
    for k in 0...smaller {
      tail += ways
      ways = ways * (flips - k) / (k + 1)
    }
    return min(1, 2 * Double(tail) / Double(1 << flips))
  }
}
