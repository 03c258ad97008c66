// Which elements are the lowest, and arrays without some of their elements.
import CKernels

package enum Masking {
  /// True for the `count` lowest scores; among equal ones the earliest. What is no number is as high
  /// as infinity.
  package static func lowest(
    _ count: Int, of scores: [Float], on workers: Workers = .shared
  ) -> [Bool] {
    precondition(count >= 0 && count <= scores.count, "a count among the scores")
    guard count > 0 else { return [Bool](repeating: false, count: scores.count) }
    let found = Selection.smallest(count - 1, of: scores, on: workers)
    let limit = found.isNaN ? Float.infinity : found
    let blocks = Count.belowByBlock(limit, in: scores, on: workers)
    var ties = count - blocks.reduce(0) { $0 + $1.below }
    // Ties go to the earliest: each block is told how many are left for it.
    let shares = blocks.map { block in
      let share = min(ties, block.equal)
      ties -= share
      return share
    }
    return [Bool](filling: scores.count) { mask in
      nonisolated(unsafe) let mask = UnsafeMutableRawPointer(mask)
        .assumingMemoryBound(to: UInt8.self)
      scores.withUnsafeBufferPointer { scores in
        guard let start = scores.baseAddress else { return }
        Pass.run(scores.count, on: workers) { block, range, _ in
          let first = range.lowerBound
          ck_mask_below(start + first, range.count, limit, shares[block], mask + first)
        }
      }
    }
  }

  /// The values, and 0 where the mask is true.
  package static func zeroed(
    _ values: [Float], where mask: [Bool], on workers: Workers = .shared
  ) -> [Float] {
    precondition(mask.count == values.count, "a mask as long as the array")
    return [Float](filling: values.count) { result in
      nonisolated(unsafe) let result = result
      withStarts(values, mask) { values, mask in
        Pass.run(mask.count, on: workers) { _, range, _ in
          let first = range.lowerBound
          guard let flags = mask.baseAddress else { return }
          ck_zero_where(
            flags.assumingMemoryBound(to: UInt8.self) + first, values + first, range.count,
            result + first)
        }
      }
    }
  }

  /// An array of zeros with values at ascending positions.
  package static func spread(
    _ values: [Float], to positions: [Int32], of count: Int
  ) -> [Float] {
    precondition(values.count == positions.count, "a position for each value")
    precondition(Int(positions.last ?? -1) < count, "positions in the array")
    return [Float](filling: count) { result in
      result.initialize(repeating: 0, count: count)
      for (position, value) in zip(positions, values) {
        precondition(position >= 0 && position < count, "positions in the array")
        result[Int(position)] = value
      }
    }
  }

  /// Where a mask is false, in order, and the values there.
  package static func kept(
    of values: [Float], without mask: [Bool]
  ) -> (positions: [Int32], values: [Float]) {
    precondition(mask.count == values.count, "a mask as long as the array")
    precondition(values.count <= Int(Int32.max), "positions of 32 bits")
    let count = mask.reduce(0) { $0 + ($1 ? 0 : 1) }
    var positions: [Int32] = []
    var kept: [Float] = []
    positions.reserveCapacity(count)
    kept.reserveCapacity(count)
    for i in mask.indices where !mask[i] {
      positions.append(Int32(truncatingIfNeeded: i))
      kept.append(values[i])
    }
    return (positions, kept)
  }

  private static func withStarts(
    _ values: [Float], _ mask: [Bool],
    _ body: (UnsafePointer<Float>, UnsafeRawBufferPointer) -> Void
  ) {
    values.withUnsafeBufferPointer { values in
      mask.withUnsafeBytes { mask in
        if let start = values.baseAddress { body(start, mask) }
      }
    }
  }

  /// The elements with any bit set (all but a positive 0) and where they are, in order.
  package static func nonBlanks(
    of values: [Float], on workers: Workers = .shared
  ) -> (positions: [Int32], values: [Float]) {
    precondition(values.count <= Int(Int32.max), "positions of 32 bits")
    let counts = Count.perBlock(values, on: workers, 0) { ck_count_bits($0, $1) }
    var starts: [Int] = []
    var total = 0
    for count in counts {
      starts.append(total)
      total += count
    }
    var kept: [Float] = []
    let positions = [Int32](filling: total) { positions in
      nonisolated(unsafe) let positions = positions
      kept = [Float](filling: total) { kept in
        nonisolated(unsafe) let kept = kept
        values.withUnsafeBufferPointer { values in
          guard let start = values.baseAddress else { return }
          Pass.run(values.count, on: workers) { block, range, _ in
            let first = range.lowerBound
            _ = ck_collect_bits(
              start + first, range.count, Int32(first), positions + starts[block],
              kept + starts[block])
          }
        }
      }
    }
    return (positions, kept)
  }
}
