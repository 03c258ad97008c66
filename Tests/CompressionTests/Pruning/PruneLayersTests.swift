// Pruning by residual branch and by head: what goes, what stays, and that answers are those without it.
import Compression
import Networks
import Tensors
import Testing

@Suite struct PruneLayersTests {
  /// Three residual blocks; the last one has a projection beside it.
  func network(seed: UInt64 = 2) throws -> Network {
    let relu = Blueprint.layer(try Activation(.relu))
    func body() throws -> [Blueprint] {
      [try Specimens.conv(4, 3, padding: 1), relu, try Specimens.conv(4, 3, padding: 1)]
    }
    let blocks: [Blueprint] = [
      try Specimens.conv(4, 3, padding: 1), .residual(try body()), relu, .residual(try body()),
      relu, .branches([try body(), [try Specimens.conv(4, 1)]], join: Add()), relu,
      .layer(GlobalPool()), try Specimens.dense(3),
    ]
    return try Network.build(
      name: "blocks", input: [1, 6, 6], blueprint: blocks, random: RandomStream(seed: seed))
  }

  /// The network with the last weights and biases of these branches at zero.
  func muted(_ network: Network, _ branches: [ResidualBranch]) -> Network {
    let last = Set(branches.compactMap { $0.parameters.last.map { network.nodes[$0].name } })
    return network.mapParameters { node, parameter in
      last.contains(node.name) ? parameter.with(value: parameter.value.map { _ in 0 }) : parameter
    }
  }

  @Test(arguments: Criterion.all.filter { !$0.learns && $0.scores(.layer) }.map(\.name))
  func theLeastBranchesGo(_ name: String) throws {
    let criterion = try #require(Criterion.all.first { $0.name == name })
    let network = try network()
    let data = Specimens.dataset(for: network, count: 16)
    let inputs = Specimens.inputs(for: network)
    for count in 0...3 {
      let options = PruneOptions(.count(count), per: .layer, by: criterion, scope: .local)
      let small = try prune(network, options, on: data).network
      let gone = ResidualBranch.all(of: network).filter { branch in
        branch.nodes.allSatisfy { node in
          !small.nodes.contains { $0.name == network.nodes[node].name }
        }
      }
      #expect(gone.count == count)
      let expected = try muted(network, gone).predict(inputs)
      let found = try small.predict(inputs)
      for (a, b) in zip(expected.elements, found.elements) {
        #expect(abs(a - b) <= 1e-4 * max(1, abs(a)))
      }
    }
  }

  @Test func aBranchOfEveryAdditionStays() throws {
    let network = try network()
    let all = try prune(network, PruneOptions(.count(3), per: .layer)).network
    #expect(all.nodes.contains { $0.name == "conv6" } != all.nodes.contains { $0.name == "conv8" })
    #expect(throws: CompressionError.self) {
      try prune(network, PruneOptions(.count(4), per: .layer))
    }
  }

  @Test func layersAreNamedByAnyOfABranch() throws {
    let network = try network()
    var options = PruneOptions(.count(1), per: .layer, layers: .only(["conv5"]))
    let small = try prune(network, options).network
    #expect(!small.nodes.contains { $0.name == "conv4" || $0.name == "conv5" })
    options.layers = .only(["conv1"])
    #expect(throws: CompressionError.self) { try prune(network, options) }
    options.layers = .except(["conv2", "conv4", "conv6", "conv8"])
    #expect(throws: CompressionError.self) { try prune(network, options) }
    #expect(throws: CompressionError.self) {
      try prune(try Specimens.network("mlp"), PruneOptions(.count(1), per: .layer))
    }
  }

  @Test func aBudgetTakesBranchesUntilItIsKept() throws {
    let network = try network()
    let options = PruneOptions(.budget(Budget(.macs, .share(0.5))), per: .layer)
    let small = try prune(network, options).network
    #expect(small.multiplyAccumulates <= network.multiplyAccumulates / 2)
    #expect(small.nodes.count < network.nodes.count)
  }
}
