// Where the values of a quantized weight may lie: a table of grids.
// A grid turns a range of values into a step; it does not know whose values they are.

/// A uniform grid: value = scale × (code − zero point).
package struct Step: Sendable, Equatable {
  package let scale: Float
  package let zeroPoint: Int
  /// The codes that exist.
  package let codes: ClosedRange<Int>

  package init(scale: Float, zeroPoint: Int, codes: ClosedRange<Int>) {
    self.scale = scale
    self.zeroPoint = zeroPoint
    self.codes = codes
  }

  /// The nearest code, ties to the even one, saturating at the ends:
  /// clamp(round(x / scale) + zero point). ONNX QuantizeLinear.
  package func code(of value: Float) -> Int {
    let steps = Double((value / scale).rounded(.toNearestOrEven)) + Double(zeroPoint)
    return Int(min(Double(codes.upperBound), max(Double(codes.lowerBound), steps)))
  }

  /// scale × (code − zero point). ONNX DequantizeLinear.
  package func value(of code: Int) -> Float { Float(code - zeroPoint) * scale }
}

package struct Grid: Sendable {
  package let name: String
  package let summary: String
  package let formula: String
  package let source: String
  package let kind: Kind

  package enum Kind: Sendable {
    /// Whole-number codes: the step that covers `low...high`, which contains 0.
    case codes(
      @Sendable (_ low: Float, _ high: Float, _ bits: Int, _ narrow: Bool) -> Step)
    /// The values of a floating-point type of 16 bits.
    case half
    case brain
  }

  package static let affine = Grid(
    name: "affine",
    summary: "codes 0…2^b − 1 over [min, max] widened to hold 0, which stays exactly 0",
    formula: "s = (max − min) / (2^b − 1), z = round(−min / s), q = clamp(round(w / s) + z)",
    source: "Jacob et al. 2018, arXiv:1712.05877",
    kind: .codes { low, high, bits, _ in
      let top = 1 << bits - 1
      let scale = usable((Double(high) - Double(low)) / Double(top))
      let zeroPoint = (-low / scale).rounded(.toNearestOrEven)
      return Step(scale: scale, zeroPoint: Int(min(Float(top), max(0, zeroPoint))), codes: 0...top)
    })

  package static let symmetric = Grid(
    name: "symmetric",
    summary: "signed codes around 0, the zero point is 0: narrow −(2^(b−1) − 1)…2^(b−1) − 1 "
      + "(8 bits: −127…127), else −2^(b−1)…2^(b−1) − 1 (8 bits: −128…127)",
    formula: "s = max|w| / (2^(b−1) − 1), q = clamp(round(w / s)); "
      + "not narrow: s = max(max / (2^(b−1) − 1), −min / 2^(b−1))",
    source: "Krishnamoorthi 2018, arXiv:1806.08342",
    kind: .codes { low, high, bits, narrow in
      let top = 1 << (bits - 1) - 1
      let bottom = narrow ? top : top + 1
      let scale = usable(max(Double(high) / Double(top), -Double(low) / Double(bottom)))
      return Step(scale: scale, zeroPoint: 0, codes: -bottom...top)
    })

  package static let fp16 = Grid(
    name: "fp16",
    summary: "IEEE half precision: 11 bits of precision, up to 65504 (larger values saturate)",
    formula: "q = fp16(w), to nearest, ties to even",
    source: "IEEE 754-2008, doi:10.1109/IEEESTD.2008.4610935, binary16",
    kind: .half)

  package static let bf16 = Grid(
    name: "bf16",
    summary: "brain floating point: 8 bits of precision, the range of fp32",
    formula: "q = the upper 16 bits of fp32(w), to nearest, ties to even",
    source: "Kalamkar et al. 2019, arXiv:1905.12322",
    kind: .brain)

  package static let all = [affine, symmetric, fp16, bf16]

  /// A scale that divides: of all zeros it is 1, and it is never so small that it loses precision.
  private static func usable(_ scale: Double) -> Float {
    scale == 0 ? 1 : max(Float(scale), .leastNormalMagnitude)
  }
}
