// Codes as they are stored: the lowest bits of each, those above eight in a plane of their own.

struct Patterns: Sendable, Equatable {
  /// Bits per code, 1...16.
  let bits: Int
  /// The lowest eight bits of each code, or all of them.
  let low: [UInt8]
  /// The other bits; empty where there are none.
  let high: [UInt8]

  /// - Parameter low: codes of at most 8 bits.
  init(bits: Int, low: [UInt8], high: [UInt8] = []) {
    self.bits = bits
    self.low = low
    self.high = high
  }

  init(_ numbers: [Int32], bits: Int) {
    self.bits = bits
    let mask = Int32(1) << Int32(bits) - 1
    low = numbers.map { UInt8(truncatingIfNeeded: $0 & mask) }
    high = bits > 8 ? numbers.map { UInt8(truncatingIfNeeded: ($0 & mask) >> 8) } : []
  }

  var count: Int { low.count }

  func number(_ index: Int, isSigned: Bool) -> Int32 {
    let pattern = Int32(low[index]) | (high.isEmpty ? 0 : Int32(high[index]) << 8)
    guard isSigned else { return pattern }
    let unused = Int32(32 - bits)
    return (pattern << unused) >> unused
  }

  func numbers(isSigned: Bool) -> [Int32] {
    low.indices.map { number($0, isSigned: isSigned) }
  }

  /// Of unsigned codes; -1 where there are none.
  var greatest: Int {
    guard let top = high.max() else { return low.max().map { Int($0) } ?? -1 }
    return zip(low, high).reduce(0) {
      max($0, Int($1.1) == Int(top) ? Int(top) << 8 | Int($1.0) : 0)
    }
  }

  func contains(_ code: Int32) -> Bool {
    let wanted = Patterns([code], bits: bits)
    guard bits > 8 else { return low.contains(wanted.low[0]) }
    return zip(low, high).contains { $0 == wanted.low[0] && $1 == wanted.high[0] }
  }

  // MARK: Bytes

  private var planes: [(bits: Int, numbers: [UInt8])] {
    [(min(bits, 8), low)] + (bits > 8 ? [(bits - 8, high)] : [])
  }

  /// Bits of the last bytes that no code uses.
  static func paddingBits(of count: Int, bits: Int) -> Int {
    BitPacking.paddingBits(of: count, bits: min(bits, 8))
      + (bits > 8 ? BitPacking.paddingBits(of: count, bits: bits - 8) : 0)
  }

  /// - Parameter columns: the row length, where codes are the elements of a matrix.
  func write(to writer: inout ByteWriter, for purpose: Purpose, columns: Int? = nil) {
    for plane in planes {
      writer.append(plane.numbers, as: .init(purpose: purpose, bits: plane.bits, columns: columns))
    }
  }

  /// What `write` wrote.
  static func read(
    _ count: Int, bits: Int, for purpose: Purpose, columns: Int? = nil,
    from reader: inout ByteReader
  ) throws(BytesError) -> Patterns {
    func plane(_ bits: Int) throws(BytesError) -> [UInt8] {
      try reader.symbols(count, as: .init(purpose: purpose, bits: bits, columns: columns))
    }
    let low = try plane(min(bits, 8))
    return Patterns(bits: bits, low: low, high: bits > 8 ? try plane(bits - 8) : [])
  }
}
