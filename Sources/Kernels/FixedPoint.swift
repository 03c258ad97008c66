// Multiplying by a number in whole-number arithmetic: how sums of products become codes again.
import CKernels

/// factor · 2^−shift, the factor with 31 bits: what integer hardware has in place of a float. Jacob et
/// al. 2018, arXiv:1712.05877, section 2.2; rounded once, halves to even.
package struct FixedPoint: Sendable, Equatable {
  package let factor: Int32
  package let shift: Int

  /// - Returns: nil for a number that is not finite or not below 2^30 in magnitude. Numbers below
  ///   2^-31 become 0.
  package init?(_ number: Double) {
    guard number.isFinite, abs(number) < 0x1p30 else { return nil }
    guard abs(number) >= 0x1p-31 else {
      (factor, shift) = (0, 31)
      return
    }
    // A factor from 2^30 to below 2^31.
    var shift = 30 - Int(number.exponent)
    var factor = (number * Double(sign: .plus, exponent: shift, significand: 1)).rounded()
    if abs(factor) >= 0x1p31 {
      factor /= 2
      shift -= 1
    }
    self.factor = Int32(factor)
    self.shift = shift
  }

  /// A number that kernels multiply sums by.
  /// - Returns: nil, too, for one whose shift is not within theirs, 1...62.
  package init?(rescaling number: Double) {
    self.init(number)
    guard (1...62).contains(shift) else { return nil }
  }

  /// What it stands for.
  package var value: Double {
    Double(factor) * Double(sign: .plus, exponent: -shift, significand: 1)
  }

  /// A whole number times this one, rounded, halves to even.
  package func times(_ number: Int64) -> Int64 {
    FixedPoint.shifted(number * Int64(factor), by: shift)
  }

  /// number · 2^−shift, rounded, halves to even.
  package static func shifted(_ number: Int64, by shift: Int) -> Int64 {
    guard shift > 0 else { return number << Int64(-shift) }
    let even = (number >> Int64(shift)) & 1
    return (number + (1 << Int64(shift - 1)) - 1 + even) >> Int64(shift)
  }
}

/// How the sum of some codes becomes the code of their mean.
package struct IntegerMean: Sendable {
  /// The input's scale over the output's.
  package let ratio: FixedPoint
  package let inputZero: Int
  package let zero: Int
  /// From -128 to 127.
  package let codes: ClosedRange<Int>

  package init(ratio: FixedPoint, inputZero: Int, zero: Int, codes: ClosedRange<Int>) {
    self.ratio = ratio
    self.inputZero = inputZero
    self.zero = zero
    self.codes = codes
  }

  /// clamp(round((sum − count · zero) / count · ratio) + zero): rounded once, halves to even. A third
  /// has no exact factor, so the count divides: a mean that lies between two codes stays there.
  func code(_ sum: Int32, of count: Int) -> Int8 {
    let product = (Int64(sum) - Int64(count * inputZero)) * Int64(ratio.factor)
    let shift = Int64(ratio.shift)
    let whole = product >> shift
    let rest = product - whole << shift
    let below = (whole >= 0 ? whole : whole - Int64(count) + 1) / Int64(count)
    // Twice what is above `below`, in parts of the count, and whether a little is left.
    let twice = 2 * (whole - below * Int64(count)) + (rest >> (shift - 1))
    let isMore = rest & (1 << (shift - 1) - 1) > 0
    let isUp =
      twice > Int64(count) || twice == Int64(count) && (isMore || below & 1 == 1)
    let code = below + (isUp ? 1 : 0) + Int64(zero)
    return Int8(min(Int64(codes.upperBound), max(Int64(codes.lowerBound), code)))
  }
}

/// How the sums of a layer's outputs become codes: clamp(round((sum + bias) · multiplier) + zero).
package final class Rescale: @unchecked Sendable {
  package let count: Int
  package let zero: Int
  package let codes: ClosedRange<Int>
  private let bias: IntegerStore<Int32>
  private let factors: IntegerStore<Int32>
  private let shifts: IntegerStore<Int64>

  /// - Parameters:
  ///   - multipliers: one per output.
  ///   - bias: one per output, added to its sum.
  ///   - codes: from -128 to 127.
  /// - Returns: nil where a multiplier is none that fixed point can hold.
  package init?(
    multipliers: [Double], bias: [Int32], zero: Int, codes: ClosedRange<Int>
  ) {
    precondition(bias.count == multipliers.count, "a bias for each output")
    precondition(codes.lowerBound >= -128 && codes.upperBound <= 127, "codes of eight bits")
    count = multipliers.count
    self.zero = zero
    self.codes = codes
    // Kernels finish sixteen at a time.
    self.bias = IntegerStore(count + 15)
    factors = IntegerStore(count + 15)
    shifts = IntegerStore(count + 15)
    for i in count..<count + 15 { shifts.base[i] = 1 }
    for (i, number) in multipliers.enumerated() {
      guard let fixed = FixedPoint(rescaling: number) else { return nil }
      self.bias.base[i] = bias[i]
      factors.base[i] = fixed.factor
      shifts.base[i] = Int64(fixed.shift)
    }
  }

  func raw(from start: Int = 0) -> ck_int8_rescale {
    ck_int8_rescale(
      bias: bias.base + start, factors: factors.base + start, shifts: shifts.base + start,
      zero: Int32(zero), low: Int32(codes.lowerBound), high: Int32(codes.upperBound))
  }
}
