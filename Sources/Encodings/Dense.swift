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
    guard writer.streamUse == .packed else { return writePlanes(to: &writer) }
    switch format.bits {
    case 32: writer.append(values.elements)
    default:
      writer.append(
        values.elements.map { UInt16(truncatingIfNeeded: format.pattern($0)) })
    }
  }

  /// For a coder: the lowest bytes of all elements, then the next ones; the highest have something to learn.
  private func writePlanes(to writer: inout ByteWriter) {
    let patterns = values.elements.map(format.pattern)
    for place in 0..<UInt32(format.bits / 8) {
      writer.append(
        patterns.map { UInt8(truncatingIfNeeded: $0 >> (8 * place)) }, as: Dense.planeForm)
    }
  }

  private static let planeForm = SymbolStream.Form(purpose: .values, bits: 8)

  private static func planes(
    _ count: Int, _ format: FloatFormat, from reader: inout ByteReader
  ) throws(BytesError) -> [Float] {
    var patterns = try reader.symbols(count, as: planeForm).map { UInt32($0) }
    for place in 1..<UInt32(format.bits / 8) {
      let plane = try reader.symbols(count, as: planeForm)
      for i in patterns.indices { patterns[i] |= UInt32(plane[i]) << (8 * place) }
    }
    return patterns.map(format.value)
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
    if reader.isCoded {
      return Dense(
        exactly: Tensor(trusted: shape, try planes(count, format, from: &reader)), format)
    }
    if format == .fp32 {
      return Dense(Tensor(trusted: shape, try reader.floats(count)))
    }
    let patterns: [UInt16] = try reader.integers(count)
    let elements = patterns.map { format.value(UInt32($0)) }
    return Dense(exactly: Tensor(trusted: shape, elements), format)
  }
}
