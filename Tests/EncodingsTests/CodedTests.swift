// Entropy-coded storage: it shrinks what repeats, and never unpacks twice.
import Encodings
import Tensors
import Testing

@Suite struct CodedTests {
  @Test func shrinksWhatRepeats() throws {
    let dense = Dense(Tensor(repeating: 0.5, shape: [1000]))
    let coded = try Coded(dense)
    #expect(coded.ledger.bits < dense.ledger.bits / 50)
    #expect(coded.decoded() == dense.decoded())
    #expect(coded.sizeDependsOnValues)
    #expect(coded.ledger.bits(for: .header) == 64)
  }

  @Test func codesOnce() throws {
    let coded = try Coded(Dense(Tensor(vector: [1])))
    #expect(throws: EncodingError.self) { try Coded(coded) }
    let sparse = try Sparse(shape: [4], positions: [2], values: coded, scheme: .bitmask)
    #expect(sparse.decoded().elements == [0, 0, 1, 0])
    #expect(throws: EncodingError.self) { try Coded(sparse) }
    let inner = bytes(sparse)
    var writer = ByteWriter()
    let payload = Deflate.deflate(inner)
    writer.append(Coded.tag)
    writer.append(UInt32(payload.count))
    writer.append(UInt32(inner.count))
    writer.append(payload)
    var reader = ByteReader(writer.bytes)
    #expect(throws: BytesError.self) { try EncodingTable.read(from: &reader, shape: [4]) }
  }
}
