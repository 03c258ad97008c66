// Rounding rules, and the grids of two and three levels by their formulas.
import Compression
import Encodings
import Networks
import Tensors
import Testing

@Suite struct RoundingTests {
  static func network(_ weights: [Float], rows: Int = 1) throws -> Network {
    let layers = [Blueprint.layer(try DenseLayer(units: rows, bias: false))]
    let shape = [rows, weights.count / rows]
    return try Network.build(
      name: "one", input: [shape[1]], blueprint: layers, random: RandomStream(seed: 1)
    ).mapParameters { $1.with(value: Tensor(trusted: shape, weights)) }
  }

  static func codes(
    _ weights: [Float], _ rounding: RoundingRule?, bits: Int = 8, seed: UInt64 = 0
  ) throws -> [Int] {
    var options = QuantizeOptions(
      grid: .fixedPoint, bits: bits, fraction: 2, rounding: rounding)
    options.seed = seed
    let stored = try quantize(try network(weights), options).network.parameters[0].parameter
    return try #require(stored.encoding as? Affine).codes.map(Int.init)
  }

  /// Halves of a step of 1/4; numpy: np.sign(x) np.floor(|x| + 0.5), and np.rint.
  @Test func halvesGoAwayOrToEven() throws {
    let halves: [Float] = [0.125, 0.375, 0.625, -0.125, -0.375, -0.625, 0.2, -0.2, 31.875, -32.125]
    #expect(try Self.codes(halves, .halfAway) == [1, 2, 3, -1, -2, -3, 1, -1, 127, -128])
    #expect(try Self.codes(halves, .halfEven) == [0, 2, 2, 0, -2, -2, 1, -1, 127, -128])
    let plain = try Self.codes(halves, nil)
    #expect(try Self.codes(halves, .halfEven) == plain)
    for bits in 9...16 {
      #expect(try Self.codes(halves, nil, bits: bits).prefix(8) == [0, 2, 2, 0, -2, -2, 1, -1])
    }
  }

  /// The nearest number below 1/2 stays below: adding 1/2 first would not do.
  @Test func almostHalvesStayBelow() throws {
    let almost = Float(0.5).nextDown / 4
    #expect(try Self.codes([almost, -almost], .halfAway) == [0, 0])
  }

  @Test func chanceIsUnbiasedAndRepeats() throws {
    let count = 4000
    for value: Float in [0.3, -0.3, 0.05, 7.9, -0.0625] {
      let weights = [Float](repeating: value, count: count)
      let found = try Self.codes(weights, .stochastic, seed: 5)
      let steps = Double(value) * 4
      #expect(
        found.allSatisfy { Double($0) >= steps.rounded(.down) && Double($0) <= steps.rounded(.up) })
      let mean = Double(found.reduce(0, +)) / Double(count)
      // Five standard deviations of a coin.
      #expect(abs(mean - steps) < 5 * 0.5 / Double(count).squareRoot(), "\(value)")
      #expect(try Self.codes(weights, .stochastic, seed: 5) == found)
      #expect(try Self.codes(weights, .stochastic, seed: 6) != found)
    }
    // What is on the grid stays there.
    let onGrid = (0..<99).map { Float($0 - 50) / 4 }
    #expect(try Self.codes(onGrid, .stochastic) == (0..<99).map { $0 - 50 })
  }

  static func levels(_ grid: Grid, _ granularity: Affine.Granularity?) throws -> Levels {
    let stored = try quantize(
      try network(Recipe.weights, rows: 4), QuantizeOptions(grid: grid, granularity: granularity)
    ).network.parameters[0].parameter
    return try #require(stored.encoding as? Levels)
  }

  static func signs(_ levels: Levels) -> [Int] {
    levels.codes.map { Int(levels.table.levels[Int($0)]) }
  }

  /// numpy: Δ = 0.7 mean|w|, α = mean of |w| > Δ, in float64. Li et al. 2016.
  @Test func ternaryWeightsFollowTheFormula() throws {
    let tensor = try Self.levels(.ternary, .tensor)
    #expect(abs(tensor.scales[0] - 2.335526315789474) < 1e-6)
    #expect(
      Self.signs(tensor) == [
        0, -1, -1, 1, 0, -1, -1, 1, 1, -1, -1, -1, -1, 0, -1, 1, 0, -1, 1, -1, 0, 1, 1, -1,
      ])
    let rows = try Self.levels(.ternary, nil)
    #expect(
      zip(rows.scales, [2.8125, 2.96875, 2.3125, 1.774999976158142])
        .allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(
      Self.signs(rows) == [
        0, -1, -1, 1, 0, -1, -1, 1, 1, 0, -1, 0, -1, 0, -1, 1, 0, -1, 1, -1, 0, 1, 1, -1,
      ])
  }

  /// numpy: α = mean|w| per row, sign(0) = 1. Rastegari et al. 2016.
  @Test func signsHaveTheMeanAsScale() throws {
    let rows = try Self.levels(.xnor, nil)
    #expect(rows.scales == [1.9375, 2.5, 1.7916666269302368, 1.6041666269302368])
    let signs = Recipe.weights.map { $0 < 0 ? -1 : 1 }
    #expect(Self.signs(rows) == signs)
    let plain = try Self.levels(.binary, nil)
    #expect(plain.scales == [1] && Self.signs(plain) == signs)
    #expect(try Self.levels(.xnor, .tensor).scales == [1.9583333730697632])
  }

  /// Of all scales for these signs, the mean has the smallest squared error.
  @Test func theMeanIsTheBestScale() throws {
    let weights = Recipe.weights
    let scale = try Self.levels(.xnor, .tensor).scales[0]
    func error(_ scale: Float) -> Float {
      weights.reduce(0) { $0 + (abs($1) - scale) * (abs($1) - scale) }
    }
    for other in stride(from: Float(0.1), to: 4, by: 0.05) { #expect(error(scale) <= error(other)) }
  }

  /// What looks at inputs keeps zeros, is stored on the grid in the fewest bits, and loses less than
  /// the nearest codes do; two networks, dense and convolutional.
  @Test(arguments: ["mlp", "cnn"], [RoundingRule.secondOrder, .adaptive].map(\.name))
  func roundingByLayerComposesWithPruning(_ name: String, _ rule: String) throws {
    let network = try Specimens.network(name)
    let data = Specimens.dataset(for: network, count: 60)
    let pruned = try prune(network, PruneOptions(.share(0.6))).network
    let rounding = try #require(RoundingRule.all.first { $0.name == rule })
    func quantized(_ rounding: RoundingRule?) throws -> Network {
      try quantize(
        pruned, QuantizeOptions(bits: 4, rounding: rounding), activations: nil, training: nil,
        on: rounding == nil ? nil : data
      ).network
    }
    let (plain, rounded) = (try quantized(nil), try quantized(rounding))
    let floats = try pruned.predict(data.inputs)
    func error(_ network: Network) throws -> Float {
      zip(try network.predict(data.inputs).elements, floats.elements)
        .reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    #expect(try error(rounded) < error(plain))
    for (old, new) in zip(plain.parameters, rounded.parameters) where old.parameter.role == .weight
    {
      #expect(new.parameter.pruned == old.parameter.pruned)
      #expect(
        Double(new.parameter.encoding.ledger.bits) < 1.1
          * Double(old.parameter.encoding.ledger.bits))
    }
  }
}
