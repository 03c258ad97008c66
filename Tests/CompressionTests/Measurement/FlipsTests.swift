// McNemar's test: laws, then values of SciPy 1.17.1.
import Compression
import Testing

@Suite struct FlipsTests {
  func flips(_ b: Int, _ c: Int) -> Flips {
    Flips(bothRight: 90, bothWrong: 5, rightToWrong: b, wrongToRight: c)
  }

  @Test func countsEveryExampleOnce() throws {
    let flips = try Flips(
      from: [true, true, true, false, false], to: [true, false, false, true, false])
    #expect(flips == Flips(bothRight: 1, bothWrong: 1, rightToWrong: 2, wrongToRight: 1))
  }

  @Test func isSymmetricAndAProbability() {
    for b in 0...30 {
      for c in 0...30 {
        #expect(flips(b, c).p == flips(c, b).p)
        #expect((0...1).contains(flips(b, c).p))
      }
    }
  }

  @Test func refusesUnpairedAnswers() {
    #expect(throws: CompressionError.unpaired(1, 2)) { try Flips(from: [true], to: [true, true]) }
  }

  /// Below 25 flips scipy.stats.binomtest(min(b, c), b + c, 0.5).pvalue,
  /// then scipy.stats.chi2.sf((abs(b - c) - 1)**2 / (b + c), 1).
  @Test(arguments: [
    (0, 0, 1.0), (1, 0, 1.0), (3, 9, 0.14599609375), (12, 12, 1.0),
    (0, 24, 1.1920928955078125e-07), (10, 15, 0.4237107971667936),
    (30, 12, 0.008711912962379598), (121, 59, 5.450094825427117e-06),
    (25, 0, 1.5866563039511885e-06), (13, 13, 1.0),
  ])
  func equalsSciPy(_ b: Int, _ c: Int, _ p: Double) {
    #expect(abs(flips(b, c).p - p) < 1e-12 * max(1, p) && abs(flips(b, c).p / p - 1) < 1e-9)
  }
}
