// Entropy coders: code lengths beside a textbook Huffman, impossible tables, and the range coder's bits.
import Kernels
import Testing

@Suite struct EntropyCodingTests {
  /// python3: heapq of (count, number), the two least joined until one is left; the total is the sum of all
  /// joined counts.
  private static func textbookBits(_ counts: [Int]) -> Int {
    var heap = counts.filter { $0 > 0 }
    var total = 0
    while heap.count > 1 {
      heap.sort(by: >)
      let joined = heap.removeLast() + heap.removeLast()
      total += joined
      heap.append(joined)
    }
    return total
  }

  private static func random(_ state: inout UInt64) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33)
  }

  /// python3: heapq.heapify([(n, [s]) …]); lengths by depth.
  @Test func lengthsOfATextbook() {
    let code = HuffmanCode(counts: [45, 13, 12, 16, 9, 5])
    #expect(code.lengths == [1, 3, 3, 3, 4, 4])
    #expect(code.bits(of: [45, 13, 12, 16, 9, 5]) == 224)
  }

  @Test func isAsShortAsATextbook() {
    var state: UInt64 = 1
    for trial in 0..<20 {
      let count = 2 + EntropyCodingTests.random(&state) % 99
      let counts = (0..<count).map { _ in
        max(0, EntropyCodingTests.random(&state) % 1000 - 20 * (trial % 40))
      }
      let code = HuffmanCode(counts: counts)
      #expect(code.bits(of: counts) == EntropyCodingTests.textbookBits(counts))
    }
  }

  /// Fibonacci counts make the deepest tree; the limit holds, and the code stays complete.
  @Test func longCodesAreLimited() {
    var counts = [1, 1]
    while counts.count < 30 { counts.append(counts[counts.count - 1] + counts[counts.count - 2]) }
    let code = HuffmanCode(counts: counts)
    #expect(code.lengths.max() == 15)
    #expect(HuffmanCode(lengths: code.lengths) == code)
    let excess = code.bits(of: counts) - EntropyCodingTests.textbookBits(counts)
    #expect(excess > 0 && excess * 100 < code.bits(of: counts))
  }

  @Test(
    arguments: [
      [1], [1, 1, 1], [2, 2, 2], [1, 2], [1, 2, 3, 4], [16, 1], [15, 15],
    ] as [[UInt8]]) func impossibleLengths(lengths: [UInt8])
  {
    #expect(HuffmanCode(lengths: lengths) == nil)
  }

  @Test func huffmanRoundTrips() throws {
    var state: UInt64 = 2
    for bits in 1...8 {
      for count in [2, 3, 17, 1000] {
        var symbols = (0..<count).map { _ in
          UInt8(
            EntropyCodingTests.random(&state) & EntropyCodingTests.random(&state)
              & (1 << bits - 1))
        }
        (symbols[0], symbols[1]) = (0, 1)
        var counts = [Int](repeating: 0, count: 1 << bits)
        for symbol in symbols { counts[Int(symbol)] += 1 }
        let code = HuffmanCode(counts: counts)
        var writer = BitWriter()
        code.writeLengths(to: &writer)
        code.encode(symbols, to: &writer)
        var reader = BitReader(writer.finished())
        let read = try #require(HuffmanCode.lengths(ofSymbols: 1 << bits, from: &reader))
        #expect(read == code)
        #expect(read.decode(count, from: &reader) == symbols)
        #expect(reader.isAtEnd)
      }
    }
  }

  /// Any bytes end: as a code, or as none.
  @Test func anyBytesAreRead() {
    var state: UInt64 = 3
    for _ in 0..<100 {
      let bytes = (0..<(EntropyCodingTests.random(&state) % 40)).map { _ in
        UInt8(truncatingIfNeeded: EntropyCodingTests.random(&state))
      }
      var reader = BitReader(bytes)
      let bits = 1 + EntropyCodingTests.random(&state) % 8
      if let code = HuffmanCode.lengths(ofSymbols: 1 << bits, from: &reader) {
        _ = code.decode(100, from: &reader)
      }
      var decoder = RangeDecoder(bytes)
      for columns in [nil, 1, 7, 300] as [Int?] {
        #expect(decoder.decode(300, bits: bits, columns: columns).allSatisfy { $0 >> bits == 0 })
      }
    }
  }

  @Test func rangeRoundTrips() {
    var state: UInt64 = 4
    for bits in [1, 2, 5, 8] {
      for columns in [nil, 1, 40] as [Int?] {
        for density in [1, 10, 500] {
          var encoder = RangeEncoder()
          let streams = [0, 1, 7, 300, 2990].map { count in
            (0..<count).map { _ in
              EntropyCodingTests.random(&state) % density > 0
                ? 0 : UInt8(EntropyCodingTests.random(&state) & (1 << bits - 1))
            }
          }
          for stream in streams { encoder.encode(stream, bits: bits, columns: columns) }
          let position = encoder.position
          let bytes = encoder.finished()
          #expect(abs(8 * bytes.count - position) <= 40)
          var decoder = RangeDecoder(bytes)
          for stream in streams {
            #expect(decoder.decode(stream.count, bits: bits, columns: columns) == stream)
          }
          #expect(decoder.position == position)
          #expect(decoder.isAtEnd)
        }
      }
    }
  }

  /// The same bytes at every run and on every machine: recorded when they were first written.
  @Test func rangeBytesAreTheSameEverywhere() {
    var encoder = RangeEncoder()
    encoder.encode((0..<600).map { $0 % 7 == 0 || $0 % 30 == 3 ? 1 : 0 }, bits: 1, columns: 30)
    encoder.encode((0..<200).map { UInt8($0 * $0 % 11) }, bits: 4, columns: nil)
    let bytes = encoder.finished()
    let hash = bytes.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
    #expect(bytes.count == 86)
    #expect(hash == 874_997_512)
  }
}
