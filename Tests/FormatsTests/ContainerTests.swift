// Laws of our container: what is saved comes back, every bit has a row, and damage is refused.
import Encodings
import Formats
import Networks
import Tensors
import Testing

@Suite struct ContainerTests {
  private static let seeds: [UInt64] = Array(1...12)

  @Test(arguments: seeds)
  func `a network comes back bit for bit`(seed: UInt64) throws {
    let network = try Samples.network(seed: seed)
    let bytes = Container.bytes(of: network)
    let back = try Container.read(bytes, file: "a.cnet")
    #expect(Samples.same(network, back))
    #expect(Container.bytes(of: back) == bytes)
  }

  @Test(arguments: seeds)
  func `the ledger sums to eight times the bytes`(seed: UInt64) throws {
    let network = try Samples.network(seed: seed)
    let rows = Container.ledger(of: network)
    #expect(rows.reduce(0) { $0 + $1.bits } == 8 * Container.bytes(of: network).count)
    #expect(rows.allSatisfy { $0.bits > 0 })
    #expect(rows.filter { $0.purpose == .receipt }.count == 1)
    for (name, parameter) in network.parameters {
      let bits = rows.filter { $0.part == name }.reduce(0) { $0 + $1.bits }
      #expect(bits == Container.ledger(of: parameter).bits)
    }
  }

  @Test(arguments: seeds)
  func `safetensors keeps the network, with plain values`(seed: UInt64) throws {
    let network = try Samples.network(seed: seed)
    let encode = try #require(Format.safetensors.encode)
    let bytes = try encode(.network(network), "a")
    guard case .network(let back) = try Format.decode(bytes, file: "a").content else {
      Issue.record("no network")
      return
    }
    #expect(Samples.same(network, back, encodings: false))
  }

  @Test func `the seeds above meet every way to tell a mask`() throws {
    var ways: Set<String> = []
    for seed in Self.seeds {
      let bytes = try #require(Format.safetensors.encode)
      let file = try SafeTensors(try bytes(.network(try Samples.network(seed: seed)), ""), file: "")
      let header = file.metadata.first?.value ?? ""
      for way in ["zeros", "places", "listed"] where header.contains(":\"\(way)\"") {
        ways.insert(way)
      }
    }
    #expect(ways == ["zeros", "places", "listed"])
  }

  @Test func `only the receipt's bits follow from the receipt`() throws {
    var network = try Samples.network(seed: 1)
    let before = Container.ledger(of: network)
    network.receipt = Receipt()
    let after = Container.ledger(of: network)
    for (old, new) in zip(before, after) where old.purpose != .receipt { #expect(old == new) }
  }

  @Test func `save and load work by the ending, and name the file`() throws {
    let folder = Folder()
    let network = try Samples.network(seed: 7)
    for path in [folder("a.cnet"), folder("a.safetensors")] {
      try Format.save(.network(network), to: path)
      guard case .network(let back) = try Format.load(path).content else {
        Issue.record("no network")
        continue
      }
      #expect(Samples.same(network, back, encodings: false))
    }
    for path in [folder("a.npy"), folder("a.npz"), folder("a.idx"), folder("a.txt")] {
      let error = #expect(throws: FormatError.self) { try Format.save(.network(network), to: path) }
      #expect(error?.message.contains(path) == true)
    }
    #expect(folder.names == ["a.cnet", "a.safetensors"])
  }

  @Test func `a network with values that are not finite is neither saved nor loaded`() throws {
    let network = try Samples.network(seed: 8)
    let broken = network.mapParameters { node, parameter in
      guard node.name == "conv2", parameter.name == "weight" else { return parameter }
      var value = parameter.value
      value.withElements { $0[13] = .nan }
      return parameter.with(pruned: nil).with(value: value)
    }
    let wanted = FormatError.notFinite(file: "a", tensor: "conv2.weight", index: [0, 1, 1, 1])
    for format in [Format.container, .safetensors] {
      let encode = try #require(format.encode)
      #expect(throws: wanted) { try encode(.network(broken), "a") }
    }
    #expect(throws: wanted) { try Container.read(Container.bytes(of: broken), file: "a") }
  }

  @Test func `any damage is refused`() throws {
    let bytes = Container.bytes(of: try Samples.small())
    let refused = damage(bytes) { bytes throws(FormatError) in
      _ = try Container.read(bytes, file: "a")
    }
    // Every cut and every changed byte; CRC-32 sees all changes within 32 bits.
    #expect(refused == 4 * bytes.count)
  }

  @Test func `damage with a checksum to match is refused or read, never a trap`() throws {
    let bytes = Container.bytes(of: try Samples.small())
    _ = damage(Array(bytes.dropLast(4))) { bytes throws(FormatError) in
      _ = try Container.read(sealed(bytes), file: "a")
    }
  }

  @Test func `a changed header is refused or read, never a trap`() throws {
    let bytes = Container.bytes(of: try Samples.small())
    var reader = ByteReader(bytes)
    _ = try reader.take(5)
    let lengths = (try reader.integer(UInt32.self), try reader.integer(UInt32.self))
    let header = try Deflate.inflate(Array(try reader.take(Int(lengths.0))), limit: 10_000)
    let rest = Array(bytes[reader.offset..<bytes.count - 4])
    _ = damage(header) { header throws(FormatError) in
      let packed = Deflate.deflate(header)
      var writer = ByteWriter()
      writer.append(bytes[..<5])
      writer.append(UInt32(packed.count))
      writer.append(lengths.1)
      writer.append(packed)
      writer.append(rest)
      _ = try Container.read(sealed(writer.bytes), file: "a")
    }
  }

  /// Bytes with their right checksum behind them.
  private func sealed(_ bytes: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(bytes)
    writer.append(Deflate.crc32(bytes))
    return writer.bytes
  }

  /// A file with this header and receipt, and nothing behind.
  private func file(_ header: String, receipt: String = "[]") -> [UInt8] {
    let blocks = (Deflate.deflate(Array(header.utf8)), Deflate.deflate(Array(receipt.utf8)))
    var writer = ByteWriter()
    writer.append(Array("CNET\u{1}".utf8))
    writer.append(UInt32(blocks.0.count))
    writer.append(UInt32(blocks.1.count))
    writer.append(blocks.0)
    writer.append(blocks.1)
    return sealed(writer.bytes)
  }

  @Test(arguments: ["", "{}", "[]", #"{"name":"a","input":[2]}"#])
  func `a header that describes no network is refused`(header: String) {
    #expect(throws: FormatError.self) { try Container.read(file(header), file: "a.cnet") }
  }

  /// An input's shape, and nodes that do not go with it.
  private static let hostile: [(input: String, nodes: String)] = [
    ("[-2]", ""), ("[9223372036854775807,2]", ""), ("[2]", ""), ("[2]", "{}"), ("2", ""),
    ("[2]", #"{"name":"x","kind":"nonsense"}"#),
    ("[2]", #"{"name":"x","kind":"dense","set":{"units":-1}}"#),
    ("[2]", #"{"name":"x","kind":"dense","set":{"units":9223372036854775807}}"#),
    ("[2]", #"{"name":"x","kind":"dense","set":{"units":1048576}}"#),
    ("[1048576]", #"{"name":"x","kind":"dense","set":{"units":1048576}}"#),
    ("[2]", #"{"name":"x","kind":"dense","set":{"units":null}}"#),
    ("[2]", #"{"name":"x","kind":"flatten","inputs":[0]}"#),
    ("[2]", #"{"name":"x","kind":"flatten","inputs":[-2]}"#),
    ("[2]", #"{"name":"x","kind":"flatten"},{"name":"x","kind":"flatten"}"#),
    ("[2]", #"{"name":"x","kind":"flatten","frozen":["weight"]}"#),
    ("[2]", #"{"name":"x","kind":"flatten","pruned":{"weight":"zeros"}}"#),
    ("[2]", #"{"name":"x","kind":"flatten","pruned":{"weight":"odd"}}"#),
    ("[2]", #"{"name":"x","kind":"add","inputs":[]}"#),
    ("[2]", #"{"name":"x","kind":"flatten","inputs":[]}"#),
    ("[]", #"{"name":"x","kind":"dense","set":{"units":1}}"#),
    ("[1,9,9]", #"{"name":"x","kind":"conv2d","set":{"filters":1048576,"kernel":[1024,1024]}}"#),
    (
      "[1048576,9,9]",
      #"{"name":"x","kind":"conv2d","set":{"filters":1,"kernel":[1024,1024],"padding":[1023,9]}}"#
    ),
    ("[4]", #"{"name":"x","kind":"reshape","set":{"shape":[2147483648,2147483648,2147483648]}}"#),
  ]

  @Test(arguments: hostile)
  func `hostile nodes are refused`(input: String, nodes: String) {
    let header = #"{"name":"a","input":\#(input),"nodes":[\#(nodes)]}"#
    #expect(throws: FormatError.self) { try Container.read(file(header), file: "a.cnet") }
  }

  @Test(arguments: ["{}", "[1]", "[[]]", "[[1]]", #"[["a",1]]"#, #"[["a",["b"]]]"#])
  func `a receipt that is none is refused`(receipt: String) {
    let header = #"{"name":"a","input":[2],"nodes":[{"name":"x","kind":"flatten"}]}"#
    #expect(throws: Never.self) { try Container.read(file(header), file: "a") }
    #expect(throws: FormatError.self) {
      try Container.read(file(header, receipt: receipt), file: "a")
    }
  }

  @Test func `a text that unpacks without end is refused`() {
    let bomb = "\"" + String(repeating: " ", count: 1 << 25) + "\""
    #expect(throws: FormatError.self) { try Container.read(file(bomb), file: "a.cnet") }
  }

  @Test func `another version is told`() {
    let error = #expect(throws: FormatError.self) {
      try Container.read(Array("CNET\u{2}".utf8), file: "a.cnet")
    }
    #expect(error?.code == "E0711")
  }
}
