// zlib's wrappers: round trips, limits, damaged bytes, and values recorded with Python's zlib.
import Encodings
import Testing

@Suite struct DeflateTests {
  static let samples: [[UInt8]] = [
    [], [7], Array("cinnabar cinnabar".utf8), [UInt8](repeating: 0, count: 1_000_000),
    (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 >> 5) },
  ]

  @Test(arguments: samples) func roundTrips(bytes: [UInt8]) throws {
    let packed = Deflate.gzip(bytes)
    #expect(try Deflate.gunzip(packed, limit: bytes.count) == bytes)
    #expect(try Deflate.gunzip(packed, limit: .max) == bytes)
    #expect(Deflate.gzip(bytes) == packed)
    #expect(try Deflate.inflate(Deflate.deflate(bytes), limit: bytes.count) == bytes)
  }

  @Test func limitsHold() {
    let bomb = Deflate.gzip([UInt8](repeating: 0, count: 1_000_000))
    for limit in [-1, 0, 1, 999_999] {
      #expect(throws: BytesError.self) { try Deflate.gunzip(bomb, limit: limit) }
    }
  }

  @Test func severalMembersAreOneFile() throws {
    let two = Deflate.gzip([1, 2]) + Deflate.gzip([3])
    #expect(try Deflate.gunzip(two, limit: 3) == [1, 2, 3])
    #expect(throws: BytesError.self) { try Deflate.gunzip(two, limit: 2) }
    #expect(throws: BytesError.self) { try Deflate.gunzip(two + [9], limit: 3) }
  }

  @Test func everyCutIsAnError() {
    let packed = Deflate.gzip(Array("cinnabar, and again cinnabar".utf8))
    let raw = Deflate.deflate(Array("cinnabar, and again cinnabar".utf8))
    for count in 0..<packed.count {
      #expect(throws: BytesError.self) { try Deflate.gunzip(Array(packed[..<count]), limit: 100) }
    }
    for count in 0..<raw.count {
      #expect(throws: BytesError.self) { try Deflate.inflate(Array(raw[..<count]), limit: 100) }
    }
    #expect(throws: BytesError.self) { try Deflate.inflate(raw + [0], limit: 100) }
  }

  /// Python: `zlib.crc32(b)`.
  @Test func checksums() {
    #expect(Deflate.crc32([]) == 0)
    #expect(Deflate.crc32(Array("123456789".utf8)) == 0xcbf4_3926)
    #expect(Deflate.crc32(Array(0...255)) == 0x2905_8c73)
  }

  /// Python: `list(gzip.compress(b"cinnabar cinnabar", 9, mtime=0))`; we do not name the system.
  @Test func readsWhatPythonWrites() throws {
    var packed: [UInt8] = [
      31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 75, 206, 204, 203, 75, 76, 74, 44, 82, 72, 134, 50, 0, 85,
      90, 40, 77, 17, 0, 0, 0,
    ]
    #expect(try Deflate.gunzip(packed, limit: 100) == Array("cinnabar cinnabar".utf8))
    packed[9] = 255
    #expect(Deflate.gzip(Array("cinnabar cinnabar".utf8)) == packed)
  }
}
