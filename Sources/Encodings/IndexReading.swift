// Positions of kept elements, read back from bytes that may be anything.

extension IndexScheme {
  /// What `write` wrote: ascending positions below the count. Those of a relative index follow their
  /// values: `readRelative`.
  func read(from reader: inout ByteReader, of layout: Layout) throws(BytesError) -> [Int32] {
    switch self {
    case .bitmask:
      let mask = try reader.symbols(layout.count, as: layout.mask)
      var positions: [Int32] = []
      positions.reserveCapacity(mask.count { $0 != 0 })
      for i in mask.indices where mask[i] != 0 { positions.append(Int32(truncatingIfNeeded: i)) }
      return positions
    case .gaps(let bits): return try readGaps(from: &reader, of: layout.count, bits: bits)
    case .relative: preconditionFailure("a relative index is read after its values")
    case .absolute(let bits): return try readAbsolute(from: &reader, of: layout.count, bits: bits)
    case .rows, .columns: return try readLines(from: &reader, of: layout)
    }
  }

  func readKept(from reader: inout ByteReader, of count: Int) throws(BytesError) -> Int {
    let start = reader.offset
    let kept = try reader.count(upTo: count)
    guard allows(kept: kept, of: count) else {
      throw BytesError("\(kept) of \(count) elements kept, by \(name)", at: start)
    }
    return kept
  }

  private func readAbsolute(
    from reader: inout ByteReader, of count: Int, bits: Int
  ) throws(BytesError) -> [Int32] {
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

  private func readGaps(
    from reader: inout ByteReader, of count: Int, bits: Int
  ) throws(BytesError) -> [Int32] {
    let start = reader.offset
    let kept = try readKept(from: &reader, of: count)
    let reach = UInt8(1 << bits - 1)
    let fillers = try reader.count(upTo: count / Int(reach))
    let codes = try reader.symbols(kept + fillers, as: gapForm(bits))
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

  /// Of a relative index.
  func readRelative(
    _ kept: Int, from reader: inout ByteReader, of count: Int, bits: Int, fillers: [Bool]
  ) throws(BytesError) -> [Int32] {
    let start = reader.offset
    let codes = try reader.symbols(kept, as: gapForm(bits, fillers: fillers))
    var next = 0
    let positions = codes.map { code in
      next += Int(code) + 1
      return Int32(clamping: next - 1)
    }
    guard next <= count else {
      throw BytesError("gaps that lead behind the last of \(count) elements", at: start)
    }
    return positions
  }

  private func readLines(
    from reader: inout ByteReader, of layout: Layout
  ) throws(BytesError) -> [Int32] {
    let start = reader.offset
    let lines = layout.lines(self)
    let counts = try read(
      lines.count, bits: IndexScheme.bits(telling: lines.length + 1), from: &reader)
    var kept = 0
    for count in counts {
      kept += Int(count)
      guard count <= lines.length, kept <= layout.count else {
        throw BytesError("\(kept) of \(layout.count) elements kept, by \(name)", at: start)
      }
    }
    guard allows(kept: kept, of: layout.count) else {
      throw BytesError("\(kept) of \(layout.count) elements kept, by \(name)", at: start)
    }
    let places = try read(kept, bits: IndexScheme.bits(telling: lines.length), from: &reader)
    var positions: [Int32] = []
    positions.reserveCapacity(kept)
    var next = 0
    for (line, count) in counts.enumerated() {
      var last = -1
      for place in places[next..<next + Int(count)] {
        guard Int(place) > last, place < lines.length else {
          throw BytesError("places that do not ascend to below \(lines.length)", at: start)
        }
        last = Int(place)
        let position =
          self == .rows ? line * lines.length + last : last * lines.count + line
        positions.append(Int32(truncatingIfNeeded: position))
      }
      next += Int(count)
    }
    return self == .rows ? positions : positions.sorted()
  }

  private func read(
    _ count: Int, bits: Int, from reader: inout ByteReader
  ) throws(BytesError) -> [UInt32] {
    var numbers: [UInt32] = []
    for (i, form) in IndexScheme.planes(bits, .indices).enumerated() {
      let plane = try reader.symbols(count, as: form)
      if i == 0 { numbers = plane.map { UInt32($0) } }
      if i > 0 { for j in plane.indices { numbers[j] |= UInt32(plane[j]) << UInt32(8 * i) } }
    }
    return numbers.isEmpty ? [UInt32](repeating: 0, count: count) : numbers
  }
}
