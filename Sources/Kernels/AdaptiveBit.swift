// The probability of a decision, learned from those before it; and the tables that models share.

/// The probability that a decision is 1: the first decisions move it far, each later one less.
struct AdaptiveBit {
  /// In 2^-32.
  private(set) var probability: UInt32 = 1 << 31
  /// Decisions seen, up to the limit.
  private(set) var seen: UInt32 = 0

  /// From here on old decisions fade: what changes is followed.
  static let limit: UInt32 = 1023

  init() {}

  /// One that expects what another does, not too firmly.
  init(like other: AdaptiveBit) {
    probability = other.probability
    seen = 6
  }

  @inline(__always)
  mutating func learn(_ bit: UInt32, _ rates: UnsafePointer<Int64>) {
    let target = Int64(bit) * 0xFFFF_FFFF
    let step = (target &- Int64(probability)) &* rates[Int(seen)]
    probability = UInt32(truncatingIfNeeded: Int64(probability) &+ (step &+ 32768) >> 16)
    seen = min(seen &+ 1, AdaptiveBit.limit)
  }

  /// In 65,536ths, 1...65535.
  @inline(__always)
  var coarse: UInt32 { max(probability >> 16, 1) }
}

/// What every model looks up.
struct ModelTables {
  let probabilities: UnsafePointer<UInt16>
  let rates: UnsafePointer<Int64>
  private let odds: UnsafePointer<Int16>
  private let buckets: UnsafePointer<UInt8>

  init() {
    (probabilities, rates) = (ModelTables.allProbabilities.first, ModelTables.allRates.first)
    (odds, buckets) = (ModelTables.allOdds.first, ModelTables.allBuckets.first)
  }

  /// Of a probability in 65,536ths.
  @inline(__always)
  func logOdds(_ probability: UInt32) -> Int32 { Int32(odds[Int(probability & 0xFFFF)]) }

  /// 0...23: small numbers each, large ones two to a doubling.
  @inline(__always)
  func bucket(_ number: Int) -> Int { Int(buckets[min(number, 4095)]) }

  /// A table that stays: models look it up without asking whether it is there.
  private struct Lasting<Element>: @unchecked Sendable {
    let first: UnsafePointer<Element>
    init(_ values: [Element]) {
      let memory = UnsafeMutablePointer<Element>.allocate(capacity: values.count)
      memory.initialize(from: values, count: values.count)
      first = UnsafePointer(memory)
    }
  }

  private static let allProbabilities = Lasting(Logistic.probabilities)
  private static let allOdds = Lasting(Logistic.logOdds)
  /// 65536 / (n + 1.5): what is estimated is (ones + ¼) / (n + ½).
  private static let allRates = Lasting((0...AdaptiveBit.limit).map(rate(after:)))
  private static let allBuckets = Lasting((0..<4096).map(bucket(of:)))

  /// 65536 / (n + 1.5): what is estimated is (ones + ¼) / (n + ½).
  private static func rate(after seen: UInt32) -> Int64 {
    let n = Int64(seen)
    return (2 * 65536 + n + 1) / (2 * n + 3)
  }

  private static func bucket(of number: Int) -> UInt8 {
    guard number > 4 else { return UInt8(number) }
    let exponent = Int.bitWidth - 1 - number.leadingZeroBitCount
    let half = number >> (exponent - 1) & 1
    return UInt8(min(23, 2 * exponent + half + 1))
  }
}
