// Every encoding there is, by the byte that names it, and how one is read without knowing which.

package enum EncodingTable {
  package static let all: [any Encoding.Type] = [
    Dense.self, Affine.self, Sparse.self, Coded.self, Levels.self, Codebook.self, Hashed.self,
    Scaled.self,
  ]

  /// How many encodings may be inside each other.
  package static let largestDepth = 8

  /// Tags have five bits; the other three of their byte are a file's to use.
  package static let tagBits: UInt8 = 5

  /// Its tag, then the encoding itself.
  /// - Parameter marks: three bits that a file stores above the tag.
  package static func write(
    _ encoding: any Encoding, marks: UInt8 = 0, to writer: inout ByteWriter
  ) {
    writer.append(type(of: encoding).tag | marks << tagBits)
    encoding.write(to: &writer)
  }

  /// Where the bits of `write` are: one byte of header more than the encoding's own.
  package static func ledger(of encoding: any Encoding) -> Ledger {
    Ledger([.init(.header, bits: 8)]) + encoding.ledger
  }

  /// What `write` wrote.
  /// - Throws: `BytesError` for an unknown tag, for more than `largestDepth` encodings inside each
  ///   other, and as the encoding itself.
  package static func read(
    from reader: inout ByteReader, shape: [Int]
  ) throws(BytesError) -> any Encoding {
    try read(from: &reader, shape: shape, tag: try reader.integer(UInt8.self))
  }

  /// The same, of an encoding that was written with marks.
  package static func readMarked(
    from reader: inout ByteReader, shape: [Int]
  ) throws(BytesError) -> (encoding: any Encoding, marks: UInt8) {
    let byte = try reader.integer(UInt8.self)
    let encoding = try read(from: &reader, shape: shape, tag: byte & (1 << tagBits - 1))
    return (encoding, byte >> tagBits)
  }

  private static func read(
    from reader: inout ByteReader, shape: [Int], tag: UInt8
  ) throws(BytesError) -> any Encoding {
    let start = reader.offset - 1
    guard let type = all.first(where: { $0.tag == tag }) else {
      throw BytesError("there is no encoding with the number \(tag)", at: start)
    }
    guard reader.depth < largestDepth else {
      throw BytesError("more than \(largestDepth) encodings inside each other", at: start)
    }
    reader.depth += 1
    defer { reader.depth -= 1 }
    return try type.read(from: &reader, shape: shape)
  }

  /// How many encodings there are from this one inwards.
  static func depth(of encoding: any Encoding) -> Int {
    var depth = 0
    var next: (any Encoding)? = encoding
    while let inner = next {
      // Centroids are stored by an encoding of their own.
      depth += inner is Codebook ? 2 : 1
      next = inner.nested
    }
    return depth
  }
}
