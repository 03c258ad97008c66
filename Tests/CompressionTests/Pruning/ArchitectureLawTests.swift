// The law of structured pruning for the architectures of the standard library, and what can leave
// each of them: nothing that could, stays.
import Compression
import Networks
import Tensors
import Testing

@Suite struct ArchitectureLawTests {
  @Test(arguments: Narrow.names) func keepsTheLaw(_ name: String) throws {
    let network = try Narrow.network(name)
    let law = UnitLaw(network)
    let inputs = RandomStructure.inputs(for: network, seed: 3)
    for percent in [30, 100] {
      let units = law.choice(percent: percent, seed: UInt64(percent))
      #expect(!units.isEmpty)
      let small = try law.check(units, inputs: inputs)
      let (all, some) = (try network.predict(inputs), try small.predict(inputs))
      #expect(zip(all.elements, some.elements).contains { abs($0 - $1) > 0.01 })
    }
  }

  /// The layers with weights of their own that keep all their units, and why.
  static let fixed: [String: [String: String]] = [
    "squeezenet": ["conv8": "its outputs are the network's outputs"],
    "vit_b16": [
      "conv1": "layer norm", "dense4": "layer norm", "dense6": "layer norm",
      "dense10": "layer norm", "dense12": "layer norm",
    ],
    "bert_base": [
      "embedding1": "layer norm", "dense4": "layer norm", "dense6": "layer norm",
      "dense10": "layer norm", "dense12": "layer norm",
    ],
  ]

  @Test(arguments: Narrow.names) func allThatCanLeaveMay(_ name: String) throws {
    let network = try Narrow.network(name)
    let map = UnitMap(network)
    let last = network.nodes.last { !$0.parameters.isEmpty }?.name ?? ""
    var stay = Self.fixed[name] ?? [:]
    stay[last] = stay[last] ?? "its outputs are the network's outputs"
    for n in network.nodes.indices where map.makes(n) {
      let reason = map.reason(toKeep: n)
      #expect((reason == nil) == (stay[network.nodes[n].name] == nil), "\(network.nodes[n].name)")
      #expect(reason?.contains(stay[network.nodes[n].name] ?? "") ?? true, "\(reason ?? "")")
    }
  }

  @Test func headsAreUnitsOfTheirOwn() throws {
    let network = try Narrow.network("vit_b16")
    let map = UnitMap(network)
    let heads = map.removable.filter { $0.kind == .head }
    // Three heads in each of two layers; four queries, keys and values in each head.
    #expect(heads.map(\.rows.count) == [Int](repeating: 12, count: 6))
    #expect(map.removable.filter { $0.kind == .neuron }.count == 20)
    let small = try network.without([heads[1].root], map)
    let attention = try #require(small.nodes.first { $0.layer is Attention })
    #expect((attention.layer as? Attention)?.heads == 2)
  }

  @Test func depthwiseFollowsItsChannels() throws {
    let network = try Narrow.network("mobilenet_v2")
    let map = UnitMap(network)
    for unit in map.removable {
      #expect(unit.kind == .filter)
      for place in unit.rows {
        guard let conv = network.nodes[place.node].layer as? Conv2D, conv.groups > 1 else {
          continue
        }
        // The convolution before makes the channel that this one's filter is for.
        #expect(unit.rows.count == 2)
      }
    }
  }
}
