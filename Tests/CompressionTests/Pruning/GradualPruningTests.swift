// Gradual pruning: what the schedule asks for is there at every step, and exactly at the end.
import Compression
import Networks
import Tensors
import Testing

@Suite struct GradualPruningTests {
  @Test(arguments: PruningSchedule.all.map(\.name))
  func endsAtTheFinalSparsity(_ name: String) throws {
    let schedule = try #require(PruningSchedule.all.first { $0.name == name })
    let network = try Specimens.network("mlp")
    var training = Training()
    training.epochs = 3
    training.batch = 8
    for scope in PruningScope.allCases {
      let gradual = GradualPruning(
        PruneOptions(.share(0.8), scope: scope), schedule: schedule, from: 0.2, interval: 2)
      let result = try prune(
        network, gradually: gradual, on: Specimens.dataset(for: network), training
      ).network
      let direct = try prune(network, PruneOptions(.share(0.8), scope: scope)).network
      #expect(Footprint(result).nonZeros == Footprint(direct).nonZeros)
      #expect(result.parameters.map(\.parameter.value) != direct.parameters.map(\.parameter.value))
    }
  }

  @Test func everyLayerGrowsToItsOwnShare() throws {
    let network = try Specimens.network("mlp")
    let shares = [Amount.LayerShare("dense1", 0.75), Amount.LayerShare("dense2", 0.5)]
    var training = Training()
    training.epochs = 2
    training.batch = 8
    let result = try prune(
      network, gradually: GradualPruning(PruneOptions(.shares(shares)), interval: 2),
      on: Specimens.dataset(for: network), training
    ).network
    let counts = result.parameters.filter { $0.parameter.role == .weight }.map {
      $0.parameter.pruned?.count { $0 } ?? 0
    }
    #expect(counts == [90, 35, 0])
  }

  @Test func criteriaLookAtTheExamplesWhileTheNetworkLearns() throws {
    let network = try Specimens.network("mlp")
    var training = Training()
    training.epochs = 2
    training.batch = 8
    for criterion in [Criterion.fisher, .wanda] {
      let result = try prune(
        network, gradually: GradualPruning(PruneOptions(.share(0.5), by: criterion)),
        on: Specimens.dataset(for: network), training
      ).network
      #expect(abs(Footprint(result).sparsity - 0.5) < 0.02)
    }
  }

  @Test func patternsHoldWhileTheNetworkLearns() throws {
    let network = try Specimens.network("mlp")
    var training = Training()
    training.epochs = 2
    training.batch = 8
    let options = PruneOptions(
      .pattern, per: .pattern, layers: .only(["dense1", "dense2"]), pattern: try Pattern(1, of: 2))
    let result = try prune(
      network, gradually: GradualPruning(options), on: Specimens.dataset(for: network), training
    ).network
    for (name, parameter) in result.parameters where name == "dense1.weight" {
      for pair in stride(from: 0, to: parameter.value.count, by: 2) {
        #expect(parameter.value.elements[pair..<pair + 2].count { $0 == 0 } == 1)
      }
    }
  }

  @Test func growsWithinThePhase() {
    let gradual = GradualPruning(
      PruneOptions(.share(0.9)), schedule: .linear, from: 0.5, phase: 0.25...0.75)
    #expect(gradual.share(to: 0.9, at: 0.2) == nil)
    #expect(gradual.share(to: 0.9, at: 0.25) == 0.5)
    #expect(abs((gradual.share(to: 0.9, at: 0.5) ?? 0) - 0.7) < 1e-12)
    #expect(gradual.share(to: 0.9, at: 0.75) == 0.9)
    #expect(gradual.share(to: 0.9, at: 1) == 0.9)
  }

  @Test func refusesWhatIsOutOfRange() {
    let final = PruneOptions(.share(0.9))
    #expect(throws: CompressionError.sparsity(1)) {
      try GradualPruning(PruneOptions(.share(1))).check()
    }
    #expect(throws: CompressionError.sparsity(-0.1)) {
      try GradualPruning(final, from: -0.1).check()
    }
    for wrong in [
      GradualPruning(final, from: 0.95), GradualPruning(final, power: 0),
      GradualPruning(final, phase: 0...1.5), GradualPruning(final, interval: 0),
      GradualPruning(PruneOptions(.share(0.5), per: .unit)),
    ] {
      #expect(throws: CompressionError.self) { try wrong.check() }
    }
  }
}
