// The floating-point types that elements can be stored in: one table.

/// A floating-point type for storage. Finite values never become infinite: they stop at the largest
/// finite one.
package struct FloatFormat: Sendable, Equatable {
  package let name: String
  package let summary: String
  /// Bits per element, a multiple of 8.
  package let bits: Int
  /// The byte that names it in a file. Never reused.
  let tag: UInt8
  /// The nearest pattern, halves to the even one.
  let pattern: @Sendable (Float) -> UInt32
  let value: @Sendable (UInt32) -> Float

  package static func == (left: FloatFormat, right: FloatFormat) -> Bool { left.tag == right.tag }

  package static let all: [FloatFormat] = [.fp32, .fp16, .bf16]

  package static let fp32 = FloatFormat(
    name: "fp32", summary: "IEEE single precision: 24 bits of significand, 8 of exponent", bits: 32,
    tag: 0, pattern: { $0.bitPattern }, value: { Float(bitPattern: $0) })

  package static let fp16 = FloatFormat(
    name: "fp16", summary: "IEEE half precision: 11 bits of significand, up to 65504", bits: 16,
    tag: 1,
    pattern: { value in
      let half = Float16(value)
      let overflows = half.isInfinite && value.isFinite
      let limit = Float16.greatestFiniteMagnitude
      return UInt32((overflows ? (value < 0 ? -limit : limit) : half).bitPattern)
    },
    value: { Float(Float16(bitPattern: UInt16(truncatingIfNeeded: $0))) })

  package static let bf16 = FloatFormat(
    name: "bf16", summary: "bfloat16: the range of single precision, 8 bits of significand",
    bits: 16, tag: 2,
    pattern: { value in
      let bits = value.bitPattern
      // A quiet bit keeps what is no number so, whatever the half that is cut off held.
      if value.isNaN { return bits >> 16 | 0x40 }
      if value.isInfinite { return bits >> 16 }
      let rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16
      return rounded & 0x7fff == 0x7f80 ? rounded - 1 : rounded
    },
    value: { pattern in
      let value = Float(bitPattern: pattern << 16)
      return value.isNaN ? Float(bitPattern: pattern << 16 | 0x40_0000) : value
    })

  /// The nearest value of this format.
  package func rounded(_ value: Float) -> Float { self.value(pattern(value)) }

  private init(
    name: String, summary: String, bits: Int, tag: UInt8,
    pattern: @escaping @Sendable (Float) -> UInt32, value: @escaping @Sendable (UInt32) -> Float
  ) {
    self.name = name
    self.summary = summary
    self.bits = bits
    self.tag = tag
    self.pattern = pattern
    self.value = value
  }
}
