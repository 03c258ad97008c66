// Bulk bytes: the same as one value after the other.
import Encodings
import Tensors
import Testing

@Suite struct ByteTests {
  @Test func bulkIsOneByOne() throws {
    var stream = RandomStream(seed: 1)
    let values = try stream.normal(shape: [1001]).elements
    var bulk = ByteWriter()
    bulk.append(values)
    var single = ByteWriter()
    for value in values { single.append(value) }
    #expect(bulk.bytes == single.bytes)
    var reader = ByteReader(bulk.bytes)
    #expect(try reader.float() == values[0])
    #expect(try reader.floats(1000) == Array(values[1...]))
    #expect(reader.remaining == 0)
    #expect(throws: BytesError.self) { try reader.floats(1) }
    #expect(throws: BytesError.self) { try reader.floats(.max) }
    #expect(throws: BytesError.self) { try reader.floats(-1) }
    #expect(try reader.floats(0) == [])
  }
}
