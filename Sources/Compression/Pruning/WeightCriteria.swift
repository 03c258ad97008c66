// Criteria that look at nothing but the weights.
private import Glibc
import Kernels
import Tensors

extension Criterion {
  package static let magnitude = Criterion(
    "magnitude", "small weights matter least; of a group, their absolute values are summed up",
    formula: "|w|", source: "Han et al. 2015, arXiv:1506.02626"
  ) { groups, _ in groups.sums { Elementwise.magnitudes(of: groups.values($0)) } }

  package static let l1 = Criterion(
    "l1", "filters and neurons with a small sum of absolute incoming weights matter least",
    formula: "Σ |w|", source: "Li et al. 2017, arXiv:1608.08710", usually: .unit,
    score: magnitude.score)

  package static let l2 = Criterion(
    "l2", "filters and neurons with a small Euclidean norm of incoming weights matter least",
    formula: "√(Σ w²)", source: "He et al. 2018, arXiv:1808.06866", usually: .unit
  ) { groups, _ in squares(groups).map { sqrt($0) } }

  package static let lamp = Criterion(
    "lamp",
    "layer-adaptive magnitude: a weight's share of the squares of all that are not smaller in its layer",
    formula: "w_i² / Σ w_j² over w_j² ≥ w_i²", source: "Lee et al. 2021, arXiv:2010.07611",
    scope: .global
  ) { groups, _ in
    let squares = squares(groups)
    var scores = squares
    for layer in groups.layers {
      // From the greatest down: the sum of those that are not smaller.
      var sum = 0.0
      for group in layer.groups.sorted(by: { (squares[$0], $0) > (squares[$1], $1) }) {
        sum += Double(squares[group])
        scores[group] = sum > 0 ? Float(Double(squares[group]) / sum) : 0
      }
    }
    return scores
  }

  package static let random = Criterion(
    "random", "by chance: what every other criterion has to beat", formula: "U(0, 1)",
    source: "the control of Gale et al. 2019, arXiv:1902.09574"
  ) { groups, evidence in
    var stream = evidence.stream("scores")
    return (0..<groups.count).map { _ in stream.uniform() }
  }

  package static let geometricMedian = Criterion(
    "geometric_median",
    "filters near the geometric median of their layer matter least: the others can stand in for them",
    formula: "‖F_i − x*‖, x* = argmin Σ_j ‖x − F_j‖",
    source: "He et al. 2019, arXiv:1811.00250; the median: Weiszfeld 1937, "
      + "doi:10.1007/s10479-008-0352-z",
    subject: .groups, usually: .unit
  ) { groups, _ in
    amongLayers(groups) { vectors in
      let median = GeometricMedian.point(of: vectors)
      return vectors.map { Float(GeometricMedian.distance($0, median)) }
    }
  }

  package static let distanceSum = Criterion(
    "distance_sum",
    "filters with a small sum of distances to the others of their layer matter least: what is "
      + "usually computed for the geometric median",
    formula: "Σ_j ‖F_i − F_j‖, j ≠ i", source: "He et al. 2019, arXiv:1811.00250, eq. 5",
    subject: .groups, usually: .unit
  ) { groups, _ in amongLayers(groups, GeometricMedian.distanceSums) }

  package static let batchNormScale = Criterion(
    "batchnorm_scale",
    "channels that their batch normalization scales to little matter least (slimming)",
    formula: "|γ|", source: "Liu et al. 2017, arXiv:1708.06519", subject: .units, usually: .filter
  ) { groups, evidence throws(CompressionError) in
    try groups.means { node throws(CompressionError) in try evidence.normalizationScales(node) }
  }

  /// For each group the sum of its squared weights.
  private static func squares(_ groups: Grouping) -> [Float] {
    groups.sums { part in groups.values(part).map { $0 * $0 } }
  }

  /// Scores of vectors among those of the same layer.
  private static func amongLayers(
    _ groups: Grouping, _ score: ([[Double]]) -> [Float]
  ) -> [Float] {
    let vectors = groups.vectors()
    return groups.layers.flatMap { layer in
      score(vectors[layer.groups].map { $0.map { Double($0) } })
    }
  }
}

/// The point with the least sum of distances to some points.
enum GeometricMedian {
  private static let rounds = 1000
  private static let tolerance = 1e-10

  static func distance(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in a.indices { sum += (a[i] - b[i]) * (a[i] - b[i]) }
    return sum.squareRoot()
  }

  static func distanceSums(_ points: [[Double]]) -> [Float] {
    var sums = [Double](repeating: 0, count: points.count)
    for i in points.indices {
      for j in 0..<i {
        let distance = distance(points[i], points[j])
        sums[i] += distance
        sums[j] += distance
      }
    }
    return sums.map { Float($0) }
  }

  /// Weiszfeld's iteration from the mean; where it meets one of the points, that one is tested and left as
  /// Vardi and Zhang have it (2000, doi:10.1073/pnas.97.4.1423).
  static func point(of points: [[Double]]) -> [Double] {
    guard let first = points.first else { return [] }
    var x = [Double](repeating: 0, count: first.count)
    for point in points { add(point, times: 1 / Double(points.count), to: &x) }
    for _ in 0..<rounds {
      let next = step(from: x, points)
      let moved = distance(next, x)
      x = next
      if moved <= tolerance * max(1, norm(x)) { break }
    }
    return x
  }

  private static func step(from x: [Double], _ points: [[Double]]) -> [Double] {
    var pull = [Double](repeating: 0, count: x.count)
    var next = pull
    var weights = 0.0
    var here = 0.0
    for point in points {
      let distance = distance(point, x)
      guard distance > 0 else {
        here += 1
        continue
      }
      weights += 1 / distance
      add(point, times: 1 / distance, to: &next)
      for i in x.indices { pull[i] += (point[i] - x[i]) / distance }
    }
    guard weights > 0 else { return x }
    // At a point of the set: it is the median where the others pull less than its own weight.
    let force = norm(pull)
    let stay = here > 0 ? min(1, force > 0 ? here / force : 1) : 0
    return x.indices.map { (1 - stay) * next[$0] / weights + stay * x[$0] }
  }

  private static func norm(_ x: [Double]) -> Double {
    x.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  private static func add(_ point: [Double], times factor: Double, to sum: inout [Double]) {
    for i in sum.indices { sum[i] += factor * point[i] }
  }
}
