// A binary range coder: decisions in, whole bytes out, at the cost that their probabilities say.
// It knows no models; whole numbers only, so that every machine makes the same bits.

/// Codes one decision after the other: an encoder takes them, a decoder gives them. A model written
/// against it is written once for both ways.
protocol BinaryCoder {
  /// - Parameters:
  ///   - bit: 0 or 1; a decoder looks away.
  ///   - probability: that it is 1, in 65,536ths: 1...65535.
  /// - Returns: the decision.
  mutating func code(_ bit: UInt32, probability: UInt32) -> UInt32
  /// Bits of information that the decisions so far have taken, rounded up.
  var position: Int { get }
}

/// After Martin 1979, "Range encoding: an algorithm for removing redundancy from a digitised message": an interval of 32 bits that each decision narrows.
package struct RangeEncoder: BinaryCoder {
  private var bytes: [UInt8] = []
  private var low: UInt32 = 0
  private var range = UInt32.max

  package init() {}

  @inline(__always)
  mutating func code(_ bit: UInt32, probability: UInt32) -> UInt32 {
    let bound = UInt32(truncatingIfNeeded: (UInt64(range) &* UInt64(probability)) >> 16)
    // All ones where the decision is 0.
    let zero = bit &- 1
    let (sum, overflow) = low.addingReportingOverflow(bound & zero)
    low = sum
    range = (bound & ~zero) | ((range &- bound) & zero)
    if overflow { carry() }
    while range < 1 << 24 {
      bytes.append(UInt8(truncatingIfNeeded: low >> 24))
      low <<= 8
      range <<= 8
    }
    return bit
  }

  private mutating func carry() {
    var last = bytes.count - 1
    while bytes[last] == 255 {
      bytes[last] = 0
      last -= 1
    }
    bytes[last] += 1
  }

  package var position: Int { RangeDecoder.position(shifts: bytes.count, range) }

  /// The bytes: the fewest that name a number in the last interval. Zeros at the end are left out, but
  /// of the last four places only.
  package consuming func finished() -> [UInt8] {
    let fewest = bytes.count - 4
    for count in 0...4 {
      // The interval holds a number whose bits behind the first `count` bytes are 0.
      let rest = UInt64(UInt32.max) >> UInt64(8 * count)
      let number = (UInt64(low) + rest) & ~rest
      guard number < UInt64(low) + UInt64(range) else { continue }
      if number >> 32 != 0 { carry() }
      for place in 0..<count {
        bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(24 - 8 * place)))
      }
      break
    }
    while bytes.last == 0, bytes.count > fewest { bytes.removeLast() }
    return bytes
  }
}

/// What an encoder wrote. Bytes that are missing at the end are zeros: it never stops, and says
/// afterwards whether the bytes can be those of an encoder.
package struct RangeDecoder: BinaryCoder {
  private let bytes: [UInt8]
  /// Of the next byte, whether it is there or not.
  private var next = 0
  /// The number that the bytes name, from the interval's lower end.
  private var offset: UInt32 = 0
  private var range = UInt32.max

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    for _ in 0..<4 { shift() }
  }

  @inline(__always)
  private mutating func shift() {
    offset = offset << 8 | (next < bytes.count ? UInt32(bytes[next]) : 0)
    next += 1
  }

  @inline(__always)
  mutating func code(_: UInt32, probability: UInt32) -> UInt32 {
    let bound = UInt32(truncatingIfNeeded: (UInt64(range) &* UInt64(probability)) >> 16)
    let bit: UInt32 = offset < bound ? 1 : 0
    let zero = bit &- 1
    offset &-= bound & zero
    range = (bound & ~zero) | ((range &- bound) & zero)
    while range < 1 << 24 {
      shift()
      range <<= 8
    }
    return bit
  }

  package var position: Int { RangeDecoder.position(shifts: next - 4, range) }

  /// Whether an encoder may end here: it leaves out at most four zeros, and writes nothing that a
  /// decoder does not look at.
  package var isAtEnd: Bool { abs(next - 4 - bytes.count) <= 4 }

  static func position(shifts: Int, _ range: UInt32) -> Int {
    8 * shifts + range.leadingZeroBitCount
  }
}
