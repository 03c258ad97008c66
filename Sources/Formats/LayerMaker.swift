// interim stand-ins until the tables are merged
import Encodings
package import Networks

package enum LayerTable {
  package static func make(_ kind: String, _ attributes: [String: Attribute]) throws(NetworkError)
    -> any Layer
  {
    throw .unknownLayer(kind)
  }
}
enum EncodingTable {
  static func read(from reader: inout ByteReader, shape: [Int]) throws(BytesError) -> any Encoding {
    let tag = try reader.integer(UInt8.self)
    guard tag == Dense.tag else { throw BytesError("unknown", at: 0) }
    return try Dense.read(from: &reader, shape: shape)
  }
  static func write(_ encoding: any Encoding, to writer: inout ByteWriter) {
    writer.append(type(of: encoding).tag)
    encoding.write(to: &writer)
  }
  static func ledger(of encoding: any Encoding) -> Ledger {
    Ledger([.init(.header, bits: 8)]) + encoding.ledger
  }
}
