// Dense storage: every element, in order, in one floating-point type.
import Kernels
package import Tensors

package struct Dense: Encoding {
  package static let tag: UInt8 = 1
  package static let name = "dense"
  package let shape: [Int]
  package let format: FloatFormat
  /// As the format holds them.
  private let values: Tensor

  /// Elements become the nearest ones of the format.
  package init(_ values: Tensor, as format: FloatFormat = .fp32) {
    switch format {
    case .fp32: self.init(exactly: values, format)
    case .fp16, .bf16:
      let rounded = Elementwise.roundedToHalves(values.elements, brain: format == .bf16)
      self.init(exactly: Tensor(trusted: values.shape, rounded), format)
    default: self.init(exactly: values.map(format.rounded), format)
    }
  }

  private init(exactly values: Tensor, _ format: FloatFormat) {
    self.shape = values.shape
    self.format = format
    self.values = values
  }

  package var summary: String { format.name }

  package var ledger: Ledger {
    Ledger([.init(.header, bits: 8), .init(.values, bits: format.bits * values.count)])
  }

  package func decoded() -> Tensor { values }

  package func write(to writer: inout ByteWriter) {
    writer.append(format.tag)
    switch format.bits {
    case 32: writer.append(values.elements)
    default:
      writer.append(
        values.elements.map { UInt16(truncatingIfNeeded: format.pattern($0)) })
    }
  }

  package static func read(
    from reader: inout ByteReader, shape: [Int]
  ) throws(BytesError) -> Dense {
    let count = try reader.count(of: shape)
    let start = reader.offset
    let tag = try reader.integer(UInt8.self)
    guard let format = FloatFormat.all.first(where: { $0.tag == tag }) else {
      throw BytesError("there is no floating-point type with the number \(tag)", at: start)
    }
    if format == .fp32 {
      return Dense(Tensor(trusted: shape, try reader.floats(count)))
    }
    let patterns: [UInt16] = try reader.integers(count)
    let elements = patterns.map { format.value(UInt32($0)) }
    return Dense(exactly: Tensor(trusted: shape, elements), format)
  }
}
