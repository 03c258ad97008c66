// What a run of numbers spans, and how many of them are what: in one pass each.
import CKernels

/// The least and the greatest of some numbers. What is no number is left out, and counted.
package struct Extremes: Sendable, Equatable {
  /// Infinity where there are no numbers.
  package private(set) var least = Float.infinity
  /// Minus infinity where there are no numbers.
  package private(set) var greatest = -Float.infinity
  /// How many elements are no numbers.
  package private(set) var strangers = 0

  package init(of values: [Float], on workers: Workers = .shared) {
    self.init(of: values, values.indices, on: workers)
  }

  /// Of a part of an array.
  package init(of values: [Float], _ range: Range<Int>, on workers: Workers = .shared) {
    precondition(values.indices.contains(range), "a part of the array")
    self = values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return Extremes() }
      return Extremes(of: start + range.lowerBound, range.count, on: workers)
    }
  }

  init() {}

  /// Of one block, by whoever calls.
  init(of values: UnsafePointer<Float>, _ count: Int) {
    self.init { ck_extremes(values, count, $0) }
  }

  /// As a kernel finds them, which writes both ends and answers how many are no numbers.
  init(_ find: (UnsafeMutablePointer<Float>) -> Int) {
    var ends: (Float, Float) = (0, 0)
    strangers = withUnsafeMutablePointer(to: &ends) { ends in
      ends.withMemoryRebound(to: Float.self, capacity: 2, find)
    }
    (least, greatest) = ends
  }

  init(of values: UnsafePointer<Float>, _ count: Int, on workers: Workers) {
    var parts = [Extremes](repeating: Extremes(), count: Pass.blockCount(count))
    parts.withUnsafeMutableBufferPointer { parts in
      nonisolated(unsafe) let parts = parts
      Pass.run(count, on: workers) { block, range, _ in
        parts[block] = Extremes(of: values + range.lowerBound, range.count)
      }
    }
    for part in parts { merge(part) }
  }

  private mutating func merge(_ other: Extremes) {
    if other.least < least { least = other.least }
    if other.greatest > greatest { greatest = other.greatest }
    strangers += other.strangers
  }

  /// Whether all elements are finite numbers.
  package var areFinite: Bool {
    strangers == 0 && least > -.infinity && greatest < .infinity || self == Extremes()
  }

  /// The greatest magnitude; 0 where there are no numbers.
  package var magnitude: Float { max(0, max(-least, greatest)) }
}

package enum Count {
  /// Elements that are not 0; what is no number is not 0.
  package static func nonZeros(in values: [Float], on workers: Workers = .shared) -> Int {
    sum(values, on: workers) { ck_count_nonzero($0, $1) }
  }

  /// Elements with any bit set: all but a positive 0.
  package static func nonBlank(in values: [Float], on workers: Workers = .shared) -> Int {
    sum(values, on: workers) { ck_count_bits($0, $1) }
  }

  /// How many elements are below a limit, and how many equal it; what is no number counts as
  /// infinity.
  package static func below(
    _ limit: Float, in values: [Float], on workers: Workers = .shared
  ) -> (below: Int, equal: Int) {
    let blocks = belowByBlock(limit, in: values, on: workers)
    return blocks.reduce((0, 0)) { ($0.0 + $1.below, $0.1 + $1.equal) }
  }

  static func belowByBlock(
    _ limit: Float, in values: [Float], on workers: Workers
  ) -> [(below: Int, equal: Int)] {
    perBlock(values, on: workers, (0, 0)) { start, count in
      var equal = 0
      let below = ck_count_below(start, count, limit, &equal)
      return (below, equal)
    }
  }

  private static func sum(
    _ values: [Float], on workers: Workers, _ count: (UnsafePointer<Float>, Int) -> Int
  ) -> Int {
    perBlock(values, on: workers, 0, count).reduce(0, +)
  }

  static func perBlock<Answer>(
    _ values: [Float], on workers: Workers, _ none: Answer,
    _ body: (UnsafePointer<Float>, Int) -> Answer
  ) -> [Answer] {
    var answers = [Answer](repeating: none, count: Pass.blockCount(values.count))
    values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return }
      answers.withUnsafeMutableBufferPointer { answers in
        nonisolated(unsafe) let answers = answers
        Pass.run(values.count, on: workers) { block, range, _ in
          answers[block] = body(start + range.lowerBound, range.count)
        }
      }
    }
    return answers
  }
}
