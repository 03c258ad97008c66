// Entropy-coded storage: the bytes of another encoding, deflated.
package import Tensors

package struct Coded: Encoding {
  package static let tag: UInt8 = 4
  package static let name = "coded"

  private let inner: any Encoding
  /// The deflated bytes, and how many they were.
  private let payload: [UInt8]
  private let unpackedCount: Int

  /// - Throws: `EncodingError.parts` where the encoding, or one inside it, is entropy-coded
  ///   already, or there are too many inside each other.
  package init(_ encoding: any Encoding) throws(EncodingError) {
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
    var writer = ByteWriter()
    EncodingTable.write(encoding, to: &writer)
    guard writer.bytes.count <= Int(UInt32.max) else {
      throw .parts(encoding: Coded.name, wanted: "less than 4 GiB to code")
    }
    self.init(encoding, Deflate.deflate(writer.bytes), writer.bytes.count)
  }

  private init(_ inner: any Encoding, _ payload: [UInt8], _ unpackedCount: Int) {
    self.inner = inner
    self.payload = payload
    self.unpackedCount = unpackedCount
  }

  package var shape: [Int] { inner.shape }
  package var nested: (any Encoding)? { inner }
  package var summary: String { "deflated \(inner.summary)" }
  package var sizeDependsOnValues: Bool { true }

  package var ledger: Ledger {
    Ledger([.init(.header, bits: 64), .init(.deflated, bits: 8 * payload.count)])
  }

  package func decoded() -> Tensor { inner.decoded() }

  package func write(to writer: inout ByteWriter) {
    writer.append(UInt32(payload.count))
    writer.append(UInt32(unpackedCount))
    writer.append(payload)
  }

  package static func read(
    from reader: inout ByteReader, shape: [Int]
  ) throws(BytesError) -> Coded {
    let start = reader.offset
    guard !reader.isUnpacked else {
      throw BytesError("entropy-coded bytes inside entropy-coded bytes", at: start)
    }
    let size = Int(try reader.integer(UInt32.self))
    let unpackedCount = Int(try reader.integer(UInt32.self))
    let payload = Array(try reader.take(size))
    let bytes = try Deflate.inflate(payload, limit: unpackedCount)
    guard bytes.count == unpackedCount else {
      throw BytesError("\(unpackedCount) unpacked bytes expected, got \(bytes.count)", at: start)
    }
    var innerReader = ByteReader(bytes)
    innerReader.depth = reader.depth
    innerReader.isUnpacked = true
    let inner = try EncodingTable.read(from: &innerReader, shape: shape)
    guard innerReader.remaining == 0 else {
      throw BytesError("\(innerReader.remaining) unpacked bytes too many", at: start)
    }
    return Coded(inner, payload, unpackedCount)
  }
}
