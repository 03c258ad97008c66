// Where the centroids of shared weights start: a table.
import Kernels
import Tensors

/// A first guess for k-means, which keeps close to it.
package struct CentroidStart: Sendable {
  package let name: String
  package let summary: String
  package let formula: String
  package let source: String
  /// It draws random numbers.
  package let isRandom: Bool
  /// So many first centers; there are more distinct numbers than that.
  let centers:
    @Sendable (_ numbers: OrderedValues, _ count: Int, _ random: inout RandomStream) -> [Double]

  package static let linear = CentroidStart(
    name: "linear",
    summary: "evenly spaced from the least to the greatest weight: large weights, "
      + "few and important, have centroids of their own",
    formula: "c_i = min + i (max − min) / (k − 1)", source: "Han et al. 2016, arXiv:1510.00149",
    isRandom: false
  ) { numbers, count, _ in
    let (low, high) = ends(numbers)
    guard count > 1 else { return [(low + high) / 2] }
    return (0..<count).map { low + (high - low) * Double($0) / Double(count - 1) }
  }

  package static let density = CentroidStart(
    name: "density", summary: "as dense as the weights: as many of them between any two neighbors",
    formula: "CDF(c_i) = (i + ½) / k", source: "Han et al. 2016, arXiv:1510.00149",
    isRandom: false
  ) { numbers, count, _ in
    (0..<count).map { Double(numbers.values[(2 * $0 + 1) * numbers.count / (2 * count)]) }
  }

  package static let random = CentroidStart(
    name: "random", summary: "some of the weights, drawn at random (Forgy)",
    formula: "c_i = w_j, j uniform", source: "Forgy 1965, Biometrics 21:768; Han et al. 2016",
    isRandom: true
  ) { numbers, count, random in
    (0..<count).map { _ in Double(numbers.values[random.integer(below: numbers.count)]) }
  }

  package static let plusPlus = CentroidStart(
    name: "plus_plus",
    summary: "weights drawn one after the other, the likelier the further they "
      + "are from the centroids so far",
    formula: "P(c_i = w) ∝ min over j < i of (w − c_j)²",
    source: "Arthur and Vassilvitskii 2007, doi:10.5555/1283383.1283494", isRandom: true
  ) { numbers, count, random in
    let some = sample(numbers, 1 << 16)
    var centers = [some[random.integer(below: some.count)]]
    var distances = some.map { ($0 - centers[0]) * ($0 - centers[0]) }
    while centers.count < count {
      var left = random.uniformDouble() * distances.reduce(0, +)
      let place = distances.firstIndex { distance in
        left -= distance
        return left < 0
      }
      let center = some[place ?? some.count - 1]
      centers.append(center)
      for i in some.indices {
        distances[i] = min(distances[i], (some[i] - center) * (some[i] - center))
      }
    }
    return centers
  }

  package static let optimal = CentroidStart(
    name: "optimal",
    summary: "the least squared error there is, by dynamic programming (of up to "
      + "4,096 weights at equal ranks where there are more)",
    formula: "D(m, i) = min over j of D(m − 1, j) + Σ (w − mean)² over j..<i",
    source: "Wang and Song 2011, doi:10.32614/RJ-2011-015", isRandom: false
  ) { numbers, count, _ in
    LeastSquares.centers(of: sample(numbers, 1 << 12), count: count)
  }

  package static let all = [linear, density, random, plusPlus, optimal]

  private static func ends(_ numbers: OrderedValues) -> (Double, Double) {
    (Double(numbers.values[0]), Double(numbers.values[numbers.count - 1]))
  }

  /// All numbers, or so many at equal ranks.
  private static func sample(_ numbers: OrderedValues, _ limit: Int) -> [Double] {
    guard numbers.count > limit else { return numbers.values.map { Double($0) } }
    return (0..<limit).map { Double(numbers.values[(2 * $0 + 1) * numbers.count / (2 * limit)]) }
  }
}

/// Runs of ascending numbers with the least squared error around their means.
enum LeastSquares {
  /// The means of so many runs, or of fewer where there are fewer numbers.
  static func centers(of numbers: [Double], count: Int) -> [Double] {
    let cost = Cost(numbers)
    let n = numbers.count
    let runs = min(count, n)
    // errors[i]: of the first i numbers in the runs so far; cuts[m][i]: where the last of them starts.
    var errors = (0...n).map { cost(0, $0) }
    var cuts = [[Int32](repeating: 0, count: n + 1)]
    for m in 1..<max(1, runs) {
      var next = errors
      var cut = [Int32](repeating: 0, count: n + 1)
      fill(&next, &cut, from: errors, cost, m + 1...n, m...n)
      errors = next
      cuts.append(cut)
    }
    var centers: [Double] = []
    var end = n
    for cut in cuts.reversed() {
      let start = Int(cut[end])
      centers.append(cost.mean(start, end))
      end = start
    }
    return centers.reversed()
  }

  /// The best last cuts ascend with the end: the middle end is settled first, and halves what is left.
  private static func fill(
    _ errors: inout [Double], _ cut: inout [Int32], from last: [Double], _ cost: Cost,
    _ ends: ClosedRange<Int>, _ starts: ClosedRange<Int>
  ) {
    let end = (ends.lowerBound + ends.upperBound) / 2
    var best = (error: Double.infinity, start: starts.lowerBound)
    for start in starts.lowerBound...max(starts.lowerBound, min(starts.upperBound, end - 1)) {
      let error = last[start] + cost(start, end)
      if error < best.error { best = (error, start) }
    }
    (errors[end], cut[end]) = (best.error, Int32(best.start))
    if ends.lowerBound < end {
      fill(
        &errors, &cut, from: last, cost, ends.lowerBound...end - 1, starts.lowerBound...best.start)
    }
    if end < ends.upperBound {
      fill(
        &errors, &cut, from: last, cost, end + 1...ends.upperBound, best.start...starts.upperBound)
    }
  }

  /// Σ (w − mean)² of any run.
  private struct Cost {
    private let sums: [Double]
    private let squares: [Double]

    init(_ numbers: [Double]) {
      // Around the middle, squares lose the least.
      let center = numbers.isEmpty ? 0 : numbers[numbers.count / 2]
      var sums = [0.0]
      var squares = [0.0]
      for number in numbers {
        sums.append(sums[sums.count - 1] + number - center)
        squares.append(squares[squares.count - 1] + (number - center) * (number - center))
      }
      (self.sums, self.squares, self.center) = (sums, squares, center)
    }

    private let center: Double

    func callAsFunction(_ start: Int, _ end: Int) -> Double {
      guard end > start else { return 0 }
      let sum = sums[end] - sums[start]
      return squares[end] - squares[start] - sum * sum / Double(end - start)
    }

    func mean(_ start: Int, _ end: Int) -> Double {
      center + (end > start ? (sums[end] - sums[start]) / Double(end - start) : 0)
    }
  }
}
