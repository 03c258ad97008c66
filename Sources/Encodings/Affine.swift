// Affine quantization as it is stored: packed whole numbers, and a scale and zero point per slice.
// It refuses to choose them: that is the work of Compression.
import Kernels
package import Tensors

package struct Affine: Encoding {
  package static let tag: UInt8 = 2
  package static let name = "affine"

  /// Which elements share a scale and a zero point. A tensor `[O, …]` is `O` rows; one of fewer
  /// than two axes is one row.
  package enum Granularity: Sendable, Equatable {
    case tensor
    /// Each row: each output channel of a weight.
    case channel
    /// Each run of so many elements of a row; the last run of a row may be shorter.
    case group(Int)
  }

  package let shape: [Int]
  /// Bits per code, 2...8.
  package let bits: Int
  /// Codes are `-2^(bits-1) ..< 2^(bits-1)` where signed, and `0 ..< 2^bits` where not.
  package let isSigned: Bool
  package let granularity: Granularity
  /// One per slice, in the order of the elements.
  package let scales: [Float]
  /// The lowest bits of each code.
  let patterns: [UInt8]
  let zeroPatterns: [UInt8]?

  /// - Parameters:
  ///   - codes: one per element, row-major.
  ///   - scales: one per slice, finite; `Affine.sliceCount` says how many.
  ///   - zeroPoints: one per slice, in the range of the codes; nil where all are 0 (symmetric).
  /// - Throws: `EncodingError.parts` where a count, a range or the shape is another.
  package init(
    shape: [Int], bits: Int, isSigned: Bool, granularity: Granularity, codes: [Int16],
    scales: [Float], zeroPoints: [Int16]? = nil
  ) throws(EncodingError) {
    try Affine.check((2...8).contains(bits), "2 to 8 bits per code, got \(bits)")
    let range = Affine.range(bits: bits, isSigned: isSigned)
    try Affine.check(
      codes.allSatisfy(range.contains), "codes from \(range.lowerBound) to \(range.upperBound)")
    let mask = UInt8(truncatingIfNeeded: 1 << bits - 1)
    try self.init(
      shape: shape, bits: bits, isSigned: isSigned, granularity: granularity,
      patterns: codes.map { UInt8(truncatingIfNeeded: $0) & mask }, scales: scales,
      zeroPoints: zeroPoints)
  }

  /// - Parameter patterns: codes as they are stored, the lowest bits of each; others as above.
  /// - Throws: as above.
  package init(
    shape: [Int], bits: Int, isSigned: Bool, granularity: Granularity, patterns: [UInt8],
    scales: [Float], zeroPoints: [Int16]? = nil
  ) throws(EncodingError) {
    try Affine.check((2...8).contains(bits), "2 to 8 bits per code, got \(bits)")
    if case .group(let size) = granularity {
      try Affine.check(
        size >= 1 && size <= Int(UInt32.max), "groups of at least one element, got \(size)")
    }
    guard let count = try? Tensor.count(of: shape) else {
      throw .parts(encoding: Affine.name, wanted: "a shape, got \(shape)")
    }
    let slices = Affine.sliceCount(of: shape, granularity)
    let range = Affine.range(bits: bits, isSigned: isSigned)
    let mask = UInt8(truncatingIfNeeded: 1 << bits - 1)
    try Affine.check(patterns.count == count, "\(count) codes, got \(patterns.count)")
    try Affine.check(
      bits == 8 || patterns.reduce(0, |) & ~mask == 0, "codes of \(bits) bits, and some have more")
    try Affine.check(scales.count == slices, "\(slices) scales, got \(scales.count)")
    try Affine.check(scales.allSatisfy { $0.isFinite }, "finite scales")
    if let zeroPoints {
      try Affine.check(
        zeroPoints.count == slices, "\(slices) zero points, got \(zeroPoints.count)")
      try Affine.check(
        zeroPoints.allSatisfy(range.contains),
        "zero points from \(range.lowerBound) to \(range.upperBound)")
    }
    self.init(
      shape, bits, isSigned, granularity, scales, patterns: patterns,
      zeroPatterns: zeroPoints?.map { UInt8(truncatingIfNeeded: $0) & mask })
  }

  private static func check(
    _ holds: Bool, _ wanted: @autoclosure () -> String
  ) throws(EncodingError) {
    if !holds { throw .parts(encoding: name, wanted: wanted()) }
  }

  /// Of parts that are known to fit.
  init(
    _ shape: [Int], _ bits: Int, _ isSigned: Bool, _ granularity: Granularity, _ scales: [Float],
    patterns: [UInt8], zeroPatterns: [UInt8]?
  ) {
    self.shape = shape
    self.bits = bits
    self.isSigned = isSigned
    self.granularity = granularity
    self.scales = scales
    self.patterns = patterns
    self.zeroPatterns = zeroPatterns
  }

  /// The codes that so many bits can hold.
  package static func range(bits: Int, isSigned: Bool) -> ClosedRange<Int16> {
    isSigned ? -(1 << (bits - 1))...(1 << (bits - 1)) - 1 : 0...(1 << bits) - 1
  }

  /// How many slices have a scale each. A tensor without elements has none.
  package static func sliceCount(of shape: [Int], _ granularity: Granularity) -> Int {
    guard !shape.contains(0) else { return 0 }
    let (rows, columns) = matrix(shape)
    return switch granularity {
    case .tensor: 1
    case .channel: rows
    case .group(let size): rows * ((columns - 1) / max(size, 1) + 1)
    }
  }

  /// The elements of each slice: runs that follow each other and together are the tensor.
  package static func slices(of shape: [Int], _ granularity: Granularity) -> [Range<Int>] {
    guard !shape.contains(0) else { return [] }
    let (rows, columns) = matrix(shape)
    let run =
      switch granularity {
      case .tensor: rows * columns
      case .channel: columns
      case .group(let size): min(max(size, 1), columns)
      }
    let row = granularity == .tensor ? run : columns
    var slices: [Range<Int>] = []
    slices.reserveCapacity(sliceCount(of: shape, granularity))
    for start in stride(from: 0, to: rows * columns, by: row) {
      for first in stride(from: start, to: start + row, by: run) {
        slices.append(first..<min(first + run, start + row))
      }
    }
    return slices
  }

  private static func matrix(_ shape: [Int]) -> (rows: Int, columns: Int) {
    shape.count < 2 ? (1, shape.first ?? 1) : (shape[0], shape[1...].reduce(1, *))
  }

  var count: Int { patterns.count }

  package var isSymmetric: Bool { zeroPatterns == nil }

  /// One per element, row-major.
  package var codes: [Int16] { patterns.map { number($0) } }

  /// One per slice; all 0 where symmetric.
  package var zeroPoints: [Int16] {
    zeroPatterns?.map { number($0) } ?? [Int16](repeating: 0, count: scales.count)
  }

  private func number(_ pattern: UInt8) -> Int16 {
    guard isSigned else { return Int16(pattern) }
    let unused = Int8(8 - bits)
    return Int16((Int8(bitPattern: pattern) << unused) >> unused)
  }

  /// `(code - zero point) * scale`, rounded once: DequantizeLinear of ONNX.
  package func decoded() -> Tensor {
    let codes = Affine.range(bits: bits, isSigned: isSigned)
    let range = Int(codes.lowerBound)...Int(codes.upperBound)
    let runs = Affine.slices(of: shape, granularity)
    let elements = Rounding.values(of: patterns, runs: runs) { slice in
      let zero = zeroPatterns.map { Int(number($0[slice])) } ?? 0
      return UniformGrid(scale: scales[slice], zero: zero, codes: range, bits: bits)
    }
    return Tensor(trusted: shape, elements)
  }

  /// Whether some code is the lowest there is.
  package var usesLowestCode: Bool {
    let lowest = Affine.range(bits: bits, isSigned: isSigned).lowerBound
    let mask = UInt8(truncatingIfNeeded: 1 << bits - 1)
    return patterns.contains(UInt8(truncatingIfNeeded: lowest) & mask)
  }

  package var summary: String {
    let type = "\(isSigned ? "int" : "uint")\(bits)"
    return switch granularity {
    case .tensor: "\(type) per tensor"
    case .channel: "\(type) per channel"
    case .group(let size): "\(type) in groups of \(size)"
    }
  }
}
