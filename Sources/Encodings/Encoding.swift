// How a tensor is stored. An encoding decodes exactly to one tensor, nests, and accounts for its
// bits.
package import Tensors

/// One way to store a tensor.
///
/// Laws, tested over the whole table: `read(write(e))` decodes to the bits of `e.decoded()`;
/// `write` appends exactly `ledger.bits / 8` bytes, and `ledger.bits` is a multiple of 8.
package protocol Encoding: Sendable {
  /// The byte that names this encoding in a file. Never reused.
  static var tag: UInt8 { get }
  /// The field's name, such as "affine".
  static var name: String { get }
  var shape: [Int] { get }
  /// In a few words, such as "int8 per channel".
  var summary: String { get }
  var ledger: Ledger { get }
  /// Whether the size follows from the values and not only from the shape and the settings: then a
  /// size is reported with a tolerance, for another machine may train other values.
  var sizeDependsOnValues: Bool { get }
  /// The encoding inside this one, or nil.
  var nested: (any Encoding)? { get }
  func decoded() -> Tensor
  func write(to writer: inout ByteWriter)
  /// - Throws: `BytesError` for bytes that no writer of this encoding makes.
  static func read(from reader: inout ByteReader, shape: [Int]) throws(BytesError) -> Self
}

extension Encoding {
  package var sizeDependsOnValues: Bool { false }
  package var nested: (any Encoding)? { nil }
}

extension Encoding {
  /// 32-bit floats, all or those that are left.
  package var isPlain: Bool {
    switch self {
    case let dense as Dense: dense.format == .fp32
    case is Sparse, is Coded: nested?.isPlain ?? false
    default: false
    }
  }
}
