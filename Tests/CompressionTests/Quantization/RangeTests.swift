// Range estimators: percentiles and entropy against NumPy, and tensors that have no shape to speak
// of.
import Compression
import Encodings
import Networks
import Tensors
import Testing

@Suite struct RangeTests {
  /// v_i = (((s >> 40) % 4096) / 4096)^6 · 8 with seed 21, and 16 in the first place.
  static func values(_ count: Int) -> [Float] {
    var recipe = Recipe(21)
    let values = recipe.numbers(count) {
      let share = Double(($0 >> 40) % 4096) / 4096
      let cube = share * share * share
      return cube * cube * 8
    }
    return [16] + values.dropFirst()
  }

  static func histogram(_ values: [Float]) -> MagnitudeHistogram {
    let greatest = values.reduce(0) { max($0, abs($1)) }
    var histogram = MagnitudeHistogram(upTo: greatest, values: values.count)
    histogram.add(values[...])
    return histogram
  }

  /// numpy 2: np.quantile(|x|, p, method="inverted_cdf"); ours is the end of the bin that holds it.
  @Test func percentilesAreWithinABinOfNumPys() {
    let shares = [0.6, 0.9, 0.99, 0.999, 1]
    let references: [(Int, [Float])] = [
      (3000, [0.3636923134326935, 4.643618583679199, 7.542546272277832, 7.9299445152282715, 16]),
      (500, [0.23672962188720703, 4.511162757873535, 7.711465358734131, 16, 16]),
      (90, [0.5113624930381775, 5.691098213195801, 16, 16, 16]),
    ]
    for (count, wanted) in references {
      let histogram = Self.histogram(Self.values(count))
      let bin = 16 / Float(histogram.counts.count)
      for (share, exact) in zip(shares, wanted) {
        let found = histogram.quantile(share)
        #expect(found >= exact && found <= exact + bin * 1.001, "\(count) \(share)")
      }
    }
  }

  /// NumPy, by the definition: P the first t bins with all beyond in the last; Q each level's own mass
  /// spread over its bins that P fills; argmin KL(P ‖ Q) over t from max(levels, bins / 16) to the last
  /// filled bin in steps of (last − first) / 64 + 1, of equal ones the widest.
  @Test(arguments: [
    (3000, 7, Float(8.0234375)), (3000, 127, 7.78125), (3000, 3, 8.0234375),
    // Too few to say anything: nothing is clipped.
    (1023, 7, 16), (500, 7, 16), (90, 3, 16),
  ])
  func entropyIsNumPys(_ count: Int, _ levels: Int, _ wanted: Float) {
    let found = Self.histogram(Self.values(count)).entropyThreshold(levels: levels)
    #expect(abs(found - wanted) < 1e-5)
  }

  /// The moving average by hand: ends of 4, 2 and 6 (and −1, −3, 0): 4, 3.8, 4.02; −1, −1.2, −1.08.
  @Test func movingAveragesFollowBatches() throws {
    let network = try Specimens.network("mlp")
    func batch(_ low: Float, _ high: Float) -> [Float] {
      // 32 examples of 12 numbers: those of one batch.
      [low, high] + [Float](repeating: 0, count: 32 * 12 - 2)
    }
    let inputs = Tensor(trusted: [96, 12], batch(-1, 4) + batch(-3, 2) + batch(0, 6))
    let data = inputs
    let options = ActivationOptions(grid: .affine, range: .movingAverage, samples: 96)
    let result = try quantizeActivations(network, options, weights: QuantizeOptions(), on: data)
    let step = try #require(result.network.nodes[0].parameters.first?.value.elements[0])
    #expect(abs(step - (4.02 + 1.08) / 255) < 1e-6)
  }

  static let odd: [(String, [Float])] = [
    ("constant", [Float](repeating: 0.3, count: 50)), ("negative", [-2, -2, -2]),
    ("zeros", [0, 0, 0, 0]), ("none", []), ("one", [5]), ("minus zero", [-0.0, 0]),
    ("huge", [1e38, -1e38, 5e37, 3e37]), ("tiny", [0x1p-126, -0x1p-128, 0x1p-130, 0]),
    ("smallest", [.leastNonzeroMagnitude, 0, -.leastNonzeroMagnitude]),
    ("far apart", [1e-30, 1e30, -1, 0]),
    ("many huge", (0..<3000).map { Float($0) * 3e34 }),
    ("many tiny", (0..<3000).map { Float($0) * 0x1p-140 }),
  ]

  /// Every estimator, grid and number of bits gives a grid that is one, and values that are numbers.
  @Test(arguments: RangeEstimator.all.filter { $0.use != .batches }.map(\.name))
  func oddTensorsHaveARange(_ name: String) throws {
    let range = try #require(RangeEstimator.all.first { $0.name == name })
    for grid in Grid.all.filter({ $0.isUniform && $0.takesRange }) {
      for bits in [2, 8, 16] {
        let quantizer = Quantizer(
          grid: grid, settings: Grid.Settings(bits: bits), range: range, granularity: .tensor)
        for (what, values) in Self.odd {
          let found = quantizer.codes(for: Tensor(vector: values))
          #expect(found.steps.count == (values.isEmpty ? 0 : 1))
          #expect(found.steps.allSatisfy { $0.scale.isNormal && $0.scale > 0 }, "\(what)")
          #expect(found.values.allSatisfy { $0.isFinite }, "\(grid.name) \(bits) \(what)")
          for (value, new) in zip(values, found.values) where value == 0 { #expect(new == 0) }
        }
      }
    }
  }

  /// Scaling a tensor by a power of two scales what an estimator clips, however large or small.
  @Test(arguments: ["minmax", "percentile", "mse", "kl", "learned"])
  func rangesFollowTheScale(_ name: String) throws {
    let range = try #require(RangeEstimator.all.first { $0.name == name })
    let quantizer = Quantizer(
      grid: .symmetric, settings: Grid.Settings(bits: 4), range: range, percentile: 0.9,
      granularity: .tensor)
    let values = Self.values(3000)
    let step = quantizer.steps(for: Tensor(vector: values))[0]
    for exponent in [-120, -30, 40, 123] {
      let factor = Float(sign: .plus, exponent: exponent, significand: 1)
      let scaled = quantizer.steps(for: Tensor(vector: values.map { $0 * factor }))[0]
      #expect(abs(scaled.scale / (step.scale * factor) - 1) < 1e-3, "2^\(exponent)")
    }
  }

  /// Entropy clips tails, and not what there is: normal numbers keep more than a standard deviation.
  @Test(arguments: [2, 3, 4, 8]) func entropyKeepsWhatThereIs(_ bits: Int) throws {
    var random = RandomStream(seed: 3)
    let tensor = try random.normal(shape: [5000])
    let quantizer = Quantizer(
      grid: .symmetric, settings: Grid.Settings(bits: bits), range: .entropy,
      granularity: .tensor)
    let step = quantizer.steps(for: tensor)[0]
    #expect(step.range.upperBound > 1)
  }
}
