// Random numbers that are the same everywhere: a stream per purpose, derived from a seed by labels.
// Whole and uniform numbers are made of integers only; a normal one passes through the system's
// `log`.
import Glibc

/// A stream of random numbers: xoshiro256** (Blackman and Vigna 2021, doi:10.1145/3460772), seeded
/// by SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195).
package struct RandomStream: Sendable, Equatable {
  /// What names this stream; children derive from it, however much was drawn.
  private let key: UInt64
  private var state: (UInt64, UInt64, UInt64, UInt64)
  /// The second of a pair of normal numbers, until it is asked for.
  private var spare: Double?

  package init(seed: UInt64) {
    key = seed
    var mixer = seed
    state = (
      RandomStream.splitMix(&mixer), RandomStream.splitMix(&mixer),
      RandomStream.splitMix(&mixer), RandomStream.splitMix(&mixer)
    )
  }

  package static func == (left: RandomStream, right: RandomStream) -> Bool {
    left.key == right.key && left.state == right.state && left.spare == right.spare
  }

  /// The stream of this name below this one: the same whatever was drawn before, and drawing from
  /// either leaves the other as it is.
  package func split(_ label: String) -> RandomStream {
    // FNV-1a over the label, between two rounds of mixing.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in label.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    var mixer = key
    var child = RandomStream.splitMix(&mixer) ^ hash
    return RandomStream(seed: RandomStream.splitMix(&child))
  }

  /// 64 random bits.
  package mutating func next() -> UInt64 {
    let result = RandomStream.rotated(state.1 &* 5, 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = RandomStream.rotated(state.3, 45)
    return result
  }

  /// A number from 0 up to, not including, 1: a multiple of 2^-24, all equally likely.
  package mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// A number from 0 up to, not including, 1: a multiple of 2^-53, all equally likely.
  package mutating func uniformDouble() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A normal number with mean 0 and variance 1, by the polar method (Marsaglia and Bray 1964,
  /// doi:10.1137/1006063): pairs, in double precision; only `log` is the system's.
  package mutating func normal() -> Double {
    if let value = spare {
      spare = nil
      return value
    }
    while true {
      let x = 2 * uniformDouble() - 1
      let y = 2 * uniformDouble() - 1
      let square = x * x + y * y
      guard square < 1, square > 0 else { continue }
      let factor = (-2 * log(square) / square).squareRoot()
      spare = y * factor
      return x * factor
    }
  }

  /// A whole number from 0 up to, not including, `bound`, all equally likely (Lemire 2019,
  /// doi:10.1145/3230636). `bound` is at least 1.
  package mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "there is a number to draw")
    let size = UInt64(bound)
    var product = next().multipliedFullWidth(by: size)
    if product.low < size {
      let unfair = (0 &- size) % size
      while product.low < unfair { product = next().multipliedFullWidth(by: size) }
    }
    return Int(product.high)
  }

  /// The numbers from 0 to `count - 1` in random order, all orders equally likely (Fisher and Yates).
  package mutating func permutation(_ count: Int) -> [Int] {
    var result = Array(0..<max(count, 0))
    for i in result.indices.dropFirst().reversed() { result.swapAt(i, integer(below: i + 1)) }
    return result
  }

  /// The same entries in random order, all orders equally likely.
  package mutating func shuffled<Entry>(_ entries: [Entry]) -> [Entry] {
    permutation(entries.count).map { entries[$0] }
  }

  /// Uniform numbers from 0 up to, not including, 1.
  /// - Throws: `TensorError.size`.
  package mutating func uniform(shape: [Int]) throws(TensorError) -> Tensor {
    var tensor = try Tensor(filledWith: 0, shape: shape)
    tensor.withElements { for i in $0.indices { $0[i] = uniform() } }
    return tensor
  }

  /// Normal numbers with mean 0 and variance 1.
  /// - Throws: `TensorError.size`.
  package mutating func normal(shape: [Int]) throws(TensorError) -> Tensor {
    var tensor = try Tensor(filledWith: 0, shape: shape)
    tensor.withElements { for i in $0.indices { $0[i] = Float(normal()) } }
    return tensor
  }

  private static func rotated(_ bits: UInt64, _ count: UInt64) -> UInt64 {
    bits << count | bits >> (64 - count)
  }

  private static func splitMix(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
    return bits ^ bits >> 31
  }
}
