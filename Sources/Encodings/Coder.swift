// What makes streams of symbols smaller than their bits: one table of entropy coders.
import Kernels

/// A way to write several streams of symbols in few bytes, and to read them again one after the other.
package struct Coder: Sendable, Equatable {
  package let name: String
  package let summary: String
  package let formula: String
  package let source: String
  /// In a summary, before what is coded: "Huffman-coded".
  let participle: String
  /// The byte that names it in a file. Never reused.
  let tag: UInt8
  let encode: @Sendable ([SymbolStream]) -> CodedStreams
  let decoder: @Sendable ([UInt8]) throws(BytesError) -> any StreamDecoder

  package static func == (left: Coder, right: Coder) -> Bool { left.tag == right.tag }

  package static let all = [deflate, huffman, range]

  package static let deflate = Coder(
    name: "deflate", summary: "repeated bytes are named by where they stood, as in gzip",
    formula: "LZ77, then Huffman", source: "RFC 1951", participle: "deflated", tag: 0,
    encode: DeflatedStreams.encode, decoder: DeflatedStreams.init)

  package static let huffman = Coder(
    name: "huffman",
    summary: "frequent symbols take fewer whole bits; the table of codes is stored",
    formula: "Σ n_s ℓ_s least of all prefix codes, ℓ_s ≤ 15",
    source: "Huffman 1952, doi:10.1109/JRPROC.1952.273898", participle: "Huffman-coded", tag: 1,
    encode: HuffmanStreams.encode, decoder: HuffmanStreams.init)

  package static let range = Coder(
    name: "range",
    summary:
      "each decision costs what it surprises a model that learns rows, columns and neighbors",
    formula: "−Σ log2 p_t, p_t mixed from adaptive contexts",
    source: "Wiedemann et al. 2019, arXiv:1907.11900; Martin 1979", participle: "range-coded",
    tag: 2, encode: RangeStreams.encode, decoder: RangeStreams.init)
}

/// Streams as a coder wrote them.
struct CodedStreams: Sendable {
  let bytes: [UInt8]
  /// Where the bits of the bytes are.
  let ledger: Ledger
}

/// Gives the streams of some bytes back, in order.
protocol StreamDecoder: Sendable {
  /// - Parameter count: at least 1, and no more than `CodedAllowance` has for the bytes.
  /// - Throws: `BytesError` for bytes that hold no such stream.
  mutating func symbols(
    _ count: Int, as form: SymbolStream.Form
  ) throws(BytesError) -> [UInt8]
  /// - Throws: `BytesError` where the bytes do not end with the last stream.
  func finish() throws(BytesError)
  /// Where the bits of the bytes are, once all streams were read.
  var ledger: Ledger { get }
}

/// How much coded bytes may stand for: what a few bytes ask for never fills the memory.
struct CodedAllowance: Sendable {
  private let bytes: Int
  private var symbols = 0

  init(of bytes: Int) { self.bytes = bytes }

  mutating func take(_ count: Int) throws(BytesError) {
    symbols += count
    guard CodedAllowance.allows(symbols, in: bytes) else {
      throw BytesError("\(symbols) symbols in \(bytes) coded bytes", at: 0)
    }
  }

  static func allows(_ symbols: Int, in bytes: Int) -> Bool {
    symbols <= 1 << 24 || symbols / 4096 <= bytes
  }
}

// MARK: Deflate

/// All streams packed one behind the other, and deflated; before them, how many bytes they are.
private struct DeflatedStreams: StreamDecoder {
  private let size: Int
  private var unpacked: ByteReader

  static func encode(_ streams: [SymbolStream]) -> CodedStreams {
    var packed: [UInt8] = []
    for stream in streams { packed += stream.form.packed(stream.symbols) }
    var writer = ByteWriter()
    writer.append(count: packed.count)
    writer.append(Deflate.deflate(packed))
    return CodedStreams(bytes: writer.bytes, ledger: ledger(writer.bytes.count, packed.count))
  }

  init(_ bytes: [UInt8]) throws(BytesError) {
    var reader = ByteReader(bytes)
    let unpackedSize = try reader.count(upTo: Int(UInt32.max))
    let inflated = try Deflate.inflate(
      Array(try reader.take(reader.remaining)), limit: unpackedSize)
    guard inflated.count == unpackedSize else {
      throw BytesError("\(unpackedSize) unpacked bytes expected, got \(inflated.count)", at: 0)
    }
    size = bytes.count
    unpacked = ByteReader(inflated)
  }

  mutating func symbols(
    _ count: Int, as form: SymbolStream.Form
  ) throws(BytesError) -> [UInt8] {
    try form.unpacked(count, from: &unpacked)
  }

  func finish() throws(BytesError) {
    guard unpacked.remaining == 0 else {
      throw BytesError("\(unpacked.remaining) unpacked bytes too many", at: 0)
    }
  }

  var ledger: Ledger { DeflatedStreams.ledger(size, unpacked.end) }

  private static func ledger(_ size: Int, _ unpackedSize: Int) -> Ledger {
    let count = ByteWriter.size(ofCount: unpackedSize)
    return Ledger([.init(.header, bits: 8 * count), .init(.deflated, bits: 8 * (size - count))])
  }
}

// MARK: Huffman

/// For each stream a table of codes, or the one symbol that there is; then the codes. Bits are not
/// aligned between streams.
private struct HuffmanStreams: StreamDecoder {
  private var reader: BitReader
  private var lines = Ledger()
  private let size: Int

  static func encode(_ streams: [SymbolStream]) -> CodedStreams {
    var writer = BitWriter()
    var ledger = Ledger()
    for stream in streams where !stream.symbols.isEmpty {
      var counts = [Int](repeating: 0, count: 1 << stream.form.bits)
      for symbol in stream.symbols { counts[Int(symbol)] += 1 }
      let code = HuffmanCode(counts: counts)
      let start = writer.count
      if counts.count(where: { $0 > 0 }) == 1 {
        writer.append(0, bits: 1)
        writer.append(UInt32(stream.symbols[0]), bits: stream.form.bits)
      } else {
        writer.append(1, bits: 1)
        code.writeLengths(to: &writer)
      }
      ledger.add(.codeTable, bits: writer.count - start)
      let first = writer.count
      code.encode(stream.symbols, to: &writer)
      ledger =
        ledger
        + stream.form.ledger(
          of: stream.symbols, total: writer.count - first, lengths: code.lengths)
    }
    let bits = writer.count
    let bytes = writer.finished()
    ledger.add(.padding, bits: 8 * bytes.count - bits)
    return CodedStreams(bytes: bytes, ledger: ledger)
  }

  init(_ bytes: [UInt8]) {
    reader = BitReader(bytes)
    size = bytes.count
  }

  mutating func symbols(
    _ count: Int, as form: SymbolStream.Form
  ) throws(BytesError) -> [UInt8] {
    let start = reader.count
    guard reader.bits(1) == 1 else {
      let symbol = UInt8(truncatingIfNeeded: reader.bits(form.bits))
      lines.add(.codeTable, bits: reader.count - start)
      try checkEnd()
      return [UInt8](repeating: symbol, count: count)
    }
    guard let code = HuffmanCode.lengths(ofSymbols: 1 << form.bits, from: &reader) else {
      throw BytesError("a table of codes with lengths that make no code", at: start / 8)
    }
    lines.add(.codeTable, bits: reader.count - start)
    // Each symbol takes a bit at least.
    guard count <= 8 * size else { throw BytesError("the coded bytes end too early", at: size) }
    let first = reader.count
    let symbols = code.decode(count, from: &reader)
    try checkEnd()
    lines =
      lines
      + form.ledger(
        of: symbols, total: reader.count - first, lengths: code.lengths)
    return symbols
  }

  private func checkEnd() throws(BytesError) {
    if reader.isBeyondEnd { throw BytesError("the coded bytes end too early", at: size) }
  }

  func finish() throws(BytesError) {
    guard reader.isAtEnd else {
      throw BytesError("bytes behind the last code", at: reader.count / 8)
    }
  }

  var ledger: Ledger {
    var ledger = lines
    ledger.add(.padding, bits: 8 * size - lines.bits)
    return ledger
  }
}

// MARK: Range

/// All streams in one run of the coder. What each takes is the information the coder has passed on when it
/// ends, in whole bits.
private struct RangeStreams: StreamDecoder {
  private var decoder: RangeDecoder
  private var lines = Lines()
  private let size: Int

  private struct Lines: Sendable {
    var purposes: [(purpose: Purpose, end: Int)] = []

    /// No stream ends behind the last byte: there the coder has said more than it wrote down.
    func ledger(_ size: Int) -> Ledger {
      var ledger = Ledger()
      var start = 0
      for (purpose, end) in purposes {
        let end = min(end, 8 * size)
        ledger.add(purpose, bits: end - start)
        start = end
      }
      ledger.add(.padding, bits: 8 * size - start)
      return ledger
    }
  }

  static func encode(_ streams: [SymbolStream]) -> CodedStreams {
    var encoder = RangeEncoder()
    var lines = Lines()
    for stream in streams where !stream.symbols.isEmpty {
      encoder.encode(stream.symbols, bits: stream.form.bits, columns: stream.form.columns)
      lines.purposes.append((stream.form.purpose, encoder.position))
    }
    let bytes = encoder.finished()
    return CodedStreams(bytes: bytes, ledger: lines.ledger(bytes.count))
  }

  init(_ bytes: [UInt8]) {
    decoder = RangeDecoder(bytes)
    size = bytes.count
  }

  mutating func symbols(
    _ count: Int, as form: SymbolStream.Form
  ) throws(BytesError) -> [UInt8] {
    let symbols = decoder.decode(count, bits: form.bits, columns: form.columns)
    lines.purposes.append((form.purpose, decoder.position))
    return symbols
  }

  func finish() throws(BytesError) {
    guard decoder.isAtEnd else {
      throw BytesError("coded bytes that are too few or too many", at: size)
    }
  }

  var ledger: Ledger { lines.ledger(size) }
}
