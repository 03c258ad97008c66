// Entropy-coded storage: the streams of another encoding by a coder, before the rest of it.
import Glibc
package import Tensors

/// As bytes: the coder's tag, how many bytes it wrote, these bytes, and the inner encoding without its
/// streams.
package struct Coded: Encoding {
  package static let tag: UInt8 = 4
  package static let name = "coded"

  package let coder: Coder
  private let inner: any Encoding
  private let streams: CodedStreams
  /// Where the bits of the streams would be without the coder.
  private let packed: Ledger

  /// - Throws: `EncodingError.parts` where the encoding, or one inside it, is entropy-coded already;
  ///   where there are too many inside each other; and where few bytes would stand for so large a
  ///   tensor that no reader takes them.
  package init(_ encoding: any Encoding, by coder: Coder) throws(EncodingError) {
    var next: (any Encoding)? = encoding
    while let inner = next {
      guard !(inner is Coded) else {
        throw .parts(encoding: Coded.name, wanted: "storage that is not entropy-coded already")
      }
      next = inner.nested
    }
    guard EncodingTable.depth(of: encoding) < EncodingTable.largestDepth else {
      throw .parts(encoding: Coded.name, wanted: "fewer encodings inside each other")
    }
    let streams = Coded.streams(of: encoding)
    let coded = coder.encode(streams)
    let count = streams.reduce(0) { $0 + $1.symbols.count }
    guard CodedAllowance.allows(count, in: coded.bytes.count), count <= Int(UInt32.max) else {
      throw .parts(
        encoding: Coded.name, wanted: "fewer symbols than \(count) in \(coded.bytes.count) bytes")
    }
    self.init(
      encoding, coder, coded, streams.reduce(Ledger()) { $0 + $1.form.packedLedger(of: $1.symbols) }
    )
  }

  /// Coded where that takes fewer bytes; else as it is.
  package static func smallest(_ encoding: any Encoding, by coder: Coder) -> any Encoding {
    guard let coded = try? Coded(encoding, by: coder), coded.ledger.bits < encoding.ledger.bits
    else { return encoding }
    return coded
  }

  private init(
    _ inner: any Encoding, _ coder: Coder, _ coded: CodedStreams, _ packed: Ledger
  ) {
    self.inner = inner
    self.coder = coder
    streams = coded
    self.packed = packed
  }

  /// What the encoding hands to a coder.
  static func streams(of encoding: any Encoding) -> [SymbolStream] {
    var writer = ByteWriter()
    writer.using(.collected) { EncodingTable.write(encoding, to: &$0) }
    return writer.streams
  }

  package var shape: [Int] { inner.shape }
  package var nested: (any Encoding)? { inner }
  package var summary: String { "\(coder.participle) \(inner.summary)" }
  package var sizeDependsOnValues: Bool { true }

  package var ledger: Ledger {
    let size = ByteWriter.size(ofCount: streams.bytes.count)
    return Ledger([.init(.header, bits: 8 + 8 * size)]) + streams.ledger
      + EncodingTable.ledger(of: inner).without(packed)
  }

  package func decoded() -> Tensor { inner.decoded() }

  package func write(to writer: inout ByteWriter) {
    writer.append(coder.tag)
    writer.append(count: streams.bytes.count)
    writer.append(streams.bytes)
    writer.using(.leftOut) { EncodingTable.write(inner, to: &$0) }
  }

  package static func read(
    from reader: inout ByteReader, shape: [Int]
  ) throws(BytesError) -> Coded {
    let start = reader.offset
    guard reader.decoder == nil else {
      throw BytesError("entropy-coded bytes inside entropy-coded bytes", at: start)
    }
    let tag = try reader.integer(UInt8.self)
    guard let coder = Coder.all.first(where: { $0.tag == tag }) else {
      throw BytesError("there is no coder with the number \(tag)", at: start)
    }
    let bytes = Array(try reader.take(try reader.count(upTo: reader.remaining)))
    reader.decoder = try coder.decoder(bytes)
    reader.allowance = CodedAllowance(of: bytes.count)
    reader.packedStreams = Ledger()
    defer { reader.decoder = nil }
    let inner = try EncodingTable.read(from: &reader, shape: shape)
    try reader.decoder?.finish()
    let ledger = reader.decoder?.ledger ?? Ledger()
    return Coded(inner, coder, CodedStreams(bytes: bytes, ledger: ledger), reader.packedStreams)
  }
}

/// How far a coder is from what its symbols say: one stream of a tensor.
package struct StreamEntropy: Sendable, Equatable {
  package let purpose: Purpose
  package let symbols: Int
  /// Of a symbol as it is packed.
  package let bitsPacked: Int
  /// Σ n log2(N / n) over the N symbols: the least that a coder takes which knows how frequent each is,
  /// and nothing of their order.
  package let shannonBits: Double
}

extension Coded {
  /// What the entropies of an encoding's streams are.
  package static func entropies(of encoding: any Encoding) -> [StreamEntropy] {
    let plain = (encoding as? Coded)?.nested ?? encoding
    return streams(of: plain).filter { !$0.symbols.isEmpty }.map { stream in
      var counts = [Int](repeating: 0, count: 256)
      for symbol in stream.symbols { counts[Int(symbol)] += 1 }
      let total = Double(stream.symbols.count)
      return StreamEntropy(
        purpose: stream.form.purpose, symbols: stream.symbols.count, bitsPacked: stream.form.bits,
        shannonBits: counts.reduce(0) { $1 == 0 ? $0 : $0 + Double($1) * log2(total / Double($1)) })
    }
  }
}
