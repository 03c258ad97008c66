// What a container's reader does with bytes that nobody wrote: damage, lies, bombs, other versions.
import Encodings
import Formats
import Networks
import Tensors
import Testing

@Suite struct ContainerDamageTests {
  private static func read(_ bytes: [UInt8]) throws(FormatError) {
    _ = try Container.read(bytes, file: "a.cnbm")
  }

  /// Networks with every encoding, mask and mark.
  private static func networks() throws -> [Network] {
    try [Samples.small(), Samples.integers()] + (1...6).map { try Samples.network(seed: $0) }
  }

  @Test func `any damage is refused`() throws {
    for network in try Self.networks() {
      let bytes = Container.bytes(of: network)
      // Every cut and every changed byte; CRC-32 sees all changes within 32 bits.
      #expect(damage(bytes, Self.read) == 4 * bytes.count)
    }
  }

  @Test func `damage with a checksum to match is refused or read, never a trap`() throws {
    for network in try Self.networks() {
      _ = damage(Array(Container.bytes(of: network).dropLast(4))) { bytes throws(FormatError) in
        try Self.read(sealed(bytes))
      }
    }
  }

  @Test func `sizes that lie are refused or read, never a trap`() throws {
    let huge: [[UInt8]] = [
      [0xff, 0xff, 0xff, 0xff, 0x0f], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
      [UInt8](repeating: 0xff, count: 12), [0x80, 0x00],
    ]
    for network in try Self.networks() {
      let bytes = Array(Container.bytes(of: network).dropLast(4))
      for i in 3..<bytes.count {
        for count in huge { try? Self.read(sealed(bytes[..<i] + count + bytes[(i + 1)...])) }
      }
    }
  }

  @Test(arguments: 0...15) func `another version is told`(version: UInt8) throws {
    guard version != 1 else { return }
    var bytes = Container.bytes(of: try Samples.small())
    bytes[2] = bytes[2] & 0xf0 | version
    let error = #expect(throws: FormatError.self) { try Self.read(bytes) }
    #expect(error?.code == "E0711")
    #expect(error?.message.contains("version \(version) ") == true)
    #expect(error?.message.contains("a newer cnb wrote it") == (version > 1))
  }

  @Test func `a format of zeros that is not known is told`() throws {
    var bytes = Array(Container.bytes(of: try Samples.small()).dropLast(4))
    bytes[2] |= 128
    bytes.insert(UInt8(SparseFormat.allCases.count), at: 3)
    let error = #expect(throws: FormatError.self) { try Self.read(sealed(bytes)) }
    #expect(error?.message.contains("no format of zeros") == true)
  }

  @Test func `more than fits in memory is neither asked for nor saved`() throws {
    let file = Bytes.file(input: [1 << 20], nodes: Bytes.dense(units: 1 << 10))
    let error = #expect(throws: FormatError.self) { try Self.read(file) }
    #expect(error?.code == "E0704")
    let layer = try LayerTable.make("dense", ["units": .integer(5000), "bias": .integer(0)])
    let weight = Parameter(
      "weight", role: .weight, value: Tensor(repeating: 0, shape: [5000, 5000])
    )
    .stored(as: Weightless(shape: [5000, 5000]))
    let network = try Network(
      name: "light", inputShape: [5000],
      nodes: [Node(name: "dense1", layer: layer, inputs: [-1], parameters: [weight])])
    let encode = try #require(Format.container.encode)
    let refusal = #expect(throws: FormatError.self) { try encode(.network(network), "a") }
    #expect(refusal?.code == "E0712")
    #expect(refusal?.message.contains("25000000 numbers") == true)
  }

  @Test func `a receipt that could not be loaded again is not saved`() throws {
    var network = try Samples.small()
    let steps = [Receipt.Step](repeating: .init("prune", [("sparsity", "90%")]), count: 1 << 18)
    network.receipt = Receipt(steps)
    let encode = try #require(Format.container.encode)
    #expect(throws: FormatError.self) { try encode(.network(network), "a") }
    #expect(throws: FormatError.self) { try Self.read(Container.bytes(of: network)) }
  }

  @Test(arguments: Bytes.hostile)
  func `hostile nodes are refused`(nodes: Bytes.Hostile) {
    let file = Bytes.file(input: nodes.input, count: nodes.count, nodes: nodes.bytes)
    #expect(throws: FormatError.self) { try Self.read(file) }
  }

  @Test(arguments: [[], [1], [1, 128], [1, 128, 1], [0, 0], [255, 255, 255, 127], [1, 250, 0]])
  func `a receipt that is none is refused`(receipt: [UInt8]) throws {
    #expect(throws: Never.self) {
      try Self.read(Bytes.file(nodes: Bytes.flatten, receipt: [1, 225, 97, 0]))
    }
    #expect(throws: FormatError.self) {
      try Self.read(Bytes.file(nodes: Bytes.flatten, receipt: receipt))
    }
    #expect(throws: FormatError.self) {
      try Self.read(Bytes.file(nodes: Bytes.flatten, receipt: receipt, flags: 1 | 32 | 64))
    }
  }

  @Test func `a receipt that unpacks without end is refused`() {
    let bomb = Deflate.deflate([UInt8](repeating: 0, count: 1 << 25))
    let error = #expect(throws: FormatError.self) {
      try Self.read(Bytes.file(nodes: Bytes.flatten, receipt: bomb, flags: 1 | 32 | 64))
    }
    #expect(error?.message.contains("hold more than") == true)
  }
}

/// Takes no bytes at all: what no coder may do to a network that has to be loaded again.
private struct Weightless: Encoding {
  static let tag: UInt8 = 31
  static let name = "weightless"
  let shape: [Int]
  var summary: String { "weightless" }
  var ledger: Ledger { Ledger() }
  func decoded() -> Tensor { Tensor(repeating: 0, shape: shape) }
  func write(to writer: inout ByteWriter) {}
  static func read(from reader: inout ByteReader, shape: [Int]) throws(BytesError) -> Weightless {
    Weightless(shape: shape)
  }
}

/// Bytes with their right checksum behind them.
func sealed(_ bytes: some Sequence<UInt8>) -> [UInt8] {
  var writer = ByteWriter()
  writer.append(bytes)
  writer.append(Deflate.crc32(writer.bytes))
  return writer.bytes
}

/// Containers by hand, from their specification.
enum Bytes {
  struct Hostile: Sendable {
    let input: [Int]
    let count: Int
    let bytes: [UInt8]
    init(_ input: [Int], _ count: Int, _ bytes: [UInt8]) {
      self.input = input
      self.count = count
      self.bytes = bytes
    }
  }

  static func file(
    input: [Int] = [2], count: Int = 1, nodes: [UInt8], receipt: [UInt8]? = nil, flags: UInt8? = nil
  ) -> [UInt8] {
    let first: [UInt8] = [0xcb, 0x6d, flags ?? (receipt == nil ? 1 : 33)]
    return sealed(
      first + text("net") + self.count(input.count) + input.flatMap(self.count)
        + self.count(count) + nodes + (receipt ?? []))
  }

  static func count(_ value: Int) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + count(value >> 7)
  }

  static func text(_ text: String) -> [UInt8] { [224 + UInt8(text.utf8.count)] + text.utf8 }

  static let flatten: [UInt8] = [0]
  static func dense(units: Int) -> [UInt8] { [16] + count(units) + [0] }

  /// Settings that are spelled out: whole numbers.
  static func layer(_ kind: String, _ settings: [(String, Int)]) -> [UInt8] {
    [63] + text(kind) + count(settings.count)
      + settings.flatMap { text($0) + [0] + count($1 < 0 ? -2 * $1 - 1 : 2 * $1) }
  }

  static let hostile: [Hostile] = [
    .init([0], 1, flatten), .init([1 << 31, 1 << 31, 1 << 31], 1, flatten), .init([2], 0, []),
    .init([2], 2, flatten), .init([2], 1, []), .init([2], 1 << 40, flatten),
    .init([2], 1, layer("nonsense", [])), .init([2], 1, layer("dense", [("units", -1)])),
    .init([2], 1, layer("dense", [("units", 1 << 30)])), .init([2], 1, layer("dense", [])),
    .init([2], 1, layer("dense", [("units", 1 << 33)])), .init([2], 1, dense(units: 1 << 20)),
    .init([1 << 20], 1, dense(units: 1 << 20)), .init([2], 1, dense(units: 0)),
    .init([2], 1, layer("flatten", [("odd", 1)])), .init([2], 1, [62]), .init([2], 1, [9]),
    // Fed by itself, by what is not there, by nothing, by a count that no writer writes.
    .init([2], 1, [128, 1, 0]), .init([2], 1, [128, 1, 2]), .init([2], 1, [128, 0]),
    .init([2], 1, [128, 1, 128, 0]), .init([2], 1, [128, 255, 255, 127]),
    // Two of one name; names that are no text, not whole, of an unknown number.
    .init([2], 2, [64] + text("x") + [64] + text("x")), .init([2], 1, [64, 226, 0xff, 0xfe]),
    .init([2], 1, [64, 230, 65]), .init([2], 1, [64, 255]), .init([2], 1, [64, 254, 255, 127]),
    // A kernel, a form and a number of sizes beyond everything.
    .init([1, 9, 9], 1, [30] + count(1 << 20) + count(2 << 10) + [2, 0, 1, 0]),
    .init([4], 1, [1, 3] + count(1 << 31) + count(1 << 31) + count(1 << 31)),
    .init([4], 1, [1, 255, 255, 255, 127]),
  ]
}
