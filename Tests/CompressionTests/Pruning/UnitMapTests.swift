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

  /// Two halves of a layer, one of them on its own way: it may lose units, and not all of them.
  func halves() throws -> Network {
    try Network.build(
      name: "halves", input: [3],
      blueprint: [
        try Specimens.dense(4),
        .branches([
          [.layer(try Slice(0..<2)), try Specimens.dense(2)], [.layer(try Slice(2..<4))],
        ]),
        try Specimens.dense(2),
      ], random: RandomStream(seed: 1))
  }

  @Test func aCutThatTakesTheGraphApartIsRefused() throws {
    let network = try halves()
    let law = UnitLaw(network)
    let first = law.map.outputs[0]
    #expect(throws: CompressionError.emptied(layer: "slice1")) {
      _ = try network.without(Set(first.prefix(2)), law.map)
    }
    #expect(throws: CompressionError.emptied(layer: "slice1")) {
      _ = try network.sizes(without: Set(first.prefix(2)), law.map)
    }
    var left = UnitsLeft(law.map)
    let units = law.map.removable.filter { $0.rows[0].node == 0 }
    #expect(units.map { left.take($0) } == [true, false, true, false])
    try law.check([units[0], units[2]], inputs: Specimens.inputs(for: network))
  }

  @Test func groupsStayEqual() throws {
    let network = try Specimens.network("grouped")
    let map = UnitMap(network)
    let conv = 2
    // Filters 0 and 2 of four in two groups go together, and so do the channels that they read.
    #expect(map.outputs[conv][0] == map.outputs[conv][2])
    #expect(map.outputs[0][1] == map.outputs[0][3])
    let small = try network.without([map.outputs[conv][0], map.outputs[0][1]], map)
    #expect(small.nodes[conv].parameters[0].value.shape == [2, 1, 2, 2])
    #expect((small.nodes[conv].layer as? Conv2D)?.groups == 2)
    let rows = network.nodes[conv].parameters[0].value.elements.chunked(by: 4)
    #expect(small.nodes[conv].parameters[0].value.elements == Array([rows[2], rows[6]].joined()))
  }

  @Test func shapesFollow() throws {
    let network = try Specimens.trained(
      Network.build(
        name: "shapes", input: [2, 3, 3],
        blueprint: [
          try Specimens.conv(4, 2), .layer(try Reshape(shape: [8, 2])),
          .layer(try DenseLayer(units: 4, positions: true)),
          .layer(try Reshape(shape: [2, 4])), .layer(Softmax()), .layer(Flatten()),
          try Specimens.dense(3),
        ], random: RandomStream(seed: 1)), seed: 1)
    let map = UnitMap(network)
    // A channel is two units of the view; two rows of the dense layer are one of the second view.
    #expect(map.outputs[1] == map.outputs[0].flatMap { [$0, $0] })
    #expect(Set(map.outputs[2]).count == 2)
    #expect(map.reason(toKeep: 2)?.contains("softmax") == true)
    let small = try network.without([map.outputs[0][2]], map)
    #expect((small.nodes[1].layer as? Reshape)?.shape == [6, 2])
  }

  @Test func anEmbeddingsUnitsAreColumns() throws {
    let network = try Network.build(
      name: "text", input: [4],
      blueprint: [
        .layer(try Embedding(vocabulary: 5, units: 3)),
        .layer(try PositionEmbedding(positions: 6)), .layer(GlobalPool()),
        try Specimens.dense(2),
      ], random: RandomStream(seed: 1))
    let map = UnitMap(network)
    let unit = try #require(map.removable.dropFirst().first)
    let table = network.nodes[0].parameters[0].value.elements
    #expect(network.incomingWeights(of: unit) == (0..<5).map { table[$0 * 3 + 1] })
    #expect(network.incomingRuns(of: unit).map(\.elements.lowerBound) == [1, 4, 7, 10, 13])
    let small = try network.without([unit.root], map)
    #expect(small.parameters.map(\.parameter.value.shape) == [[5, 2], [6, 2], [2, 2], [2]])
  }
}

extension Array {
  fileprivate func chunked(by size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min(count, $0 + size)]) }
  }
}
