// Storage formats against NumPy's and PyTorch's rounding.
import Encodings
import Tensors
import Testing

@Suite struct DenseTests {
  @Test(arguments: FloatFormat.all.indices) func roundingIsNearest(index: Int) {
    let format = FloatFormat.all[index]
    var stream = RandomStream(seed: 1)
    for _ in 0..<5000 {
      let value =
        Float(stream.normal())
        * Float(sign: .plus, exponent: stream.integer(below: 20) - 10, significand: 1)
      let rounded = format.rounded(value)
      #expect(format.rounded(rounded) == rounded)
      let unit: Float = format == .fp16 ? 0x1p-11 : format == .bf16 ? 0x1p-8 : 0
      #expect(abs(rounded - value) <= max(unit * abs(value), format == .fp16 ? 0x1p-25 : 0))
    }
    for value in [0, -0.0, 1, -2, .infinity, -.infinity] as [Float] {
      #expect(format.rounded(value).bitPattern == value.bitPattern)
    }
    #expect(format.rounded(.nan).isNaN)
    #expect(format.rounded(Float(nan: 1, signaling: false)).isNaN)
    for value in [.greatestFiniteMagnitude, -.greatestFiniteMagnitude, 70_000] as [Float] {
      #expect(format.rounded(value).isFinite)
    }
  }

  /// NumPy 2.4: `np.float16(x)`; bf16 by the definition: halves go to the even neighbor.
  @Test func halvesGoToTheEvenNeighbor() {
    #expect(FloatFormat.fp16.rounded(2049) == 2048)
    #expect(FloatFormat.fp16.rounded(2051) == 2052)
    #expect(FloatFormat.fp16.rounded(0.1) == 0.099_975_586)
    #expect(FloatFormat.fp16.rounded(65_519) == 65_504)
    #expect(FloatFormat.fp16.rounded(-1e6) == -65_504)
    #expect(FloatFormat.bf16.rounded(257) == 256)
    #expect(FloatFormat.bf16.rounded(259) == 260)
    #expect(FloatFormat.bf16.rounded(0.1) == 0.100_097_656)
    #expect(FloatFormat.bf16.rounded(.greatestFiniteMagnitude) == 0x1.fep127)
  }

  @Test func bytesAreLittleEndian() {
    #expect(bytes(Dense(Tensor(vector: [1]))) == [1, 0, 0, 0, 0x80, 0x3f])
    #expect(bytes(Dense(Tensor(vector: [1]), as: .fp16)) == [1, 1, 0, 0x3c])
    #expect(bytes(Dense(Tensor(vector: [1]), as: .bf16)) == [1, 2, 0x80, 0x3f])
  }

  /// Whatever 16 bits a file holds: what they decode to is stored as itself.
  @Test(arguments: [FloatFormat.fp16, .bf16].map(\.name))
  func everyPatternIsStable(name: String) throws {
    for format in FloatFormat.all where format.name == name {
      var writer = ByteWriter()
      writer.append(bytes(Dense(Tensor(vector: []), as: format)))
      writer.append((0...UInt16.max).map { $0 })
      var reader = ByteReader(writer.bytes)
      let once = try EncodingTable.read(from: &reader, shape: [1 << 16])
      var again = ByteReader(bytes(once))
      let twice = try EncodingTable.read(from: &again, shape: [1 << 16])
      #expect(bits(once.decoded()) == bits(twice.decoded()))
    }
  }
}
