// Wilson's interval: laws, then values of SciPy 1.17.1.
import Compression
import Testing

@Suite struct ProportionTests {
  @Test func holdsTheShareAndStaysAShare() {
    for trials in [1, 2, 7, 100, 10_000] {
      for successes in Set([0, 1, trials / 3, trials - 1, trials]) {
        let share = Proportion(successes: successes, trials: trials)
        #expect(share.interval.contains(share.value))
        #expect(share.interval.lowerBound >= 0 && share.interval.upperBound <= 1)
      }
    }
  }

  @Test func ofNoTrialsKnowsNothing() {
    #expect(Proportion(successes: 0, trials: 0).interval == 0...1)
  }

  /// scipy.stats.binomtest(k, n).proportion_ci(0.95, method="wilson")
  @Test(arguments: [
    (0, 10, 0.0, 0.27753279986288926), (10, 10, 0.7224672001371109, 1.0),
    (81, 263, 0.2552885198782742, 0.36620957698280004),
    (9268, 10000, 0.9215294486097154, 0.931742770381075), (1, 1, 0.20654931437723745, 1.0),
    (15, 148, 0.06238639953073629, 0.16048724172330803),
  ])
  func equalsSciPy(_ k: Int, _ n: Int, _ low: Double, _ high: Double) {
    let interval = Proportion(successes: k, trials: n).interval
    #expect(abs(interval.lowerBound - low) < 1e-12)
    #expect(abs(interval.upperBound - high) < 1e-12)
  }
}
