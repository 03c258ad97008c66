// k-means on a line: against scikit-learn, against all ways to cut a few numbers, and its laws.
import Compression
import Kernels
import Tensors
import Testing

@Suite struct KMeansTests {
  private func clusters(
    _ values: [Float], _ count: Int, _ start: CentroidStart, seed: UInt64 = 1
  ) -> KMeans {
    var random = RandomStream(seed: seed)
    return KMeans(of: OrderedValues(values), count: count, start: start, random: &random)
  }

  /// 400 numbers, the densest around 0.
  private let curve: [Float] = (0..<400).map { i in
    let u = Double((i * 7919) % 1009) / 1009 - 0.5
    return Float(u * u * u)
  }

  /// scikit-learn 1.7: KMeans(6, init=linspace(min, max, 6), n_init=1, tol=0).fit(x), and with the
  /// numbers at ranks (2i + 1) · 400 / 12 as init.
  @Test(arguments: [
    (
      "linear",
      [-0.10330973, -0.060230341, -0.023397666, 0.0022273264, 0.043950617, 0.096144701],
      0.03965029983
    ),
    (
      "density",
      [-0.094043879, -0.041929788, -0.0022443084, 0.020112906, 0.052563321, 0.097584628],
      0.04141646456
    ),
  ])
  func agreesWithScikitLearn(start: String, centers: [Double], error: Double) throws {
    let start = try #require(CentroidStart.all.first { $0.name == start })
    let found = clusters(curve, 6, start)
    #expect(found.converged)
    for (mine, other) in zip(found.centers, centers) {
      #expect(abs(Double(mine) - other) < 1e-7)
    }
    let mine = KMeans.squaredError(OrderedValues(curve), found.centers)
    #expect(abs(mine - error) < 1e-8)
  }

  /// No start finds less squared error than the optimal one, which is the least of all cuts.
  @Test(arguments: 1...5) func theOptimalStartIsOptimal(count: Int) {
    var random = RandomStream(seed: UInt64(count))
    for _ in 0..<20 {
      let values = (0..<11).map { _ in Float(random.normal()) }
      let ordered = OrderedValues(values)
      func error(_ start: CentroidStart) -> Double {
        KMeans.squaredError(ordered, clusters(values, count, start).centers)
      }
      let best = Self.leastError(ordered.values.map { Double($0) }, count)
      #expect(abs(error(.optimal) - best) < 1e-5)
      for start in CentroidStart.all { #expect(error(start) >= best - 1e-5, "\(start.name)") }
    }
  }

  /// Of all ways to cut ascending numbers into so many runs.
  private static func leastError(_ numbers: [Double], _ count: Int) -> Double {
    func error(_ run: ArraySlice<Double>) -> Double {
      let mean = run.reduce(0, +) / Double(max(1, run.count))
      return run.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    guard count > 1 else { return error(numbers[...]) }
    return (0...numbers.count).map { cut in
      leastError(Array(numbers[..<cut]), count - 1) + error(numbers[cut...])
    }.min() ?? 0
  }

  @Test(arguments: CentroidStart.all.map(\.name)) func centersAreMeansOfTheirOwn(
    name: String
  ) throws {
    let start = try #require(CentroidStart.all.first { $0.name == name })
    var random = RandomStream(seed: 3)
    let values = (0..<20_000).map { _ in Float(random.normal()) }
    let found = clusters(values, 13, start)
    #expect(found.centers.count == 13)
    #expect(found.centers == found.centers.sorted())
    let nearest = Nearest.indices(of: values, among: found.centers)
    for (i, center) in found.centers.enumerated() {
      let own = zip(values, nearest).filter { $0.1 == Int32(i) }.map { Double($0.0) }
      #expect(!own.isEmpty)
      #expect(abs(own.reduce(0, +) / Double(own.count) - Double(center)) < 2e-2)
    }
    for (value, place) in zip(values, nearest) {
      let distance = abs(value - found.centers[Int(place)])
      #expect(found.centers.allSatisfy { abs(value - $0) >= distance })
    }
    let again = clusters(values, 13, start)
    #expect(again.centers == found.centers)
  }

  @Test(arguments: CentroidStart.all.map(\.name)) func fewDistinctNumbersAreTheCenters(
    name: String
  ) throws {
    let start = try #require(CentroidStart.all.first { $0.name == name })
    #expect(clusters([2, 2, -1, 2, 0.5, -1], 8, start).centers == [-1, 0.5, 2])
    #expect(clusters([2, 2, -1, 2, 0.5, -1], 3, start).centers == [-1, 0.5, 2])
    #expect(clusters([7], 1, start).centers == [7])
    #expect(clusters([0, -0, 0], 4, start).centers.count == 1)
    #expect(clusters([-1, 0, 4], 1, start).centers == [1])
    let great = clusters([-3e38, 3e38, 3e38, 1], 2, start)
    #expect(great.centers.allSatisfy { $0.isFinite })
  }

  /// Many equal numbers leave clusters empty, which then go where the error is.
  @Test func emptyClustersMove() {
    let values = [Float](repeating: 0, count: 1000) + [100, 101, 102, 103]
    let found = clusters(values, 4, .density)
    #expect(found.centers.count == 4)
    #expect(KMeans.squaredError(OrderedValues(values), found.centers) < 1)
  }

  @Test func ordersEveryNumber() {
    var random = RandomStream(seed: 9)
    let values: [Float] = (0..<10_000).map { i in
      let size: Float = i % 2 == 0 ? 1e-30 : 1e30
      return i % 7 == 0 ? Float(i % 3 - 1) : Float(random.normal()) * size
    }
    let ordered = OrderedValues(values)
    #expect(ordered.values == values.sorted())
    let all = ordered.sums(0..<10_000).squares
    for (low, high) in [(0, 10_000), (17, 600), (512, 1024), (9_999, 10_000), (5, 5)] {
      var (sum, squares) = (0.0, 0.0)
      for value in ordered.values[low..<high] {
        sum += Double(value)
        squares += Double(value) * Double(value)
      }
      let found = ordered.sums(low..<high)
      #expect(abs(found.sum - sum) <= 1e-9 * all.squareRoot())
      #expect(abs(found.squares - squares) <= 1e-9 * all)
    }
  }
}
