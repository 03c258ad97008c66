// Sparse storage: index schemes counted by hand, the smallest one, and parts that do not fit.
import Encodings
import Tensors
import Testing

@Suite struct SparseTests {
  private func sparse(_ positions: [Int], of count: Int, _ scheme: IndexScheme) throws -> Sparse {
    try Sparse(
      shape: [count], positions: positions,
      values: Dense(Tensor(repeating: 1, shape: [positions.count])), scheme: scheme)
  }

  @Test func schemesHaveUniqueNames() {
    #expect(Set(IndexScheme.all.map(\.name)).count == IndexScheme.all.count)
  }

  /// Gaps 0, 7, 6 and 20 in 3 bits: a filler skips 7, so 0 + 1 + 0 + 2 of them.
  @Test func fillersAreCounted() throws {
    let encoding = try sparse([0, 8, 15, 36], of: 40, .gaps(bits: 3))
    #expect(encoding.ledger.bits(for: .indices) == 12)
    #expect(encoding.ledger.bits(for: .fillers) == 9)
    #expect(encoding.ledger.bits(for: .values) == 128)
    #expect(
      encoding.decoded().elements.indices.filter { encoding.decoded().elements[$0] == 1 }
        == [0, 8, 15, 36])
    #expect(encoding.sizeDependsOnValues)
    #expect(try !sparse([0], of: 40, .bitmask).sizeDependsOnValues)
  }

  /// The same positions, as Han et al. have it: a filler is an element of value 0, and so keeps the eighth
  /// place; a gap of 7 needs none.
  @Test func storedFillersAreCounted() throws {
    let encoding = try sparse([0, 8, 15, 36], of: 40, .relative(bits: 3))
    #expect(encoding.fillerCount == 2)
    #expect(encoding.ledger.bits(for: .indices) == 12)
    #expect(encoding.ledger.bits(for: .fillers) == 6)
    #expect(encoding.ledger.bits(for: .values) == 32 * 6)
    #expect(encoding.positions == [0, 8, 15, 23, 31, 36])
    #expect(
      encoding.decoded().elements.indices.filter { encoding.decoded().elements[$0] == 1 }
        == [0, 8, 15, 36])
  }

  /// Four of 3 × 10 kept: 3 counts of 4 bits and 4 columns of 4 bits; 10 counts of 2 and 4 rows of 2.
  @Test func rowsAndColumnsAreCounted() throws {
    let values = Dense(Tensor(vector: [1, 2, 3, 4]))
    for (scheme, bits, padding) in [(IndexScheme.rows, 28, 4), (.columns, 28, 4)] {
      let encoding = try Sparse(
        shape: [3, 10], positions: [1, 9, 11, 29], values: values, scheme: scheme)
      #expect(encoding.ledger.bits(for: .indices) == bits)
      #expect(encoding.ledger.bits(for: .padding) == padding)
      #expect(encoding.decoded().elements[9] == 2)
      #expect(encoding.decoded().elements[11] == 3)
    }
  }

  @Test func bitmaskIsOneBitPerElement() throws {
    let encoding = try sparse([0, 9], of: 12, .bitmask)
    #expect(encoding.ledger.bits(for: .indices) == 12)
    #expect(Array(bytes(encoding)[..<4]) == [Sparse.tag, 0, 0b0000_0001, 0b0000_0010])
  }

  @Test(arguments: [0, 0.001, 0.01, 0.1, 0.5, 0.9, 1] as [Float])
  func smallestIsTheSmallest(density: Float) throws {
    var samples = Samples(seed: 9)
    let tensor = try samples.tensor([100, 70], density: density)
    let best = Sparse.smallest(tensor)
    #expect(bits(best.decoded()) == bits(tensor))
    for scheme in IndexScheme.all where !scheme.storesFillers {
      let other = try Sparse(
        shape: tensor.shape, positions: best.positions, values: best.values, scheme: scheme)
      #expect(best.ledger.bits <= other.ledger.bits)
      #expect(bits(other.decoded()) == bits(tensor))
    }
    let again = try Sparse.smallest(
      shape: tensor.shape, positions: best.positions, values: best.values)
    #expect(again.scheme == best.scheme)
  }

  @Test func everyBitIsKept() {
    let tensor = Tensor(vector: [0, -0.0, .nan, .infinity, 1e-38])
    #expect(bits(Sparse.smallest(tensor).decoded()) == bits(tensor))
  }

  @Test func aFewBytesAskForLittleMemory() throws {
    let count = 1 << 29
    #expect(throws: EncodingError.self) { try sparse([5], of: count, .gaps(bits: 8)) }
    var writer = ByteWriter()
    writer.append([Sparse.tag, UInt8(9), 0])
    EncodingTable.write(Dense(Tensor(vector: [])), to: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(throws: BytesError.self) { try EncodingTable.read(from: &reader, shape: [count]) }
  }

  @Test func refusesWhatDoesNotFit() throws {
    #expect(throws: EncodingError.self) { try sparse([3, 3], of: 5, .bitmask) }
    #expect(throws: EncodingError.self) { try sparse([4, 3], of: 5, .bitmask) }
    #expect(throws: EncodingError.self) { try sparse([5], of: 5, .bitmask) }
    #expect(throws: EncodingError.self) { try sparse([-1], of: 5, .bitmask) }
    #expect(throws: EncodingError.self) { try sparse([0], of: 1 << 17, .absolute(bits: 16)) }
    #expect(throws: EncodingError.self) { try sparse([0], of: 5, .gaps(bits: 9)) }
    #expect(throws: EncodingError.self) {
      try Sparse(
        shape: [5], positions: [1], values: Dense(Tensor(vector: [1, 2])), scheme: .bitmask)
    }
  }
}
