// Exact selection by rank among many numbers, in little more than one pass over them.
import CKernels
import Glibc

/// What is selected does not depend on the method: the element at a place in ascending order is one
/// and the same, whoever finds it.
package enum Selection {
  package enum Order: Sendable {
    /// −infinity, …, −0, 0, …, infinity, and last what is no number.
    case value
    /// 0, …, infinity, and last what is no number; without signs.
    case magnitude

    var plain: Int32 { self == .value ? Int32(CK_BY_VALUE) : Int32(CK_BY_MAGNITUDE) }

    func number(_ key: Int32) -> Float {
      if self == .magnitude { return Float(bitPattern: UInt32(bitPattern: key)) }
      if key == .max { return .nan }
      return Float(bitPattern: UInt32(bitPattern: key < 0 ? key ^ .max : key))
    }
  }

  /// Below so many elements their keys are simply copied.
  private static let few = 1 << 17
  /// Runs of 16 elements that are looked at first, to know about where the answer lies.
  private static let sampledRuns = 1 << 13
  /// How far the bracket reaches to both sides, in standard deviations of the sampled rank.
  private static let width = 6.0
  private static let digits = 1 << 11

  /// The element at a place in ascending order, counted from 0; in the order of magnitudes its
  /// magnitude.
  ///
  /// A sample, taken at fixed places, brackets the answer. One pass counts what lies below the
  /// bracket and collects the few that lie inside. Where the answer is not among these (the sample
  /// misled, or too many are inside), digits of the keys are counted instead, in three passes.
  package static func smallest(
    _ rank: Int, of values: [Float], by order: Order = .value, on workers: Workers = .shared
  ) -> Float {
    precondition(values.indices.contains(rank), "a place among the elements")
    return values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return .nan }
      let run = Run(start: start, count: values.count, order: order.plain, workers: workers)
      if values.count <= few { return order.number(run.copied(rank)) }
      return order.number(run.bracketed(rank) ?? run.counted(rank))
    }
  }

  /// The numbers to select from.
  private struct Run {
    let start: UnsafePointer<Float>
    let count: Int
    let order: Int32
    let workers: Workers

    func copied(_ rank: Int) -> Int32 {
      var keys = [Int32](filling: count) { ck_keys(start, count, order, $0) }
      return ck_select_key(&keys, count, rank)
    }

    /// Nil where the answer is outside the bracket, or too much is in it.
    func bracketed(_ rank: Int) -> Int32? {
      let (low, high) = bracket(rank)
      // Each thread collects in a part of its own, as far as that reaches.
      let room = count / 16 + Pass.block + Int(CK_COLLECT_SLACK)
      var found = [ck_ranks](repeating: ck_ranks(), count: workers.threads)
      var collected = [Int](repeating: 0, count: workers.threads)
      var isFull = [Bool](repeating: false, count: workers.threads)
      let keys = UnsafeMutablePointer<Int32>.allocate(capacity: room * workers.threads)
      defer { keys.deallocate() }
      found.withUnsafeMutableBufferPointer { found in
        collected.withUnsafeMutableBufferPointer { collected in
          isFull.withUnsafeMutableBufferPointer { isFull in
            nonisolated(unsafe) let (found, collected, isFull) = (found, collected, isFull)
            nonisolated(unsafe) let keys = keys
            Pass.run(count, on: workers) { _, range, worker in
              let next = collected[worker]
              guard !isFull[worker],
                next + range.count + Int(CK_COLLECT_SLACK) <= room
              else {
                isFull[worker] = true
                return
              }
              var ranks = ck_ranks()
              collected[worker] += ck_collect(
                start + range.lowerBound, range.count, order, low, high, &ranks,
                keys + worker * room + next)
              found[worker].below_low += ranks.below_low
              found[worker].to_low += ranks.to_low
              found[worker].to_high += ranks.to_high
            }
          }
        }
      }
      guard !isFull.contains(true) else { return nil }
      let (belowLow, toLow, toHigh) = found.reduce((0, 0, 0)) {
        ($0.0 + $1.below_low, $0.1 + $1.to_low, $0.2 + $1.to_high)
      }
      guard rank >= belowLow, rank < toHigh else { return nil }
      if rank < toLow { return low }
      var inside = 0
      for worker in 0..<workers.threads {
        memmove(keys + inside, keys + worker * room, collected[worker] * 4)
        inside += collected[worker]
      }
      guard rank < toLow + inside else { return high }
      return ck_select_key(keys, inside, rank - toLow)
    }

    /// Two keys between which the answer very likely lies.
    private func bracket(_ rank: Int) -> (low: Int32, high: Int32) {
      let runs = Selection.sampledRuns
      let size = 16 * runs
      let sample = [Int32](filling: size) { ck_sample_keys(start, count, order, runs, $0) }
      // Selecting uses the keys up.
      func key(_ rank: Int) -> Int32 {
        var keys = sample
        return ck_select_key(&keys, size, rank)
      }
      let share = (Double(rank) + 0.5) / Double(count)
      let margin = Selection.width * (Double(size) * share * (1 - share)).squareRoot() + 8
      let below = Int((share * Double(size) - margin).rounded(.down))
      let above = Int((share * Double(size) + margin).rounded(.up))
      let low = below < 0 ? Int32.min : key(below)
      let high = above >= size ? Int32.max : key(above)
      return (low, high)
    }

    /// By the digits of the keys: three passes, whatever the numbers.
    func counted(_ rank: Int) -> Int32 {
      var rank = UInt64(rank)
      var known: UInt32 = 0
      var mask: UInt32 = 0
      for shift: Int32 in [21, 10, 0] {
        let counts = digits(known, mask, shift)
        var digit = 0
        while digit < counts.count - 1, rank >= counts[digit] {
          rank -= counts[digit]
          digit += 1
        }
        // The last digit overlaps the one before by a bit, which is known.
        known |= UInt32(digit) << UInt32(shift)
        mask |= UInt32(Selection.digits - 1) << UInt32(shift)
      }
      return Int32(bitPattern: known ^ 1 << 31)
    }

    private func digits(_ known: UInt32, _ mask: UInt32, _ shift: Int32) -> [UInt64] {
      let size = Selection.digits
      var counts = [UInt64](repeating: 0, count: size * workers.threads)
      counts.withUnsafeMutableBufferPointer { counts in
        guard let first = counts.baseAddress else { return }
        nonisolated(unsafe) let counts = first
        Pass.run(count, on: workers) { _, range, worker in
          ck_key_digits(
            start + range.lowerBound, range.count, order, known, mask, shift,
            counts + worker * size)
        }
      }
      return (0..<size).map { digit in
        (0..<workers.threads).reduce(0) { $0 + counts[$1 * size + digit] }
      }
    }
  }
}
