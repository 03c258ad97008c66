// Small whole numbers on their way into a file: every encoding hands its codes and positions over as
// streams of symbols, which are packed as they are, or left to a coder.

struct SymbolStream: Sendable, Equatable {
  let form: Form
  /// Each below 2^bits; of a ternary form below 3.
  let symbols: [UInt8]

  /// All that whoever reads a stream knows of it beforehand.
  struct Form: Sendable, Equatable {
    let purpose: Purpose
    /// Of a symbol, 1...8.
    let bits: Int
    /// The row length, where symbols are the elements of a matrix, row after row.
    var columns: Int?
    var fillers = Fillers.none
    /// Symbols 0, 1 and 2, five of which are packed into a byte.
    var isTernary = false
  }

  /// Symbols that only lead to others.
  enum Fillers: Sendable, Equatable {
    case none
    case symbol(UInt8)
    /// By place.
    case places([Bool])
  }
}

extension SymbolStream.Form {
  /// Whether the symbol at a place is a filler.
  @inline(__always)
  func isFiller(_ symbol: UInt8, at place: Int) -> Bool {
    switch fillers {
    case .none: false
    case .symbol(let filler): symbol == filler
    case .places(let places): places[place]
    }
  }

  /// Bits by purpose.
  /// - Parameters:
  ///   - total: of all symbols.
  ///   - lengths: by symbol.
  func ledger(of symbols: [UInt8], total: Int, lengths: [UInt8]) -> Ledger {
    var bridging = 0
    if fillers != .none {
      for (place, symbol) in symbols.enumerated() where isFiller(symbol, at: place) {
        bridging += Int(lengths[Int(symbol)])
      }
    }
    return Ledger([.init(purpose, bits: total - bridging), .init(.fillers, bits: bridging)])
  }

  func packed(_ symbols: [UInt8]) -> [UInt8] {
    guard isTernary else { return BitPacking.packed(symbols, bits: bits) }
    return stride(from: 0, to: symbols.count, by: 5).map { start in
      symbols[start..<min(start + 5, symbols.count)].reversed().reduce(0) { $0 * 3 + $1 }
    }
  }

  func byteCount(of count: Int) -> Int {
    isTernary ? (count + 4) / 5 : BitPacking.byteCount(of: count, bits: bits)
  }

  /// Where the bits of `packed` are. Five ternary symbols leave none to spare that a count could name.
  func packedLedger(of symbols: [UInt8]) -> Ledger {
    if isTernary { return Ledger([.init(purpose, bits: 8 * byteCount(of: symbols.count))]) }
    return packedLedger(
      of: symbols.count,
      fillers: fillers == .none
        ? 0
        : symbols.indices.count {
          isFiller(symbols[$0], at: $0)
        })
  }

  /// The same of so many symbols that are not ternary.
  func packedLedger(of count: Int, fillers: Int = 0) -> Ledger {
    Ledger([
      .init(purpose, bits: bits * (count - fillers)), .init(.fillers, bits: bits * fillers),
      .init(.padding, bits: BitPacking.paddingBits(of: count, bits: bits)),
    ])
  }

  func unpacked(_ count: Int, from reader: inout ByteReader) throws(BytesError) -> [UInt8] {
    guard isTernary else { return try reader.packed(count, bits: bits) }
    let start = reader.offset
    let bytes = try reader.take(byteCount(of: count))
    var symbols: [UInt8] = []
    symbols.reserveCapacity(count)
    for byte in bytes {
      var rest = byte
      for _ in 0..<min(5, count - symbols.count) {
        symbols.append(rest % 3)
        rest /= 3
      }
      guard rest == 0 else { throw BytesError("a byte of ternary codes is too large", at: start) }
    }
    return symbols
  }

  /// Whether a coder made symbols that this form has.
  func allows(_ symbols: [UInt8]) -> Bool { !isTernary || symbols.allSatisfy { $0 < 3 } }
}

extension ByteWriter {
  /// What becomes of streams.
  enum StreamUse: Sendable {
    /// They are packed among the other bytes.
    case packed
    /// They are kept for a coder.
    case collected
    /// They stand elsewhere already.
    case leftOut
  }

  mutating func append(_ symbols: [UInt8], as form: SymbolStream.Form) {
    switch streamUse {
    case .packed: append(form.packed(symbols))
    case .collected: streams.append(SymbolStream(form: form, symbols: symbols))
    case .leftOut: break
    }
  }

  /// Writes something whose streams are used in another way.
  mutating func using(_ use: StreamUse, _ write: (inout ByteWriter) -> Void) {
    let before = streamUse
    streamUse = use
    write(&self)
    streamUse = before
  }
}

extension ByteReader {
  /// Whether streams come from a coder.
  var isCoded: Bool { decoder != nil && !isPacked }

  mutating func symbols(
    _ count: Int, as form: SymbolStream.Form
  ) throws(BytesError) -> [UInt8] {
    guard isCoded else { return try form.unpacked(count, from: &self) }
    guard count > 0 else { return [] }
    let start = offset
    try allowance.take(count)
    guard let symbols = try decoder?.symbols(count, as: form), form.allows(symbols) else {
      throw BytesError("a coded symbol that there is not", at: start)
    }
    packedStreams = packedStreams + form.packedLedger(of: symbols)
    return symbols
  }

  /// Reads something whose streams are packed, whatever surrounds it.
  mutating func packed<T>(
    _ read: (inout ByteReader) throws(BytesError) -> T
  ) throws(BytesError) -> T {
    let before = isPacked
    isPacked = true
    defer { isPacked = before }
    return try read(&self)
  }
}
