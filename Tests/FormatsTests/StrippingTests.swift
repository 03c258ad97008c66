// What strip takes off, and what it must not touch.
import Encodings
import Formats
import Networks
import Tensors
import Testing

@Suite struct StrippingTests {
  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func `what runs stays, bit for bit`(seed: UInt64) throws {
    let network = try Samples.network(seed: seed)
    let (bare, removed) = Container.stripped(network)
    #expect(!removed.isEmpty)
    #expect(bare.receipt.steps.isEmpty && bare.name == "network")
    let (bytes, before) = (Container.bytes(of: bare), Container.bytes(of: network))
    #expect(bytes.count < before.count)
    #expect(Samples.same(bare, try Container.read(bytes, file: "a")))
    for (old, new) in zip(network.parameters, bare.parameters) {
      #expect(
        old.parameter.value.elements.map(\.bitPattern)
          == new.parameter.value.elements.map(\.bitPattern))
      #expect(old.parameter.frozen == new.parameter.frozen)
    }
    var names = NodeNames()
    for node in bare.nodes { #expect(node.name == names.next(for: node.layer)) }
    #expect(Container.stripped(bare).removed.isEmpty)
  }

  @Test func `what calibration saw goes, the grid stays`() throws {
    let (bare, removed) = Container.stripped(try Samples.integers())
    let layer = try #require(bare.nodes[0].layer as? ActivationQuantizer)
    #expect(layer.observed == nil && layer.zero == 100 && bare.runsInIntegers)
    #expect(removed.contains("what calibration saw at a quantizer"))
  }
}
