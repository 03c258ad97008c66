// Entropy-coded storage: how near it comes to the entropy, what damage does, and that it codes once.
import Encodings
import Tensors
import Testing

@Suite struct CodedTests {
  private var stream = RandomStream(seed: 1)

  /// A matrix of which so much is kept, as codes of so many bits.
  private mutating func pruned(
    _ shape: [Int], density: Double, bits: Int, scheme: IndexScheme = .bitmask
  ) throws -> Sparse {
    let count = shape.reduce(1, *)
    let positions = (0..<count).filter { _ in Double(stream.uniform()) < density }
    let span = 1 << bits - 1
    let codes = positions.map { _ -> Int32 in
      let sum = (0..<4).reduce(0) { total, _ in total + stream.integer(below: span) }
      return Int32(sum / 4 - span / 2)
    }
    let values = try Affine(
      shape: [positions.count], bits: bits, isSigned: true, granularity: .tensor, codes: codes,
      scales: [0.5])
    return try Sparse(shape: shape, positions: positions, values: values, scheme: scheme)
  }

  private func shannonBytes(_ encoding: any Encoding) -> Double {
    Coded.entropies(of: encoding).reduce(0) { $0 + $1.shannonBits } / 8
  }

  @Test func tableIsWellFormed() {
    #expect(Set(Coder.all.map(\.name)).count == Coder.all.count)
    #expect(Coder.all.allSatisfy { !$0.summary.isEmpty && !$0.source.isEmpty })
  }

  @Test(arguments: Coder.all) func shrinksWhatRepeats(coder: Coder) throws {
    let dense = Dense(Tensor(repeating: 0.5, shape: [1000]))
    let coded = try Coded(dense, by: coder)
    #expect(coded.ledger.bits < dense.ledger.bits / 50)
    #expect(coded.decoded() == dense.decoded())
    #expect(coded.sizeDependsOnValues)
  }

  /// Of symbols without a pattern: Huffman loses less than a bit a symbol, the range coder what learning
  /// takes, and neither of them more.
  @Test(arguments: [0.001, 0.01, 0.1, 0.5]) mutating func comesNearTheEntropy(
    density: Double
  ) throws {
    let sparse = try pruned([400, 300], density: density, bits: 5)
    let bound = shannonBytes(sparse)
    let range = Double(try Coded(sparse, by: .range).ledger.bits) / 8
    #expect(range < bound * 1.02 + 60, "\(range) bytes, at least \(bound)")
    let gaps = try pruned([400, 300], density: density, bits: 5, scheme: .gaps(bits: 5))
    let huffman = try Coded(gaps, by: .huffman)
    let symbols = Coded.entropies(of: gaps)
    let least = symbols.reduce(0) { $0 + $1.shannonBits }
    let most = symbols.reduce(0) { $0 + $1.shannonBits + Double($1.symbols) }
    let own = [.codes, .indices, .fillers].reduce(0) { $0 + huffman.ledger.bits(for: $1) }
    #expect(Double(own) >= least)
    #expect(Double(own) < most)
    #expect(huffman.ledger.bits(for: .codeTable) > 0)
  }

  /// A few codes cost at most as much as packed ones, and two or three bytes.
  @Test(arguments: [1, 3, 10, 60, 500]) mutating func smallTensorsStaySmall(count: Int) throws {
    for bits in [2, 3, 5, 8] {
      let span = 1 << bits
      let affine = try Affine(
        shape: [count], bits: bits, isSigned: true, granularity: .tensor,
        codes: (0..<count).map { _ in Int32(stream.integer(below: span) - span / 2) },
        scales: [1])
      let coded = try Coded(affine, by: .range)
      // Its header of three or four bytes apart.
      #expect(coded.ledger.bits - coded.ledger.bits(for: .header) <= affine.ledger.bits + 8)
      #expect(Coded.smallest(affine, by: .range).ledger.bits <= affine.ledger.bits)
    }
  }

  /// Whole rows and columns that are empty cost next to nothing.
  @Test mutating func structureIsFound() throws {
    let shape = [200, 200]
    let mask = (0..<40000).filter { i in
      (i / 200) % 5 == 0 && (i % 200) % 4 == 0 && Double(stream.uniform()) < 0.5
    }
    let values = Dense(Tensor(repeating: 1, shape: [mask.count]))
    let sparse = try Sparse(shape: shape, positions: mask, values: values, scheme: .bitmask)
    let coded = try Coded(sparse, by: .range)
    // 2000 places that may hold one, half of which do.
    #expect(coded.ledger.bits(for: .indices) < 2000 + 2800)
    #expect(
      Double(coded.ledger.bits(for: .indices)) < 0.6 * Coded.entropies(of: sparse)[0].shannonBits)
  }

  @Test(arguments: Coder.all) mutating func everyChangedByteIsHarmless(coder: Coder) throws {
    for encoding: any Encoding in [
      try pruned([9, 30], density: 0.2, bits: 4),
      try pruned([9, 30], density: 0.2, bits: 4, scheme: .relative(bits: 3)),
      try pruned([9, 30], density: 0.1, bits: 3, scheme: .columns),
    ] {
      let whole = bytes(try Coded(encoding, by: coder))
      for place in whole.indices {
        for change in [1, 128, 255] as [UInt8] {
          var damaged = whole
          damaged[place] ^= change
          var reader = ByteReader(damaged)
          guard let read = try? EncodingTable.read(from: &reader, shape: [9, 30]) else { continue }
          #expect(read.decoded().count == 270)
          #expect(EncodingTable.ledger(of: read).bits == 8 * (damaged.count - reader.remaining))
        }
        var cut = ByteReader(Array(whole[..<place]))
        #expect(throws: BytesError.self) { try EncodingTable.read(from: &cut, shape: [9, 30]) }
      }
    }
  }

  @Test func codesOnce() throws {
    let coded = try Coded(Dense(Tensor(vector: [1])), by: .deflate)
    #expect(throws: EncodingError.self) { try Coded(coded, by: .range) }
    let sparse = try Sparse(shape: [4], positions: [2], values: coded, scheme: .bitmask)
    #expect(sparse.decoded().elements == [0, 0, 1, 0])
    #expect(throws: EncodingError.self) { try Coded(sparse, by: .deflate) }
    var writer = ByteWriter()
    // Coded, by Huffman, in no bytes: coded again.
    writer.append([Coded.tag, 1, 0])
    EncodingTable.write(coded, to: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(throws: BytesError.self) { try EncodingTable.read(from: &reader, shape: [4]) }
  }

  @Test func aFewBytesAskForLittleMemory() throws {
    let count = 1 << 30
    for tag in UInt8(0)..<3 {
      // A tensor of codes of 8 bits, in a few coded zeros.
      let zeros = [UInt8](repeating: 0, count: 8)
      let bytes = [Coded.tag, tag, 8] + zeros + [Affine.tag, 7, 0, 0, 0, 128, 63]
      var reader = ByteReader(bytes)
      #expect(throws: BytesError.self) { try EncodingTable.read(from: &reader, shape: [count]) }
    }
  }
}
