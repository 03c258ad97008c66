// Runs of bits, the first one in the highest bit of the first byte.

package struct BitWriter: Sendable {
  private var bytes: [UInt8] = []
  private var waiting: UInt64 = 0
  private var waitingCount = 0
  /// Bits so far.
  package var count: Int { 8 * bytes.count + waitingCount }

  package init() {}

  /// The lowest `bits` bits of a number that has no more, 0...32.
  @inline(__always)
  package mutating func append(_ number: UInt32, bits: Int) {
    waiting = waiting << UInt64(bits) | UInt64(number)
    waitingCount += bits
    while waitingCount >= 8 {
      waitingCount -= 8
      bytes.append(UInt8(truncatingIfNeeded: waiting >> UInt64(waitingCount)))
    }
  }

  /// A number from 1 on: as many zeros as it has bits after its first one, then itself. Elias 1975,
  /// doi:10.1109/TIT.1975.1055349.
  package mutating func append(gamma number: Int) {
    let after = Int.bitWidth - 1 - number.leadingZeroBitCount
    append(0, bits: after)
    append(UInt32(truncatingIfNeeded: number), bits: after + 1)
  }

  /// All bytes; the bits to spare in the last one are 0.
  package consuming func finished() -> [UInt8] {
    if waitingCount > 0 {
      bytes.append(UInt8(truncatingIfNeeded: waiting << UInt64(8 - waitingCount)))
    }
    return bytes
  }
}

/// Reads bits again. Behind the last byte come zeros: whoever reads says at the end whether there were too many.
package struct BitReader: Sendable {
  private let bytes: [UInt8]
  private var next = 0
  private var waiting: UInt64 = 0
  /// Bits that are waiting, in the highest places.
  private var waitingCount = 0

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Bits that were read.
  package var count: Int { 8 * next - waitingCount }
  /// Whether bits were read that are not there.
  package var isBeyondEnd: Bool { count > 8 * bytes.count }
  /// Whether all bits were read, but for fewer than eight zeros.
  package var isAtEnd: Bool {
    (0..<8).contains(8 * bytes.count - count) && waiting == 0
  }

  /// At least 56 bits are waiting then.
  @inline(__always)
  mutating func fill() {
    while waitingCount <= 56 {
      let byte = next < bytes.count ? bytes[next] : 0
      waiting |= UInt64(byte) << UInt64(56 - waitingCount)
      next += 1
      waitingCount += 8
    }
  }

  /// The next bits without taking them: 1...32, at most as many as are waiting.
  @inline(__always)
  func peek(_ bits: Int) -> Int { Int(waiting >> UInt64(64 - bits)) }

  @inline(__always)
  mutating func skip(_ bits: Int) {
    waiting <<= UInt64(bits)
    waitingCount -= bits
  }

  /// 1...32 bits.
  package mutating func bits(_ count: Int) -> UInt32 {
    fill()
    defer { skip(count) }
    return UInt32(truncatingIfNeeded: peek(count))
  }

  /// What `append(gamma:)` wrote; nil for numbers of more than 24 bits.
  package mutating func gamma() -> Int? {
    fill()
    let zeros = waiting.leadingZeroBitCount
    guard zeros < 24 else { return nil }
    skip(zeros)
    return Int(bits(zeros + 1))
  }
}
