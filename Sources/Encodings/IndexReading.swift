// Positions of kept elements, read back from bytes that may be anything.

extension IndexScheme {
  /// What `write` wrote: ascending positions below `count`.
  func read(from reader: inout ByteReader, of count: Int) throws(BytesError) -> [Int32] {
    switch self {
    case .bitmask: return try readBitmask(from: &reader, of: count)
    case .gaps(let bits): return try readGaps(from: &reader, of: count, bits: bits)
    case .absolute(let bits):
      let start = reader.offset
      let kept = try readKept(from: &reader, of: count)
      let positions: [Int32]
      if bits == 16 {
        let short: [UInt16] = try reader.integers(kept)
        positions = short.map { Int32($0) }
      } else {
        let long: [UInt32] = try reader.integers(kept)
        positions = long.map { Int32(clamping: $0) }
      }
      guard
        zip(positions, positions.dropFirst()).allSatisfy({ $0 < $1 }),
        Int(positions.last ?? -1) < count
      else { throw BytesError("positions that do not ascend to below \(count)", at: start) }
      return positions
    }
  }

  private func readKept(
    from reader: inout ByteReader, of count: Int
  ) throws(BytesError) -> Int {
    let start = reader.offset
    let kept = Int(try reader.integer(UInt32.self))
    guard kept <= count, allows(kept: kept, of: count) else {
      throw BytesError("\(kept) of \(count) elements kept, by \(name)", at: start)
    }
    return kept
  }

  private func readBitmask(
    from reader: inout ByteReader, of count: Int
  ) throws(BytesError) -> [Int32] {
    let start = reader.offset
    let bytes = try reader.take(BitPacking.byteCount(of: count, bits: 1))
    var positions: [Int32] = []
    positions.reserveCapacity(bytes.reduce(0) { $0 + $1.nonzeroBitCount })
    for (i, byte) in bytes.enumerated() {
      var rest = byte
      while rest != 0 {
        positions.append(Int32(i * 8 + rest.trailingZeroBitCount))
        rest &= rest - 1
      }
    }
    guard Int(positions.last ?? -1) < count else {
      throw BytesError("a bit is set behind the last of \(count) elements", at: start)
    }
    return positions
  }

  private func readGaps(
    from reader: inout ByteReader, of count: Int, bits: Int
  ) throws(BytesError) -> [Int32] {
    let start = reader.offset
    let kept = try readKept(from: &reader, of: count)
    let fillers = Int(try reader.integer(UInt32.self))
    let codes = try reader.packed(kept + fillers, bits: bits)
    let reach = UInt8(1 << bits - 1)
    var positions: [Int32] = []
    positions.reserveCapacity(kept)
    var next = 0
    for code in codes {
      next += Int(code)
      if code == reach { continue }
      guard next < count else {
        throw BytesError("gaps that lead behind the last of \(count) elements", at: start)
      }
      positions.append(Int32(next))
      next += 1
    }
    guard positions.count == kept, codes.last != reach else {
      throw BytesError("gaps that do not lead to \(kept) of \(count) elements", at: start)
    }
    return positions
  }
}
