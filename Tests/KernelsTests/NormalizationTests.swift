// Channel statistics, layer normalization and softmax against plain Swift, over random sizes.
import Glibc
import Kernels
import Testing

@Suite("Normalization kernels") struct NormalizationTests {
  static let seeds = Array(UInt64(1)...15)

  /// A channel of `n` examples in rows, or in blocks of eight with what lies past the end.
  @Test(arguments: seeds, [false, true])
  func channels(_ seed: UInt64, _ inLanes: Bool) {
    var dice = Dice(seed)
    let (n, channels, p) = (dice.size(1...20), dice.size(1...4), dice.size(1...30))
    let c = dice.size(0...channels - 1)
    let lanes = inLanes ? 8 : 1
    let size = (n + lanes - 1) / lanes * lanes * channels * p
    let (x, dy, y) = (dice.floats(size), dice.floats(size), dice.floats(size))
    let (out, dx) = (Numbers(x.view.array), Numbers(x.view.array))
    func channel(_ numbers: Numbers) -> Channel {
      Channel(numbers.view, channel: c, of: channels, n: n, positions: p, inLanes: inLanes)
    }
    let all = (0..<(n + lanes - 1) / lanes * lanes * p).map { i -> (cell: Int, counts: Bool) in
      let (example, position) = (i / p, i % p)
      let cell = ((example / lanes * channels + c) * p + position) * lanes + example % lanes
      return (cell, example < n)
    }
    let cells = all.filter(\.counts).map(\.cell)
    let values = cells.map { x.doubles[$0] }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    let moments = channel(x).moments()
    #expect(channel(x).count == n * p)
    #expect(abs(Double(moments.mean) - mean) < 1e-6)
    #expect(abs(Double(moments.variance) - variance) < 1e-6 * max(1, variance))

    let relu = Activator(.relu)
    channel(out).affine(channel(x), gain: 1.5, offset: 0.5, relu)
    channel(dx)
      .combine(
        channel(dy), y: channel(y), relu, 2, channel(x), mean: moments.mean, -0.5, plus: 0.25)
    var (wanted, back) = (x.doubles, x.doubles)
    let slopes = y.doubles.indices.map { y.doubles[$0] > 0 ? dy.doubles[$0] : 0 }
    for (cell, counts) in all {
      wanted[cell] = max(0, x.doubles[cell] * 1.5 + 0.5)
      back[cell] = counts ? 2 * slopes[cell] - 0.5 * (x.doubles[cell] - mean) + 0.25 : 0
    }
    // Other channels are left alone, and nothing flows back to what does not count.
    expectClose(out, wanted)
    expectClose(dx, back)
    let sums = channel(dy).sums(y: channel(y), relu, with: channel(x), mean: moments.mean)
    let first = cells.reduce(0) { $0 + slopes[$1] }
    let second = cells.reduce(0) { $0 + slopes[$1] * (x.doubles[$1] - mean) }
    #expect(abs(Double(sums.0) - first) < 1e-4)
    #expect(abs(Double(sums.1) - second) < 1e-4)
  }

  @Test func momentsFarFromZero() {
    var dice = Dice(7)
    let x = Numbers((0..<40_000).map { _ in 1000 + dice.float() })
    let values = x.doubles
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    let moments = Channel(x.view, channel: 0, of: 1, n: 40, positions: 1000).moments()
    #expect(abs(Double(moments.mean) - mean) < 1e-4)
    #expect(abs(Double(moments.variance) - variance) < 1e-4 * variance)
  }

  @Test(arguments: seeds)
  func layerNorms(_ seed: UInt64) {
    var dice = Dice(seed)
    let shape = UnitPositions(units: dice.size(2...20), positions: dice.size(1...40))
    let (x, dy) = (dice.floats(shape.count), dice.floats(shape.count))
    let (gain, bias) = (dice.floats(shape.units), dice.floats(shape.units))
    let (y, dx) = (Numbers(count: shape.count), Numbers(count: shape.count))
    let saved = Numbers(count: 2 * shape.positions)
    let (dGain, dBias) = (dice.floats(shape.units), dice.floats(shape.units))
    var wanted = (gain: dGain.doubles, bias: dBias.doubles)
    shape.normalize(
      x.view, gain: gain.view, bias: bias.view, epsilon: 1e-3, to: y.view, saved: saved.view)
    shape.normalizeBack(
      dy.view, x: x.view, saved: saved.view, gain: gain.view, to: dx.view, dGain: dGain.view,
      dBias: dBias.view)
    var (out, back) = (x.doubles, x.doubles)
    for j in 0..<shape.positions {
      let cells = (0..<shape.units).map { $0 * shape.positions + j }
      let mean = cells.reduce(0) { $0 + x.doubles[$1] } / Double(shape.units)
      let square = cells.reduce(0) { $0 + (x.doubles[$1] - mean) * (x.doubles[$1] - mean) }
      let deviation = (square / Double(shape.units) + 1e-3).squareRoot()
      let h = cells.map { (x.doubles[$0] - mean) / deviation }
      let g = cells.indices.map { dy.doubles[cells[$0]] * gain.doubles[$0] }
      let a = g.reduce(0, +) / Double(shape.units)
      let b = zip(g, h).map(*).reduce(0, +) / Double(shape.units)
      for (u, cell) in cells.enumerated() {
        out[cell] = h[u] * gain.doubles[u] + bias.doubles[u]
        back[cell] = (g[u] - a - h[u] * b) / deviation
        wanted.gain[u] += dy.doubles[cell] * h[u]
        wanted.bias[u] += dy.doubles[cell]
      }
    }
    expectClose(y, out, within: 1e-5)
    expectClose(dx, back, within: 1e-5)
    expectClose(dGain, wanted.gain, within: 1e-5)
    expectClose(dBias, wanted.bias, within: 1e-5)
  }

  @Test(arguments: seeds)
  func softmaxes(_ seed: UInt64) {
    var dice = Dice(seed)
    let shape = UnitPositions(units: dice.size(1...20), positions: dice.size(1...40))
    let (x, dy) = (dice.floats(shape.count, 30), dice.floats(shape.count))
    let (y, dx) = (Numbers(count: shape.count), Numbers(count: shape.count))
    shape.softmax(x.view, to: y.view)
    shape.softmaxBack(dy.view, y: y.view, to: dx.view)
    var (out, back) = (x.doubles, x.doubles)
    for j in 0..<shape.positions {
      let cells = (0..<shape.units).map { $0 * shape.positions + j }
      let sum = cells.reduce(0) { $0 + exp(x.doubles[$1]) }
      for cell in cells { out[cell] = exp(x.doubles[cell]) / sum }
      let mean = cells.reduce(0) { $0 + dy.doubles[$1] * out[$1] }
      for cell in cells { back[cell] = out[cell] * (dy.doubles[cell] - mean) }
    }
    expectClose(y, out)
    expectClose(dx, back)
  }

  /// In rows a unit has one gate, in lanes eight.
  @Test(arguments: seeds, [1, 8])
  func gates(_ seed: UInt64, _ width: Int) {
    var dice = Dice(seed)
    let shape = UnitPositions(units: dice.size(1...6), positions: dice.size(1...30))
    let count = shape.count * width
    let (x, dy, gates) = (dice.floats(count), dice.floats(count), dice.floats(shape.units * width))
    let (y, back) = (Numbers(count: count), Numbers(count: shape.units * width))
    shape.gate(x.view, by: gates.view, to: y.view)
    shape.gateBack(dy.view, x: x.view, to: back.view)
    var wanted = (y: x.doubles, back: back.doubles.map { _ in 0.0 })
    for i in 0..<count {
      let gate = i / width / shape.positions * width + i % width
      wanted.y[i] = x.doubles[i] * gates.doubles[gate]
      wanted.back[gate] += dy.doubles[i] * x.doubles[i]
    }
    expectClose(y, wanted.y)
    expectClose(back, wanted.back)
  }
}
