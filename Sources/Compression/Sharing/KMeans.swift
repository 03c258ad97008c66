// k-means of numbers on a line: Lloyd's iterations over sorted numbers, where a cluster is a run.
package import Kernels
package import Tensors

/// Clusters of numbers, each around its mean.
package struct KMeans: Sendable {
  /// Ascending, each once: the nearest numbers of fp32 to the means.
  package let centers: [Float]
  /// Whether no number would change its cluster any more.
  package let converged: Bool

  /// Lloyd 1982, doi:10.1109/TIT.1982.1056489. A number half-way between two centers belongs to the
  /// lower one; a center that nobody is nearest to moves to the number furthest from its own.
  /// - Parameters:
  ///   - numbers: at least one.
  ///   - count: of clusters, from 1. Where there are no more distinct numbers, these are the centers.
  package init(
    of numbers: OrderedValues, count: Int, start: CentroidStart, random: inout RandomStream,
    iterations limit: Int = 300
  ) {
    precondition(count >= 1 && numbers.count >= 1, "numbers, and clusters for them")
    let few = numbers.distinct(upTo: count + 1)
    guard few.count > count else {
      (centers, converged) = (few, true)
      return
    }
    var means = start.centers(numbers, count, &random).sorted()
    var ends: [Int] = []
    var isDone = false
    for _ in 0..<limit {
      let found = KMeans.ends(of: means, numbers)
      isDone = found == ends
      if isDone { break }
      ends = found
      means = KMeans.means(of: ends, count, numbers)
    }
    var distinct: [Float] = []
    for mean in means.map({ Float($0) }) where mean != distinct.last { distinct.append(mean) }
    (centers, converged) = (distinct, isDone)
  }

  /// Where the run of each center ends.
  private static func ends(of means: [Double], _ numbers: OrderedValues) -> [Int] {
    zip(means, means.dropFirst()).map { numbers.rank(of: ($0 + $1) / 2) } + [numbers.count]
  }

  /// The means of runs, and for runs of nothing the numbers furthest from their means, as many as
  /// there are: with few runs it takes several rounds until there are `count` clusters.
  private static func means(
    of ends: [Int], _ count: Int, _ numbers: OrderedValues
  ) -> [Double] {
    var means: [Double] = []
    var outermost: [(distance: Double, value: Double)] = []
    var start = 0
    for end in ends where end > start {
      let mean = numbers.sums(start..<end).sum / Double(end - start)
      means.append(mean)
      for place in [start, end - 1] {
        let value = Double(numbers.values[place])
        if value != mean { outermost.append((abs(value - mean), value)) }
      }
      start = end
    }
    let moved = outermost.sorted { $0.distance > $1.distance }.prefix(count - means.count)
    return (means + moved.map { $0.value }).sorted()
  }

  /// Σ (number − nearest center)².
  package static func squaredError(_ numbers: OrderedValues, _ centers: [Float]) -> Double {
    var start = 0
    var error = 0.0
    let centers = centers.map { Double($0) }
    for (center, end) in zip(centers, ends(of: centers, numbers)) {
      let (sum, squares) = numbers.sums(start..<max(start, end))
      error += squares - 2 * center * sum + Double(max(0, end - start)) * center * center
      start = max(start, end)
    }
    return max(0, error)
  }
}
