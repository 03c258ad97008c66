// Intervals and rank correlations against SciPy 1.16.
import Compression
import Testing

@Suite struct MeanEstimateTests {
  /// scipy.stats.t.ppf(0.975, n)
  @Test(arguments: [
    (1, 12.706204736174694), (2, 4.302652729749462), (3, 3.1824463052837078),
    (7, 2.364624251592784), (10, 2.228138851986274), (31, 2.039513446396408),
    (99, 1.9842169515864174), (199, 1.9719565442517533), (10000, 1.960201239890626),
  ])
  func quantilesAreStudents(_ freedom: Int, _ wanted: Double) {
    #expect(abs(Student.quantile(freedom: freedom) - wanted) < 1e-9)
  }

  /// scipy.stats.t.interval(0.95, 4, mean, scipy.stats.sem([0.1, -0.2, 0.4, 0.05, 0.3]))
  @Test func intervalIsStudents() throws {
    let estimate = MeanEstimate(meanOf: [0.1, -0.2, 0.4, 0.05, 0.3])
    #expect(abs(estimate.value - 0.13) < 1e-12)
    #expect(abs(try #require(estimate.halfWidth) - (0.4198693790342936 - 0.13)) < 1e-9)
  }

  @Test func oneDrawHasNoInterval() {
    #expect(MeanEstimate(meanOf: [3]) == MeanEstimate(3))
    #expect(MeanEstimate(meanOf: [2, 2]).halfWidth == 0)
  }

  /// scipy.stats.spearmanr(x, y).statistic
  @Test(arguments: [
    ([1, 2, 3, 4, 5], [5, 6, 7, 8, 7], 0.8207826816681233),
    ([1, 2, 2, 4], [3, 1, 1, 2], -0.3333333333333334),
    ([0.1, 0.5, 0.2, 0.9, 0.9, 0.3], [10, 3, 3, 1, 7, 7], -0.5224462547732156),
    ([1, 1, 1, 2, 2, 3, 9], [4, 4, 5, 5, 5, 1, 0], -0.5098039215686274),
  ])
  func correlationsAreSpearmans(_ x: [Double], _ y: [Double], _ wanted: Double) throws {
    #expect(abs(try #require(RankCorrelation.spearman(x, y)) - wanted) < 1e-12)
  }

  @Test func tiesShareTheirRanks() {
    #expect(RankCorrelation.ranks([0.3, 0.1, 0.3, 0.2]) == [3.5, 1, 3.5, 2])
    #expect(RankCorrelation.ranks([]).isEmpty)
  }

  @Test func someOrdersSayNothing() {
    #expect(RankCorrelation.spearman([1, 2], [1, 2]) == nil)
    #expect(RankCorrelation.spearman([1, 1, 1], [1, 2, 3]) == nil)
    #expect(RankCorrelation.spearman([1, .nan, 1], [1, 2, 3]) == nil)
    #expect(RankCorrelation.spearman([1, 2, 3], [9, 8, 7]) == -1)
  }
}
