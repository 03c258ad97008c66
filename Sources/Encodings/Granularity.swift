// Which elements of a tensor share a scale.
import Tensors

extension Affine {
  /// A tensor `[O, …]` is `O` rows; one of fewer than two axes is one row.
  package enum Granularity: Sendable, Equatable {
    case tensor
    /// Each row: each output channel of a weight.
    case channel
    /// Each run of so many elements of a row; the last run of a row may be shorter.
    case group(Int)
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

  /// Elements of a row.
  package static func rowLength(of shape: [Int]) -> Int { matrix(shape).columns }

  /// Elements of a row, where there are several rows: elements of a vector have no places that matter.
  static func columns(of shape: [Int]) -> Int? {
    shape.count < 2 || shape.contains(0) ? nil : matrix(shape).columns
  }

  private static func matrix(_ shape: [Int]) -> (rows: Int, columns: Int) {
    shape.count < 2 ? (1, shape.first ?? 1) : (shape[0], shape[1...].reduce(1, *))
  }

}

extension Affine.Granularity {
  /// After the name of a type: " per channel".
  package var phrase: String {
    switch self {
    case .tensor: " per tensor"
    case .channel: " per channel"
    case .group(let size): " in groups of \(size)"
    }
  }

  // In files: two bits, and for groups their size in 32 bits.

  var tag: UInt8 {
    switch self {
    case .tensor: 0
    case .channel: 1
    case .group: 2
    }
  }

  var sizeBits: Int { if case .group = self { 32 } else { 0 } }

  func writeSize(to writer: inout ByteWriter) {
    if case .group(let size) = self { writer.append(UInt32(size)) }
  }

  static func read(
    tag: UInt8, from reader: inout ByteReader
  ) throws(BytesError) -> Self {
    let start = reader.offset
    switch tag {
    case 0: return .tensor
    case 1: return .channel
    case 2:
      let size = Int(try reader.integer(UInt32.self))
      guard size > 0 else { throw BytesError("groups of no elements", at: start) }
      return .group(size)
    default: throw BytesError("there is no granularity with the number \(tag)", at: start)
    }
  }
}

/// How a scale is stored.
package enum ScaleFormat: UInt8, Sendable, CaseIterable, CustomStringConvertible {
  case fp32 = 0
  /// 2^k, k from -126 to 127 in eight bits: multiplying is shifting.
  case exponent = 1

  package var bits: Int { self == .fp32 ? 32 : 8 }
  package var description: String { self == .fp32 ? "fp32" : "a power of two" }

  package func holds(_ scale: Float) -> Bool {
    self == .fp32 || scale.isNormal && scale > 0 && scale.significand == 1
  }

  func write(_ scales: [Float], to writer: inout ByteWriter) {
    switch self {
    case .fp32: writer.append(scales)
    case .exponent: writer.append(scales.map { UInt8(bitPattern: Int8($0.exponent)) })
    }
  }

  func read(_ count: Int, from reader: inout ByteReader) throws(BytesError) -> [Float] {
    let start = reader.offset
    switch self {
    case .fp32:
      let scales = try reader.floats(count)
      guard scales.allSatisfy({ $0.isFinite }) else {
        throw BytesError("a scale is not finite", at: start)
      }
      return scales
    case .exponent:
      let exponents = try reader.take(count).map { Int(Int8(bitPattern: $0)) }
      guard exponents.allSatisfy({ $0 >= -126 }) else {
        throw BytesError("a scale is not a power of two from 2^-126 to 2^127", at: start)
      }
      return exponents.map { Float(sign: .plus, exponent: $0, significand: 1) }
    }
  }
}
