// Codes that stand for the levels of a small table, times a scale per slice: 8-bit floats, ternary
// and binary weights.
package import Tensors

/// A table of levels: what the codes 0, 1, … stand for before they are scaled.
package struct LevelSet: Sendable, Equatable {
  package let name: String
  package let summary: String
  package let source: String
  /// The byte that names it in a file. Never reused.
  let tag: UInt8
  /// By code; codes without a finite level are none.
  package let levels: [Float]
  /// How many codes a byte holds where that is more than its bits would: five of three levels.
  let codesPerByte: Int
  /// The finite levels in order, each once.
  private let ascending: [(level: Float, code: UInt8)]
  /// By the sign, exponent and three highest fraction bits of a number: the place in `ascending` of the
  /// level next below. No table has levels closer together.
  private let floors: [UInt8]

  package static func == (left: LevelSet, right: LevelSet) -> Bool { left.tag == right.tag }

  private init(
    _ name: String, _ summary: String, source: String, tag: UInt8, levels: [Float],
    codesPerByte: Int
  ) {
    self.name = name
    self.summary = summary
    self.source = source
    self.tag = tag
    self.levels = levels
    self.codesPerByte = codesPerByte
    var seen: Set<Float> = []
    ascending = levels.enumerated()
      .filter { $0.element.isFinite && seen.insert($0.element).inserted }
      .map { (level: $0.element, code: UInt8($0.offset)) }
      .sorted { $0.level < $1.level }
    var floors = [UInt8](repeating: 0, count: 4096)
    var below = 0
    // From the least number to the greatest, what is none at both ends.
    for top in [(2048..<4096).reversed(), Array(0..<2048)].joined() {
      // The least number that begins with these bits.
      let least = Float(bitPattern: UInt32(top) << 20 | (top < 2048 ? 0 : 0xF_FFFF))
      while below + 2 < ascending.count, ascending[below + 1].level <= least { below += 1 }
      floors[top] = UInt8(below)
    }
    self.floors = floors
  }

  package static let e4m3 = LevelSet(
    "fp8 e4m3", "1 sign, 4 exponent, 3 fraction bits: up to 448, no infinity",
    source: "Micikevicius et al. 2022, arXiv:2209.05433", tag: 0,
    levels: (0...255).map { pattern in
      pattern & 127 == 127 ? .nan : small(pattern, exponentBits: 4, fractionBits: 3)
    }, codesPerByte: 1)

  package static let e5m2 = LevelSet(
    "fp8 e5m2", "1 sign, 5 exponent, 2 fraction bits: up to 57344",
    source: "Micikevicius et al. 2022, arXiv:2209.05433", tag: 1,
    levels: (0...255).map { pattern in
      pattern & 127 >= 124 ? .nan : small(pattern, exponentBits: 5, fractionBits: 2)
    }, codesPerByte: 1)

  package static let ternary = LevelSet(
    "ternary", "-1, 0 and 1; five of them share a byte", source: "Li et al. 2016, arXiv:1605.04711",
    tag: 2, levels: [0, 1, -1], codesPerByte: 5)

  package static let binary = LevelSet(
    "binary", "-1 and 1", source: "Courbariaux et al. 2015, arXiv:1511.00363", tag: 3,
    levels: [1, -1], codesPerByte: 8)

  package static let all = [e4m3, e5m2, ternary, binary]

  /// The value of a small floating-point number: sign, exponent, fraction.
  private static func small(_ pattern: Int, exponentBits: Int, fractionBits: Int) -> Float {
    let fraction = Float(pattern & (1 << fractionBits - 1)) / Float(1 << fractionBits)
    let exponent = pattern >> fractionBits & (1 << exponentBits - 1)
    let bias = 1 << (exponentBits - 1) - 1
    let magnitude =
      exponent == 0
      ? Float(sign: .plus, exponent: 1 - bias, significand: 1) * fraction
      : Float(sign: .plus, exponent: exponent - bias, significand: 1) * (1 + fraction)
    return pattern >> (exponentBits + fractionBits) == 0 ? magnitude : -magnitude
  }

  /// The greatest level.
  package var greatest: Float { levels.reduce(0) { $1.isFinite ? max($0, $1) : $0 } }

  /// The code of the level nearest to a finite number; of two equally near ones the even one.
  /// Numbers beyond the greatest level take that one.
  package func code(nearest value: Float) -> UInt8 {
    let low = Int(floors[Int(value.bitPattern >> 20)])
    let high = low + 1
    let below = Double(value) - Double(ascending[low].level)
    let above = Double(ascending[high].level) - Double(value)
    let isLow = below < above || below == above && ascending[low].code % 2 == 0
    return ascending[isLow ? low : high].code
  }

  /// How codes are stored.
  func form(of shape: [Int]) -> SymbolStream.Form {
    .init(
      purpose: .codes, bits: codesPerByte == 5 ? 2 : 8 / codesPerByte,
      columns: Affine.columns(of: shape), isTernary: codesPerByte == 5)
  }

  /// Bits of one code, if codes could share bits: the least that so many levels take.
  package var nominalBits: Double {
    switch levels.count {
    case 2: 1
    case 3: 1.584962500721156
    default: 8
    }
  }
}

/// Values are `level × scale`.
package struct Levels: Encoding {
  package static let tag: UInt8 = 5
  package static let name = "levels"

  package let shape: [Int]
  package let table: LevelSet
  package let granularity: Affine.Granularity
  /// One per slice, in the order of the elements.
  package let scales: [Float]
  /// One per element, row-major.
  package let codes: [UInt8]

  /// - Throws: `EncodingError.parts` where a count, a code or a scale does not fit.
  package init(
    shape: [Int], table: LevelSet, granularity: Affine.Granularity, codes: [UInt8], scales: [Float]
  ) throws(EncodingError) {
    func check(_ holds: Bool, _ wanted: String) throws(EncodingError) {
      if !holds { throw .parts(encoding: Levels.name, wanted: wanted) }
    }
    guard let count = try? Tensor.count(of: shape) else {
      throw .parts(encoding: Levels.name, wanted: "a shape, got \(shape)")
    }
    if case .group(let size) = granularity {
      try check(size >= 1 && size <= Int(UInt32.max), "groups of at least one element")
    }
    let slices = Affine.sliceCount(of: shape, granularity)
    try check(codes.count == count, "\(count) codes, got \(codes.count)")
    try check(scales.count == slices, "\(slices) scales, got \(scales.count)")
    try check(scales.allSatisfy { $0.isFinite }, "finite scales")
    let levels = table.levels
    try check(
      codes.allSatisfy { Int($0) < levels.count && levels[Int($0)].isFinite },
      "codes of \(table.name)")
    self.init(shape, table, granularity, codes, scales)
  }

  private init(
    _ shape: [Int], _ table: LevelSet, _ granularity: Affine.Granularity, _ codes: [UInt8],
    _ scales: [Float]
  ) {
    self.shape = shape
    self.table = table
    self.granularity = granularity
    self.codes = codes
    self.scales = scales
  }

  package var summary: String { table.name + granularity.phrase }

  package var ledger: Ledger {
    Ledger([
      .init(.header, bits: 16 + granularity.sizeBits), .init(.scales, bits: 32 * scales.count),
    ]) + table.form(of: shape).packedLedger(of: codes)
  }

  package func decoded() -> Tensor {
    var elements = [Float](repeating: 0, count: codes.count)
    let levels = table.levels
    for (slice, run) in Affine.slices(of: shape, granularity).enumerated() {
      let scale = scales[slice]
      for i in run { elements[i] = levels[Int(codes[i])] * scale }
    }
    return Tensor(trusted: shape, elements)
  }

  package func write(to writer: inout ByteWriter) {
    writer.append(table.tag)
    writer.append(granularity.tag)
    granularity.writeSize(to: &writer)
    ScaleFormat.fp32.write(scales, to: &writer)
    writer.append(codes, as: table.form(of: shape))
  }

  package static func read(
    from reader: inout ByteReader, shape: [Int]
  ) throws(BytesError) -> Levels {
    let count = try reader.count(of: shape)
    let start = reader.offset
    let tag = try reader.integer(UInt8.self)
    guard let table = LevelSet.all.first(where: { $0.tag == tag }) else {
      throw BytesError("there is no set of levels with the number \(tag)", at: start)
    }
    let granularity = try Affine.Granularity.read(
      tag: try reader.integer(UInt8.self), from: &reader)
    let slices = Affine.sliceCount(of: shape, granularity)
    let scales = try ScaleFormat.fp32.read(slices, from: &reader)
    let codes = try reader.symbols(count, as: table.form(of: shape))
    guard codes.allSatisfy({ table.levels[Int($0)].isFinite }) else {
      throw BytesError("a code of \(table.name) that stands for no number", at: start)
    }
    return Levels(shape, table, granularity, codes, scales)
  }
}
