// Laws over the grids with codes at every number of bits, then values of ONNX's reference
// evaluator.
import Compression
import Encodings
import Tensors
import Testing

@Suite struct GridTests {
  static let coded = Grid.all.filter { $0.isUniform && $0.takesRange }

  static func quantizer(
    _ grid: Grid, bits: Int, narrow: Bool = true, range: RangeEstimator = .minmax,
    granularity: Affine.Granularity = .tensor
  ) throws -> Quantizer {
    Quantizer(
      grid: grid, settings: Grid.Settings(bits: bits, narrow: narrow), range: range,
      granularity: granularity)
  }

  static func weights(_ count: Int, seed: UInt64, spread: Float = 1) -> [Float] {
    var state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let uniform = Float(state >> 40) / Float(1 << 24)
      return (uniform - 0.5) * (uniform - 0.4) * (uniform - 0.7) * 20 * spread
    }
  }

  @Test(arguments: coded.map(\.name), [true, false])
  func errsByHalfAStepAtMostAndKeepsZero(_ name: String, _ narrow: Bool) throws {
    let grid = try #require(Grid.all.first { $0.name == name })
    for bits in 2...16 {
      for spread: Float in [1e-30, 1e-3, 1, 1e30] {
        let values = [0] + Self.weights(99, seed: UInt64(bits), spread: spread)
        let quantizer = try Self.quantizer(grid, bits: bits, narrow: narrow)
        let codes = quantizer.codes(for: Tensor(vector: values))
        let step = codes.steps[0]
        #expect(step.codes.count == 1 << bits - (name != "affine" && narrow ? 1 : 0))
        #expect(codes.codes.allSatisfy { step.codes.contains($0) })
        #expect(codes.values[0] == 0)
        for (value, new) in zip(values, codes.values) {
          #expect(abs(value - new) <= step.scale * (0.5 + 1e-4))
        }
      }
    }
  }

  @Test func symmetricCodesAreAsSaid() {
    #expect(step(.symmetric, -1, 1, 8, narrow: true).codes == -127...127)
    #expect(step(.symmetric, -1, 1, 8, narrow: false).codes == -128...127)
    #expect(step(.symmetric, -1, 1, 2, narrow: true).codes == -1...1)
    #expect(step(.affine, -1, 1, 4, narrow: true).codes == 0...15)
  }

  @Test(arguments: coded.map(\.name))
  func standsExtremes(_ name: String) throws {
    let grid = try #require(Grid.all.first { $0.name == name })
    let large = Float.greatestFiniteMagnitude / 2
    for values: [Float] in [
      [0, 0], [], [large, -large], [-large], [.leastNonzeroMagnitude], [5, 5], [-3, -3],
    ] {
      for bits in [2, 8] {
        let codes = try Self.quantizer(grid, bits: bits).codes(for: Tensor(vector: values))
        #expect(codes.values.allSatisfy { $0.isFinite })
      }
    }
  }

  @Test(arguments: coded.map(\.name))
  func squaredErrorOfMSEIsNeverLarger(_ name: String) throws {
    let grid = try #require(Grid.all.first { $0.name == name })
    for bits in 2...8 {
      let tensor = Tensor(vector: Self.weights(200, seed: UInt64(bits)) + [7])
      let errors = try [RangeEstimator.minmax, .mse].map { range in
        let codes = try Self.quantizer(grid, bits: bits, range: range).codes(for: tensor)
        return zip(tensor.elements, codes.values).reduce(0.0) {
          $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
        }
      }
      #expect(errors[1] <= errors[0])
      if bits == 3 { #expect(errors[1] < errors[0]) }
    }
  }

  /// onnx 1.23 ReferenceEvaluator, QuantizeLinear with the scale and zero point that NumPy gives by
  /// the formula of the grid. The eight weights are as written in `onnxWeights`.
  static let onnxWeights: [Float] = [-1.4, -0.3, 0.0, 0.26, 0.5, 0.9, 2.2, -0.05]
  @Test(arguments: [
    ("affine", 8, Float(0.014117646962404251), 99, [0, 78, 99, 117, 134, 163, 255, 95]),
    ("affine", 4, 0.23999999463558197, 6, [0, 5, 6, 7, 8, 10, 15, 6]),
    ("symmetric", 8, 0.017322834581136703, 0, [-81, -17, 0, 15, 29, 52, 127, -3]),
    ("symmetric", 4, 0.3142857253551483, 0, [-4, -1, 0, 1, 2, 3, 7, 0]),
  ])
  func equalsONNX(
    _ name: String, _ bits: Int, _ scale: Float, _ zeroPoint: Int, _ expected: [Int]
  ) throws {
    let grid = try #require(Grid.all.first { $0.name == name })
    let codes = try Self.quantizer(grid, bits: bits).codes(for: Tensor(vector: Self.onnxWeights))
    #expect(codes.codes == expected)
    #expect(codes.steps[0].scale == scale)
    #expect(codes.steps[0].zeroPoint == zeroPoint)
  }

  /// The same evaluator with scale 1: ties go to the even code, ends saturate.
  @Test func roundsTiesToEvenAndSaturates() {
    let ties: [Float] = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 300, -300]
    let signed = Step(scale: 1, zeroPoint: 0, codes: -128...127)
    #expect(ties.map { signed.code(of: $0) } == [-2, -2, 0, 0, 2, 2, 127, -128])
    let unsigned = Step(scale: 1, zeroPoint: 128, codes: 0...255)
    #expect(ties.map { unsigned.code(of: $0) } == [126, 126, 128, 128, 130, 130, 255, 0])
  }

  func step(_ grid: Grid, _ low: Float, _ high: Float, _ bits: Int, narrow: Bool) -> Step {
    guard case .uniform(let fit, _) = grid.kind else {
      return Step(scale: 1, zeroPoint: 0, codes: 0...0)
    }
    return fit(low, high, Grid.Settings(bits: bits, narrow: narrow))
  }
}
