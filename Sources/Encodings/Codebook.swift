// Shared weights as they are stored: a table of centroids, and for each block of weights the number
// of its centroid. It refuses to choose them: that is the work of Compression.
import Kernels
package import Tensors

/// Blocks of one weight are weight sharing (Han et al. 2016, arXiv:1510.00149), larger ones product
/// quantization (Jégou et al. 2011, doi:10.1109/TPAMI.2010.57).
package struct Codebook: Encoding {
  package static let tag: UInt8 = 6
  package static let name = "codebook"

  package let shape: [Int]
  /// Stores `[k, block]`, row by row as a vector of k · block numbers; nothing is nested in it.
  package let centroids: any Encoding
  /// Neighbors in row-major order that share a code, from 1.
  package let block: Int
  /// Above 0: codebooks of a network with the same number and the same centroids are one, which a
  /// file holds once.
  package let tie: Int
  private let patterns: Patterns
  /// k · block numbers.
  private let table: [Float]

  /// As many centroids as 16 bits tell apart.
  package static let largestCount = 1 << 16
  package static let largestTie = 1 << 20

  /// - Parameters:
  ///   - centroids: stores a vector of k · block numbers, k from 1 (0 for an empty tensor) to 65,536.
  ///   - codes: one per block, from 0 to k - 1.
  /// - Throws: `EncodingError.parts` where they do not fit each other or the shape.
  package init(
    shape: [Int], block: Int = 1, centroids: any Encoding, codes: [Int32], tie: Int = 0
  ) throws(EncodingError) {
    func check(_ holds: Bool, _ wanted: @autoclosure () -> String) throws(EncodingError) {
      if !holds { throw .parts(encoding: Codebook.name, wanted: wanted()) }
    }
    guard let count = try? Tensor.count(of: shape) else {
      throw .parts(encoding: Codebook.name, wanted: "a shape, got \(shape)")
    }
    try check(
      block >= 1 && count % block == 0, "blocks that divide \(count) elements, got \(block)")
    try check(
      centroids.shape.count == 1 && centroids.shape[0] % block == 0,
      "a vector of whole centroids, got \(centroids.shape)")
    let entries = centroids.shape[0] / block
    try check(
      Codebook.allows(entries, blocks: count / block),
      "1 to \(Codebook.largestCount) centroids, got \(entries)")
    try check(codes.count == count / block, "\(count / block) codes, got \(codes.count)")
    try check(codes.allSatisfy { $0 >= 0 && $0 < entries }, "codes from 0 to \(entries - 1)")
    try check((0...Codebook.largestTie).contains(tie), "a tie from 0, got \(tie)")
    try check(Codebook.allows(centroids), "centroids without another encoding in them")
    self.init(
      shape, block, centroids, tie,
      Patterns(codes, bits: max(1, Codebook.codeBits(entries))))
  }

  private init(
    _ shape: [Int], _ block: Int, _ centroids: any Encoding, _ tie: Int, _ patterns: Patterns
  ) {
    self.shape = shape
    self.block = block
    self.centroids = centroids
    self.tie = tie
    self.patterns = patterns
    table = centroids.decoded().elements
  }

  private static func allows(_ entries: Int, blocks: Int) -> Bool {
    entries <= largestCount && (entries >= 1 || blocks == 0)
  }

  private static func allows(_ centroids: any Encoding) -> Bool {
    centroids.nested == nil && !(centroids is Codebook)
  }

  /// Bits that tell so many centroids apart: none for one.
  package static func codeBits(_ entries: Int) -> Int {
    entries <= 1 ? 0 : Int.bitWidth - (entries - 1).leadingZeroBitCount
  }

  /// How many centroids there are.
  package var entries: Int { table.count / block }
  package var bits: Int { Codebook.codeBits(entries) }
  /// One per block.
  package var codes: [Int32] { patterns.numbers(isSigned: false) }

  package var summary: String {
    let vectors = block == 1 ? "" : " of \(block)"
    let kind = centroids.summary == "fp32" ? "" : ", \(centroids.summary)"
    return "codebook of \(entries)\(vectors)\(kind)\(tie > 0 ? ", tied" : "")"
  }

  package func decoded() -> Tensor {
    Tensor(
      trusted: shape,
      SharedValues.blocks(of: table, block: block, low: patterns.low, high: patterns.high))
  }

  /// The same codes for other centroids.
  /// - Throws: `EncodingError.parts` where these are not as many.
  package func with(centroids: any Encoding) throws(EncodingError) -> Codebook {
    guard centroids.shape == [table.count] else {
      throw .parts(
        encoding: Codebook.name, wanted: "\(table.count) numbers, got \(centroids.shape)")
    }
    return Codebook(shape, block, centroids, tie, patterns)
  }
}

// As bytes: the tie (twice its number, and 1 more where the centroids stand earlier in the file); the
// block; where they do not, how many centroids there are and what stores them; the codes.
extension Codebook {
  package var ledger: Ledger {
    var ledger = Ledger([
      .init(
        .header, bits: 8 * (ByteWriter.size(ofCount: 2 * tie) + ByteWriter.size(ofCount: block))),
      .init(.codebook, bits: bitsOfCentroids),
    ])
    guard bits > 0 else { return ledger }
    ledger.add(.codes, bits: bits * patterns.count)
    ledger.add(.padding, bits: Patterns.paddingBits(of: patterns.count, bits: bits))
    return ledger
  }

  /// Blocks of a row, where they do not go from one row into the next.
  private static func columns(of shape: [Int], block: Int) -> Int? {
    Affine.columns(of: shape).flatMap { $0 % block == 0 ? $0 / block : nil }
  }

  private var columns: Int? { Codebook.columns(of: shape, block: block) }

  /// What a file saves where the centroids stand in it already.
  package var bitsOfCentroids: Int {
    8 * ByteWriter.size(ofCount: entries) + EncodingTable.ledger(of: centroids).bits
  }

  package func write(to writer: inout ByteWriter) {
    let isThere = tie > 0 && writer.codebooks[tie].map(isTied) ?? false
    writer.append(count: 2 * tie + (isThere ? 1 : 0))
    writer.append(count: block)
    if !isThere {
      writer.append(count: entries)
      // Where they stand earlier, no stream of theirs may be missing.
      writer.using(.packed) { EncodingTable.write(centroids, to: &$0) }
      if tie > 0 { writer.codebooks[tie] = self }
    }
    if bits > 0 { patterns.write(to: &writer, for: .codes, columns: columns) }
  }

  /// Whether both have the same tie and the same centroids, bit for bit, stored the same way.
  package func isTied(to other: Codebook) -> Bool {
    func bytes(_ codebook: Codebook) -> [UInt8] {
      var writer = ByteWriter()
      EncodingTable.write(codebook.centroids, to: &writer)
      return writer.bytes
    }
    return tie > 0 && tie == other.tie && block == other.block && table == other.table
      && bytes(self) == bytes(other)
  }

  package static func read(
    from reader: inout ByteReader, shape: [Int]
  ) throws(BytesError) -> Codebook {
    let count = try reader.count(of: shape)
    let start = reader.offset
    let tie = try reader.count(upTo: 2 * largestTie + 1)
    let block = try reader.count(upTo: max(1 << 20, count))
    guard block >= 1, count % block == 0 else {
      throw BytesError("blocks of \(block) in \(count) elements", at: start)
    }
    let centroids: any Encoding
    if tie & 1 == 1 {
      guard let known = reader.codebooks[tie / 2], known.block == block else {
        throw BytesError("a codebook that does not stand before", at: start)
      }
      centroids = known.centroids
    } else {
      let entries = try reader.count(upTo: largestCount)
      let (size, overflow) = entries.multipliedReportingOverflow(by: block)
      centroids = try reader.packed { reader throws(BytesError) in
        try EncodingTable.read(from: &reader, shape: [overflow ? -1 : size])
      }
    }
    let entries = centroids.shape[0] / block
    guard allows(centroids), allows(entries, blocks: count / block) else {
      throw BytesError("no centroids for \(count / block) blocks", at: start)
    }
    let bits = codeBits(entries)
    let patterns =
      bits == 0
      ? Patterns(bits: 1, low: [UInt8](repeating: 0, count: count / block))
      : try Patterns.read(
        count / block, bits: bits, for: .codes, columns: columns(of: shape, block: block),
        from: &reader)
    guard patterns.greatest < max(1, entries) else {
      throw BytesError("codes of more than \(entries) centroids", at: start)
    }
    let made = Codebook(shape, block, centroids, tie / 2, patterns)
    if tie > 1, tie & 1 == 0 { reader.codebooks[tie / 2] = made }
    return made
  }
}
