// The grid that codes in memory count on, as whole-number arithmetic has it.
internal import Kernels
internal import Tensors

/// A grid as codes in memory have it: signed, so that codes without a sign are moved by 128.
struct CodeGrid: Sendable, Equatable {
  let scale: Float
  let zero: Int
  let codes: ClosedRange<Int>

  /// - Returns: nil for a grid that is not static, or has more than eight bits.
  init?(_ layer: ActivationQuantizer, _ parameters: [Parameter]) {
    guard layer.hasStep, layer.bits <= 8, let step = parameters.first?.value.elements.first else {
      return nil
    }
    // Seven bits without a sign fit as they are.
    let shift = layer.codes.upperBound > 127 ? 128 : 0
    scale = max(step, .leastNormalMagnitude)
    zero = layer.zero - shift
    codes = layer.codes.lowerBound - shift...layer.codes.upperBound - shift
  }

  /// The code of a number.
  func code(_ value: Double) -> Int {
    let steps = (value / Double(scale)).rounded(.toNearestOrEven) + Double(zero)
    return Int(min(Double(codes.upperBound), max(Double(codes.lowerBound), steps)))
  }

  func value(_ code: Int) -> Double { Double(code - zero) * Double(scale) }
}
