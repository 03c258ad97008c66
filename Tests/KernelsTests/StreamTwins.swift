// Plain Swift for what the passes over long arrays do, and the arrays that they are tried on.
import Kernels

enum Specimen {
  /// Pools of one, two and five threads: what comes out is the same.
  static let pools = [1, 2, 5].map { Workers(threads: $0) }

  /// Sizes around the vectors, and around the blocks that are shared out.
  static let sizes = [0, 1, 7, 31, 32, 33, 1001, 65_536, 70_001]

  static let special: [Float] = [
    0, -0.0, .infinity, -.infinity, .nan, -.nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
    .leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 0.5, -1.5, 2.5,
    65_504, 65_520, -70_000,
  ]

  enum Kind: String, CaseIterable, Sendable {
    case bell, equal, twoValues, farApart, special, zeros, sorted, mixed
  }

  static func values(_ kind: Kind, _ count: Int, seed: UInt64 = 1) -> [Float] {
    var dice = Dice(seed)
    switch kind {
    case .bell: return (0..<count).map { _ in dice.float(1) + dice.float(1) + dice.float(1) }
    case .equal: return [Float](repeating: -0.75, count: count)
    case .twoValues: return (0..<count).map { _ in dice.next() % 3 == 0 ? 0.25 : -0.5 }
    case .farApart:
      return (0..<count).map { _ in
        let size = Float(sign: .plus, exponent: dice.size(-149...127), significand: 1)
        return dice.next() % 2 == 0 ? size : -size
      }
    case .special: return (0..<count).map { _ in special[dice.size(0...special.count - 1)] }
    case .zeros: return (0..<count).map { _ in dice.next() % 10 == 0 ? dice.float(1) : 0 }
    case .sorted: return (0..<count).map { Float($0) * 1e-3 - 50 }
    case .mixed:
      return (0..<count).map { i in
        i % 97 == 0 ? special[dice.size(0...special.count - 1)] : dice.float(1)
      }
    }
  }
}

enum StreamTwins {
  /// Order keys as whole numbers, the slow way.
  static func sorted(_ values: [Float], _ order: Selection.Order) -> [Float] {
    let numbers = values.filter { !$0.isNaN }.map { order == .magnitude ? $0.magnitude : $0 }
    // A negative 0 comes before a positive one.
    let sorted = numbers.sorted { a, b in a == b ? a.sign == .minus && b.sign == .plus : a < b }
    return sorted + [Float](repeating: .nan, count: values.count - numbers.count)
  }

  static func lowest(_ count: Int, of scores: [Float]) -> [Bool] {
    let scores = scores.map { $0.isNaN ? Float.infinity : $0 }
    let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
    var mask = [Bool](repeating: false, count: scores.count)
    for i in order.prefix(count) { mask[i] = true }
    return mask
  }

  static func code(_ value: Float, _ grid: UniformGrid) -> Int {
    let steps = Double((value / grid.scale).rounded(.toNearestOrEven)) + Double(grid.zero)
    return Int(min(Double(grid.codes.upperBound), max(Double(grid.codes.lowerBound), steps)))
  }

  static func value(_ code: Int, _ grid: UniformGrid) -> Float {
    Float(code - grid.zero) * grid.scale
  }

  static func half(_ value: Float) -> Float {
    let half = Float16(value)
    guard half.isInfinite, value.isFinite else { return Float(half) }
    return value < 0 ? -65_504 : 65_504
  }

  static func brain(_ value: Float) -> Float {
    let bits = value.bitPattern
    if value.isNaN { return Float(bitPattern: (bits >> 16 | 0x40) << 16) }
    if value.isInfinite { return value }
    var top = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16
    if top & 0x7FFF == 0x7F80 { top -= 1 }
    return Float(bitPattern: top << 16)
  }

  static func blockSums(_ values: ArraySlice<Float>, _ term: (Double) -> Double) -> [Double] {
    stride(from: values.startIndex, to: values.endIndex - 511, by: 512).map { start in
      values[start..<start + 512].reduce(0.0) { $0 + term(Double($1)) }
    }
  }
}

extension [Float] {
  var patterns: [UInt32] { map(\.bitPattern) }
}
