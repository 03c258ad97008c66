// Hashed storage: few values, and for every element one of them by a hash of its position. Which one is
// nowhere stored: a seed says it.
package import Tensors

/// w_i = ξ(i) r[h(i)]: the HashedNets of Chen et al. 2015, arXiv:1504.04788.
///
/// i is the position of the element in row-major order, as four little-endian bytes. With H(i, s) their
/// 32-bit xxHash for the seed s, h(i) = ⌊H(i, seed) · K / 2^32⌋ of K buckets, and ξ(i) is −1 where
/// H(i, seed + 1) is odd, else 1 (always 1 without signs).
package struct Hashed: Encoding {
  package static let tag: UInt8 = 8
  package static let name = "hashed"

  package let shape: [Int]
  /// Stores a vector with one value per bucket.
  package let values: any Encoding
  package let seed: UInt32
  /// Whether signs are hashed, too.
  package let isSigned: Bool
  private let count: Int

  /// The most elements that one value may stand for: fewer bytes than that make no tensor.
  package static let largestFactor = 1 << 16

  /// - Parameter values: stores a vector of at least one value and at most one for each element.
  /// - Throws: `EncodingError.parts` for another one, and for values that are hashed themselves.
  package init(
    shape: [Int], values: any Encoding, seed: UInt32, isSigned: Bool = true
  ) throws(EncodingError) {
    func check(_ holds: Bool, _ wanted: String) throws(EncodingError) {
      if !holds { throw .parts(encoding: Hashed.name, wanted: wanted) }
    }
    guard let count = try? Tensor.count(of: shape) else {
      throw .parts(encoding: Hashed.name, wanted: "a shape, got \(shape)")
    }
    let buckets = Hashed.buckets(of: count)
    try check(
      values.shape.count == 1 && buckets.contains(values.shape[0]),
      "a vector of \(buckets.lowerBound) to \(buckets.upperBound) values, got \(values.shape)")
    try check(!values.holdsHashes, "values that are not hashed themselves")
    try check(
      EncodingTable.depth(of: values) < EncodingTable.largestDepth,
      "fewer encodings inside each other")
    self.init(shape, count, values, seed, isSigned)
  }

  private init(
    _ shape: [Int], _ count: Int, _ values: any Encoding, _ seed: UInt32, _ isSigned: Bool
  ) {
    self.shape = shape
    self.count = count
    self.values = values
    self.seed = seed
    self.isSigned = isSigned
  }

  /// How many buckets so many elements may have; positions have 31 bits.
  package static func buckets(of count: Int) -> ClosedRange<Int> {
    let most = min(count, Int(Int32.max))
    return min((count + largestFactor - 1) / largestFactor, most)...most
  }

  // MARK: Hashes

  /// The 32-bit xxHash of four bytes. Collet 2012, https://github.com/Cyan4973/xxHash.
  package static func hash(_ position: UInt32, seed: UInt32) -> UInt32 {
    var hash = seed &+ 374_761_393 &+ 4 &+ position &* 3_266_489_917
    hash = (hash << 17 | hash >> 15) &* 668_265_263
    hash = (hash ^ hash >> 15) &* 2_246_822_519
    hash = (hash ^ hash >> 13) &* 3_266_489_917
    return hash ^ hash >> 16
  }

  private static func bucket(_ position: Int, of buckets: Int, seed: UInt32) -> Int {
    Int((UInt64(hash(UInt32(truncatingIfNeeded: position), seed: seed)) * UInt64(buckets)) >> 32)
  }

  /// For each of so many elements: its bucket.
  package static func buckets(_ count: Int, of buckets: Int, seed: UInt32) -> [Int32] {
    (0..<count).map { Int32(truncatingIfNeeded: bucket($0, of: buckets, seed: seed)) }
  }

  /// For each of so many elements: 1 or −1.
  package static func signs(_ count: Int, seed: UInt32, isSigned: Bool) -> [Float] {
    guard isSigned else { return [Float](repeating: 1, count: count) }
    return (0..<count).map {
      hash(UInt32(truncatingIfNeeded: $0), seed: seed &+ 1) & 1 == 0 ? 1 : -1
    }
  }

  /// For each element: its bucket.
  package var buckets: [Int32] { Hashed.buckets(count, of: values.shape[0], seed: seed) }

  /// For each element: what the value of its bucket is multiplied with.
  package var signs: [Float] { Hashed.signs(count, seed: seed, isSigned: isSigned) }

  // MARK: Encoding

  package var nested: (any Encoding)? { values }
  package var sizeDependsOnValues: Bool { values.sizeDependsOnValues }

  package var summary: String {
    let buckets = values.shape[0]
    return "hashed to \(buckets) value\(buckets == 1 ? "" : "s"), \(values.summary)"
  }

  package var ledger: Ledger {
    Ledger([.init(.header, bits: 8 + 32 + 32)]) + EncodingTable.ledger(of: values)
  }

  package func decoded() -> Tensor {
    let values = self.values.decoded().elements
    let buckets = values.count
    let elements = (0..<count).map { position in
      let value = values[Hashed.bucket(position, of: buckets, seed: seed)]
      let hash = Hashed.hash(UInt32(truncatingIfNeeded: position), seed: seed &+ 1)
      return isSigned && hash & 1 == 1 ? -value : value
    }
    return Tensor(trusted: shape, elements)
  }

  package func write(to writer: inout ByteWriter) {
    writer.append(UInt8(isSigned ? 1 : 0))
    writer.append(seed)
    writer.append(UInt32(values.shape[0]))
    EncodingTable.write(values, to: &writer)
  }

  package static func read(
    from reader: inout ByteReader, shape: [Int]
  ) throws(BytesError) -> Hashed {
    let count = try reader.count(of: shape)
    let start = reader.offset
    let signs = try reader.integer(UInt8.self)
    guard signs < 2 else { throw BytesError("hashed signs of the kind \(signs)", at: start) }
    let seed = try reader.integer(UInt32.self)
    let buckets = Int(try reader.integer(UInt32.self))
    guard Hashed.buckets(of: count).contains(buckets) else {
      throw BytesError("\(buckets) values for \(count) hashed elements", at: start)
    }
    let values = try EncodingTable.read(from: &reader, shape: [buckets])
    guard !values.holdsHashes else {
      throw BytesError("hashed values inside hashed values", at: start)
    }
    return Hashed(shape, count, values, seed, signs == 1)
  }
}

extension Encoding {
  /// Whether it is hashed, or an encoding inside it.
  fileprivate var holdsHashes: Bool { self is Hashed || nested?.holdsHashes ?? false }
}
