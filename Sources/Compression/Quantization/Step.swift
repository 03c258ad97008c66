// A uniform grid: one scale, one zero point, and the codes that exist.
import Kernels

/// value = scale × (code − zero point).
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
    clamped((value / scale).rounded(.toNearestOrEven))
  }

  /// A whole number of steps from 0, saturating.
  func clamped(_ steps: Float) -> Int {
    let code = Double(steps) + Double(zeroPoint)
    return Int(min(Double(codes.upperBound), max(Double(codes.lowerBound), code)))
  }

  /// scale × (code − zero point). ONNX DequantizeLinear.
  package func value(of code: Int) -> Float { Float(code - zeroPoint) * scale }

  /// The numbers that are on the grid or between its points.
  package var range: ClosedRange<Float> {
    value(of: codes.lowerBound)...value(of: codes.upperBound)
  }

  /// Whether the values of the lowest and the highest code are finite.
  var endsAreFinite: Bool {
    value(of: codes.lowerBound).isFinite && value(of: codes.upperBound).isFinite
  }

  /// For the kernels, which know codes of at most 8 bits.
  func uniform(bits: Int) -> UniformGrid? {
    guard bits <= 8 else { return nil }
    return UniformGrid(scale: scale, zero: zeroPoint, codes: codes, bits: bits)
  }

  /// Σ (w − ŵ)² of a part of an array on this grid, in order, in double precision.
  func squaredError(of values: [Float], _ run: Range<Int>, bits: Int) -> Double {
    if let grid = uniform(bits: bits) { return grid.squaredError(of: values, run) }
    return run.reduce(0.0) {
      let error = values[$1] - value(of: code(of: values[$1]))
      return $0 + Double(error) * Double(error)
    }
  }
}
