// From values to codes: the step of every block of values that share a scale, and the codes on it.
package import Encodings
import Kernels
package import Tensors

/// The codes of a tensor and the steps that they count.
package struct Codes: Sendable, Equatable {
  package let codes: [Int]
  /// One per run of elements, in order.
  package let steps: [Step]
  package let runs: [Range<Int>]

  /// What the codes stand for.
  package var values: [Float] {
    var values = [Float](repeating: 0, count: codes.count)
    for (step, run) in zip(steps, runs) {
      for i in run { values[i] = step.value(of: codes[i]) }
    }
    return values
  }
}

/// The numerical part of quantization: a grid with its settings.
package struct Quantizer: Sendable {
  package let grid: Grid
  package let settings: Grid.Settings
  package let range: RangeEstimator
  /// For the percentile range: the share of magnitudes that is kept.
  package let percentile: Double
  package let granularity: Affine.Granularity
  /// What is pruned may be left out of what is stored.
  let packs: Bool
  /// Of the grid of points: where they are at first, and the seed of starts that draw.
  let start: CentroidStart
  let seed: UInt64

  package init(
    grid: Grid, settings: Grid.Settings, range: RangeEstimator = .minmax,
    percentile: Double = RangeEstimator.usualPercentile, granularity: Affine.Granularity,
    packs: Bool = true, start: CentroidStart = .linear, seed: UInt64 = 0
  ) {
    self.grid = grid
    self.settings = settings
    self.range = range
    self.percentile = percentile
    self.granularity = granularity
    self.packs = packs
    self.start = start
    self.seed = seed
  }

  package var bits: Int { settings.bits }

  /// Codes around 0 have no zero points.
  package var isSigned: Bool {
    guard case .uniform(let fit, _) = grid.kind else { return true }
    return fit(-1, 1, settings).codes.lowerBound < 0
  }

  // MARK: Steps

  /// The step of each run of finite values that share one; none for a grid without codes.
  package func steps(for tensor: Tensor) -> [Step] {
    let values = tensor.elements
    return Affine.slices(of: tensor.shape, granularity).map { run in
      step(for: values, run, Extremes(of: values, run))
    }
  }

  private func step(for values: [Float], _ run: Range<Int>, _ extremes: Extremes) -> Step {
    guard case .uniform(let fit, _) = grid.kind else {
      return Step(scale: 1, zeroPoint: 0, codes: 0...0)
    }
    let (low, high) = span(of: values, run, extremes) { low, high in
      fit(low, high, settings).squaredError(of: values, run, bits: bits)
    }
    return fit(low, high, settings)
  }

  /// The range of a run, as the estimator sees it.
  func span(
    of values: [Float], _ run: Range<Int>, _ extremes: Extremes,
    error: (_ low: Float, _ high: Float) -> Double
  ) -> (low: Float, high: Float) {
    let low = min(0, extremes.least)
    let high = max(0, extremes.greatest)
    return withoutActuallyEscaping(error) { error in
      range.estimate(
        Observed(
          low: low, high: high, percentile: percentile, levels: levels,
          magnitudes: {
            var histogram = MagnitudeHistogram(upTo: max(high, -low), values: run.count)
            histogram.add(values[run])
            return histogram
          },
          meanMagnitude: { meanMagnitude(of: values, run) }, error: error))
    }
  }

  /// Codes on one side of 0.
  var levels: Int { isSigned ? 1 << (bits - 1) - 1 : 1 << bits - 1 }

  // MARK: Codes

  /// The codes of finite values, each rounded to the nearest, halves to even.
  package func codes(for tensor: Tensor) -> Codes {
    let steps = steps(for: tensor)
    return codes(for: tensor, steps) { $0.rounded(.toNearestOrEven) }
  }

  /// The same on given steps, with another way to round x / scale.
  func codes(for tensor: Tensor, _ steps: [Step], round: (Float) -> Float) -> Codes {
    let runs = Affine.slices(of: tensor.shape, granularity)
    let values = tensor.elements
    var codes = [Int](repeating: 0, count: values.count)
    for (step, run) in zip(steps, runs) {
      for i in run { codes[i] = step.clamped(round(values[i] / step.scale)) }
    }
    return Codes(codes: codes, steps: steps, runs: runs)
  }

  /// The codes of at most 8 bits as they are stored: the lowest bits of each; in one pass over memory.
  func patterns(for tensor: Tensor) -> (patterns: [UInt8], steps: [Step]) {
    let values = tensor.elements
    let runs = Affine.slices(of: tensor.shape, granularity)
    let (patterns, grids) = Rounding.codes(of: values, runs: runs) { run, extremes in
      let step = step(for: values, run, extremes)
      return UniformGrid(scale: step.scale, zero: step.zeroPoint, codes: step.codes, bits: bits)
    }
    return (
      patterns, grids.map { Step(scale: $0.scale, zeroPoint: $0.zero, codes: $0.codes) }
    )
  }
}
