// Numbers that look random and are the same in every language: a hash of where they stand. The twin of
// peers/figures.py, to the bit.

enum Figures {
  /// Evenly spread from 0 up to, not including, 1.
  static func even(_ count: Int, seed: UInt32, from start: Int = 0) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { numbers, filled in
      for i in 0..<count { numbers.initializeElement(at: i, to: even(start + i, seed)) }
      filled = count
    }
  }

  /// From -1 to 1.
  static func centered(_ count: Int, seed: UInt32) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { numbers, filled in
      for i in 0..<count { numbers.initializeElement(at: i, to: 2 * even(i, seed) - 1) }
      filled = count
    }
  }

  /// From -1 to 1, more of them around 0, as weights are.
  static func bell(_ count: Int, seed: UInt32) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { numbers, filled in
      for i in 0..<count {
        numbers.initializeElement(at: i, to: even(i, seed) + even(i, seed &+ 1) - 1)
      }
      filled = count
    }
  }

  /// Every so many places of a list, `most` at most: what is compared.
  static func places(in count: Int, _ most: Int = 64) -> [Int] {
    Array(stride(from: 0, to: count, by: max(1, count / most)).prefix(most))
  }

  static func sample(_ numbers: [Float], _ most: Int = 64) -> [Double] {
    places(in: numbers.count, most).map { Double(numbers[$0]) }
  }

  @inline(__always)
  private static func even(_ index: Int, _ seed: UInt32) -> Float {
    var h = UInt32(truncatingIfNeeded: index) &* 0x9E37_79B1 &+ seed &* 0x85EB_CA77
    h = (h ^ h >> 16) &* 0x7FEB_352D
    h = (h ^ h >> 15) &* 0x846C_A68B
    h ^= h >> 16
    return Float(h >> 8) / 16_777_216
  }
}
