// Our own container, .cnet: one network with its encodings, masks and receipt, and nothing else.
//
//   bytes   what
//   4       "CNET"
//   1       version, 1
//   4 + 4   lengths of the two blocks that follow, little-endian like everything here
//   …       header: deflated JSON of the nodes (Architecture.swift)
//   …       receipt: deflated JSON of the steps (ReceiptText.swift)
//   …       per parameter, in the nodes' order: the tag of its encoding and the encoding; where
//           these do not tell its mask, 4 bytes of length and the mask (Masks.swift)
//   4       CRC-32 of all bytes before
//
// A reader needs no other sizes: shapes follow from the layers, and encodings know their own ends.
import Encodings
package import Networks
import Tensors

extension Format {
  package static let container = Format(
    name: "cnet",
    extensions: ["cnet"],
    summary:
      "a network as it is: encodings, pruned weights, frozen layers and receipt; the smallest file",
    source: "Cinnabar, Container.swift",
    recognizes: { $0.starts(with: Container.magic) },
    decode: { bytes, file throws(FormatError) in
      Loaded(.network(try Container.read(bytes, file: file)))
    },
    encode: { content, file throws(FormatError) in
      guard case .network(let network) = content else {
        throw .cannotHold(file: file, format: "cnet", what: content.words)
      }
      try network.checkFinite(file: file)
      return Container.bytes(of: network)
    })
}

package enum Container {
  static let magic: [UInt8] = Array("CNET".utf8)
  static let version: UInt8 = 1
  /// Bytes before the header.
  static let prefixSize = 13
  /// The most bytes that a header or a receipt unpacks to.
  static let textLimit = 1 << 24

  // MARK: - Writing

  /// The bytes of the file that `save` writes.
  package static func bytes(of network: Network) -> [UInt8] {
    let (header, receipt) = texts(of: network)
    var writer = ByteWriter(capacity: network.storedBytes + header.count + receipt.count + 64)
    writer.append(magic)
    writer.append(version)
    writer.append(UInt32(truncatingIfNeeded: header.count))
    writer.append(UInt32(truncatingIfNeeded: receipt.count))
    writer.append(header)
    writer.append(receipt)
    for (_, parameter) in network.parameters {
      EncodingTable.write(parameter.encoding, to: &writer)
      guard let mask = mask(of: parameter) else { continue }
      writer.append(UInt32(truncatingIfNeeded: mask.count))
      writer.append(mask)
    }
    writer.append(Deflate.crc32(writer.bytes))
    return writer.bytes
  }

  static func texts(of network: Network) -> (header: [UInt8], receipt: [UInt8]) {
    let header = Architecture.json(of: network).text
    return (
      Deflate.deflate(Array(header.utf8)), Deflate.deflate(Array(network.receipt.json.text.utf8))
    )
  }

  /// The bytes of a mask that has to be stored.
  static func mask(of parameter: Parameter) -> [UInt8]? {
    guard let pruned = parameter.pruned, MaskStorage(of: parameter) == .listed else { return nil }
    return Masks.bytes(of: pruned, values: parameter.value.elements)
  }

  // MARK: - Reading

  /// The network in the bytes of a file: bit for bit the one that was written.
  package static func read(
    _ bytes: [UInt8], file: String, layers: LayerMaker = LayerTable.make
  ) throws(FormatError) -> Network {
    var cursor = FileCursor(bytes, file: file)
    guard try cursor.take(magic.count).elementsEqual(magic) else {
      throw cursor.damaged("it does not begin as a .cnet file", at: 0)
    }
    let version = try cursor.integer(UInt8.self)
    guard version == Container.version else {
      throw .unsupported(file: file, what: "version \(version) of the cnet format")
    }
    try checkSum(bytes, file: file)
    let lengths = (try cursor.integer(UInt32.self), try cursor.integer(UInt32.self))
    let header = try text(lengths.0, &cursor)
    let receipt = try text(lengths.1, &cursor)
    let architecture: Architecture
    let steps: Receipt
    do throws(BytesError) {
      architecture = try Architecture(header)
      steps = try Receipt(receipt)
    } catch {
      throw cursor.damaged(error.message, at: prefixSize)
    }
    // No encoding makes more elements of a byte than deflated zeros do.
    let network = try architecture.network(
      receipt: steps, file: file, elements: 8192 * bytes.count, layers: layers
    ) { blank throws(FormatError) in try parameter(blank, &cursor) }
    guard cursor.remaining == 4 else {
      throw cursor.damaged("\(cursor.remaining - 4) bytes belong to no parameter")
    }
    return network
  }

  private static func checkSum(_ bytes: [UInt8], file: String) throws(FormatError) {
    guard bytes.count >= prefixSize + 4 else {
      throw .damaged(file: file, what: "it ends too early", offset: bytes.count)
    }
    var end = ByteReader(Array(bytes.suffix(4)))
    guard (try? end.integer(UInt32.self)) == Deflate.crc32(bytes.dropLast(4)) else {
      throw .checksum(file: file, part: "the file")
    }
  }

  /// A deflated block of JSON.
  private static func text(
    _ length: UInt32, _ cursor: inout FileCursor
  ) throws(FormatError) -> JSON {
    let start = cursor.offset
    let packed = Array(try cursor.take(Int(length)))
    do throws(BytesError) {
      return try JSON(parsing: try Deflate.inflate(packed, limit: textLimit))
    } catch {
      throw cursor.damaged(error.message, at: start)
    }
  }

  private static func parameter(
    _ blank: Architecture.Blank, _ cursor: inout FileCursor
  ) throws(FormatError) -> Parameter {
    let plan = blank.plan
    let start = cursor.offset
    let encoding = try cursor.read { reader throws(BytesError) in
      try EncodingTable.read(from: &reader, shape: plan.shape)
    }
    let value = encoding.decoded()
    var pruned: [Bool]?
    switch blank.mask {
    case nil: break
    case .zeros: pruned = value.elements.map { $0 == 0 }
    case .places:
      guard let places = Masks.places(of: encoding) else {
        throw cursor.damaged("`\(blank.name)` is not stored sparsely", at: start)
      }
      pruned = places
    case .listed:
      let length = Int(try cursor.integer(UInt32.self))
      let place = cursor.offset
      let packed = Array(try cursor.take(length))
      do throws(BytesError) {
        pruned = try Masks.read(packed, values: value.elements)
      } catch {
        throw cursor.damaged(error.message, at: place)
      }
    }
    guard value.shape == plan.shape else {
      throw cursor.damaged("`\(blank.name)` has another shape than its layer", at: start)
    }
    return Parameter(plan.name, role: plan.role, decoded: value, of: encoding, pruned: pruned)
  }
}

extension Network {
  /// What its parameters take, each with its tag.
  fileprivate var storedBytes: Int {
    parameters.reduce(0) { $0 + EncodingTable.ledger(of: $1.parameter.encoding).bits / 8 }
  }
}
