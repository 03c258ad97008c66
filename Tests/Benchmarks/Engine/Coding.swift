// Entropy coders on one core: symbols of a pruned layer, and of one whose codes are all there. A unit is a
// megabyte of the fp32 weights that the symbols stand for.

internal import Kernels

enum Coding {
  /// - Parameters:
  ///   - work: "encode" or "decode" by the range coder, "huffman" to decode that.
  ///   - kind: "pruned": a tenth is kept, in 5 bits; "dense": 8 bits each.
  static func job(_ work: String, _ kind: String, rows: Int, columns: Int) throws -> any Job {
    let streams = try streams(kind, rows * columns, columns)
    let units = Double(4 * rows * columns) / 1e6
    let encode = {
      var encoder = RangeEncoder()
      for stream in streams {
        encoder.encode(stream.symbols, bits: stream.bits, columns: stream.columns)
      }
      return encoder.finished()
    }
    switch work {
    case "encode": return Task(units: units, encode) { [Double($0.count)] }
    case "decode":
      let bytes = encode()
      return Task(units: units) {
        var decoder = RangeDecoder(bytes)
        return streams.map {
          decoder.decode($0.symbols.count, bits: $0.bits, columns: $0.columns)
        }
      } compares: {
        $0.map { Double($0.reduce(0) { $0 + Int($1) }) }
      }
    case "huffman": return huffman(streams, units)
    default: throw Refusal("encode, decode or huffman, got `\(work)`")
    }
  }

  private struct Stream {
    let symbols: [UInt8]
    let bits: Int
    let columns: Int?
  }

  private static func streams(_ kind: String, _ count: Int, _ columns: Int) throws -> [Stream] {
    let weights = Figures.bell(count, seed: 3)
    switch kind {
    case "dense":
      let codes = weights.map { UInt8(bitPattern: Int8(($0 * 127).rounded())) }
      return [Stream(symbols: codes, bits: 8, columns: columns)]
    case "pruned":
      // A tenth of this distribution is farther from 0 than that.
      let least = 1 - Float(0.1).squareRoot()
      let mask = weights.map { abs($0) > least ? 1 : 0 as UInt8 }
      let kept = weights.filter { abs($0) > least }.map {
        UInt8(bitPattern: Int8(($0 * 15).rounded())) & 31
      }
      return [
        Stream(symbols: mask, bits: 1, columns: columns),
        Stream(symbols: kept, bits: 5, columns: nil),
      ]
    default: throw Refusal("pruned or dense, got `\(kind)`")
    }
  }

  /// Gaps of Han et al. where weights are pruned are about as many as codes; here only codes are timed.
  private static func huffman(_ streams: [Stream], _ units: Double) -> any Job {
    let codes = streams[streams.count - 1].symbols
    var counts = [Int](repeating: 0, count: 256)
    for code in codes { counts[Int(code)] += 1 }
    let code = HuffmanCode(counts: counts)
    var writer = BitWriter()
    code.encode(codes, to: &writer)
    let bytes = writer.finished()
    return Task(units: units) {
      var reader = BitReader(bytes)
      return code.decode(codes.count, from: &reader)
    } compares: {
      [Double($0.reduce(0) { $0 + Int($1) })]
    }
  }
}
