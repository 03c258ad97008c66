// Where the values of a quantized tensor may lie: a table of grids.
// A grid turns a range of values into a step; it does not know whose values they are.
package import Encodings

package struct Grid: Sendable {
  package let name: String
  package let summary: String
  package let formula: String
  package let source: String
  /// Bits that a code may have; one number where there is no choice.
  package let bits: ClosedRange<Int>
  package let kind: Kind
  /// The settings that it has a use for, beside bits.
  let takes: Set<Setting>

  enum Setting: Sendable {
    /// Its scales follow from a range of values, which an estimator gives.
    case range
    /// Its scales may differ from slice to slice.
    case granularity
    case narrow, fraction
    /// Its points begin somewhere.
    case start
    /// Of signs, which may be drawn while they are trained.
    case drawing
  }

  package enum Kind: Sendable {
    /// Whole-number codes: the step that covers `low...high`, which contains 0.
    case uniform(@Sendable (_ low: Float, _ high: Float, _ settings: Settings) -> Step, ScaleFormat)
    /// The values of a floating-point type, unscaled.
    case float(FloatFormat)
    /// The levels of a small table, each slice times a scale of its own.
    case levels(LevelSet, LevelScale)
    /// 2^bits points anywhere, over the extent of each slice.
    case points
  }

  /// What a uniform grid follows from, beside a range.
  package struct Settings: Sendable, Equatable {
    package let bits: Int
    /// Of the symmetric grid: leave out the lowest code.
    package let narrow: Bool
    /// Of the fixed-point grid: bits behind the point.
    package let fraction: Int

    package init(bits: Int, narrow: Bool = true, fraction: Int = 0) {
      self.bits = bits
      self.narrow = narrow
      self.fraction = fraction
    }
  }

  package static let affine = Grid(
    name: "affine",
    summary: "codes 0…2^b − 1 over [min, max] widened to hold 0, which stays exactly 0",
    formula: "s = (max − min) / (2^b − 1), z = round(−min / s), q = clamp(round(w / s) + z)",
    source: "Jacob et al. 2018, arXiv:1712.05877", bits: 2...16,
    kind: .uniform(
      { low, high, settings in
        let top = 1 << settings.bits - 1
        let scale = usable((Double(high) - Double(low)) / Double(top))
        let zeroPoint = (-low / scale).rounded(.toNearestOrEven)
        return Step(
          scale: scale, zeroPoint: Int(min(Float(top), max(0, zeroPoint))), codes: 0...top)
      }, .fp32), takes: [.range, .granularity])

  package static let symmetric = Grid(
    name: "symmetric",
    summary: "signed codes around 0, the zero point is 0: narrow −(2^(b−1) − 1)…2^(b−1) − 1 "
      + "(8 bits: −127…127), else −2^(b−1)…2^(b−1) − 1 (8 bits: −128…127)",
    formula: "s = max|w| / (2^(b−1) − 1), q = clamp(round(w / s)); "
      + "not narrow: s = max(max / (2^(b−1) − 1), −min / 2^(b−1))",
    source: "Krishnamoorthi 2018, arXiv:1806.08342", bits: 2...16,
    kind: .uniform(
      { low, high, settings in
        let codes = signed(settings)
        return Step(scale: usable(span(low, high, codes)), zeroPoint: 0, codes: codes)
      }, .fp32), takes: [.range, .granularity, .narrow])

  package static let powerOfTwo = Grid(
    name: "power_of_two",
    summary: "signed codes around 0, each scale 2^k: hardware shifts where it would multiply, "
      + "and a scale takes 8 bits",
    formula: "s = 2^⌈log2(max|w| / (2^(b−1) − 1))⌉, q = clamp(round(w / s))",
    source: "Jain et al. 2020, arXiv:1903.08066", bits: 2...16,
    kind: .uniform(
      { low, high, settings in
        let codes = signed(settings)
        let wanted = usable(span(low, high, codes))
        // Of a training that diverges, the exponent has no successor.
        let exponent =
          wanted.isFinite ? Int(wanted.exponent) + (wanted.significand > 1 ? 1 : 0) : 127
        return Step(scale: power(exponent), zeroPoint: 0, codes: codes)
      }, .exponent), takes: [.range, .granularity, .narrow])

  package static let fixedPoint = Grid(
    name: "fixed_point",
    summary: "Qm.n: a sign, m bits before the point and n = `fraction` behind it; what is larger "
      + "saturates",
    formula: "s = 2^−n, q = clamp(round(w · 2^n)), −2^(b−1)…2^(b−1) − 1, b = 1 + m + n",
    source: "Lin et al. 2016, arXiv:1511.06393", bits: 2...16,
    kind: .uniform(
      { _, _, settings in
        let top = 1 << (settings.bits - 1) - 1
        return Step(scale: power(-settings.fraction), zeroPoint: 0, codes: -top - 1...top)
      }, .exponent), takes: [.fraction])

  package static let fp16 = Grid(
    name: "fp16",
    summary: "IEEE half precision: 11 bits of precision, up to 65504 (larger values saturate)",
    formula: "q = fp16(w), to nearest, ties to even",
    source: "IEEE 754-2008, doi:10.1109/IEEESTD.2008.4610935, binary16", bits: 16...16,
    kind: .float(.fp16), takes: [])

  package static let bf16 = Grid(
    name: "bf16",
    summary: "brain floating point: 8 bits of precision, the range of fp32",
    formula: "q = the upper 16 bits of fp32(w), to nearest, ties to even",
    source: "Kalamkar et al. 2019, arXiv:1905.12322", bits: 16...16, kind: .float(.bf16), takes: [])

  package static let fp8E4M3 = Grid(
    name: "fp8_e4m3",
    summary: "8-bit floats with 4 bits of precision, scaled so that the greatest becomes 448",
    formula: "s = max|w| / 448, q = e4m3(w / s), to nearest, ties to even",
    source: "Micikevicius et al. 2022, arXiv:2209.05433", bits: 8...8,
    kind: .levels(.e4m3, .greatest), takes: [.range, .granularity])

  package static let fp8E5M2 = Grid(
    name: "fp8_e5m2",
    summary: "8-bit floats with 3 bits of precision and a wide range, the greatest becomes 57344",
    formula: "s = max|w| / 57344, q = e5m2(w / s), to nearest, ties to even",
    source: "Micikevicius et al. 2022, arXiv:2209.05433", bits: 8...8,
    kind: .levels(.e5m2, .greatest), takes: [.range, .granularity])

  package static let ternary = Grid(
    name: "ternary",
    summary: "−α, 0 and α: small weights become 0, five weights share a byte (TWN)",
    formula: "Δ = 0.7 · mean|w|, q = sign(w) where |w| > Δ, α = mean of these |w|",
    source: "Li et al. 2016, arXiv:1605.04711", bits: 2...2, kind: .levels(.ternary, .ternary),
    takes: [.granularity])

  package static let binary = Grid(
    name: "binary",
    summary: "−1 and 1, one bit each (BinaryConnect): for training, with batch normalization",
    formula: "q = sign(w), sign(0) = 1",
    source: "Courbariaux et al. 2015, arXiv:1511.00363", bits: 1...1, kind: .levels(.binary, .one),
    takes: [.drawing])

  package static let xnor = Grid(
    name: "xnor",
    summary: "−α and α with the mean magnitude as α, one bit each (XNOR-Net)",
    formula: "q = sign(w), α = mean|w|, the best scale for these signs in squared error",
    source: "Rastegari et al. 2016, arXiv:1603.05279", bits: 1...1, kind: .levels(.binary, .mean),
    takes: [.granularity])

  package static let points = Grid(
    name: "points",
    summary:
      "2^b points anywhere, the same ones over the extent of every slice; with `epochs` they "
      + "are learned, while each weight keeps its point",
    formula: "q = argmin_j |(w − β) / α − p_j|, β = min, α = max − min; ∂L/∂p_j = Σ α ∂L/∂w",
    source: "Polino et al. 2018, arXiv:1802.05668", bits: 1...8, kind: .points,
    takes: [.granularity, .start])

  package static let all = [
    affine, symmetric, powerOfTwo, fixedPoint, fp16, bf16, fp8E4M3, fp8E5M2, ternary, binary, xnor,
    points,
  ]

  // MARK: What its settings may be

  /// Bits where none are asked for.
  package var usualBits: Int { bits.contains(8) ? 8 : bits.upperBound }

  /// Codes are whole numbers: a rounding rule has something to choose.
  package var isUniform: Bool { if case .uniform = kind { true } else { false } }

  package var takesRange: Bool { takes.contains(.range) }
  package var takesGranularity: Bool { takes.contains(.granularity) }
  package var takesNarrow: Bool { takes.contains(.narrow) }
  package var takesFraction: Bool { takes.contains(.fraction) }
  package var takesStart: Bool { takes.contains(.start) }

  func takesRounding(_ rule: RoundingRule?) -> Bool {
    isUniform || takes.contains(.drawing) && rule?.isRandom == true
  }

  /// Some code stands for 0: what was pruned can stay so among codes of all weights.
  package var holdsZero: Bool {
    switch kind {
    case .levels(let table, _): table.levels.contains(0)
    case .points: false
    default: true
    }
  }

  // MARK: Arithmetic of the entries

  private static func signed(_ settings: Settings) -> ClosedRange<Int> {
    let top = 1 << (settings.bits - 1) - 1
    return (settings.narrow ? -top : -top - 1)...top
  }

  private static func span(_ low: Float, _ high: Float, _ codes: ClosedRange<Int>) -> Double {
    max(Double(high) / Double(codes.upperBound), Double(low) / Double(codes.lowerBound))
  }

  /// A scale that divides: of all zeros it is 1, and it is never so small that it loses precision.
  private static func usable(_ scale: Double) -> Float {
    scale == 0 ? 1 : max(Float(scale), .leastNormalMagnitude)
  }

  private static func power(_ exponent: Int) -> Float {
    Float(sign: .plus, exponent: min(127, max(-126, exponent)), significand: 1)
  }
}

/// How the scale of a slice follows from its values, where codes are the levels of a table.
package enum LevelScale: Sendable, Equatable {
  /// The greatest magnitude of the range becomes the greatest level.
  case greatest
  /// The mean of the magnitudes above 0.7 of the mean; the others become 0.
  case ternary
  /// 1.
  case one
  /// The mean magnitude.
  case mean
}
