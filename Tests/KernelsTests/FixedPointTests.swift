// Fixed-point numbers against exact whole-number arithmetic of 128 bits, in Swift and in every set
// of kernels.
import Kernels
import Testing

/// number · factor · 2^−shift to the nearest whole number, halves to even: exactly.
func twinTimes(_ number: Int64, _ factor: Int32, _ shift: Int) -> Int64 {
  let product = Int128(number) * Int128(factor)
  guard shift > 0 else { return Int64(product << Int128(-shift)) }
  let unit = Int128(1) << Int128(shift)
  let below = product >> Int128(shift)
  let rest = 2 * (product - below * unit)
  return Int64(below + (rest > unit || rest == unit && below & 1 == 1 ? 1 : 0))
}

/// clamp(round((sum + bias) · multiplier) + zero).
func twinCode(
  _ sum: Int32, _ bias: Int32, _ number: FixedPoint, _ zero: Int, _ ends: ClosedRange<Int>
)
  -> Int8
{
  let moved = Int(twinTimes(Int64(sum) + Int64(bias), number.factor, number.shift)) + zero
  return Int8(min(ends.upperBound, max(ends.lowerBound, moved)))
}

extension Dice {
  /// From 2^-30 to 2^29, of both signs where asked; some have ties: few bits.
  mutating func multiplier(signed: Bool = false) -> Double {
    let fraction = size(0...1) == 0 ? Double(size(1...15)) / 8 : 1 + Double(next() >> 12) * 0x1p-52
    let number = fraction * Double(sign: .plus, exponent: size(-27...20), significand: 1)
    return signed && size(0...1) == 0 ? -number : number
  }

  /// A multiplier that brings sums of so many bits to codes.
  mutating func scale(bits: Int) -> Double {
    let fraction = size(0...1) == 0 ? Double(size(1...15)) / 8 : 1 + Double(next() >> 12) * 0x1p-52
    return fraction * Double(sign: .plus, exponent: 7 - bits, significand: 1)
  }
}

@Suite("Fixed point") struct FixedPointTests {
  @Test func numbersErrByTheLastOf31Bits() throws {
    var dice = Dice(1)
    for _ in 0..<2000 {
      let number = dice.multiplier(signed: true)
      let fixed = try #require(FixedPoint(number))
      #expect(abs(fixed.value - number) <= abs(number) * 0x1p-31)
      #expect(fixed.factor.magnitude >= 1 << 30)
    }
    let odd: [(Double, Int32, Int)] = [
      (1, 1 << 30, 30), (-1, -(1 << 30), 30), (0.75, 3 << 29, 31), (0, 0, 31), (0x1p-32, 0, 31),
      (0x1p-31, 1 << 30, 61), (1 - 0x1p-40, 1 << 30, 30), (0x1p29, 1 << 30, 1),
    ]
    for (number, factor, shift) in odd {
      let fixed = try #require(FixedPoint(number))
      #expect(fixed.factor == factor && fixed.shift == shift, "\(number)")
    }
    for number in [Double.nan, .infinity, 0x1p30, -0x1p30] { #expect(FixedPoint(number) == nil) }
  }

  @Test func productsAreExactAndHalvesGoToEven() throws {
    var dice = Dice(2)
    for _ in 0..<5000 {
      let fixed = try #require(FixedPoint(dice.multiplier(signed: true)))
      let number = Int64(Int32(truncatingIfNeeded: dice.next())) >> Int64(dice.size(0...31))
      #expect(fixed.times(number) == twinTimes(number, fixed.factor, fixed.shift))
    }
    let half = try #require(FixedPoint(0.5))
    #expect([-5, -3, -1, 1, 3, 5].map(half.times) == [-2, -2, 0, 0, 2, 2])
    let most = try #require(FixedPoint(0x1p29))
    #expect(most.times(1 << 31) == 1 << 60 && most.times(-(1 << 31)) == -(1 << 60))
  }

  /// Through a dense layer of one weight: sums from one code to the next, all biases, all ends.
  @Test(arguments: UInt64(1)...30) func sumsBecomeCodes(_ seed: UInt64) throws {
    var dice = Dice(seed)
    let outputs = dice.size(1...40)
    let bits = dice.size(8...30)
    let numbers = (0..<outputs).map { _ in dice.scale(bits: bits) }
    let reach = 1 << (bits - 1)
    let bias = (0..<outputs).map { _ in Int32(dice.size(-reach...reach)) }
    let zero = dice.size(-128...127)
    let low = dice.size(-128...zero)
    let ends = low...dice.size(zero...127)
    let rescale = try #require(
      Rescale(multipliers: numbers, bias: bias, zero: zero, codes: ends))
    let window = try #require(
      Window(channels: 1, plane: (1, 1), kernel: (1, 1), stride: (1, 1), padding: (0, 0)))
    let weights = dice.codes(outputs, -127...127)
    let layer = IntegerWindows(
      weights, window: window, groups: 1, filters: outputs, zero: 0, lowest: -128,
      rescale: rescale)
    let x = CodeMemory(256 + IntegerWindows.slack)
    for i in 0..<256 { x.codes[i] = Int8(i - 128) }
    let y = CodeMemory(256 * outputs)
    let scratch = CodeMemory(layer.scratchCount)
    layer.forward(x.codes, examples: 256, scratch: scratch.codes, to: y.codes)
    for i in 0..<256 {
      for unit in 0..<outputs {
        let fixed = try #require(FixedPoint(numbers[unit]))
        let sum = Int32(i - 128) * Int32(weights[unit])
        #expect(
          y.codes[i * outputs + unit] == twinCode(sum, bias[unit], fixed, zero, ends))
      }
    }
  }

  /// The largest sums that 32 bits hold, times the smallest and the largest numbers.
  @Test func theFarEndsHold() throws {
    let numbers = [0x1p-31, 0x1p-30, 0x1p-24, 1, 0x1p29]
    let most = Int32.max - 127 * 127
    for bias in [most, -most, 0] {
      let rescale = try #require(
        Rescale(
          multipliers: numbers, bias: numbers.map { _ in bias }, zero: 3, codes: -128...127))
      let window = try #require(
        Window(channels: 1, plane: (1, 1), kernel: (1, 1), stride: (1, 1), padding: (0, 0)))
      let layer = IntegerWindows(
        numbers.map { _ in 127 }, window: window, groups: 1, filters: numbers.count, zero: 0,
        lowest: 0, rescale: rescale)
      let x = CodeMemory(1 + IntegerWindows.slack)
      x.codes[0] = 127
      let y = CodeMemory(numbers.count)
      let scratch = CodeMemory(0)
      layer.forward(x.codes, examples: 1, scratch: scratch.codes, to: y.codes)
      for (unit, number) in numbers.enumerated() {
        let fixed = try #require(FixedPoint(number))
        #expect(y.codes[unit] == twinCode(127 * 127, bias, fixed, 3, -128...127))
      }
    }
  }

  @Test func numbersThatNoFactorHoldsAreRefused() {
    for number in [Double.nan, .infinity, 0x1p30, 0x1.fffffffffp29] {
      #expect(Rescale(multipliers: [number], bias: [0], zero: 0, codes: -128...127) == nil)
    }
  }

  @Test func sumsOfCodesAreExact() {
    var dice = Dice(5)
    for _ in 0..<100 {
      let count = dice.size(1...30)
      let shift = dice.size(1...40)
      let zero = dice.size(-128...127)
      let terms = (0..<dice.size(1...4)).map { _ in
        (
          codes: CodeMemory(dice.codes(count)), zero: dice.size(-128...127),
          factor: Int64(dice.size(0...(1 << 31)))
        )
      }
      let target = CodeMemory(count)
      Codes.add(
        terms.map { (codes: $0.codes.codes, zero: $0.zero, factor: $0.factor) }, shift: shift,
        count: count, zero: zero, range: -128...127, to: target.codes)
      for i in 0..<count {
        var sum: Int64 = 0
        for term in terms { sum += Int64(Int(term.codes.codes[i]) - term.zero) * term.factor }
        let code = twinTimes(sum, 1, shift) + Int64(zero)
        #expect(Int64(target.codes[i]) == min(127, max(-128, code)))
      }
    }
  }
}
