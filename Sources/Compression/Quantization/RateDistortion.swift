// Rounding that knows what codes will cost in a file: a weight may move to a cheaper code if its error does
// not grow too much.
import Glibc

/// What coding levels costs, learned from those before: whether a level is 0, given how many of the two
/// before it are not; its sign; whether its magnitude goes on from 1, from 2 …; a rest beyond 8 in
/// Exp-Golomb bits. As DeepCABAC binarizes: Wiedemann et al. 2019, arXiv:1907.11900.
private struct LevelCosts {
  private struct Chance {
    var ofOne = 0.5
    var seen = 0.0

    func bits(_ one: Bool) -> Double { -log2(one ? ofOne : 1 - ofOne) }

    mutating func learn(_ one: Bool) {
      // No chance ever reaches 0 or 1.
      ofOne += ((one ? 1 : 0) - ofOne) / (seen + 1.5)
      seen = min(seen + 1, 255)
    }
  }

  private static let unary = 8
  private var isSignificant = [Chance](repeating: Chance(), count: 3)
  private var isNegative = Chance()
  private var goesOn = [Chance](repeating: Chance(), count: unary)
  private var before = (0, 0)

  private var context: Int { (before.0 == 0 ? 0 : 1) + (before.1 == 0 ? 0 : 1) }

  func bits(_ level: Int) -> Double {
    var bits = isSignificant[context].bits(level != 0)
    guard level != 0 else { return bits }
    bits += isNegative.bits(level < 0)
    let magnitude = abs(level)
    for step in 1...min(magnitude, LevelCosts.unary) {
      bits += goesOn[step - 1].bits(magnitude > step)
    }
    let rest = magnitude - LevelCosts.unary
    return rest > 0 ? bits + 2 * log2(Double(rest)).rounded(.down) + 1 : bits
  }

  mutating func learn(_ level: Int) {
    isSignificant[context].learn(level != 0)
    before = (level, before.0)
    guard level != 0 else { return }
    isNegative.learn(level < 0)
    let magnitude = abs(level)
    for step in 1...min(magnitude, LevelCosts.unary) { goesOn[step - 1].learn(magnitude > step) }
  }
}

extension Quantizer {
  /// The codes of finite values on given steps, in order: of the nearest code, the next one towards 0 and
  /// 0 itself, each value takes that with the least (x/s − q)² + λ · bits(q).
  func codes(of values: [Float], _ steps: [Step], _ runs: [Range<Int>], lambda: Double) -> [Int] {
    var costs = LevelCosts()
    var codes = [Int](repeating: 0, count: values.count)
    for (step, run) in zip(steps, runs) {
      for i in run {
        let exact = values[i] / step.scale
        let nearest = step.clamped(exact.rounded(.toNearestOrEven)) - step.zeroPoint
        var best = (level: nearest, cost: Double.infinity)
        for level in [nearest, nearest - nearest.signum(), 0] {
          let error = Double(exact) - Double(level)
          let cost = error * error + lambda * costs.bits(level)
          if cost < best.cost { best = (level, cost) }
        }
        costs.learn(best.level)
        codes[i] = best.level + step.zeroPoint
      }
    }
    return codes
  }
}
