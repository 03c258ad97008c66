// Gradual pruning: what the schedule asks for is there at every step, and exactly at the end.
import Compression
import Networks
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
        PruneOptions(sparsity: 0.8, scope: scope), schedule: schedule, from: 0.2, interval: 2)
      let result = try prune(
        network, gradually: gradual, on: Specimens.dataset(for: network), training
      ).network
      let direct = try prune(network, PruneOptions(sparsity: 0.8, scope: scope)).network
      #expect(Footprint(result).nonZeros == Footprint(direct).nonZeros)
      #expect(result.parameters.map(\.parameter.value) != direct.parameters.map(\.parameter.value))
    }
  }

  @Test func growsWithinThePhase() {
    let gradual = GradualPruning(
      PruneOptions(sparsity: 0.9), schedule: .linear, from: 0.5, phase: 0.25...0.75)
    #expect(gradual.sparsity(at: 0.2) == nil)
    #expect(gradual.sparsity(at: 0.25) == 0.5)
    #expect(abs((gradual.sparsity(at: 0.5) ?? 0) - 0.7) < 1e-12)
    #expect(gradual.sparsity(at: 0.75) == 0.9)
    #expect(gradual.sparsity(at: 1) == 0.9)
  }

  @Test func refusesWhatIsOutOfRange() {
    let final = PruneOptions(sparsity: 0.9)
    #expect(throws: CompressionError.sparsity(1)) {
      try GradualPruning(PruneOptions(sparsity: 1)).check()
    }
    #expect(throws: CompressionError.sparsity(-0.1)) {
      try GradualPruning(final, from: -0.1).check()
    }
    for wrong in [
      GradualPruning(final, from: 0.95), GradualPruning(final, power: 0),
      GradualPruning(final, phase: 0...1.5), GradualPruning(final, interval: 0),
      GradualPruning(PruneOptions(sparsity: 0.5, granularity: .unit)),
    ] {
      #expect(throws: CompressionError.self) { try wrong.check() }
    }
  }
}
