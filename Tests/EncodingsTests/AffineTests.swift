// Affine storage: ONNX's decoding rule, packing, slices, and parts that do not fit.
import Encodings
import Tensors
import Testing

@Suite struct AffineTests {
  /// ONNX DequantizeLinear: (q - zero point) * scale.
  @Test func decodesAsONNX() throws {
    let unsigned = try Affine(
      shape: [2, 2], bits: 8, isSigned: false, granularity: .tensor, codes: [0, 3, 128, 255],
      scales: [2], zeroPoints: [128])
    #expect(unsigned.decoded().elements == [-256, -250, 0, 254])
    let signed = try Affine(
      shape: [3, 1, 2], bits: 4, isSigned: true, granularity: .channel,
      codes: [-8, 7, 1, 0, -1, 2], scales: [0.5, 1, -3])
    #expect(signed.decoded().elements == [-4, 3.5, 1, 0, 3, -6])
    #expect(signed.codes == [-8, 7, 1, 0, -1, 2])
    #expect(signed.summary == "int4 per channel")
  }

  @Test func packsFromTheLowestBits() throws {
    let affine = try Affine(
      shape: [3], bits: 3, isSigned: false, granularity: .tensor, codes: [1, 2, 7], scales: [1])
    // 1 + 2 * 8 + 7 * 64 = 465 = 0x1d1
    #expect(bytes(affine) == [2, 2, 0, 0, 0, 0x80, 0x3f, 0xd1, 0x01])
    #expect(affine.ledger.bits(for: .codes) == 9)
    #expect(affine.ledger.bits(for: .padding) == 7)
  }

  @Test func groupsEndWithTheirRow() throws {
    #expect(Affine.slices(of: [2, 5], .group(2)) == [0..<2, 2..<4, 4..<5, 5..<7, 7..<9, 9..<10])
    #expect(Affine.slices(of: [2, 5], .channel) == [0..<5, 5..<10])
    #expect(Affine.slices(of: [2, 5], .tensor) == [0..<10])
    #expect(Affine.slices(of: [5], .group(3)) == [0..<3, 3..<5])
    #expect(Affine.slices(of: [], .channel) == [0..<1])
  }

  @Test(arguments: Samples.shapes) func slicesCover(shape: [Int]) throws {
    for granularity: Affine.Granularity in [.tensor, .channel, .group(1), .group(4), .group(.max)] {
      let slices = Affine.slices(of: shape, granularity)
      #expect(slices.count == Affine.sliceCount(of: shape, granularity))
      #expect(try slices.flatMap { Array($0) } == Array(0..<Tensor.count(of: shape)))
    }
  }

  @Test func refusesWhatDoesNotFit() throws {
    func make(
      _ shape: [Int] = [2], _ bits: Int = 4, _ codes: [Int32] = [1, 2], _ scales: [Float] = [1],
      _ zeros: [Int32]? = nil, _ granularity: Affine.Granularity = .tensor
    ) throws -> Affine {
      try Affine(
        shape: shape, bits: bits, isSigned: true, granularity: granularity, codes: codes,
        scales: scales, zeroPoints: zeros)
    }
    #expect(try make().decoded().elements == [1, 2])
    #expect(throws: EncodingError.self) { try make([-1]) }
    #expect(throws: EncodingError.self) { try make([2], 1) }
    #expect(throws: EncodingError.self) { try make([2], 17) }
    #expect(throws: EncodingError.self) { try make([2], 4, [8, 0]) }
    #expect(throws: EncodingError.self) { try make([2], 4, [1]) }
    #expect(throws: EncodingError.self) { try make([2], 4, [1, 2], []) }
    #expect(throws: EncodingError.self) { try make([2], 4, [1, 2], [.nan]) }
    #expect(throws: EncodingError.self) { try make([2], 4, [1, 2], [1], [8]) }
    #expect(throws: EncodingError.self) { try make([2], 4, [1, 2], [1], [0, 0]) }
    #expect(throws: EncodingError.self) { try make([2], 4, [1, 2], [1], nil, .group(0)) }
  }
}
