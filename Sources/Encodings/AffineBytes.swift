// Affine storage as bytes: a header, the scales, the zero points, the codes.
// Header: bits - 1 (4 bits), signed (1), has zero points (1), granularity (2); a byte for how
// scales are stored; for groups, then their size in 32 bits.
extension Affine {
  package var ledger: Ledger {
    var ledger = Ledger([
      .init(.header, bits: 16 + granularity.sizeBits),
      .init(.scales, bits: scaleFormat.bits * scales.count),
    ])
    var padding = Patterns.paddingBits(of: count, bits: bits)
    if !isSymmetric {
      ledger.add(.zeroPoints, bits: bits * scales.count)
      padding += Patterns.paddingBits(of: scales.count, bits: bits)
    }
    ledger.add(.codes, bits: bits * count)
    ledger.add(.padding, bits: padding)
    return ledger
  }

  package func write(to writer: inout ByteWriter) {
    let flags: UInt8 = (isSigned ? 16 : 0) | (isSymmetric ? 0 : 32)
    writer.append(UInt8(bits - 1) | flags | granularity.tag << 6)
    writer.append(scaleFormat.rawValue)
    granularity.writeSize(to: &writer)
    scaleFormat.write(scales, to: &writer)
    zeroPatterns?.write(to: &writer, for: .zeroPoints)
    patterns.write(to: &writer, for: .codes, columns: Affine.columns(of: shape))
  }

  package static func read(
    from reader: inout ByteReader, shape: [Int]
  ) throws(BytesError) -> Affine {
    let count = try reader.count(of: shape)
    let start = reader.offset
    let header = try reader.integer(UInt8.self)
    let bits = Int(header & 15) + 1
    guard bits >= 2 else { throw BytesError("codes of \(bits) bits", at: start) }
    let tag = try reader.integer(UInt8.self)
    guard let format = ScaleFormat(rawValue: tag) else {
      throw BytesError("there is no way to store scales with the number \(tag)", at: start)
    }
    let granularity = try Granularity.read(tag: header >> 6, from: &reader)
    let slices = Affine.sliceCount(of: shape, granularity)
    let scales = try format.read(slices, from: &reader)
    let zeroPatterns =
      header & 32 == 0
      ? nil : try Patterns.read(slices, bits: bits, for: .zeroPoints, from: &reader)
    let patterns = try Patterns.read(
      count, bits: bits, for: .codes, columns: Affine.columns(of: shape), from: &reader)
    return Affine(
      shape, header & 16 != 0, granularity, scales, format, patterns: patterns,
      zeroPatterns: zeroPatterns)
  }
}
