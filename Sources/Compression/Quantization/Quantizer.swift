// From values to codes: the step of every block of values that share a scale, and the codes on it.
package import Encodings
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
    var codes = [Int](repeating: 0, count: tensor.count)
    var steps: [Step] = []
    steps.reserveCapacity(runs.count)
    for run in runs {
      let step = step(for: tensor.elements[run])
      for i in run { codes[i] = step.code(of: tensor.elements[i]) }
      steps.append(step)
    }
    return Codes(codes: codes, steps: steps, runs: runs)
  }

  private func step(for values: ArraySlice<Float>) -> Step {
    let low = min(0, values.min() ?? 0)
    let high = max(0, values.max() ?? 0)
    let (from, to) = range.estimate(low, high) { low, high in
      Quantizer.squaredError(of: values, on: fit(low, high, bits, narrow))
    }
    return fit(from, to, bits, narrow)
  }

  /// Σ (w − ŵ)², in order.
  static func squaredError(of values: ArraySlice<Float>, on step: Step) -> Double {
    var sum = 0.0
    for value in values {
      let error = Double(value - step.value(of: step.code(of: value)))
      sum += error * error
    }
    return sum
  }
}
