// Affine storage as bytes: a header, the scales, the zero points, the codes.
// Header: bits - 1 (3 bits), signed (1), has zero points (1), granularity (2: tensor, channel,
// group), 0 (1); for groups, then their size in 32 bits.
extension Affine {
  package var ledger: Ledger {
    var ledger = Ledger([
      .init(.header, bits: isGrouped ? 40 : 8), .init(.scales, bits: 32 * scales.count),
    ])
    var padding = BitPacking.paddingBits(of: count, bits: bits)
    if !isSymmetric {
      ledger.add(.zeroPoints, bits: bits * scales.count)
      padding += BitPacking.paddingBits(of: scales.count, bits: bits)
    }
    ledger.add(.codes, bits: bits * count)
    ledger.add(.padding, bits: padding)
    return ledger
  }

  private var isGrouped: Bool {
    if case .group = granularity { true } else { false }
  }

  package func write(to writer: inout ByteWriter) {
    var header = UInt8(bits - 1) | (isSigned ? 8 : 0) | (isSymmetric ? 0 : 16)
    switch granularity {
    case .tensor: writer.append(header)
    case .channel: writer.append(header | 1 << 5)
    case .group(let size):
      header |= 2 << 5
      writer.append(header)
      writer.append(UInt32(size))
    }
    writer.append(scales)
    if let zeroPatterns { writer.append(BitPacking.packed(zeroPatterns, bits: bits)) }
    writer.append(BitPacking.packed(patterns, bits: bits))
  }

  package static func read(
    from reader: inout ByteReader, shape: [Int]
  ) throws(BytesError) -> Affine {
    let count = try reader.count(of: shape)
    let start = reader.offset
    let header = try reader.integer(UInt8.self)
    let bits = Int(header & 7) + 1
    let granularity: Granularity
    switch header >> 5 {
    case 0: granularity = .tensor
    case 1: granularity = .channel
    case 2: granularity = .group(Int(try reader.integer(UInt32.self)))
    default: throw BytesError("there is no granularity with the number \(header >> 5)", at: start)
    }
    guard bits >= 2, granularity != .group(0) else {
      throw BytesError("codes of \(bits) bits, \(granularity)", at: start)
    }
    let slices = sliceCount(of: shape, granularity)
    let scales = try reader.floats(slices)
    guard scales.allSatisfy({ $0.isFinite }) else {
      throw BytesError("a scale is not finite", at: start)
    }
    let zeroPatterns = header & 16 == 0 ? nil : try reader.packed(slices, bits: bits)
    return Affine(
      shape, bits, header & 8 != 0, granularity, scales,
      patterns: try reader.packed(count, bits: bits), zeroPatterns: zeroPatterns)
  }
}
