// Whole branches leave: the smaller network computes what the larger one does where they are zero.
import Compression
import Networks
import Tensors
import Testing

@Suite struct ResidualBranchTests {
  /// The network with zeros where these branches end.
  func silenced(_ network: Network, _ branches: [ResidualBranch]) throws -> Network {
    let ends = Set(branches.map { network.nodes[$0.addition].inputs[$0.input] })
    var nodes: [Node] = []
    var places = [Network.input: Network.input]
    for (n, node) in network.nodes.enumerated() {
      nodes.append(
        Node(
          name: node.name, layer: node.layer, inputs: node.inputs.map { places[$0] ?? $0 },
          parameters: node.parameters))
      if ends.contains(n) {
        let zeros = Tensor(repeating: 0, shape: [network.shapes[n][0]])
        nodes.append(
          Node(
            name: "\(node.name) silenced", layer: try BatchNorm(), inputs: [nodes.count - 1],
            parameters: [
              Parameter("scale", role: .scale, value: zeros),
              Parameter("bias", role: .bias, value: zeros),
              Parameter("mean", role: .statistic, value: zeros),
              Parameter("variance", role: .statistic, value: zeros),
            ]))
      }
      places[n] = nodes.count - 1
    }
    return try Network(name: "silenced", inputShape: network.inputShape, nodes: nodes)
  }

  func check(_ network: Network, _ branches: [ResidualBranch], _ inputs: Tensor) throws {
    let small = try network.without(branches)
    expectSame(
      try silenced(network, branches).predict(inputs), try small.predict(inputs))
    let names = Set(branches.flatMap(\.nodes).map { network.nodes[$0].name })
    #expect(small.nodes.allSatisfy { !names.contains($0.name) })
  }

  /// In pairs, triples and all together, but never the last input of an addition.
  func choice(_ branches: [ResidualBranch], _ network: Network, seed: UInt64) -> [ResidualBranch] {
    var random = RandomStream(seed: seed).split("branches")
    var chosen: [ResidualBranch] = []
    for branch in branches where random.integer(below: 2) == 0 {
      guard (try? network.without(chosen + [branch])) != nil else { continue }
      chosen.append(branch)
    }
    return chosen
  }

  @Test(arguments: [
    "resnet18", "resnet50", "mobilenet_v2", "efficientnet_b0", "vit_b16", "bert_base",
  ])
  func architecturesKeepTheLaw(_ name: String) throws {
    let network = try Narrow.network(name)
    let inputs = RandomStructure.inputs(for: network, seed: 4)
    let branches = ResidualBranch.all(of: network)
    #expect(!branches.isEmpty)
    for branch in branches {
      try check(network, [branch], inputs)
      let small = try network.without([branch])
      #expect(network.parameterCount - small.parameterCount == branch.parameterCount)
      #expect(
        network.multiplyAccumulates - small.multiplyAccumulates == branch.multiplyAccumulates)
    }
    for seed in 1...4 as ClosedRange<UInt64> {
      try check(network, choice(branches, network, seed: seed), inputs)
    }
  }

  @Test(arguments: 1...90) func randomNetworksKeepTheLaw(_ seed: UInt64) throws {
    let network = try RandomStructure.network(seed: seed)
    let inputs = RandomStructure.inputs(for: network, seed: seed)
    let branches = ResidualBranch.all(of: network)
    for branch in branches { try check(network, [branch], inputs) }
    try check(network, choice(branches, network, seed: seed), inputs)
  }

  @Test func theBlockOrItsProjectionMayGoAndNotBoth() throws {
    let network = try Narrow.network("resnet50")
    let branches = ResidualBranch.all(of: network)
    // Three blocks; the first and the last have a projection.
    #expect(branches.map(\.nodes.count) == [8, 2, 8, 8, 2])
    let pair = Array(branches.prefix(2))
    #expect(pair[0].addition == pair[1].addition)
    #expect(throws: CompressionError.unbridged(layer: "batchnorm5")) {
      _ = try network.without(pair)
    }
    #expect(ResidualBranch.reason(toKeep: pair[0].nodes[0], in: network, branches) == nil)
    let reason = try #require(ResidualBranch.reason(toKeep: 0, in: network, branches))
    #expect(reason.contains("nothing bridges it"))
  }

  @Test func somethingStays() throws {
    let dense = try Specimens.dense(5)
    let network = try Network.build(
      name: "n", input: [5], blueprint: [.residual([dense])], random: RandomStream(seed: 1))
    #expect(ResidualBranch.all(of: network).isEmpty)
    let two = try Network.build(
      name: "n", input: [5], blueprint: [.residual([dense]), .residual([dense])],
      random: RandomStream(seed: 1))
    let branches = ResidualBranch.all(of: two)
    #expect(branches.count == 2)
    #expect(throws: CompressionError.unbridged(layer: "dense2")) { _ = try two.without(branches) }
  }
}
