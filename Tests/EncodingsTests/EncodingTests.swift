// The laws of encodings, over the whole table: round trips, exact ledgers, and no trap on any
// bytes.
import Encodings
import Tensors
import Testing

@Suite struct EncodingTests {
  @Test func tagsAndNamesAreUnique() {
    #expect(Set(EncodingTable.all.map { $0.tag }).count == EncodingTable.all.count)
    #expect(Set(EncodingTable.all.map { $0.name }).count == EncodingTable.all.count)
  }

  @Test(arguments: Samples.shapes) func samplesCoverTheTable(shape: [Int]) throws {
    var samples = Samples(seed: 1)
    let kinds = Set(try samples.encodings(shape).map { type(of: $0).tag })
    #expect(kinds == Set(EncodingTable.all.map { $0.tag }))
  }

  @Test(arguments: Samples.shapes) func roundTripsBitForBit(shape: [Int]) throws {
    var samples = Samples(seed: 2)
    for encoding in try samples.encodings(shape) {
      let bytes = bytes(encoding)
      var reader = ByteReader(bytes)
      let read = try EncodingTable.read(from: &reader, shape: shape)
      #expect(reader.remaining == 0, "\(encoding.summary)")
      #expect(read.shape == shape)
      #expect(read.decoded().shape == shape)
      #expect(bits(read.decoded()) == bits(encoding.decoded()), "\(encoding.summary)")
      #expect(read.ledger == encoding.ledger, "\(encoding.summary)")
      #expect(read.summary == encoding.summary)
      #expect(EncodingTests.bytesAgain(read) == bytes)
    }
  }

  @Test(arguments: Samples.shapes) func ledgersAreExact(shape: [Int]) throws {
    var samples = Samples(seed: 3)
    for encoding in try samples.encodings(shape) {
      #expect(encoding.ledger.bits % 8 == 0)
      #expect(EncodingTable.ledger(of: encoding).bits == 8 * bytes(encoding).count)
      #expect(encoding.ledger.lines.allSatisfy { $0.bits > 0 }, "\(encoding.summary)")
    }
  }

  @Test(arguments: Samples.shapes) func sizesThatDoNotDependOnValues(shape: [Int]) throws {
    var samples = Samples(seed: 4)
    var others = Samples(seed: 5)
    for (one, other) in zip(try samples.encodings(shape), try others.encodings(shape))
    where !one.sizeDependsOnValues && !Self.hasPositions(one) {
      #expect(one.ledger == other.ledger)
    }
  }

  /// How many elements are kept is neither of the shape nor of the settings.
  private static func hasPositions(_ encoding: any Encoding) -> Bool {
    encoding is Sparse || encoding.nested.map(hasPositions) ?? false
  }

  @Test(arguments: Samples.shapes) func everyCutIsAnError(shape: [Int]) throws {
    var samples = Samples(seed: 6)
    for encoding in try samples.encodings(shape) {
      let bytes = bytes(encoding)
      let cuts =
        bytes.count < 40 ? Array(0..<bytes.count) : [0, 1, 7, bytes.count / 2, bytes.count - 1]
      for cut in cuts {
        var reader = ByteReader(Array(bytes[..<cut]))
        #expect(throws: BytesError.self) { try EncodingTable.read(from: &reader, shape: shape) }
      }
    }
  }

  /// Changed bytes are an error, or another value whose ledger and bytes hold the laws.
  @Test(arguments: Samples.shapes) func damagedBytesNeverTrap(shape: [Int]) throws {
    var samples = Samples(seed: 7)
    let encodings = try samples.encodings(shape)
    var stream = RandomStream(seed: 8).split("damage")
    for encoding in encodings {
      let whole = bytes(encoding)
      for _ in 0..<6 {
        var damaged = whole
        for _ in 0...stream.integer(below: 3) {
          // The first bytes say what the others mean, so they are changed most often.
          let among = stream.integer(below: 2) == 0 ? min(damaged.count, 12) : damaged.count
          damaged[stream.integer(below: among)] = UInt8(stream.integer(below: 256))
        }
        var reader = ByteReader(damaged)
        guard let read = try? EncodingTable.read(from: &reader, shape: shape) else { continue }
        #expect(read.decoded().shape == shape)
        #expect(EncodingTable.ledger(of: read).bits == 8 * (damaged.count - reader.remaining))
      }
    }
  }

  @Test(arguments: [
    [1 << 40], [1 << 62, 4], [-1], [1 << 30], [1 << 40, 0], [.max, .max, 0], [0, .max], [-1, 0],
  ])
  func absurdShapesAreErrorsAtOnce(shape: [Int]) {
    for tag in UInt8(0)...16 {
      for second in UInt8(0)...255 {
        var reader = ByteReader([tag, second] + [UInt8](repeating: 0, count: 20))
        let read = try? EncodingTable.read(from: &reader, shape: shape)
        #expect(read == nil || shape.contains(0))
      }
    }
  }

  @Test func nestingEnds() throws {
    // Sparse inside sparse …, each keeping all of one element.
    let level: [UInt8] = [Sparse.tag, 0, 1]
    let dense = bytes(Dense(Tensor(vector: [1])))
    for depth in 0..<20 {
      let nested = [[UInt8]](repeating: level, count: depth).flatMap { $0 } + dense
      var reader = ByteReader(nested)
      let read = try? EncodingTable.read(from: &reader, shape: [1])
      #expect((read != nil) == (depth < EncodingTable.largestDepth))
    }
    var values: any Encoding = Dense(Tensor(vector: [1]))
    for _ in 1..<EncodingTable.largestDepth {
      values = try Sparse(shape: [1], positions: [0], values: values, scheme: .bitmask)
    }
    var reader = ByteReader(bytes(values))
    #expect(try EncodingTable.read(from: &reader, shape: [1]).decoded().elements == [1])
    #expect(throws: EncodingError.self) {
      try Sparse(shape: [1], positions: [0], values: values, scheme: .bitmask)
    }
    #expect(throws: EncodingError.self) { try Coded(values, by: .range) }
  }

  private static func bytesAgain(_ encoding: any Encoding) -> [UInt8] { bytes(encoding) }
}
