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

/// The numerical part of quantization with codes.
package struct Quantizer: Sendable {
  let fit: @Sendable (_ low: Float, _ high: Float, _ bits: Int, _ narrow: Bool) -> Step
  package let bits: Int
  package let narrow: Bool
  package let range: RangeEstimator
  package let granularity: Affine.Granularity

  /// Nil for a grid without codes.
  package init?(
    grid: Grid, bits: Int, narrow: Bool, range: RangeEstimator, granularity: Affine.Granularity
  ) {
    guard case .codes(let fit) = grid.kind else { return nil }
    self.fit = fit
    self.bits = bits
    self.narrow = narrow
    self.range = range
    self.granularity = granularity
  }

  /// The codes of finite values.
  package func codes(for tensor: Tensor) -> Codes {
    let runs = Affine.slices(of: tensor.shape, granularity)
    let (patterns, steps) = patterns(for: tensor, runs)
    var codes = [Int](repeating: 0, count: tensor.count)
    for (step, run) in zip(steps, runs) {
      // Where codes lie around 0 the highest stored bit is their sign.
      let sign = step.codes.lowerBound < 0 ? 1 << (bits - 1) : 0
      for i in run { codes[i] = (Int(patterns[i]) ^ sign) - sign }
    }
    return Codes(codes: codes, steps: steps, runs: runs)
  }

  /// The same as they are stored: the lowest bits of each code.
  func patterns(for tensor: Tensor, _ runs: [Range<Int>]) -> (patterns: [UInt8], steps: [Step]) {
    let values = tensor.elements
    let (patterns, grids) = Rounding.codes(of: values, runs: runs) { run, extremes in
      grid(step(for: values, run, extremes))
    }
    return (
      patterns, grids.map { Step(scale: $0.scale, zeroPoint: $0.zero, codes: $0.codes) }
    )
  }

  private func step(for values: [Float], _ run: Range<Int>, _ extremes: Extremes) -> Step {
    let low = min(0, extremes.least)
    let high = max(0, extremes.greatest)
    let (from, to) = range.estimate(low, high) { low, high in
      grid(fit(low, high, bits, narrow)).squaredError(of: values, run)
    }
    return fit(from, to, bits, narrow)
  }

  private func grid(_ step: Step) -> UniformGrid {
    UniformGrid(scale: step.scale, zero: step.zeroPoint, codes: step.codes, bits: bits)
  }
}
