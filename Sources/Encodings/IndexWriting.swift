// Positions of kept elements as streams of symbols.

extension IndexScheme {
  /// - Parameter fillers: of a relative index: whether an element is only there to lead to others.
  func write(
    _ positions: [Int32], of layout: Layout, fillers: [Bool], to writer: inout ByteWriter
  ) {
    switch self {
    case .bitmask:
      var mask = [UInt8](repeating: 0, count: layout.count)
      for position in positions { mask[Int(position)] = 1 }
      writer.append(mask, as: layout.mask)
    case .gaps(let bits):
      let codes = gaps(positions, bits: bits)
      writer.append(count: positions.count)
      writer.append(count: codes.count - positions.count)
      writer.append(codes, as: gapForm(bits))
    case .relative(let bits):
      var next: Int32 = 0
      let codes = positions.map { position in
        defer { next = position + 1 }
        return UInt8(truncatingIfNeeded: position - next)
      }
      writer.append(codes, as: gapForm(bits, fillers: fillers))
    case .absolute(let bits):
      writer.append(count: positions.count)
      if bits == 16 {
        writer.append(positions.map { UInt16(truncatingIfNeeded: $0) })
      } else {
        writer.append(positions.map { UInt32(truncatingIfNeeded: $0) })
      }
    case .rows, .columns: writeLines(positions, of: layout, to: &writer)
    }
  }

  private func gaps(_ positions: [Int32], bits: Int) -> [UInt8] {
    let reach = 1 << bits - 1
    var codes: [UInt8] = []
    codes.reserveCapacity(positions.count)
    var next = 0
    for position in positions {
      var gap = Int(position) - next
      while gap >= reach {
        codes.append(UInt8(reach))
        gap -= reach
      }
      codes.append(UInt8(gap))
      next = Int(position) + 1
    }
    return codes
  }

  private func writeLines(
    _ positions: [Int32], of layout: Layout, to writer: inout ByteWriter
  ) {
    let lines = layout.lines(self)
    var counts = [UInt32](repeating: 0, count: lines.count)
    let columns = Int32(clamping: max(1, layout.columns))
    for position in positions {
      let (row, column) = position.quotientAndRemainder(dividingBy: columns)
      counts[Int(self == .rows ? row : column)] += 1
    }
    var places = [UInt32](repeating: 0, count: positions.count)
    var next: [Int] = []
    var start = 0
    for count in counts {
      next.append(start)
      start += Int(count)
    }
    for position in positions {
      let (row, column) = position.quotientAndRemainder(dividingBy: columns)
      let (line, place) = self == .rows ? (row, column) : (column, row)
      places[next[Int(line)]] = UInt32(place)
      next[Int(line)] += 1
    }
    write(counts, bits: IndexScheme.bits(telling: lines.length + 1), to: &writer)
    write(places, bits: IndexScheme.bits(telling: lines.length), to: &writer)
  }

  private func write(_ numbers: [UInt32], bits: Int, to writer: inout ByteWriter) {
    for (i, form) in IndexScheme.planes(bits, .indices).enumerated() {
      let mask = UInt32(1 << form.bits - 1)
      writer.append(
        numbers.map { UInt8(truncatingIfNeeded: $0 >> UInt32(8 * i) & mask) }, as: form)
    }
  }

  /// The positions of a relative index: between those that are kept, fillers wherever a gap does not
  /// fit, each with the place of its value or -1.
  static func bridged(
    _ positions: [Int32], bits: Int
  ) -> (positions: [Int32], places: [Int]) {
    let stride = Int32(1) << Int32(bits)
    var all: [Int32] = []
    var places: [Int] = []
    var next: Int32 = 0
    for (place, position) in positions.enumerated() {
      while position - next >= stride {
        next += stride
        all.append(next - 1)
        places.append(-1)
      }
      all.append(position)
      places.append(place)
      next = position + 1
    }
    return (all, places)
  }
}
