// Values of another encoding, stretched and shifted: a scale and an offset for each slice.
package import Tensors

/// An element is offset + scale · value, each operation rounded once. The buckets of Polino et al. 2018,
/// arXiv:1802.05668, section 2: values in 0...1, and the least value and the extent of each bucket.
package struct Scaled: Encoding {
  package static let tag: UInt8 = 9
  package static let name = "scaled"

  /// Stores a tensor of the same shape.
  package let values: any Encoding
  package let granularity: Affine.Granularity
  /// One per slice, in the order of the elements.
  package let scales: [Float]
  package let offsets: [Float]

  /// - Parameters:
  ///   - scales: one per slice, finite; `Affine.sliceCount` says how many.
  ///   - offsets: as many, finite.
  /// - Throws: `EncodingError.parts` where a count or a number does not fit.
  package init(
    _ values: any Encoding, granularity: Affine.Granularity, scales: [Float], offsets: [Float]
  ) throws(EncodingError) {
    func check(_ holds: Bool, _ wanted: String) throws(EncodingError) {
      if !holds { throw .parts(encoding: Scaled.name, wanted: wanted) }
    }
    if case .group(let size) = granularity {
      try check(size >= 1 && size <= Int(UInt32.max), "groups of at least one element")
    }
    let slices = Affine.sliceCount(of: values.shape, granularity)
    try check(scales.count == slices, "\(slices) scales, got \(scales.count)")
    try check(offsets.count == slices, "\(slices) offsets, got \(offsets.count)")
    try check((scales + offsets).allSatisfy { $0.isFinite }, "finite scales and offsets")
    try check(
      EncodingTable.depth(of: values) < EncodingTable.largestDepth,
      "fewer encodings inside each other")
    self.init(values, granularity, scales, offsets)
  }

  private init(
    _ values: any Encoding, _ granularity: Affine.Granularity, _ scales: [Float],
    _ offsets: [Float]
  ) {
    self.values = values
    self.granularity = granularity
    self.scales = scales
    self.offsets = offsets
  }

  package var shape: [Int] { values.shape }
  package var nested: (any Encoding)? { values }
  package var sizeDependsOnValues: Bool { values.sizeDependsOnValues }
  package var summary: String { "\(values.summary), scaled\(granularity.phrase)" }

  package var ledger: Ledger {
    Ledger([
      .init(.header, bits: 8 + granularity.sizeBits),
      .init(.scales, bits: 32 * (scales.count + offsets.count)),
    ]) + EncodingTable.ledger(of: values)
  }

  package func decoded() -> Tensor {
    var elements = values.decoded().elements
    for (slice, run) in Affine.slices(of: shape, granularity).enumerated() {
      let (scale, offset) = (scales[slice], offsets[slice])
      for i in run { elements[i] = offset + scale * elements[i] }
    }
    return Tensor(trusted: shape, elements)
  }

  package func write(to writer: inout ByteWriter) {
    writer.append(granularity.tag)
    granularity.writeSize(to: &writer)
    ScaleFormat.fp32.write(scales, to: &writer)
    ScaleFormat.fp32.write(offsets, to: &writer)
    EncodingTable.write(values, to: &writer)
  }

  package static func read(
    from reader: inout ByteReader, shape: [Int]
  ) throws(BytesError) -> Scaled {
    _ = try reader.count(of: shape)
    let granularity = try Affine.Granularity.read(
      tag: try reader.integer(UInt8.self), from: &reader)
    let slices = Affine.sliceCount(of: shape, granularity)
    let scales = try ScaleFormat.fp32.read(slices, from: &reader)
    let offsets = try ScaleFormat.fp32.read(slices, from: &reader)
    return Scaled(
      try EncodingTable.read(from: &reader, shape: shape), granularity, scales, offsets)
  }
}
