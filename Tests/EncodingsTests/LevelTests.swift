// Small floats against PyTorch, all patterns and thousands of roundings; ternary and binary codes in
// their bytes.
import Encodings
import Tensors
import Testing

@Suite struct LevelTests {
  /// FNV-1a over the bits of floats, -0 as 0.
  static func digest(_ values: [Float], zeros: Float) -> UInt64 {
    values.reduce(0xcbf2_9ce4_8422_2325) {
      ($0 ^ UInt64(($1 + zeros).bitPattern)) &* 0x100_0000_01b3
    }
  }

  /// torch 2.15: torch.arange(256, dtype=torch.uint8).view(torch.float8_e4m3fn).float(), and
  /// torch.float8_e5m2; FNV-1a over the bits of all that are finite, in order.
  @Test func everyPatternIsPyTorchs() {
    let e4m3 = LevelSet.e4m3.levels
    #expect(e4m3.indices.filter { !e4m3[$0].isFinite } == [127, 255])
    #expect(Self.digest(e4m3.filter(\.isFinite), zeros: -0.0) == 0xa5e8_25ec_78ff_0f9d)
    #expect(LevelSet.e4m3.greatest == 448)
    let e5m2 = LevelSet.e5m2.levels
    #expect(
      e5m2.indices.filter { !e5m2[$0].isFinite } == [124, 125, 126, 127, 252, 253, 254, 255])
    #expect(Self.digest(e5m2.filter(\.isFinite), zeros: -0.0) == 0x6766_a9e9_a09b_b485)
    #expect(LevelSet.e5m2.greatest == 57344)
  }

  /// 4000 numbers, most with few bits, so that many are ties; within ±the greatest level:
  /// s = LCG from 12345, m = 1 + ((s >> 40) & 63) / 64, e = (s >> 50) % 22 − 12 (e5m2: % 36 − 19),
  /// ±m 2^e by the highest bit. torch 2.15: x.to(dtype).float(), -0 as 0.
  @Test(arguments: [
    ("fp8 e4m3", UInt64(22), 12, UInt64(0x591f_cf73_1d88_6ba5)),
    ("fp8 e5m2", 36, 19, 0x85e3_f929_e898_6ba5),
  ])
  func roundsAsPyTorch(_ name: String, _ span: UInt64, _ lowest: Int, _ wanted: UInt64) throws {
    let table = try #require(LevelSet.all.first { $0.name == name })
    var state: UInt64 = 12345
    let rounded = (0..<4000).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let fraction = 1 + Float((state >> 40) & 63) / 64
      let exponent = Int((state >> 50) % span) - lowest
      let sign: FloatingPointSign = state >> 63 == 1 ? .minus : .plus
      let x = Float(sign: sign, exponent: exponent, significand: fraction)
      let inside = max(-table.greatest, min(table.greatest, x))
      return table.levels[Int(table.code(nearest: inside))]
    }
    #expect(Self.digest(rounded, zeros: 0) == wanted)
  }

  @Test(arguments: LevelSet.all.map(\.name)) func everyLevelIsItsOwnNearest(_ name: String) throws {
    let table = try #require(LevelSet.all.first { $0.name == name })
    for level in table.levels where level.isFinite {
      #expect(table.levels[Int(table.code(nearest: level))] == level)
    }
    // Unlike PyTorch, which makes them NaN or infinite: what is beyond saturates.
    for far in [table.greatest * 1.5, .greatestFiniteMagnitude, .infinity] {
      #expect(table.levels[Int(table.code(nearest: far))] == table.greatest)
      #expect(table.levels[Int(table.code(nearest: -far))] == -table.greatest)
    }
  }

  @Test func fiveTernaryWeightsShareAByte() throws {
    for count in 0...23 {
      let codes = (0..<count).map { UInt8($0 * 7 % 3) }
      let levels = try Levels(
        shape: [count], table: .ternary, granularity: .tensor, codes: codes,
        scales: count == 0 ? [] : [0.5])
      #expect(bytes(levels).count == (count == 0 ? 3 : 7) + (count + 4) / 5)
      #expect(EncodingTable.ledger(of: levels).bits == 8 * bytes(levels).count)
      var reader = ByteReader(bytes(levels))
      let read = try EncodingTable.read(from: &reader, shape: [count])
      #expect((read as? Levels)?.codes == codes)
    }
  }

  @Test func bytesThatNoCodesMakeAreRefused() throws {
    func read(_ last: [UInt8], _ table: UInt8, _ shape: [Int], scale: Float = 1) -> Levels? {
      var writer = ByteWriter()
      writer.append(Levels.tag)
      writer.append(table)
      writer.append(UInt8(0))
      writer.append([scale])
      writer.append(last)
      var reader = ByteReader(writer.bytes)
      return try? EncodingTable.read(from: &reader, shape: shape) as? Levels
    }
    #expect(read([242], 2, [5]) != nil && read([243], 2, [5]) == nil)
    #expect(read([255], 2, [5]) == nil)
    // Two codes: 0...8, and nothing behind them.
    #expect(read([8], 2, [2]) != nil && read([9], 2, [2]) == nil)
    #expect(read([0x7f], 0, [1]) == nil && read([0xff], 0, [1]) == nil)
    #expect(read([0x7c], 1, [1]) == nil && read([0x7b], 1, [1]) != nil)
    #expect(read([0b1], 3, [3]) != nil)
    #expect(read([0], 4, [1]) == nil)
    #expect(read([0], 3, [1], scale: .nan) == nil && read([0], 3, [1], scale: .infinity) == nil)
  }

  /// All numbers by their highest 16 bits, and the ends of what begins so: none is nearer.
  @Test(arguments: LevelSet.all.map(\.name)) func noLevelIsNearer(_ name: String) throws {
    let table = try #require(LevelSet.all.first { $0.name == name })
    let levels = table.levels.filter(\.isFinite).map(Double.init)
    for top in stride(from: UInt32(0), to: 1 << 16, by: table.levels.count > 3 ? 7 : 1) {
      for low in [UInt32(0), 1, 0xFFFF] {
        let value = Float(bitPattern: top << 16 | low)
        guard value.isFinite else { continue }
        let found = Double(table.levels[Int(table.code(nearest: value))])
        let nearest = levels.reduce(Double.infinity) { min($0, abs($1 - Double(value))) }
        #expect(abs(found - Double(value)) == nearest, "\(value)")
      }
    }
    for value in [Float.infinity, -.infinity, .nan] {
      #expect(table.levels[Int(table.code(nearest: value))].isFinite)
    }
  }
}
