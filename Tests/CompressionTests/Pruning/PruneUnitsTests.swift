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
        let map = UnitMap(network)
        let roots = network.nodes.indices.filter(map.makes).flatMap { n in
          missing(network.nodes[n], in: small).map { map.outputs[n][$0] }
        }
        let inputs = Specimens.inputs(for: network)
        let silenced = try UnitLaw(network).silenced(Set(roots))
        expectSame(try silenced.predict(inputs), try small.predict(inputs))
      }
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
    #expect(result.notes.map(\.subject) == ["dense1"])
    #expect(result.notes[0].text.contains("network's outputs"))
    #expect(result.network.shapes.filter { $0.count == 3 }.map { $0[0] } == [2, 2, 2, 2, 2, 2])
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
