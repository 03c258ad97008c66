// Codebooks: what they hold, what they refuse, and how tied ones share their place in a file.
import Encodings
import Tensors
import Testing

@Suite struct CodebookTests {
  private func codebook(
    _ codes: [Int32], of values: [Float], block: Int = 1, tie: Int = 0
  ) throws -> Codebook {
    try Codebook(
      shape: [codes.count * block], block: block, centroids: Dense(Tensor(vector: values)),
      codes: codes, tie: tie)
  }

  @Test func everyCodeStandsForItsCentroid() throws {
    let one = try codebook([2, 0, 1, 2], of: [-1, 0.5, 4])
    #expect(one.decoded().elements == [4, -1, 0.5, 4])
    let blocks = try codebook([1, 0], of: [1, 2, 3, 4, 5, 6], block: 3)
    #expect(blocks.decoded().elements == [4, 5, 6, 1, 2, 3])
    #expect(blocks.summary == "codebook of 2 of 3")
  }

  /// Header, centroids with their tag, codes in ⌈log2 k⌉ bits.
  @Test(arguments: [(1, 0), (2, 1), (3, 2), (16, 4), (17, 5), (256, 8), (257, 9)])
  func bitsFollowFromTheNumberOfCentroids(entries: Int, bits: Int) throws {
    let codes = (0..<1000).map { Int32($0 % entries) }
    let one = try codebook(codes, of: (0..<entries).map { Float($0) })
    #expect(one.bits == bits)
    #expect(one.ledger.bits(for: .codes) == 1000 * bits)
    #expect(one.decoded().elements == codes.map { Float($0) })
  }

  @Test func partsThatDoNotFitAreErrors() {
    #expect(throws: EncodingError.self) { try codebook([0, 3], of: [1, 2, 3]) }
    #expect(throws: EncodingError.self) { try codebook([0, -1], of: [1, 2, 3]) }
    #expect(throws: EncodingError.self) { try codebook([0], of: []) }
    #expect(throws: EncodingError.self) { try codebook([0], of: [1, 2, 3], block: 2) }
    #expect(throws: EncodingError.self) {
      try Codebook(shape: [3], block: 2, centroids: Dense(Tensor(vector: [1, 2])), codes: [0])
    }
  }

  @Test func tiedCodebooksStandInAFileOnce() throws {
    let values: [Float] = [-1, 0.5, 4, 8]
    let first = try codebook([0, 1, 2, 3], of: values, tie: 1)
    let second = try codebook([3, 3], of: values, tie: 1)
    let other = try codebook([3, 1], of: [1, 2, 3, 5], tie: 1)
    var writer = ByteWriter()
    for one in [first, second, other] { EncodingTable.write(one, to: &writer) }
    let alone = [first, second, other].map { EncodingTable.ledger(of: $0).bits }.reduce(0, +)
    #expect(8 * writer.bytes.count == alone - second.bitsOfCentroids)
    var reader = ByteReader(writer.bytes)
    for one in [first, second, other] {
      let read = try EncodingTable.read(from: &reader, shape: one.shape)
      #expect(bits(read.decoded()) == bits(one.decoded()))
    }
    // What refers to a codebook that is not there is an error.
    var lost = ByteReader(Array(writer.bytes[(EncodingTable.ledger(of: first).bits / 8)...]))
    #expect(throws: BytesError.self) { try EncodingTable.read(from: &lost, shape: [2]) }
  }

  @Test func countsRoundTrip() throws {
    for count in [0, 1, 127, 128, 300, 16_383, 16_384, 1 << 30, 1 << 50] {
      var writer = ByteWriter()
      writer.append(count: count)
      #expect(writer.bytes.count == ByteWriter.size(ofCount: count))
      var reader = ByteReader(writer.bytes)
      #expect(try reader.count(upTo: count) == count)
      var limited = ByteReader(writer.bytes)
      if count > 0 { #expect(throws: BytesError.self) { try limited.count(upTo: count - 1) } }
    }
    for bytes: [UInt8] in [[128, 0], [255], [UInt8](repeating: 255, count: 12), []] {
      var reader = ByteReader(bytes)
      #expect(throws: BytesError.self) { try reader.count(upTo: .max) }
    }
  }
}
