// Losses, their gradients, and optimizer steps against plain Swift, over random sizes.
import Glibc
import Kernels
import Testing

@Suite("Learning kernels") struct LearningTests {
  static let seeds = Array(UInt64(1)...15)

  private struct Case {
    let rows: Int
    let classes: Int
    let z: Numbers
    let teacher: Numbers
    let labels: Numbers

    init(_ dice: inout Dice) {
      let classes = dice.size(1...15)
      rows = dice.size(1...9)
      self.classes = classes
      z = dice.floats(rows * classes, 10)
      teacher = dice.floats(rows * classes, 10)
      labels = Numbers((0..<rows).map { _ in Float(dice.size(0...classes - 1)) })
    }

    func row(_ values: [Double], _ r: Int) -> [Double] {
      Array(values[r * classes..<(r + 1) * classes])
    }

    var scores: Scores { Scores(z.view, rows: rows, classes: classes) }
  }

  private func logSoftmax(_ z: [Double], _ temperature: Double = 1) -> [Double] {
    let sum = z.reduce(0) { $0 + exp($1 / temperature) }
    return z.map { $0 / temperature - log(sum) }
  }

  /// Checks losses, and gradients times scale by central differences.
  private func check(
    _ sizes: Case, _ losses: Numbers, _ gradient: Numbers, scale: Double,
    _ loss: ([Double], Int) -> Double
  ) {
    let z = sizes.z.doubles
    expectClose(losses, (0..<sizes.rows).map { loss(sizes.row(z, $0), $0) }, within: 5e-6)
    var wanted: [Double] = []
    for r in 0..<sizes.rows {
      for i in 0..<sizes.classes {
        var (up, down) = (sizes.row(z, r), sizes.row(z, r))
        up[i] += 1e-5
        down[i] -= 1e-5
        wanted.append(scale * (loss(up, r) - loss(down, r)) / 2e-5)
      }
    }
    expectClose(gradient, wanted, within: 5e-6)
  }

  @Test(arguments: seeds, [0.0, 0.1])
  func crossEntropy(_ seed: UInt64, _ smoothing: Double) {
    var dice = Dice(seed)
    let sizes = Case(&dice)
    let (losses, gradient) = (
      Numbers(count: sizes.rows), Numbers(count: sizes.rows * sizes.classes)
    )
    sizes.scores.crossEntropy(
      labels: sizes.labels.view, smoothing: Float(smoothing), scale: 0.5, losses: losses.view,
      gradient: gradient.view)
    check(sizes, losses, gradient, scale: 0.5) { z, r in
      let logs = logSoftmax(z)
      let label = Int(sizes.labels.doubles[r])
      let even = logs.reduce(0, +) / Double(logs.count)
      return -(1 - smoothing) * logs[label] - smoothing * even
    }
  }

  @Test(arguments: seeds)
  func squaredError(_ seed: UInt64) {
    var dice = Dice(seed)
    let sizes = Case(&dice)
    let (losses, gradient) = (
      Numbers(count: sizes.rows), Numbers(count: sizes.rows * sizes.classes)
    )
    sizes.scores.squaredError(
      labels: sizes.labels.view, scale: 0.5, losses: losses.view, gradient: gradient.view)
    check(sizes, losses, gradient, scale: 0.5) { z, r in
      z.indices.reduce(0.0) { sum, i in
        let distance = z[i] - (i == Int(sizes.labels.doubles[r]) ? 1 : 0)
        return sum + distance * distance
      } / Double(z.count)
    }
  }

  @Test(arguments: seeds)
  func distillation(_ seed: UInt64) {
    var dice = Dice(seed)
    let sizes = Case(&dice)
    let losses = Numbers([Float](repeating: 0, count: sizes.rows))
    let gradient = Numbers([Float](repeating: 0, count: sizes.rows * sizes.classes))
    sizes.scores.addDistillation(
      teacher: sizes.teacher.view, temperature: 3, weight: 0.7, scale: 0.5, losses: losses.view,
      gradient: gradient.view)
    check(sizes, losses, gradient, scale: 0.5) { z, r in
      let mine = logSoftmax(z, 3)
      let theirs = logSoftmax(sizes.row(sizes.teacher.doubles, r), 3)
      return zip(mine, theirs).reduce(0) { $0 + 0.7 * 9 * exp($1.1) * ($1.1 - $1.0) }
    }
  }

  @Test(arguments: seeds)
  func firstGreatest(_ seed: UInt64) {
    var dice = Dice(seed)
    let (rows, classes) = (dice.size(1...9), dice.size(1...15))
    let z = Numbers((0..<rows * classes).map { _ in Float(dice.size(0...4)) })
    let found = Numbers(count: rows)
    Scores(z.view, rows: rows, classes: classes).argmax(to: found.view)
    for r in 0..<rows {
      let row = Array(z.doubles[r * classes..<(r + 1) * classes])
      #expect(Int(found.doubles[r]) == row.firstIndex(of: row.max() ?? 0))
    }
  }

  @Test(arguments: seeds)
  func sgdSteps(_ seed: UInt64) {
    var dice = Dice(seed)
    let count = dice.size(1...60)
    let (w, g, velocity) = (dice.floats(count), dice.floats(count), dice.floats(count))
    let keep = Numbers((0..<count).map { _ in Float(dice.size(0...1)) })
    var rule = UpdateRule()
    (rule.rate, rule.momentum, rule.decay) = (0.1, 0.9, 0.01)
    rule.nesterov = seed % 2 == 0
    var (weights, speeds) = (w.doubles, velocity.doubles)
    for i in 0..<count {
      let d = g.doubles[i] + 0.01 * weights[i]
      speeds[i] = 0.9 * speeds[i] + d
      weights[i] -= 0.1 * (rule.nesterov ? d + 0.9 * speeds[i] : speeds[i])
      speeds[i] *= keep.doubles[i]
      weights[i] *= keep.doubles[i]
    }
    rule.sgd(w.view, gradient: g.view, velocity: velocity.view, keep: keep.view)
    expectClose(w, weights)
    expectClose(velocity, speeds)
  }

  @Test(arguments: seeds)
  func adamSteps(_ seed: UInt64) {
    var dice = Dice(seed)
    let count = dice.size(1...60)
    let (w, g, m) = (dice.floats(count), dice.floats(count), dice.floats(count))
    let v = Numbers(dice.floats(count).doubles.map { Float($0 * $0) })
    var rule = UpdateRule()
    (rule.rate, rule.decay, rule.step) = (0.1, 0.01, dice.size(1...50))
    rule.decoupled = seed % 2 == 0
    let correction = (1 - pow(0.9, Double(rule.step)), 1 - pow(0.999, Double(rule.step)))
    var (weights, first, second) = (w.doubles, m.doubles, v.doubles)
    for i in 0..<count {
      let d = g.doubles[i] + (rule.decoupled ? 0 : 0.01 * weights[i])
      first[i] = 0.9 * first[i] + 0.1 * d
      second[i] = 0.999 * second[i] + 0.001 * d * d
      let step = first[i] / correction.0 / ((second[i] / correction.1).squareRoot() + 1e-8)
      weights[i] = weights[i] * (rule.decoupled ? 1 - 0.1 * 0.01 : 1) - 0.1 * step
    }
    rule.adam(w.view, gradient: g.view, first: m.view, second: v.view, keep: nil)
    expectClose(w, weights, within: 2e-5)
    expectClose(m, first)
    expectClose(v, second)
  }
}
