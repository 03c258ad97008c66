// Numbers that Python makes again: a linear congruential generator, and the arrays that references
// were recorded for.

/// s ← s · 6364136223846793005 + 1442695040888963407 mod 2^64.
struct Recipe {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state
  }

  mutating func numbers(_ count: Int, _ make: (UInt64) -> Double) -> [Float] {
    (0..<count).map { _ in Float(make(next())) }
  }

  /// [24]: eighths from -4 to 4, `((s >> 40) % 65 − 32) / 8` with seed 7.
  static let weights: [Float] = {
    var recipe = Recipe(7)
    return recipe.numbers(24) { (Double(($0 >> 40) % 65) - 32) / 8 }
  }()

  /// [24]: quarters from -4 to 4, `((s >> 40) % 33 − 16) / 4` with seed 9.
  static let slopes: [Float] = {
    var recipe = Recipe(9)
    return recipe.numbers(24) { (Double(($0 >> 40) % 33) - 16) / 4 }
  }()

  /// FNV-1a over the bits of floats, -0 as 0: many values in one number.
  static func digest(_ values: [Float]) -> UInt64 {
    digest(values.map { UInt64(($0 + 0).bitPattern) })
  }

  static func digest(_ words: [UInt64]) -> UInt64 {
    words.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ $1) &* 0x100_0000_01b3 }
  }
}
