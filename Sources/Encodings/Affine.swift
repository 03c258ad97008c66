// Affine quantization as it is stored: packed whole numbers, and a scale and zero point per slice.
// It refuses to choose them: that is the work of Compression.
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
    func check(_ holds: Bool, _ wanted: @autoclosure () -> String) throws(EncodingError) {
      if !holds { throw .parts(encoding: Affine.name, wanted: wanted()) }
    }
    try check((2...8).contains(bits), "2 to 8 bits per code, got \(bits)")
    if case .group(let size) = granularity {
      try check(
        size >= 1 && size <= Int(UInt32.max), "groups of at least one element, got \(size)")
    }
    guard let count = try? Tensor.count(of: shape) else {
      throw .parts(encoding: Affine.name, wanted: "a shape, got \(shape)")
    }
    let slices = Affine.sliceCount(of: shape, granularity)
    let range = Affine.range(bits: bits, isSigned: isSigned)
    try check(codes.count == count, "\(count) codes, got \(codes.count)")
    try check(
      codes.allSatisfy(range.contains), "codes from \(range.lowerBound) to \(range.upperBound)")
    try check(scales.count == slices, "\(slices) scales, got \(scales.count)")
    try check(scales.allSatisfy { $0.isFinite }, "finite scales")
    if let zeroPoints {
      try check(zeroPoints.count == slices, "\(slices) zero points, got \(zeroPoints.count)")
      try check(
        zeroPoints.allSatisfy(range.contains),
        "zero points from \(range.lowerBound) to \(range.upperBound)")
    }
    let mask = UInt8(truncatingIfNeeded: 1 << bits - 1)
    self.init(
      shape, bits, isSigned, granularity, scales,
      patterns: codes.map { UInt8(truncatingIfNeeded: $0) & mask },
      zeroPatterns: zeroPoints?.map { UInt8(truncatingIfNeeded: $0) & mask })
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
    return stride(from: 0, to: rows * columns, by: row).flatMap { start in
      stride(from: start, to: start + row, by: run).map { $0..<min($0 + run, start + row) }
    }
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
    var elements = [Float](repeating: 0, count: patterns.count)
    let zeroPoints = zeroPoints
    for (slice, range) in Affine.slices(of: shape, granularity).enumerated() {
      let scale = scales[slice]
      let zero = zeroPoints[slice]
      for i in range { elements[i] = Float(number(patterns[i]) - zero) * scale }
    }
    return Tensor(trusted: shape, elements)
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
