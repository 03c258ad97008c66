// Dense storage: every element, in order, in one floating-point type.
package import Tensors

package struct Dense: Encoding {
  package static let tag: UInt8 = 1
  package static let name = "dense"
  package let shape: [Int]
  private let values: Tensor

  package init(_ values: Tensor) {
    self.shape = values.shape
    self.values = values
  }

  package var summary: String { "fp32" }
  package var ledger: Ledger { Ledger([.init(.values, bits: 32 * values.count)]) }
  package func decoded() -> Tensor { values }

  package func write(to writer: inout ByteWriter) {
    for value in values.elements { writer.append(value) }
  }

  package static func read(
    from reader: inout ByteReader, shape: [Int]
  ) throws(BytesError) -> Dense {
    var elements: [Float] = []
    for _ in 0..<shape.reduce(1, *) { elements.append(try reader.float()) }
    return Dense(Tensor(trusted: shape, elements))
  }
}
