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
    var next = 0
    // Eight numbers fill as many bytes as each has bits.
    for start in stride(from: 0, to: numbers.count, by: 8) {
      let end = min(start + 8, numbers.count)
      var word: UInt64 = 0
      for i in start..<end { word |= UInt64(numbers[i]) << UInt64((i - start) * bits) }
      for byte in 0..<byteCount(of: end - start, bits: bits) {
        bytes[next] = UInt8(truncatingIfNeeded: word >> UInt64(8 * byte))
        next += 1
      }
    }
    return bytes
  }

  /// The numbers again, from exactly the bytes that they take.
  static func unpacked(_ bytes: ArraySlice<UInt8>, bits: Int, count: Int) -> [UInt8] {
    precondition(bytes.count == byteCount(of: count, bits: bits), "as many bytes as numbers take")
    if bits == 8 { return Array(bytes) }
    var numbers = [UInt8](repeating: 0, count: count)
    let mask = UInt64(1) << UInt64(bits) - 1
    var next = bytes.startIndex
    for start in stride(from: 0, to: count, by: 8) {
      let end = min(start + 8, count)
      var word: UInt64 = 0
      for byte in 0..<byteCount(of: end - start, bits: bits) {
        word |= UInt64(bytes[next]) << UInt64(8 * byte)
        next += 1
      }
      for i in start..<end {
        numbers[i] = UInt8(truncatingIfNeeded: word >> UInt64((i - start) * bits) & mask)
      }
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
