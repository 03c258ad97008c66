// Hashed storage against the published hash, by hand, and at its ends.
import Encodings
import Tensors
import Testing

@Suite struct HashedTests {
  /// Python: xxhash.xxh32(position.to_bytes(4, "little"), seed=seed).intdigest()
  @Test func theHashIsXXH32() {
    #expect(Hashed.hash(0, seed: 0) == 148_298_089)
    #expect(Hashed.hash(1, seed: 0) == 4_089_149_075)
    #expect(Hashed.hash(7, seed: 0) == 3_867_920_632)
    #expect(Hashed.hash(12345, seed: 1) == 1_297_856_920)
    #expect(Hashed.hash(.max, seed: 0x9e37_79b9) == 3_255_096_161)
  }

  @Test func elementsAreSignedValuesOfBuckets() throws {
    let hashed = try Hashed(shape: [10, 20], values: Dense(Tensor(vector: [1, 2, 3])), seed: 5)
    let decoded = hashed.decoded().elements
    for position in 0..<200 {
      let hash = UInt64(Hashed.hash(UInt32(position), seed: 5))
      let isNegative = Hashed.hash(UInt32(position), seed: 6) % 2 == 1
      #expect(decoded[position] == Float(1 + (hash * 3) >> 32) * (isNegative ? -1 : 1))
      #expect(Int(hashed.buckets[position]) == Int((hash * 3) >> 32))
      #expect(hashed.signs[position] == (isNegative ? -1 : 1))
    }
    let bare = try Hashed(shape: [200], values: hashed.values, seed: 5, isSigned: false)
    #expect(bare.decoded().elements == decoded.map { abs($0) })
  }

  /// Hashes spread evenly: chi-squared with 63 degrees of freedom is below 103 in 999 of 1,000 cases.
  @Test func bucketsAreEvenlyFull() throws {
    for seed: UInt32 in [0, 1, 77, 0xffff_ffff] {
      var counts = [Double](repeating: 0, count: 64)
      for bucket in Hashed.buckets(16_000, of: 64, seed: seed) { counts[Int(bucket)] += 1 }
      #expect(counts.reduce(0) { $0 + ($1 - 250) * ($1 - 250) / 250 } < 103)
      let sum = Hashed.signs(16_000, seed: seed, isSigned: true).reduce(0, +)
      #expect(abs(sum) < 420)  // 3.3 standard deviations
    }
  }

  @Test func sizesFollowFromTheBuckets() throws {
    let hashed = try Hashed(
      shape: [300, 784], values: Dense(Tensor(vector: [Float](repeating: 1, count: 100))), seed: 1)
    #expect(hashed.ledger.bits(for: .values) == 3200)
    // Nine bytes, and two of the values' own.
    #expect(hashed.ledger.bits(for: .header) == 8 * (9 + 2))
    #expect(hashed.summary == "hashed to 100 values, fp32")
  }

  @Test func partsThatDoNotFitAreRefused() throws {
    let three = Dense(Tensor(vector: [1, 2, 3]))
    for shape in [[2], [0], [1 << 20], [-1]] {
      #expect(throws: EncodingError.self) { try Hashed(shape: shape, values: three, seed: 0) }
    }
    #expect(throws: EncodingError.self) {
      try Hashed(shape: [9], values: Dense(try three.decoded().reshaped([3, 1])), seed: 0)
    }
    let once = try Hashed(shape: [9], values: three, seed: 0)
    #expect(throws: EncodingError.self) { try Hashed(shape: [20], values: once, seed: 0) }
    let none = try Hashed(shape: [0, 4], values: Dense(Tensor(vector: [])), seed: 0)
    #expect(none.decoded().shape == [0, 4])
  }

  /// Twenty bytes do not claim gigabytes.
  @Test func aFewValuesAreNotATensorOfAnySize() {
    var writer = ByteWriter()
    writer.append([Hashed.tag, 1] as [UInt8])
    writer.append(UInt32(0))
    writer.append(UInt32(1))
    EncodingTable.write(Dense(Tensor(vector: [1])), to: &writer)
    var small = ByteReader(writer.bytes)
    #expect((try? EncodingTable.read(from: &small, shape: [1 << 16])) != nil)
    var large = ByteReader(writer.bytes)
    #expect(throws: BytesError.self) {
      try EncodingTable.read(from: &large, shape: [1 << 16 + 1])
    }
  }
}

@Suite struct ScaledTests {
  @Test func valuesAreStretchedAndShifted() throws {
    let inner = Dense(try Tensor(vector: [0, 0.5, 1, 0, 0.25, 1]).reshaped([2, 3]))
    let scaled = try Scaled(inner, granularity: .channel, scales: [2, 10], offsets: [-1, 5])
    #expect(scaled.decoded().elements == [-1, 0, 1, 5, 7.5, 15])
    #expect(scaled.summary == "fp32, scaled per channel")
    #expect(scaled.ledger.bits(for: .scales) == 128)
  }

  @Test func partsThatDoNotFitAreRefused() throws {
    let inner = Dense(Tensor(vector: [0, 1]))
    for (scales, offsets): ([Float], [Float]) in [
      ([1, 1], [0]), ([1], []), ([.infinity], [0]), ([1], [.nan]),
    ] {
      #expect(throws: EncodingError.self) {
        try Scaled(inner, granularity: .tensor, scales: scales, offsets: offsets)
      }
    }
    #expect(throws: EncodingError.self) {
      try Scaled(inner, granularity: .group(0), scales: [1], offsets: [0])
    }
  }
}
