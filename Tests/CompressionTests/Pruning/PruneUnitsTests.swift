// Pruning by unit: the smaller network computes what the larger one does where nothing reads those
// units.
import Compression
import Networks
import Tensors
import Testing

@Suite struct PruneUnitsTests {
  static let criteria = ["l1", "l2", "geometric_median", "distance_sum"]

  func options(
    _ criterion: String, _ sparsity: Double, _ scope: PruningScope
  ) -> PruneOptions {
    PruneOptions(
      .share(sparsity), per: .unit, by: Criterion.all.first { $0.name == criterion },
      scope: scope)
  }

  /// Units that left a layer, found by their bias, which is unique in a specimen.
  func missing(_ node: Node, in smaller: Network) -> [Int] {
    guard let bias = node.parameters.first(where: { $0.role == .bias })?.value.elements,
      let kept = smaller.nodes.first(where: { $0.name == node.name })?.parameters
        .first(where: { $0.role == .bias })?.value.elements
    else { return [] }
    return bias.indices.filter { !kept.contains(bias[$0]) }
  }

  @Test(arguments: criteria, Specimens.names)
  func computesTheSameWithoutReadersOfTheUnits(_ criterion: String, _ name: String) throws {
    for scope in [PruningScope.local, .global] {
      for sparsity in [0, 0.3, 0.6] {
        let network = try Specimens.network(name)
        guard let small = try Specimens.pruned(network, options(criterion, sparsity, scope)) else {
          continue
        }
        #expect(small.outputShape == network.outputShape)
        #expect(small.shapes.allSatisfy { $0[0] >= 1 })
        let deaf = try silenced(network, like: small)
        let inputs = Specimens.inputs(for: network)
        let expected = try deaf.predict(inputs)
        let found = try small.predict(inputs)
        #expect(expected.shape == found.shape)
        for (a, b) in zip(expected.elements, found.elements) {
          #expect(abs(a - b) <= 1e-4 * max(1, abs(a)))
        }
      }
    }
  }

  /// The network with zero weights wherever a layer reads a unit that the smaller network does not
  /// have.
  func silenced(_ network: Network, like small: Network) throws -> Network {
    var gone: [[Bool]] = []
    for (n, node) in network.nodes.enumerated() {
      let inputs = node.inputs.map {
        $0 == Network.input ? [Bool](repeating: false, count: network.inputShape[0]) : gone[$0]
      }
      let count = network.shapes[n][0]
      switch node.layer.unitFlow {
      case .makes:
        let missing = missing(node, in: small)
        gone.append((0..<count).map { missing.contains($0) })
      case .spreads:
        gone.append(inputs[0].flatMap { [Bool](repeating: $0, count: count / inputs[0].count) })
      case .joins: gone.append(Array(inputs.joined()))
      case .mixes: gone.append([Bool](repeating: false, count: count))
      case .passes, .ties: gone.append(inputs[0])
      }
    }
    return network.mapParameters { node, parameter in
      guard parameter.role == .weight, case .makes = node.layer.unitFlow else { return parameter }
      let place = node.inputs[0]
      guard place != Network.input else { return parameter }
      let shape = parameter.value.shape
      let size = shape.dropFirst(2).reduce(1, *)
      var value = parameter.value
      value.withElements { elements in
        for i in elements.indices where gone[place][i / size % shape[1]] { elements[i] = 0 }
      }
      return parameter.with(value: value)
    }
  }

  @Test func everyShapeShrinks() throws {
    let network = try Specimens.network("cnn")
    let small = try prune(network, options("l2", 0.5, .local)).network
    #expect(small.nodes.map(\.name) == network.nodes.map(\.name))
    let units = Dictionary(uniqueKeysWithValues: zip(small.nodes.map(\.name), small.shapes))
    #expect(units["conv1"]?[0] == 3)
    #expect(units["conv2"]?[0] == 2)  // round(2.5) = 3 go
    #expect(units["dense1"] == [4])
    #expect(units["dense2"] == [3])
    #expect(Footprint(small).multiplyAccumulates < Footprint(network).multiplyAccumulates / 2)
  }

  @Test func tiedUnitsGoTogether() throws {
    let network = try Specimens.network("residual")
    let small = try prune(network, options("l1", 0.5, .local)).network
    #expect(small.shapes[0][0] == 3)
    #expect(missing(network.nodes[0], in: small) == missing(network.nodes[4], in: small))
  }

  @Test func saysWhatKeepsItsUnits() throws {
    let result = try prune(
      try Specimens.network("grouped"), options("l2", 0.5, .local))
    let notes = Dictionary(uniqueKeysWithValues: result.notes.map { ($0.subject, $0.text) })
    #expect(notes["conv1"]?.contains("conv2") == true)
    #expect(notes["conv2"] != nil)
    #expect(notes["dense1"]?.contains("network's outputs") == true)
    #expect(notes["conv3"] == nil)
    #expect(throws: CompressionError.self) {
      var asked = options("l2", 0.5, .local)
      asked.layers = .only(["dense1"])
      _ = try prune(try Specimens.network("grouped"), asked)
    }
  }

  @Test func theWeakestUnitGoes() throws {
    let network = try Specimens.network("mlp").mapParameters { node, parameter in
      guard node.name == "dense1", parameter.role == .weight else { return parameter }
      var value = parameter.value
      value.withElements { elements in
        for i in 36..<48 { elements[i] *= 1e-3 }
      }
      return parameter.with(value: value)
    }
    for criterion in Self.criteria {
      let small = try prune(network, options(criterion, 0.1, .local)).network
      #expect(missing(network.nodes[0], in: small) == [3])
    }
  }

  @Test func masksAndFreezingFollow() throws {
    let network = try prune(try Specimens.network("mlp"), PruneOptions(.share(0.5))).network
    let small = try prune(network, options("l2", 0.5, .local)).network
    for (_, parameter) in small.parameters where parameter.role == .weight {
      let pruned = try #require(parameter.pruned)
      #expect(pruned.count == parameter.value.count)
      for (isPruned, value) in zip(pruned, parameter.value.elements) where isPruned {
        #expect(value == 0)
      }
    }
  }
}
