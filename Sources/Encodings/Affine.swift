// Affine quantization as it is stored: packed whole numbers, and a scale and zero point per slice.
// It refuses to choose them: that is the work of Compression.
import Kernels
package import Tensors

package struct Affine: Encoding {
  package static let tag: UInt8 = 2
  package static let name = "affine"

  package let shape: [Int]
  /// Bits per code, 2...16.
  package let bits: Int
  /// Codes are `-2^(bits-1) ..< 2^(bits-1)` where signed, and `0 ..< 2^bits` where not.
  package let isSigned: Bool
  package let granularity: Granularity
  /// One per slice, in the order of the elements.
  package let scales: [Float]
  package let scaleFormat: ScaleFormat
  let patterns: Patterns
  let zeroPatterns: Patterns?

  package static let bitsRange = 2...16

  /// - Parameters:
  ///   - codes: one per element, row-major.
  ///   - scales: one per slice, finite and as their format holds them; `Affine.sliceCount` says how
  ///     many.
  ///   - zeroPoints: one per slice, in the range of the codes; nil where all are 0 (symmetric).
  /// - Throws: `EncodingError.parts` where a count, a range or the shape is another.
  package init(
    shape: [Int], bits: Int, isSigned: Bool, granularity: Granularity, codes: [Int32],
    scales: [Float], scaleFormat: ScaleFormat = .fp32, zeroPoints: [Int32]? = nil
  ) throws(EncodingError) {
    try Affine.check(Affine.bitsRange.contains(bits), "2 to 16 bits per code, got \(bits)")
    let range = Affine.range(bits: bits, isSigned: isSigned)
    try Affine.check(
      codes.allSatisfy(range.contains), "codes from \(range.lowerBound) to \(range.upperBound)")
    try self.init(
      shape: shape, granularity: granularity, isSigned: isSigned,
      patterns: Patterns(codes, bits: bits), scales: scales, scaleFormat: scaleFormat,
      zeroPoints: zeroPoints)
  }

  /// Of codes of at most 8 bits.
  /// - Parameter patterns: codes as they are stored, the lowest bits of each; others as above.
  /// - Throws: as above.
  package init(
    shape: [Int], bits: Int, isSigned: Bool, granularity: Granularity, patterns: [UInt8],
    scales: [Float], scaleFormat: ScaleFormat = .fp32, zeroPoints: [Int32]? = nil
  ) throws(EncodingError) {
    try Affine.check((2...8).contains(bits), "2 to 8 bits per code, got \(bits)")
    let mask = UInt8(truncatingIfNeeded: 1 << bits - 1)
    try Affine.check(
      bits == 8 || patterns.reduce(0, |) & ~mask == 0, "codes of \(bits) bits, and some have more")
    try self.init(
      shape: shape, granularity: granularity, isSigned: isSigned,
      patterns: Patterns(bits: bits, low: patterns), scales: scales, scaleFormat: scaleFormat,
      zeroPoints: zeroPoints)
  }

  private init(
    shape: [Int], granularity: Granularity, isSigned: Bool, patterns: Patterns, scales: [Float],
    scaleFormat: ScaleFormat, zeroPoints: [Int32]?
  ) throws(EncodingError) {
    if case .group(let size) = granularity {
      try Affine.check(
        size >= 1 && size <= Int(UInt32.max), "groups of at least one element, got \(size)")
    }
    guard let count = try? Tensor.count(of: shape) else {
      throw .parts(encoding: Affine.name, wanted: "a shape, got \(shape)")
    }
    let bits = patterns.bits
    let slices = Affine.sliceCount(of: shape, granularity)
    try Affine.check(patterns.count == count, "\(count) codes, got \(patterns.count)")
    try Affine.check(scales.count == slices, "\(slices) scales, got \(scales.count)")
    try Affine.check(scales.allSatisfy { $0.isFinite }, "finite scales")
    try Affine.check(scales.allSatisfy(scaleFormat.holds), "scales that \(scaleFormat) holds")
    if let zeroPoints {
      let range = Affine.range(bits: bits, isSigned: isSigned)
      try Affine.check(
        zeroPoints.count == slices, "\(slices) zero points, got \(zeroPoints.count)")
      try Affine.check(
        zeroPoints.allSatisfy(range.contains),
        "zero points from \(range.lowerBound) to \(range.upperBound)")
    }
    self.init(
      shape, isSigned, granularity, scales, scaleFormat, patterns: patterns,
      zeroPatterns: zeroPoints.map { Patterns($0, bits: bits) })
  }

  private static func check(
    _ holds: Bool, _ wanted: @autoclosure () -> String
  ) throws(EncodingError) {
    if !holds { throw .parts(encoding: name, wanted: wanted()) }
  }

  /// Of parts that are known to fit.
  init(
    _ shape: [Int], _ isSigned: Bool, _ granularity: Granularity, _ scales: [Float],
    _ scaleFormat: ScaleFormat, patterns: Patterns, zeroPatterns: Patterns?
  ) {
    self.shape = shape
    bits = patterns.bits
    self.isSigned = isSigned
    self.granularity = granularity
    self.scales = scales
    self.scaleFormat = scaleFormat
    self.patterns = patterns
    self.zeroPatterns = zeroPatterns
  }

  /// The codes that so many bits can hold.
  package static func range(bits: Int, isSigned: Bool) -> ClosedRange<Int32> {
    isSigned ? -(1 << (bits - 1))...(1 << (bits - 1)) - 1 : 0...(1 << bits) - 1
  }

  var count: Int { patterns.count }

  package var isSymmetric: Bool { zeroPatterns == nil }

  /// One per element, row-major.
  package var codes: [Int32] { patterns.numbers(isSigned: isSigned) }

  /// One per slice; all 0 where symmetric.
  package var zeroPoints: [Int32] {
    zeroPatterns?.numbers(isSigned: isSigned) ?? [Int32](repeating: 0, count: scales.count)
  }

  /// `(code - zero point) * scale`, rounded once: DequantizeLinear of ONNX.
  package func decoded() -> Tensor {
    let codes = Affine.range(bits: bits, isSigned: isSigned)
    let runs = Affine.slices(of: shape, granularity)
    let zeros = zeroPoints
    guard bits <= 8 else {
      var elements = [Float](repeating: 0, count: count)
      let numbers = self.codes
      for (slice, run) in runs.enumerated() {
        let (scale, zero) = (scales[slice], zeros[slice])
        for i in run { elements[i] = Float(numbers[i] - zero) * scale }
      }
      return Tensor(trusted: shape, elements)
    }
    let range = Int(codes.lowerBound)...Int(codes.upperBound)
    let elements = Rounding.values(of: patterns.low, runs: runs) { slice in
      UniformGrid(scale: scales[slice], zero: Int(zeros[slice]), codes: range, bits: bits)
    }
    return Tensor(trusted: shape, elements)
  }

  /// Whether some code is the lowest there is.
  package var usesLowestCode: Bool {
    patterns.contains(Affine.range(bits: bits, isSigned: isSigned).lowerBound)
  }

  package var summary: String {
    let type = "\(isSigned ? "int" : "uint")\(bits)"
    return type + granularity.phrase + (scaleFormat == .exponent ? ", powers of two" : "")
  }
}
