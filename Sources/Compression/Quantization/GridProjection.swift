// Quantization-aware training: weights that the network sees on their grid while the numbers behind
// them move. Straight-through gradients; scales that follow the weights, are learned, or stay.
package import Encodings
package import Kernels
import Networks
package import Tensors

/// Rounding to a grid as training sees it. Jacob et al. 2018, arXiv:1712.05877; learned scales:
/// Esser et al. 2020, arXiv:1902.08153; signs: Courbariaux et al. 2015, arXiv:1511.00363.
package struct GridProjection: Projection {
  let quantizer: Quantizer
  let scales: Scales
  /// Signs are drawn, a number's the likelier the further it is from 0 (BinaryConnect).
  let isStochastic: Bool
  private let shape: [Int]
  private let runs: [Range<Int>]

  package enum Scales: Sendable {
    /// Found anew from the weights in each step.
    case follow
    /// Moved by their own gradient, from these steps on.
    case learned([Step])
    case fixed([Step])
    /// Of levels.
    case levels([Float])
  }

  package init(_ quantizer: Quantizer, _ scales: Scales, shape: [Int], isStochastic: Bool = false) {
    self.quantizer = quantizer
    self.scales = scales
    self.shape = shape
    self.isStochastic = isStochastic
    runs = Affine.slices(of: shape, quantizer.granularity)
  }

  package func state(for latent: Tensor) -> [Float] {
    if case .learned(let steps) = scales { steps.map(\.scale) } else { [] }
  }

  package var learnsState: Bool { if case .learned = scales { true } else { false } }

  /// A learned scale as the grid has it: one that came close to 0 still divides, and on a grid of
  /// powers of two it is the nearest one.
  private func usable(_ learned: Float) -> Float {
    let scale = max(learned, .leastNormalMagnitude)
    guard case .uniform(_, .exponent) = quantizer.grid.kind, scale.isFinite else { return scale }
    let isUp = scale.significand > Float(2).squareRoot()
    return Float(
      sign: .plus, exponent: min(127, Int(scale.exponent) + (isUp ? 1 : 0)), significand: 1)
  }

  /// The grid of each run.
  private func steps(_ latent: Floats, _ state: [Float]) -> [Step] {
    switch scales {
    case .follow: quantizer.steps(for: Tensor(trusted: shape, latent.array))
    case .fixed(let steps): steps
    case .learned(let steps):
      zip(steps, state).map {
        Step(scale: usable($1), zeroPoint: $0.zeroPoint, codes: $0.codes)
      }
    case .levels: []
    }
  }

  // MARK: Forward

  package func project(_ latent: Floats, state: Floats, step: Int, seed: UInt64, to values: Floats)
  {
    switch quantizer.grid.kind {
    case .float(let format):
      values.copy(
        from: Encodings.Dense(Tensor(vector: latent.array), as: format).decoded().elements)
    case .uniform:
      for (step, run) in zip(steps(latent, state.array), runs) {
        step.fake.round(
          latent.slice(run.lowerBound, run.count), to: values.slice(run.lowerBound, run.count))
      }
    case .levels(let table, let rule):
      values.copy(from: latent)
      if isStochastic { drawSigns(values, step: step, seed: seed) }
      quantizer.roundToLevels(values, runs, table, rule, scales: levelScales)
    case .points:
      let slices = UnitSlices(Tensor(trusted: shape, latent.array), quantizer.granularity)
      values.copy(from: quantizer.encoding(slices).decoded().elements)
    }
  }

  private var levelScales: [Float]? {
    if case .levels(let scales) = scales { scales } else { nil }
  }

  /// P(+1) = clip((w + 1) / 2, 0, 1).
  private func drawSigns(_ numbers: Floats, step: Int, seed: UInt64) {
    var random = RandomStream(seed: seed).split("step \(step)")
    for i in 0..<numbers.count {
      numbers[i] = random.uniform() < min(1, max(0, (numbers[i] + 1) / 2)) ? 1 : -1
    }
  }

  // MARK: Backward

  package func pullBack(_ gradient: Floats, latent: Floats, state: Floats, stateGradient: Floats) {
    switch quantizer.grid.kind {
    case .float: return
    case .levels(_, .mean):
      for run in runs {
        gradient.slice(run.lowerBound, run.count)
          .meanSignsBack(weights: latent.slice(run.lowerBound, run.count))
      }
    case .levels, .points: return
    case .uniform:
      for (i, (step, run)) in zip(steps(latent, state.array), runs).enumerated() {
        let part = gradient.slice(run.lowerBound, run.count)
        let slope = step.fake.roundBack(
          part, x: latent.slice(run.lowerBound, run.count), to: part)
        guard learnsState else { continue }
        let size = Double(run.count) * Double(max(1, step.codes.upperBound - step.zeroPoint))
        stateGradient[i] = Float(slope / size.squareRoot())
      }
    }
  }

  /// Numbers whose sign is all that counts stay where it can still change.
  package func settle(_ latent: Floats) {
    guard case .levels(let table, _) = quantizer.grid.kind, table == .binary else { return }
    latent.clampToOne()
  }

  // MARK: Storing

  /// What the layer saw, bit for bit, in whichever way takes the fewest bits.
  package func encoding(of latent: Tensor, state: [Float], pruned: [Bool]?) -> any Encoding {
    let numbers =
      pruned.map {
        Tensor(trusted: latent.shape, Masking.zeroed(latent.elements, where: $0))
      } ?? latent
    guard let whole = try? encoded(numbers, state) else { return Encodings.Dense(numbers) }
    guard let pruned, pruned.contains(true) else { return whole }
    return quantizer.smallest(whole, without: pruned)
  }

  private func encoded(
    _ value: Tensor, _ state: [Float]
  ) throws(CompressionError) -> any Encoding {
    switch quantizer.grid.kind {
    case .float(let format): return Encodings.Dense(value, as: format)
    case .levels(let table, let rule):
      return quantizer.levels(value, table, rule, scales: levelScales)
    case .points: return quantizer.encoding(UnitSlices(value, quantizer.granularity))
    case .uniform:
      let memory = Memory(value.count)
      memory.floats.copy(from: value.elements)
      let steps = self.steps(memory.floats, state)
      let codes = quantizer.codes(for: value, steps) { $0.rounded(.toNearestOrEven) }
      return try quantizer.affine(of: value.shape, steps, "weight", .codes(codes.codes))
    }
  }
}

extension Step {
  fileprivate var fake: FakeQuantizer {
    FakeQuantizer(scale: scale, zero: zeroPoint, codes: codes)
  }
}
