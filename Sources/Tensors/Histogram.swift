// How many elements fall where: bins of one width, by NumPy's rule.
import Kernels

package struct Histogram: Sendable, Equatable {
  /// One more than there are bins, ascending.
  package let edges: [Double]
  /// How many elements each bin has. A bin holds its left edge; the last one also its right edge.
  package let counts: [Int]

  package static let largestBinCount = 1_000_000

  /// - Parameter range: the outer edges; elements outside do not count. Without it, from the least
  ///   to the greatest element (half a unit to each side where they are one).
  /// - Throws: `TensorError.domain` for fewer than one bin or too many, a range that is empty or
  ///   not finite, or an element that is not finite.
  package init(
    of tensor: Tensor, bins: Int, range: ClosedRange<Double>? = nil
  ) throws(TensorError) {
    guard bins >= 1, bins <= Histogram.largestBinCount else {
      throw .domain(
        operation: "histogram", wanted: "1 to \(Histogram.largestBinCount) bins, got \(bins)")
    }
    guard tensor.isFinite else {
      throw .domain(operation: "histogram", wanted: "finite numbers, and an element is not finite")
    }
    let (low, high) = try Histogram.bounds(of: tensor, range)
    let width = (high - low) / Double(bins)
    let edges = (0...bins).map { $0 == bins ? high : low + Double($0) * width }
    let counts = Binning.counts(of: tensor.elements, edges: edges)
    self.edges = edges
    self.counts = counts
  }

  private static func bounds(
    of tensor: Tensor, _ range: ClosedRange<Double>?
  ) throws(TensorError) -> (Double, Double) {
    var low = 0.0
    var high = 1.0
    if let range {
      (low, high) = (range.lowerBound, range.upperBound)
    } else if tensor.count > 0 {
      low = try Reduction.min(tensor)
      high = try Reduction.max(tensor)
    }
    guard low.isFinite, high.isFinite, (high - low).isFinite else {
      throw .domain(operation: "histogram", wanted: "a finite range, got \(low) to \(high)")
    }
    if low == high {
      low -= 0.5
      high += 0.5
    }
    guard low < high, (high - low) / Double(1 << 20) > 0 else {
      throw .domain(operation: "histogram", wanted: "a wider range, got \(low) to \(high)")
    }
    return (low, high)
  }
}
