// Our own container, .cnbm: one network with its encodings, masks and receipt, and nothing else.
// `Notebooks/reference/container.cnb` tells it byte by byte, for readers in other languages.
//
//   bytes   what
//   2       CB 6D
//   1       version 1 in the lower four bits; 16: runs in integers, 32: has a receipt, 64: it is deflated,
//           128: skips zeros, and a byte follows: 0 automatically, 1 csr, 2 in blocks, 3 in a pattern
//   …       nodes (ContainerNodes.swift)
//   …       per parameter, in the nodes' order: a byte with the tag of its encoding, how its mask is
//           stored (32, 64) and whether it is frozen (128); the encoding; for a listed mask its length
//           as a count, and the mask (Masks.swift)
//   …       receipt (ContainerReceipt.swift)
//   4       CRC-32 of all bytes before
//
// A reader needs no other sizes: shapes follow from the layers, and encodings know their own ends.
import Encodings
package import Networks
import Tensors

extension Format {
  package static let container = Format(
    name: "cnbm",
    extensions: ["cnbm"],
    summary:
      "a network as it is: encodings, pruned weights, frozen layers and receipt; the smallest file",
    source: "Notebooks/reference/container.cnb",
    recognizes: { $0.starts(with: Container.magic) },
    decode: { bytes, file throws(FormatError) in
      Loaded(.network(try Container.read(bytes, file: file)))
    },
    encode: { content, file throws(FormatError) in
      guard case .network(let network) = content else {
        throw .cannotHold(file: file, format: "cnbm", what: content.words)
      }
      try network.checkFinite(file: file)
      let bytes = Container.bytes(of: network)
      try Container.check(network, bytes: bytes.count, file: file)
      return bytes
    })
}

package enum Container {
  static let magic: [UInt8] = [0xcb, 0x6d]
  static let version: UInt8 = 1

  private enum Flag {
    static let version: UInt8 = 15
    static let integers: UInt8 = 16
    static let receipt: UInt8 = 32
    static let deflated: UInt8 = 64
    static let skips: UInt8 = 128
  }

  private enum Mark {
    static let mask: UInt8 = 3
    static let frozen: UInt8 = 4
  }

  /// The most elements that the parameters of a file of so many bytes have together.
  static func elementLimit(bytes: Int) -> Int {
    min(max(1 << 24, 8192 * bytes), Architecture.elementLimit)
  }

  // MARK: - Writing

  /// The bytes of the file that `save` writes.
  package static func bytes(of network: Network) -> [UInt8] {
    let (header, receipt) = parts(of: network)
    var writer = ByteWriter(capacity: network.storedBytes + header.count + receipt.count + 64)
    writer.append(header)
    for (_, parameter) in network.parameters {
      let (storage, mask) = mask(of: parameter)
      let frozen = parameter.frozen ? Mark.frozen : 0
      EncodingTable.write(
        parameter.encoding, marks: (storage?.mark ?? 0) | frozen, to: &writer)
      guard let mask else { continue }
      writer.append(count: mask.count)
      writer.append(mask)
    }
    writer.append(receipt)
    writer.append(Deflate.crc32(writer.bytes))
    return writer.bytes
  }

  /// What stands before the parameters, and what stands behind them.
  static func parts(of network: Network) -> (header: [UInt8], receipt: [UInt8]) {
    let receipt = network.receipt.packed
    var writer = ByteWriter()
    writer.append(magic)
    writer.append(
      version | (network.runsInIntegers ? Flag.integers : 0)
        | (receipt.bytes.isEmpty ? 0 : Flag.receipt) | (receipt.isDeflated ? Flag.deflated : 0)
        | (network.skipsZeros == nil ? 0 : Flag.skips))
    if let format = network.skipsZeros.flatMap(SparseFormat.allCases.firstIndex) {
      writer.append(UInt8(format))
    }
    Architecture.write(network, to: &writer)
    return (writer.bytes, receipt.bytes)
  }

  /// How a parameter's mask is stored, and its bytes where it has to be listed.
  static func mask(of parameter: Parameter) -> (storage: MaskStorage?, listed: [UInt8]?) {
    let storage = MaskStorage(of: parameter)
    guard storage == .listed, let pruned = parameter.pruned else { return (storage, nil) }
    return (storage, Masks.bytes(of: pruned, values: parameter.value.elements))
  }

  /// - Throws: `FormatError.cannotHold` for a network that could not be loaded again.
  static func check(_ network: Network, bytes: Int, file: String) throws(FormatError) {
    func limit(_ found: Int, _ limit: Int, _ what: String) throws(FormatError) {
      guard found > limit else { return }
      throw .cannotHold(file: file, format: "cnbm", what: "\(found) \(what): \(limit) at most")
    }
    let count = network.parameters.reduce(0) { $0 + $1.parameter.value.count }
    try limit(count, elementLimit(bytes: bytes), "numbers in \(bytes) bytes")
    try limit(network.nodes.count, Architecture.nodeLimit, "layers")
    try limit(network.receipt.bytes.count, Receipt.sizeLimit, "bytes of receipt")
  }

  // MARK: - Reading

  /// The network in the bytes of a file: bit for bit the one that was written.
  package static func read(
    _ bytes: [UInt8], file: String, layers: LayerMaker = LayerTable.make
  ) throws(FormatError) -> Network {
    var cursor = FileCursor(bytes, file: file)
    guard try cursor.take(magic.count).elementsEqual(magic) else {
      throw cursor.damaged("it does not begin as a .cnbm file", at: 0)
    }
    let flags = try cursor.integer(UInt8.self)
    guard flags & Flag.version == version else {
      throw .unsupported(file: file, what: newer(flags & Flag.version))
    }
    try checkSum(bytes, file: file)
    let skips = flags & Flag.skips == 0 ? nil : try format(&cursor)
    let architecture = try cursor.read { reader throws(BytesError) in
      try Architecture(
        from: &reader, runsInIntegers: flags & Flag.integers != 0, skipsZeros: skips)
    }
    var network = try architecture.network(
      receipt: Receipt(), file: file, elements: elementLimit(bytes: bytes.count), layers: layers
    ) { blank throws(FormatError) in try parameter(blank, &cursor) }
    network.receipt = try receipt(flags, &cursor)
    return network
  }

  private static func format(_ cursor: inout FileCursor) throws(FormatError) -> SparseFormat {
    let found = Int(try cursor.integer(UInt8.self))
    guard found < SparseFormat.allCases.count else {
      throw cursor.damaged("no format of zeros has the number \(found)", at: 3)
    }
    return SparseFormat.allCases[found]
  }

  private static func newer(_ found: UInt8) -> String {
    found > version
      ? "version \(found) of the cnbm format, and this cnb knows version \(version): a newer cnb"
        + " wrote it"
      : "version \(found) of the cnbm format"
  }

  private static func checkSum(_ bytes: [UInt8], file: String) throws(FormatError) {
    guard bytes.count >= magic.count + 5 else {
      throw .damaged(file: file, what: "it ends too early", offset: bytes.count)
    }
    var end = ByteReader(Array(bytes.suffix(4)))
    guard (try? end.integer(UInt32.self)) == Deflate.crc32(bytes.dropLast(4)) else {
      throw .checksum(file: file, part: "the file")
    }
  }

  private static func receipt(
    _ flags: UInt8, _ cursor: inout FileCursor
  ) throws(FormatError) -> Receipt {
    let start = cursor.offset
    let packed = Array(try cursor.take(cursor.remaining - 4))
    guard flags & Flag.receipt != 0 else {
      guard packed.isEmpty else {
        throw cursor.damaged("\(packed.count) bytes belong to no parameter", at: start)
      }
      return Receipt()
    }
    do throws(BytesError) {
      return try Receipt(packed: packed, isDeflated: flags & Flag.deflated != 0)
    } catch {
      throw cursor.damaged(error.message, at: start)
    }
  }

  private static func parameter(
    _ blank: Architecture.Blank, _ cursor: inout FileCursor
  ) throws(FormatError) -> Parameter {
    let plan = blank.plan
    let start = cursor.offset
    let (encoding, marks) = try cursor.read { reader throws(BytesError) in
      try EncodingTable.readMarked(from: &reader, shape: plan.shape)
    }
    let value = encoding.decoded()
    guard value.shape == plan.shape else {
      throw cursor.damaged("`\(blank.name)` has another shape than its layer", at: start)
    }
    var pruned: [Bool]?
    switch MaskStorage(mark: marks & Mark.mask) {
    case nil: break
    case .zeros: pruned = value.elements.map { $0 == 0 }
    case .places:
      guard let places = Masks.places(of: encoding) else {
        throw cursor.damaged("`\(blank.name)` is not stored sparsely", at: start)
      }
      pruned = places
    case .listed:
      let place = cursor.offset
      pruned = try cursor.read { reader throws(BytesError) in
        let packed = Array(try reader.take(try reader.count(upTo: reader.remaining)))
        do throws(BytesError) {
          return try Masks.read(packed, values: value.elements)
        } catch { throw BytesError(error.message, at: place) }
      }
    }
    var parameter = Parameter(
      plan.name, role: plan.role, decoded: value, of: encoding, pruned: pruned)
    parameter.frozen = marks & Mark.frozen != 0
    return parameter
  }
}

extension Network {
  /// What its parameters take, each with its tag.
  fileprivate var storedBytes: Int {
    parameters.reduce(0) { $0 + EncodingTable.ledger(of: $1.parameter.encoding).bits / 8 }
  }
}
