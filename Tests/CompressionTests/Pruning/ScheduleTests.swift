// Laws over the whole table of schedules, then Zhu and Gupta's cubic by hand.
import Compression
import Testing

@Suite struct ScheduleTests {
  @Test(arguments: Schedule.all.map(\.name))
  func risesFromTheFirstToTheLast(_ name: String) throws {
    let schedule = try #require(Schedule.all.first { $0.name == name })
    let plan = try PruningPlan(
      schedule: schedule, from: 0.5, to: 0.9, firstStep: 10, lastStep: 110, interval: 7)
    var before = 0.5
    for step in 10...200 {
      let now = plan.sparsity(at: step)
      #expect(now >= before && now <= 0.9)
      before = now
    }
    #expect(plan.sparsity(at: 110) == 0.9)
    #expect(plan.sparsity(at: 9) == 0)
    if name != "constant" { #expect(abs(plan.sparsity(at: 10) - 0.5) < 1e-12) }
  }

  @Test func prunesAtTheFirstStepEveryIntervalAndTheLast() throws {
    let plan = try PruningPlan(to: 0.9, firstStep: 5, lastStep: 30, interval: 10)
    #expect((0...40).filter { plan.prunes(at: $0) } == [5, 15, 25, 30])
  }

  /// s_f + (s_i − s_f)(1 − ¼)³ and (1 − ½)³ with 0.5 → 0.9
  @Test func isTheCubic() throws {
    let plan = try PruningPlan(from: 0.5, to: 0.9, lastStep: 4, interval: 1)
    #expect(abs(plan.sparsity(at: 1) - (0.9 - 0.4 * 0.421875)) < 1e-12)
    #expect(abs(plan.sparsity(at: 2) - (0.9 - 0.4 * 0.125)) < 1e-12)
  }

  @Test func namesAreUniqueAndSaySomething() {
    #expect(Set(Schedule.all.map(\.name)).count == Schedule.all.count)
    for schedule in Schedule.all {
      #expect(!schedule.summary.isEmpty && !schedule.formula.isEmpty && !schedule.source.isEmpty)
    }
  }

  @Test func refusesWhatIsOutOfRange() {
    #expect(throws: CompressionError.sparsity(1)) { try PruningPlan(to: 1, lastStep: 9) }
    #expect(throws: CompressionError.sparsity(-0.1)) {
      try PruningPlan(from: -0.1, to: 0.5, lastStep: 9)
    }
    #expect(throws: CompressionError.self) { try PruningPlan(from: 0.9, to: 0.5, lastStep: 9) }
    #expect(throws: CompressionError.self) { try PruningPlan(to: 0.5, firstStep: 9, lastStep: 8) }
    #expect(throws: CompressionError.self) { try PruningPlan(to: 0.5, lastStep: 8, interval: 0) }
    #expect(throws: CompressionError.self) { try PruningPlan(to: 0.5, lastStep: 8, power: 0) }
  }
}
