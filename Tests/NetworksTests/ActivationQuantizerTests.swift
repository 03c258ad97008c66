// Rounding what flows: forward and straight-through gradients as PyTorch's, and ranges per example.
import Kernels
import Networks
import Tensors
import Testing

@Suite struct ActivationQuantizerTests {
  static func network(
    _ layer: ActivationQuantizer, _ shape: [Int], step: Float? = nil
  ) throws -> Network {
    let parameters = step.map { [Parameter("step", role: .step, value: Tensor(vector: [$0]))] }
    return try Network(
      name: "q", inputShape: shape,
      nodes: [Node(name: "quant1", layer: layer, inputs: [-1], parameters: parameters ?? [])])
  }

  static let numbers: [Float] = [-1.4, -0.3, 0.0, 0.26, 0.5, 0.9, 2.2, -0.05]
  static let slopes: [Float] = [1, 2, 3, 4, 5, 6, 7, 8]

  /// torch 2.15: torch.fake_quantize_per_tensor_affine(x, 0.1, 10, 0, 31) and its gradient for slopes
  /// 1...8 (torch.autograd.grad).
  @Test func fakeQuantizesAsPyTorch() throws {
    let layer = try ActivationQuantizer(bits: 5, grid: .affine, moment: .fixed, zero: 10)
    let network = try Self.network(layer, [8], step: 0.1)
    let x = Tensor(trusted: [1, 8], Self.numbers)
    let found = try network.gradients(x, weighting: Tensor(trusted: [1, 8], Self.slopes))
    let wanted: [Float] = [-1, -0.3, 0, 0.3, 0.5, 0.9, 2.1, 0]
    for (a, b) in zip(found.outputs.elements, wanted) { #expect(abs(a - b) < 1e-6) }
    #expect(found.inputs.elements == [0, 2, 3, 4, 5, 6, 0, 8])
  }

  /// LSQ by its formula: Σ dy (inside ? round(v) − v : the end) / √(n · q_max), v = x / s.
  @Test func stepsLearnByTheirGradient() throws {
    let layer = try ActivationQuantizer(bits: 3, grid: .symmetric, moment: .fixed)
    let network = try Self.network(layer, [8], step: 0.4)
    let x = Tensor(trusted: [1, 8], Self.numbers)
    let found = try network.gradients(x, weighting: Tensor(trusted: [1, 8], Self.slopes))
    var wanted = 0.0
    for (x, d) in zip(Self.numbers, Self.slopes) {
      let v = Double(x / 0.4)
      let code = v.rounded(.toNearestOrEven)
      wanted += Double(d) * (code < -3 ? -3 : code > 3 ? 3 : code - v)
    }
    wanted /= (8.0 * 3).squareRoot()
    let slope = try #require(found.parameters[0][0]?.elements[0])
    #expect(abs(Double(slope) - wanted) < 1e-5)
  }

  @Test func roundingTwiceIsRoundingOnce() throws {
    for grid in ActivationQuantizer.Grid.allCases where !grid.isBinary {
      for bits in 2...16 {
        let layer = try ActivationQuantizer(bits: bits, grid: grid, moment: .fixed)
        let network = try Self.network(layer, [8], step: 0.07)
        let once = try network.predict(Tensor(trusted: [1, 8], Self.numbers))
        #expect(try network.predict(once) == once)
      }
    }
  }

  /// A neighbor in the batch changes nothing where each example has its own range, and does where the
  /// batch has one.
  @Test func rangesAreOfWhatTheySay() throws {
    let loud = Self.numbers.map { $0 * 100 }
    let alone = Tensor(trusted: [1, 8], Self.numbers)
    let both = Tensor(trusted: [2, 8], Self.numbers + loud)
    for moment in [ActivationQuantizer.Moment.sample, .token, .batch] {
      for grid in [ActivationQuantizer.Grid.affine, .symmetric] {
        let layer = try ActivationQuantizer(bits: 4, grid: grid, moment: moment)
        let network = try Self.network(layer, [8])
        let single = try network.predict(alone).elements
        let first = Array(try network.predict(both).elements.prefix(8))
        #expect((single == first) == (moment != .batch))
      }
    }
  }

  /// Each position has its own range: a loud one leaves the others as they are.
  @Test func tokensAreByThemselves() throws {
    let layer = try ActivationQuantizer(bits: 4, grid: .symmetric, moment: .token)
    let network = try Self.network(layer, [2, 3])
    let quiet = try network.predict(Tensor(trusted: [1, 2, 3], [1, 2, 3, 4, 5, 6])).elements
    let loud = try network.predict(Tensor(trusted: [1, 2, 3], [1, 200, 3, 4, 500, 6])).elements
    #expect(quiet[0] == loud[0] && quiet[2] == loud[2] && quiet[3] == loud[3])
  }

  @Test func signsAreSigns() throws {
    let plain = try Self.network(
      try ActivationQuantizer(bits: 1, grid: .sign, moment: .fixed), [8])
    let x = Tensor(trusted: [1, 8], Self.numbers)
    let found = try plain.gradients(x, weighting: Tensor(trusted: [1, 8], Self.slopes))
    #expect(found.outputs.elements == [-1, -1, 1, 1, 1, 1, 1, -1])
    #expect(found.inputs.elements == [0, 2, 3, 4, 5, 6, 0, 8])
    let scaled = try Self.network(
      try ActivationQuantizer(bits: 1, grid: .scaledSign, moment: .fixed), [8])
    let mean = Self.numbers.reduce(0) { $0 + abs($1) } / 8
    let values = try scaled.predict(x).elements
    #expect(zip(values, Self.numbers).allSatisfy { abs($0 - ($1 < 0 ? -mean : mean)) < 1e-6 })
  }

  /// By the definition, example by example: y = mean|x| sign(x), the sign as clip(x, -1, 1) goes.
  @Test func scaledSignsAreScaledBack() throws {
    let network = try Self.network(
      try ActivationQuantizer(bits: 1, grid: .scaledSign, moment: .fixed), [4])
    let found = try network.gradients(
      Tensor(trusted: [2, 4], Self.numbers), weighting: Tensor(trusted: [2, 4], Self.slopes))
    for example in 0..<2 {
      let x = Self.numbers[4 * example..<4 * example + 4]
      let dy = Self.slopes[4 * example..<4 * example + 4]
      let mean = x.reduce(0) { $0 + abs($1) } / 4
      let shared = zip(x, dy).reduce(0) { $0 + ($1.0 < 0 ? -$1.1 : $1.1) } / 4
      for (i, (x, dy)) in zip(x, dy).enumerated() {
        let wanted = (abs(x) <= 1 ? mean * dy : 0) + (x < 0 ? -shared : shared)
        #expect(abs(found.inputs.elements[4 * example + i] - wanted) < 1e-5)
      }
    }
  }

  @Test func settingsOutOfRangeAreRefused() {
    #expect(throws: NetworkError.self) {
      try ActivationQuantizer(bits: 1, grid: .affine, moment: .fixed)
    }
    #expect(throws: NetworkError.self) {
      try ActivationQuantizer(bits: 17, grid: .affine, moment: .fixed)
    }
    #expect(throws: NetworkError.self) {
      try ActivationQuantizer(bits: 2, grid: .sign, moment: .fixed)
    }
    #expect(throws: NetworkError.self) {
      try ActivationQuantizer(bits: 4, grid: .affine, moment: .fixed, zero: 16)
    }
  }
}
