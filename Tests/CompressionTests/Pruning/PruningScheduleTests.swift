// Laws over the whole table of schedules, then Zhu and Gupta's cubic by hand.
import Compression
import Testing

@Suite struct PruningScheduleTests {
  @Test(arguments: PruningSchedule.all.map(\.name))
  func risesFromTheFirstToTheLast(_ name: String) throws {
    let schedule = try #require(PruningSchedule.all.first { $0.name == name })
    for power in [0.5, 1, 3] {
      var before = 0.5
      for step in -5...110 {
        let now = schedule.sparsity(
          from: 0.5, to: 0.9, progress: Double(step) / 100, power: power)
        #expect(now >= before && now <= 0.9)
        before = now
        if step <= 0 && name != "constant" { #expect(abs(now - 0.5) < 1e-12) }
        if step >= 100 { #expect(now == 0.9) }
      }
    }
  }

  /// s_f + (s_i − s_f)(1 − ¼)³ and (1 − ½)³ with 0.5 → 0.9
  @Test func isTheCubic() {
    func cubic(_ progress: Double) -> Double {
      PruningSchedule.polynomial.sparsity(from: 0.5, to: 0.9, progress: progress, power: 3)
    }
    #expect(PruningSchedule.polynomial.defaultPower == 3)
    #expect(abs(cubic(0.25) - (0.9 - 0.4 * 0.421875)) < 1e-12)
    #expect(abs(cubic(0.5) - (0.9 - 0.4 * 0.125)) < 1e-12)
  }

  /// Three rounds to 1 − 0.8³: a fifth of the rest in each.
  @Test func exponentialTakesTheSameShareOfTheRest() {
    for round in 0...3 {
      let now = PruningSchedule.exponential.sparsity(
        from: 0, to: 0.488, progress: Double(round) / 3, power: 1)
      #expect(abs(1 - now - [1, 0.8, 0.64, 0.512][round]) < 1e-12)
    }
  }

  @Test func namesAreUniqueAndSaySomething() {
    #expect(Set(PruningSchedule.all.map(\.name)).count == PruningSchedule.all.count)
    for schedule in PruningSchedule.all {
      #expect(!schedule.summary.isEmpty && !schedule.formula.isEmpty && !schedule.source.isEmpty)
    }
  }
}
