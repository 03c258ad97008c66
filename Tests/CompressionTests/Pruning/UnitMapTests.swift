// What the map follows, what it leaves alone and why, and the law of removal over random networks.
import Compression
import Networks
import Tensors
import Testing

@Suite struct UnitMapTests {
  @Test(arguments: Specimens.names)
  func specimensKeepTheLaw(_ name: String) throws {
    let network = try Specimens.network(name)
    let law = UnitLaw(network)
    for percent in [0, 30, 60, 100] {
      try law.check(
        law.choice(percent: percent, seed: UInt64(percent)),
        inputs: Specimens.inputs(for: network))
    }
  }

  @Test(arguments: 1...180) func randomNetworksKeepTheLaw(_ seed: UInt64) throws {
    let network = try RandomStructure.network(seed: seed)
    let law = UnitLaw(network)
    let inputs = RandomStructure.inputs(for: network, seed: seed)
    for percent in [40, 100] {
      try law.check(law.choice(percent: percent, seed: seed), inputs: inputs)
    }
    let followed = Set(law.map.removable.flatMap { $0.rows.map(\.node) })
    for n in network.nodes.indices where law.map.makes(n) && !followed.contains(n) {
      #expect(law.map.reason(toKeep: n) != nil)
    }
  }
}
