// Reductions: one table; each runs over all elements or along one axis.
import Glibc
import Kernels

/// Makes one number of many.
package struct Reduction: Sendable {
  package let name: String
  package let summary: String
  /// Whether it says something about no elements at all.
  package let allowsEmpty: Bool
  /// The reduction of a range of elements; the range is not empty unless `allowsEmpty`.
  private let run: @Sendable ([Float], Range<Int>) -> Double

  package static let all: [Reduction] = [
    .sum, .mean, .min, .max, .variance, .deviation, .norm, .argmin, .argmax,
  ]

  package static let sum = Reduction("sum", "the sum", allowsEmpty: true) { values, range in
    Summation.sum(values, range)
  }
  package static let mean = Reduction("mean", "the arithmetic mean") { values, range in
    Summation.sum(values, range) / Double(range.count)
  }
  package static let min = Reduction("min", "the least element") { values, range in
    extreme(values, range, \.least) { $0 < $1 }
  }
  package static let max = Reduction("max", "the greatest element") { values, range in
    extreme(values, range, \.greatest) { $0 > $1 }
  }
  package static let variance = Reduction(
    "variance", "the mean squared distance from the mean (divided by n)"
  ) { values, range in spread(values, range) }
  package static let deviation = Reduction(
    "std", "the standard deviation: the root of the variance (divided by n)"
  ) { values, range in spread(values, range).squareRoot() }
  package static let norm = Reduction(
    "norm", "the Euclidean norm: the root of the sum of squares", allowsEmpty: true
  ) { values, range in Summation.sum(values, range, .squaredDistance(from: 0)).squareRoot() }
  package static let argmin = Reduction(
    "argmin", "the position of the least element, the first of equals"
  ) { values, range in Double(best(values, range) { $0 < $1 } - range.lowerBound) }
  package static let argmax = Reduction(
    "argmax", "the position of the greatest element, the first of equals"
  ) { values, range in Double(best(values, range) { $0 > $1 } - range.lowerBound) }

  private init(
    _ name: String, _ summary: String, allowsEmpty: Bool = false,
    run: @escaping @Sendable ([Float], Range<Int>) -> Double
  ) {
    self.name = name
    self.summary = summary
    self.allowsEmpty = allowsEmpty
    self.run = run
  }

  /// Over all elements, in double precision.
  /// - Throws: `TensorError.domain` for a tensor without elements, where that has no answer.
  package func callAsFunction(_ tensor: Tensor) throws(TensorError) -> Double {
    try check(tensor.count)
    return run(tensor.elements, 0..<tensor.count)
  }

  /// Along one axis (-1 is the last), which vanishes unless it is kept with size 1.
  /// - Throws: `TensorError.axis`; `.domain` for an axis of size 0, where that has no answer.
  package func callAsFunction(
    _ tensor: Tensor, axis: Int, keepingAxis: Bool = false
  ) throws(TensorError) -> Tensor {
    let axis = try Shape.axis(axis, rank: tensor.rank)
    let lanes = Lanes(tensor.shape, axis: axis)
    var shape = tensor.shape
    if keepingAxis { shape[axis] = 1 } else { shape.remove(at: axis) }
    var result = try Tensor(filledWith: 0, shape: shape)
    if result.count > 0 { try check(lanes.size) }
    result.withElements { elements in
      lanes.forEach(in: tensor.elements) { lane, values, range in
        elements[lane] = Float(run(values, range))
      }
    }
    return result
  }

  private func check(_ count: Int) throws(TensorError) {
    guard count > 0 || allowsEmpty else {
      throw .domain(operation: name, wanted: "at least one element")
    }
  }

  /// The first position of the element that beats the others; not a number beats all.
  @inline(__always)
  private static func best(
    _ values: [Float], _ range: Range<Int>, _ beats: (Float, Float) -> Bool
  ) -> Int {
    var found = range.lowerBound
    if values[found].isNaN { return found }
    for i in range.dropFirst() {
      if values[i].isNaN { return i }
      if beats(values[i], values[found]) { found = i }
    }
    return found
  }

  /// The element that beats the others. Where it could be one of several (what is no number, or 0 of
  /// either sign), the first of them.
  @inline(__always)
  private static func extreme(
    _ values: [Float], _ range: Range<Int>, _ end: KeyPath<Extremes, Float>,
    _ beats: (Float, Float) -> Bool
  ) -> Double {
    if range.count >= 256 {
      let extremes = Extremes(of: values, range)
      let found = extremes[keyPath: end]
      if extremes.strangers == 0, found != 0 { return Double(found) }
    }
    return Double(values[best(values, range, beats)])
  }

  /// In two passes: the distances from the mean keep their digits.
  private static func spread(_ values: [Float], _ range: Range<Int>) -> Double {
    let mean = Summation.sum(values, range) / Double(range.count)
    return Summation.sum(values, range, .squaredDistance(from: mean)) / Double(range.count)
  }
}

extension Tensor {
  /// Whether every element is a finite number.
  package var isFinite: Bool { Extremes(of: elements).areFinite }
}

/// A tensor seen along one axis: the runs of elements that differ only in their place on it.
struct Lanes {
  let outer: Int
  /// How many elements a lane has.
  let size: Int
  let inner: Int

  init(_ shape: [Int], axis: Int) {
    // A shape with a size of 0 elsewhere has no lanes; wrapping keeps its products from trapping.
    outer = shape[..<axis].reduce(1, &*)
    size = shape[axis]
    inner = shape[(axis + 1)...].reduce(1, &*)
  }

  /// Hands over each lane as a range of an array, in the order of the remaining axes.
  func forEach(in elements: [Float], _ body: (_ lane: Int, [Float], Range<Int>) -> Void) {
    guard outer > 0, inner > 0 else { return }
    if inner == 1 {
      for lane in 0..<outer { body(lane, elements, lane * size..<(lane + 1) * size) }
      return
    }
    // Neighboring lanes are gathered together: each cache line is read once.
    let width = min(inner, 64)
    var gathered = [Float](repeating: 0, count: width * size)
    for o in 0..<outer {
      for first in stride(from: 0, to: inner, by: width) {
        let count = min(width, inner - first)
        for j in 0..<size {
          let start = (o * size + j) * inner + first
          for t in 0..<count { gathered[t * size + j] = elements[start + t] }
        }
        for t in 0..<count {
          body(o * inner + first + t, gathered, t * size..<(t + 1) * size)
        }
      }
    }
  }
}
