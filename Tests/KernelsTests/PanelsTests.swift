// Dense layers on panels against plain Swift in double precision, over random shapes; steps within
// the gradient against steps after it, bit by bit.
import Kernels
import Testing

/// A dense layer's numbers: x `[rows, inputs]`, weights `[units, inputs]`, and rows with gaps.
private struct DenseCase {
  let rows: Int
  let inputs: Int
  let units: Int
  let x: Numbers
  let weights: Numbers
  let bias: Numbers
  let dy: Numbers
  let ldx: Int
  let ldy: Int
  let panels: Panels
  /// Room for the gradient of the output.
  let slopes: PanelSlopes
  private let memory: [Memory]

  init(_ dice: inout Dice, rows: Int? = nil, inputs: Int? = nil, units: Int? = nil) {
    self.rows = rows ?? [1, 2, 7, 8, 15, 16, 17, 33, 65, 130][dice.size(0...9)]
    self.inputs = inputs ?? dice.size(1...70)
    self.units = units ?? dice.size(1...70)
    ldx = self.inputs + dice.size(0...3)
    ldy = self.units + dice.size(0...3)
    x = dice.floats(self.rows * ldx)
    dy = dice.floats(self.rows * ldy)
    weights = dice.floats(self.units * self.inputs)
    bias = dice.floats(self.units)
    memory = [
      Memory(Panels.size(units: self.units, inputs: self.inputs)),
      Memory(Panels.size(units: self.units, inputs: self.rows)),
    ]
    panels = Panels(memory[0].floats, units: self.units, inputs: self.inputs)
    slopes = PanelSlopes(memory[1].floats, rows: self.rows, units: self.units)
    panels.load(weights.view.array)
  }

  var input: Matrix { Matrix(x.view, rows, inputs, stride: ldx) }
  func output(_ numbers: Numbers) -> Matrix { Matrix(numbers.view, rows, units, stride: ldy) }
  var all: Range<Int> { 0..<panels.count }

  /// x w' + bias, rows with the gaps of `start`.
  func product(over start: [Double], bias useBias: Bool) -> [Double] {
    let (x, w, b) = (x.doubles, weights.doubles, bias.doubles)
    var y = start
    for r in 0..<rows {
      for n in 0..<units {
        var sum = useBias ? b[n] : 0
        for k in 0..<inputs { sum += x[r * ldx + k] * w[n * inputs + k] }
        y[r * ldy + n] = sum
      }
    }
    return y
  }

  /// dy' x, `[units, inputs]`.
  var weightGradient: [Double] {
    let (x, dy) = (x.doubles, dy.doubles)
    var gradient = [Double](repeating: 0, count: units * inputs)
    for r in 0..<rows {
      for n in 0..<units {
        for k in 0..<inputs { gradient[n * inputs + k] += dy[r * ldy + n] * x[r * ldx + k] }
      }
    }
    return gradient
  }

  /// The gradient of the output goes to panels, as the layer takes it.
  func takeSlopes() { slopes.take(output(dy), y: output(dy), .identity, panels: all) }
}

@Suite("Panels") struct PanelsTests {
  static let seeds = Array(UInt64(1)...24)

  @Test(arguments: seeds)
  func goThereAndBack(_ seed: UInt64) {
    var dice = Dice(seed)
    let sizes = DenseCase(&dice)
    #expect(sizes.panels.weights == sizes.weights.view.array)
    let stored = sizes.panels.floats.array
    for (place, value) in stored.enumerated() {
      let unit = place / (sizes.inputs * 16) * 16 + place % 16
      let input = place / 16 % sizes.inputs
      let wanted = unit < sizes.units ? sizes.weights.view[unit * sizes.inputs + input] : 0
      #expect(value == wanted)
    }
  }

  @Test(arguments: seeds)
  func productIsTheDefinition(_ seed: UInt64) {
    var dice = Dice(seed)
    // Some deeper than what is summed up at a time.
    let sizes = DenseCase(&dice, inputs: seed % 4 == 0 ? dice.size(250...600) : nil)
    let y = dice.floats(sizes.rows * sizes.ldy)
    let wanted = sizes.product(over: y.doubles, bias: seed % 3 != 0)
    let bias = seed % 3 == 0 ? nil : sizes.bias.view
    let half = sizes.panels.count / 2
    for part in [0..<half, half..<sizes.panels.count] {
      sizes.panels.product(
        of: sizes.input, panels: part, bias: bias, .identity, to: sizes.output(y))
    }
    expectClose(y, wanted, within: 4e-6)
  }

  @Test(arguments: ActivationFunction.allCases)
  func productAppliesEveryFunction(_ function: ActivationFunction) {
    var dice = Dice(31)
    let sizes = DenseCase(&dice, rows: 13, inputs: 300, units: 21)
    let activator = Activator(function, slope: 0.1)
    let (plain, y) = (
      Numbers(count: sizes.rows * sizes.ldy), Numbers(count: sizes.rows * sizes.ldy)
    )
    sizes.panels.product(
      of: sizes.input, panels: sizes.all, bias: sizes.bias.view, .identity, to: sizes.output(plain))
    sizes.output(plain).addBias(columns: nil, activator)
    sizes.panels.product(
      of: sizes.input, panels: sizes.all, bias: sizes.bias.view, activator, to: sizes.output(y))
    #expect(y.view.array == plain.view.array)
  }

  @Test(arguments: seeds)
  func aRowDoesNotDependOnItsBatch(_ seed: UInt64) {
    var dice = Dice(seed)
    let sizes = DenseCase(&dice, rows: 47, inputs: dice.size(1...600))
    let (together, alone) = (
      Numbers(count: sizes.rows * sizes.ldy), Numbers(count: sizes.rows * sizes.ldy)
    )
    sizes.panels.product(
      of: sizes.input, panels: sizes.all, bias: sizes.bias.view, .identity,
      to: sizes.output(together))
    var row = 0
    while row < sizes.rows {
      let run = row..<min(sizes.rows, row + dice.size(1...9))
      for panel in sizes.all {
        sizes.panels.product(
          of: sizes.input.rows(run), panels: panel..<panel + 1, bias: sizes.bias.view, .identity,
          to: sizes.output(alone).rows(run))
      }
      row = run.upperBound
    }
    #expect(together.view.array == alone.view.array)
  }

  @Test(arguments: seeds)
  func inputGradientIsTheDefinition(_ seed: UInt64) {
    var dice = Dice(seed)
    let sizes = DenseCase(&dice, units: seed % 4 == 0 ? dice.size(250...600) : nil)
    let dx = dice.floats(sizes.rows * sizes.ldx)
    var wanted = dx.doubles
    let (dy, w) = (sizes.dy.doubles, sizes.weights.doubles)
    for r in 0..<sizes.rows {
      for k in 0..<sizes.inputs {
        wanted[r * sizes.ldx + k] = (0..<sizes.units).reduce(0.0) {
          $0 + dy[r * sizes.ldy + $1] * w[$1 * sizes.inputs + k]
        }
      }
    }
    let width = 16 * dice.size(1...4)
    let scratch = Numbers(count: Panels.scratch(units: sizes.units, panels: width / 16))
    for start in stride(from: 0, to: sizes.inputs, by: width) {
      sizes.panels.inputGradient(
        of: sizes.output(sizes.dy), inputs: start..<min(sizes.inputs, start + width),
        scratch: scratch.view, to: Matrix(dx.view, sizes.rows, sizes.inputs, stride: sizes.ldx))
    }
    expectClose(dx, wanted, within: 4e-6)
  }

  @Test(arguments: seeds, ActivationFunction.allCases.filter(\.worksInPlace))
  func slopesGoToPanels(_ seed: UInt64, _ function: ActivationFunction) {
    var dice = Dice(seed)
    let sizes = DenseCase(&dice)
    let activator = Activator(function, slope: 0.1)
    let y = dice.floats(sizes.rows * sizes.ldy, 1)
    let before = sizes.dy.view.array
    let plain = Numbers(before)
    sizes.output(plain).slopes(sizes.output(plain), y: sizes.output(y), activator)
    for panel in sizes.all {
      sizes.slopes.take(
        sizes.output(sizes.dy), y: sizes.output(y), activator, panels: panel..<panel + 1)
    }
    #expect(sizes.dy.view.array == plain.view.array)
    let (found, flat) = (sizes.slopes.floats.array, plain.view.array)
    for panel in sizes.all {
      for row in 0..<sizes.rows {
        for lane in 0..<16 {
          let unit = panel * 16 + lane
          let wanted = unit < sizes.units ? flat[row * sizes.ldy + unit] : 0
          #expect(found[(panel * sizes.rows + row) * 16 + lane] == wanted)
        }
      }
    }
  }

  private func expectGradients(_ sizes: DenseCase, _ dice: inout Dice, within tolerance: Double) {
    sizes.takeSlopes()
    let stored = Memory(sizes.panels.floats.count)
    let biases = Numbers(count: sizes.units)
    let middle = dice.size(0...sizes.inputs)
    for panel in sizes.all {
      for part in [0..<middle, middle..<sizes.inputs] {
        sizes.slopes.weightGradient(sizes.input, panel: panel, inputs: part, .store(stored.floats))
      }
      sizes.slopes.biasGradient(panel: panel, .store(biases.view))
    }
    let found = Panels(stored.floats, units: sizes.units, inputs: sizes.inputs).weights
    expectClose(Numbers(found), sizes.weightGradient, within: tolerance)
    let dy = sizes.dy.doubles
    let sums = (0..<sizes.units).map { n in
      (0..<sizes.rows).reduce(0.0) { $0 + dy[$1 * sizes.ldy + n] }
    }
    expectClose(biases, sums, within: tolerance)
  }

  @Test(arguments: seeds)
  func weightGradientIsTheDefinition(_ seed: UInt64) {
    var dice = Dice(seed)
    expectGradients(DenseCase(&dice), &dice, within: 2e-6)
  }

  @Test func manyRows() {
    var dice = Dice(5)
    let sizes = DenseCase(&dice, rows: 1001, inputs: 37, units: 19)
    expectGradients(sizes, &dice, within: 1e-5)
    let y = Numbers(count: sizes.rows * sizes.ldy)
    let wanted = sizes.product(over: y.doubles, bias: true)
    sizes.panels.product(
      of: sizes.input, panels: sizes.all, bias: sizes.bias.view, .identity, to: sizes.output(y))
    expectClose(y, wanted)
  }

  static let rules: [(FusedUpdate.Method, Bool)] = [
    (.momentum, false), (.momentum, true), (.adam, false), (.adam, true),
  ]

  /// What an optimizer works on, twice from the same numbers.
  private struct State {
    let weights: Numbers
    let first: Numbers
    let second: Numbers
    func copy() -> State {
      State(
        weights: Numbers(weights.view.array), first: Numbers(first.view.array),
        second: Numbers(second.view.array))
    }
    var bits: [UInt32] {
      [weights, first, second].flatMap { $0.view.array.map(\.bitPattern) }
    }

    func update(_ rule: UpdateRule, _ method: FusedUpdate.Method, _ keep: Floats?) -> GradientUse {
      .step(
        FusedUpdate(
          rule, method, weights: weights.view, first: first.view, second: second.view, keep: keep))
    }

    func step(_ rule: UpdateRule, _ method: FusedUpdate.Method, _ gradient: Floats, _ keep: Floats?)
    {
      switch method {
      case .momentum:
        rule.sgd(weights.view, gradient: gradient, velocity: first.view, keep: keep)
      case .adam:
        rule.adam(
          weights.view, gradient: gradient, first: first.view, second: second.view, keep: keep)
      }
    }

    init(_ count: Int, _ dice: inout Dice) {
      weights = dice.floats(count)
      first = dice.floats(count)
      second = Numbers((0..<count).map { _ in abs(dice.float()) })
    }

    private init(weights: Numbers, first: Numbers, second: Numbers) {
      self.weights = weights
      self.first = first
      self.second = second
    }
  }

  @Test(arguments: seeds, rules)
  func stepsWithinTheGradientAreThoseAfterIt(
    _ seed: UInt64, _ kind: (FusedUpdate.Method, Bool)
  ) {
    var dice = Dice(seed)
    let sizes = DenseCase(&dice)
    var rule = UpdateRule()
    (rule.rate, rule.momentum, rule.decay, rule.step) = (0.1, 0.9, 0.01, dice.size(1...50))
    (rule.nesterov, rule.decoupled) = (kind.1, kind.1)
    sizes.takeSlopes()
    let count = sizes.panels.floats.count
    let keep = seed % 2 == 0 ? Numbers((0..<count).map { _ in Float(dice.size(0...1)) }) : nil
    let fused = State(count, &dice)
    let after = fused.copy()
    let fusedBias = State(sizes.units, &dice)
    let afterBias = fusedBias.copy()
    let gradient = Memory(count)
    let biases = Memory(sizes.units)
    for panel in sizes.all {
      let whole = 0..<sizes.inputs
      sizes.slopes.weightGradient(
        sizes.input, panel: panel, inputs: whole, fused.update(rule, kind.0, keep?.view))
      sizes.slopes.weightGradient(sizes.input, panel: panel, inputs: whole, .store(gradient.floats))
      sizes.slopes.biasGradient(panel: panel, fusedBias.update(rule, kind.0, nil))
      sizes.slopes.biasGradient(panel: panel, .store(biases.floats))
    }
    after.step(rule, kind.0, gradient.floats, keep?.view)
    afterBias.step(rule, kind.0, biases.floats, nil)
    #expect(fused.bits == after.bits)
    #expect(fusedBias.bits == afterBias.bits)
  }
}
