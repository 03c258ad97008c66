// How a parameter is stored without being asked: exactly, and sparse where that takes fewer bits.
import Encodings
import Networks
import Tensors
import Testing

@Suite struct PlainEncodingTests {
  @Test(arguments: [0, 0.02, 0.5, 0.9, 1]) func sparseWhereSmaller(share: Float) throws {
    var stream = RandomStream(seed: 1)
    let value = try stream.normal(shape: [40, 50])
    let pruned = try stream.uniform(shape: [40, 50]).elements.map { $0 < share }
    let dense = Parameter("weight", role: .weight, value: value)
    #expect(dense.encoding is Encodings.Dense)
    let parameter = dense.with(pruned: pruned)
    #expect(parameter.encoding.ledger.bits <= dense.encoding.ledger.bits)
    #expect((parameter.encoding is Sparse) == (share > 0.1))
    #expect(
      parameter.encoding.decoded().elements.map(\.bitPattern)
        == parameter.value.elements.map(\.bitPattern))
  }
}
