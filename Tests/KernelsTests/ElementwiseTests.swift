// Activations, biases, sums and dropout against plain Swift, over random sizes.
import Glibc
import Kernels
import Testing

@Suite("Elementwise kernels") struct ElementwiseTests {
  static let seeds = Array(UInt64(1)...12)

  private func value(_ f: ActivationFunction, _ x: Double, _ slope: Double) -> Double {
    switch f {
    case .identity: x
    case .relu: max(0, x)
    case .relu6: min(6, max(0, x))
    case .leaky: x > 0 ? x : slope * x
    case .sigmoid: 1 / (1 + exp(-x))
    case .tanh: tanh(x)
    case .gelu: x * (1 + erf(x / 2.0.squareRoot())) / 2
    case .silu: x / (1 + exp(-x))
    }
  }

  @Test(arguments: ActivationFunction.allCases, seeds)
  func activations(_ f: ActivationFunction, _ seed: UInt64) {
    var dice = Dice(seed)
    let count = dice.size(1...200)
    let x = dice.floats(count, 8)
    let dy = dice.floats(count)
    let y = Numbers(count: count)
    let dx = Numbers(count: count)
    let activator = Activator(f, slope: 0.25)
    activator.forward(x.view, to: y.view)
    activator.backward(dy.view, x: x.view, y: y.view, to: dx.view)
    expectClose(y, x.doubles.map { value(f, $0, 0.25) }, "forward")
    let slopes = x.doubles.map { (value(f, $0 + 1e-5, 0.25) - value(f, $0 - 1e-5, 0.25)) / 2e-5 }
    expectClose(dx, zip(dy.doubles, slopes).map(*), within: 1e-5, "backward")
  }

  @Test(arguments: ActivationFunction.allCases)
  func extremes(_ f: ActivationFunction) {
    let x = Numbers([-1e30, -200, -0.0, 0, 200, 1e30, .nan])
    let y = Numbers(count: 7)
    Activator(f, slope: 0.25).forward(x.view, to: y.view)
    let wanted = x.doubles.prefix(6).map { value(f, $0, 0.25) }
    for (found, wanted) in zip(y.doubles, wanted) {
      #expect(abs(found - wanted) <= 1e-6 * max(1, abs(wanted)))
    }
    // What is not a number is not hidden: training has to see it.
    #expect(y.doubles[6].isNaN)
  }

  @Test(arguments: seeds)
  func biases(_ seed: UInt64) {
    var dice = Dice(seed)
    let (rows, columns) = (dice.size(1...9), dice.size(1...30))
    let stride = columns + dice.size(0...3)
    let x = dice.floats(rows * stride)
    let byRow = dice.floats(rows)
    let byColumn = dice.floats(columns)
    let y = Numbers(count: rows * columns)
    Matrix(y.view, rows, columns)
      .activate(Matrix(x.view, rows, columns, stride: stride), rows: byRow.view, Activator(.relu))
    expectClose(
      y,
      (0..<rows * columns).map {
        max(0, x.doubles[$0 / columns * stride + $0 % columns] + byRow.doubles[$0 / columns])
      })
    let before = y.doubles
    Matrix(y.view, rows, columns).addBias(columns: byColumn.view, Activator(.tanh))
    expectClose(y, before.indices.map { tanh(before[$0] + byColumn.doubles[$0 % columns]) })
  }

  @Test(arguments: seeds)
  func slopesFromOutputs(_ seed: UInt64) {
    var dice = Dice(seed)
    let (rows, columns) = (dice.size(1...9), dice.size(1...30))
    let stride = columns + dice.size(0...3)
    let (dy, y) = (dice.floats(rows * stride), dice.floats(rows * stride, 0.9))
    let dz = Numbers(count: rows * columns)
    Matrix(dz.view, rows, columns).slopes(
      Matrix(dy.view, rows, columns, stride: stride),
      y: Matrix(y.view, rows, columns, stride: stride),
      Activator(.tanh))
    let places = (0..<rows * columns).map { $0 / columns * stride + $0 % columns }
    expectClose(dz, places.map { dy.doubles[$0] * (1 - y.doubles[$0] * y.doubles[$0]) })
  }

  @Test(arguments: seeds)
  func sums(_ seed: UInt64) {
    var dice = Dice(seed)
    let (rows, columns) = (dice.size(1...9), dice.size(1...70))
    let x = dice.floats(rows * columns)
    let z = dice.floats(rows * columns)
    let sum = x.doubles.reduce(0, +)
    let scale = Double(rows * columns) * 2e-7
    #expect(abs(Double(x.view.sum()) - sum) < scale * 2)
    #expect(
      abs(Double(x.view.dot(z.view)) - zip(x.doubles, z.doubles).map(*).reduce(0, +)) < scale * 4)
    let byRow = Numbers([Float](repeating: 1, count: rows))
    let byColumn = Numbers(count: columns)
    Matrix(x.view, rows, columns).addRowSums(to: byRow.view)
    Matrix(x.view, rows, columns).columnSums(to: byColumn.view)
    let values = x.doubles
    expectClose(
      byRow, (0..<rows).map { r in 1 + values[r * columns..<(r + 1) * columns].reduce(0, +) })
    expectClose(
      byColumn, (0..<columns).map { c in (0..<rows).reduce(0.0) { $0 + values[$1 * columns + c] } })
    let total = Numbers(count: columns)
    total.view.sum(parts: x.view, count: rows, stride: columns)
    expectClose(total, byColumn.doubles)
    total.view.add(byColumn.view)
    expectClose(total, byColumn.doubles.map { 2 * $0 })
  }

  @Test func dropoutFollowsFromSeedAndPlace() {
    var dice = Dice(3)
    let count = 40_000
    let x = dice.floats(count)
    func drop(_ seed: UInt64) -> [Double] {
      let y = Numbers(count: count)
      y.view.dropout(x.view, share: 0.3, seed: seed)
      return y.doubles
    }
    let (one, other) = (drop(5), drop(6))
    #expect(drop(5) == one)
    for values in [one, other] {
      let kept = values.filter { $0 != 0 }.count
      #expect(abs(Double(kept) / Double(count) - 0.7) < 0.01)
    }
    let both = zip(one, other).filter { $0.0 != 0 && $0.1 != 0 }.count
    #expect(abs(Double(both) / Double(count) - 0.49) < 0.015)
  }
}
