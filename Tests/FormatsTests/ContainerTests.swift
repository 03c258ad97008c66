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
    let back = try Container.read(bytes, file: "a.cnbm")
    #expect(Samples.same(network, back))
    #expect(Container.bytes(of: back) == bytes)
  }

  @Test func `networks of whole numbers and plain ones come back, too`() throws {
    for network in [try Samples.integers(), try Samples.plain(), try Samples.small()] {
      let bytes = Container.bytes(of: network)
      #expect(Samples.same(network, try Container.read(bytes, file: "a")))
      #expect(Container.ledger(of: network).reduce(0) { $0 + $1.bits } == 8 * bytes.count)
    }
  }

  @Test(arguments: SparseFormat.allCases)
  func `how zeros are skipped comes back`(format: SparseFormat) throws {
    var network = try Samples.network(seed: 3)
    network.skipsZeros = format
    let bytes = Container.bytes(of: network)
    #expect(try Container.read(bytes, file: "a").skipsZeros == format)
    #expect(Container.ledger(of: network).reduce(0) { $0 + $1.bits } == 8 * bytes.count)
    #expect(Container.stripped(network).network.skipsZeros == format)
    let encode = try #require(Format.safetensors.encode)
    let plain = try encode(.network(network), "a")
    guard case .network(let back) = try Format.decode(plain, file: "a").content else {
      Issue.record("no network")
      return
    }
    #expect(back.skipsZeros == format)
  }

  @Test(arguments: seeds)
  func `the ledger sums to eight times the bytes`(seed: UInt64) throws {
    let network = try Samples.network(seed: seed)
    let rows = Container.ledger(of: network)
    #expect(rows.reduce(0) { $0 + $1.bits } == 8 * Container.bytes(of: network).count)
    #expect(rows.allSatisfy { $0.bits > 0 })
    #expect(rows.filter { $0.purpose == .receipt }.count == 1)
    #expect(rows.filter { $0.purpose == .checksum }.map(\.bits) == [32])
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
    #expect(before.filter { $0.purpose != .receipt } == after)
  }

  @Test func `save and load work by the ending, and name the file`() throws {
    let folder = Folder()
    let network = try Samples.network(seed: 7)
    for path in [folder("a.cnbm"), folder("a.safetensors")] {
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
    #expect(folder.names == ["a.cnbm", "a.safetensors"])
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
}
