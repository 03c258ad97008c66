// Small whole numbers packed without gaps: the first one in the lowest bits of the first byte.

enum BitPacking {
  /// The bytes that so many numbers of 1 to 8 bits take; the last byte may have bits to spare.
  static func byteCount(of count: Int, bits: Int) -> Int { (count * bits + 7) / 8 }

  /// The bits of those bytes that no number uses.
  static func paddingBits(of count: Int, bits: Int) -> Int {
    byteCount(of: count, bits: bits) * 8 - count * bits
  }

  /// Numbers below `2^bits`, packed; the bits to spare are 0.
  static func packed(_ numbers: [UInt8], bits: Int) -> [UInt8] {
    if bits == 8 { return numbers }
    var bytes = [UInt8](repeating: 0, count: byteCount(of: numbers.count, bits: bits))
    var pending: UInt32 = 0
    var held = 0
    var next = 0
    for number in numbers {
      pending |= UInt32(number) << UInt32(held)
      held += bits
      if held >= 8 {
        bytes[next] = UInt8(truncatingIfNeeded: pending)
        next += 1
        pending >>= 8
        held -= 8
      }
    }
    if held > 0 { bytes[next] = UInt8(truncatingIfNeeded: pending) }
    return bytes
  }

  /// The numbers again, from exactly the bytes that they take.
  static func unpacked(_ bytes: ArraySlice<UInt8>, bits: Int, count: Int) -> [UInt8] {
    precondition(bytes.count == byteCount(of: count, bits: bits), "as many bytes as numbers take")
    if bits == 8 { return Array(bytes) }
    var numbers = [UInt8](repeating: 0, count: count)
    let mask = UInt32(1) << UInt32(bits) - 1
    var pending: UInt32 = 0
    var held = 0
    var next = bytes.startIndex
    for i in 0..<count {
      if held < bits {
        pending |= UInt32(bytes[next]) << UInt32(held)
        next += 1
        held += 8
      }
      numbers[i] = UInt8(truncatingIfNeeded: pending & mask)
      pending >>= UInt32(bits)
      held -= bits
    }
    return numbers
  }
}

extension ByteReader {
  /// So many packed numbers.
  /// - Throws: `BytesError` also where bits to spare are not 0.
  mutating func packed(_ count: Int, bits: Int) throws(BytesError) -> [UInt8] {
    let start = offset
    let part = try take(BitPacking.byteCount(of: count, bits: bits))
    let spare = BitPacking.paddingBits(of: count, bits: bits)
    if let last = part.last, last.leadingZeroBitCount < spare {
      throw BytesError("the bits after the last of \(count) packed numbers are not 0", at: start)
    }
    return BitPacking.unpacked(part, bits: bits, count: count)
  }
}
