// How much goes: counts, thresholds, shares for single layers, and budgets that are kept to and not
// undershot by a step.
import Compression
import Networks
import Tensors
import Testing

@Suite struct AmountTests {
  func pruned(_ network: Network) -> [Int] {
    network.parameters.filter { $0.parameter.role == .weight }.map {
      $0.parameter.pruned?.count { $0 } ?? 0
    }
  }

  @Test func countsAreOfEachLayerOrOfAll() throws {
    let network = try Specimens.network("mlp")
    #expect(pruned(try prune(network, PruneOptions(.count(9))).network) == [9, 9, 9])
    let all = try prune(network, PruneOptions(.count(50), scope: .global)).network
    #expect(pruned(all).reduce(0, +) == 50)
    let rows = try prune(network, PruneOptions(.count(2), scope: .row)).network
    #expect(pruned(rows) == [20, 14, 8])
    let refusal = CompressionError.setting(
      name: "count", wanted: "at most the 28 weights that `dense3` has", got: "29")
    #expect(throws: refusal) { try prune(network, PruneOptions(.count(29))) }
    #expect(throws: CompressionError.self) { try prune(network, PruneOptions(.count(-1))) }
  }

  @Test func thresholdsTakeAllThatIsBelow() throws {
    let network = try Specimens.network("mlp")
    for limit in [0, 0.05, 0.2] {
      let small = try prune(network, PruneOptions(.below(limit))).network
      for (old, new) in zip(network.parameters, small.parameters)
      where old.parameter.role == .weight {
        for (i, value) in old.parameter.value.elements.enumerated() {
          #expect((new.parameter.pruned?[i] ?? false) == (abs(value) < Float(limit)))
        }
      }
    }
  }

  @Test func sharesOfSingleLayers() throws {
    let network = try Specimens.network("mlp")
    let shares = [Amount.LayerShare("dense1", 0.75), Amount.LayerShare("dense3", 0.5)]
    #expect(pruned(try prune(network, PruneOptions(.shares(shares))).network) == [90, 0, 14])
    #expect(
      throws: CompressionError.unknownLayer("dense9", known: ["dense1", "dense2", "dense3"])
    ) { try prune(network, PruneOptions(.shares([.init("dense9", 0.5)]))) }
    #expect(throws: CompressionError.self) {
      try prune(network, PruneOptions(.shares(shares), scope: .global))
    }
  }

  /// The cost as the budget counts it.
  func cost(_ network: Network, _ resource: Budget.Resource) -> Int {
    switch resource {
    case .bytes: 4 * Footprint(network).nonZeros
    case .macs: network.effectiveMultiplyAccumulates
    case .parameters:
      network.parameterCount
        - network.parameters.reduce(0) { $0 + ($1.parameter.pruned?.count { $0 } ?? 0) }
    }
  }

  @Test(arguments: Specimens.names, Budget.Resource.allCases)
  func budgetsAreKept(_ name: String, _ resource: Budget.Resource) throws {
    let network = try Specimens.network(name)
    for granularity in [Granularity.weight, .unit] {
      for scope in [PruningScope.local, .global] {
        for share in [0.9, 0.6, 1] {
          let options = PruneOptions(
            .budget(Budget(resource, .share(share))), per: granularity, scope: scope,
            fileBytes: { 4 * Footprint($0).nonZeros })
          let limit = Int(share * Double(cost(network, resource)))
          do throws(CompressionError) {
            let small = try prune(network, options).network
            #expect(cost(small, resource) <= limit)
            if share == 1 { #expect(pruned(small).allSatisfy { $0 == 0 }) }
            if granularity == .weight, scope == .global, resource != .macs {
              // One weight less would not do.
              let unit = resource == .bytes ? 4 : 1
              #expect(cost(small, resource) + unit > limit)
            }
          } catch {
            guard case .budget(let most, let smallest, _, _) = error else { throw error }
            #expect(most == limit && smallest > limit)
          }
        }
      }
    }
  }

  @Test(arguments: [2, 4, 8], [PruningScope.local, .global])
  func whatStaysIsAMultiple(_ multiple: Int, _ scope: PruningScope) throws {
    let network = try Specimens.network("cnn")
    let plain = try Specimens.pruned(network, PruneOptions(.share(0.6), per: .unit, scope: scope))
    let options = PruneOptions(.share(0.6), per: .unit, scope: scope, multiple: multiple)
    let small = try #require(try Specimens.pruned(network, options))
    for n in network.nodes.indices
    where network.nodes[n].parameters.contains(where: { $0.role == .weight }) {
      let (before, after) = (network.shapes[n][0], small.shapes[n][0])
      #expect(after % multiple == 0 || after == before)
      if let plain { #expect(after >= plain.shapes[n][0]) }
    }
    #expect(throws: CompressionError.self) {
      try prune(network, PruneOptions(.share(0.5), multiple: 4))
    }
  }

  @Test func tiedLayersLoseTheirUnitsTogether() throws {
    let network = try Specimens.network("residual")
    let one = try prune(
      network, PruneOptions(.share(0.5), per: .filter, layers: .only(["conv1"])))
    let both = try prune(
      network, PruneOptions(.share(0.5), per: .filter, layers: .only(["conv1", "conv3"])))
    #expect(one.network.shapes == both.network.shapes)
    #expect(one.network.shapes != network.shapes)
    #expect(one.notes.contains { $0.subject == "conv3" && $0.text.contains("`conv1`") })
    let none = try prune(
      network, PruneOptions(.share(0.5), per: .filter, layers: .except(["conv3", "conv2"])))
    #expect(none.network.shapes == network.shapes)
  }

  @Test func aBudgetThatCannotBeKeptSaysWhatCan() throws {
    let network = try Specimens.network("mlp")
    #expect(throws: CompressionError.self) {
      try prune(network, PruneOptions(.budget(Budget(.parameters, .absolute(3)))))
    }
    let least = try prune(
      network, PruneOptions(.budget(Budget(.parameters, .absolute(60))))
    ).network
    #expect(cost(least, .parameters) <= 60)
  }
}
