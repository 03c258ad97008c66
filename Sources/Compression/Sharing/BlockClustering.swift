// Clusters of blocks of weights by expectation and maximization: k-means, or with each error weighed by
// the inputs that meet it.
package import Kernels
package import Networks
package import Tensors

/// How much an error in a block matters, by the position of the block in its row: the sums of products of
/// the inputs there, G = Σ x xᵀ, so that (c − v)ᵀ G (c − v) is the squared error of the layer's output.
///
/// Stock et al. 2020, arXiv:1907.05686, section 3.2, pool the positions of a row; here each has a matrix
/// of its own, which is nearer to the error of the output and takes no longer.
package struct InputMetric: Sendable {
  /// Row-major [width, width], one for each position; positive definite.
  let grams: [[Double]]
  /// L of G = L Lᵀ.
  let factors: [[Float]]

  /// Of the mean of the diagonals: what is added to each diagonal, so that blocks that no input meets
  /// have a nearest centroid, too.
  package static let damping = 0.01

  /// - Parameters:
  ///   - products: row-major [columns, columns]; sums of several are as good.
  ///   - width: divides the columns.
  package init(products: [Float], columns: Int, width: Int) {
    precondition(columns % width == 0 && products.count == columns * columns, "whole blocks")
    let diagonal = (0..<columns).reduce(0.0) { $0 + Double(products[$1 * columns + $1]) }
    let mean = diagonal / Double(max(1, columns))
    let added = mean > 0 && mean.isFinite ? InputMetric.damping * mean : 1
    var grams: [[Double]] = []
    for first in stride(from: 0, to: columns, by: width) {
      var gram: [Double] = []
      for i in 0..<width {
        for j in 0..<width {
          let product = Double(products[(first + i) * columns + first + j])
          gram.append((product.isFinite ? product : 0) + (i == j ? added : 0))
        }
      }
      grams.append(gram)
    }
    self.grams = grams
    factors = grams.map { Cholesky($0, size: width).lower.map { Float($0) } }
  }
}

/// L Lᵀ = A of a small positive definite matrix.
struct Cholesky {
  /// Row-major, zeros above the diagonal.
  let lower: [Double]
  private let size: Int

  /// A pivot that rounding made 0 or less counts as a tiny one.
  init(_ a: [Double], size: Int) {
    var lower = [Double](repeating: 0, count: size * size)
    let least = (0..<size).reduce(1e-300) { max($0, a[$1 * size + $1] * 1e-14) }
    for i in 0..<size {
      for j in 0...i {
        var rest = a[i * size + j]
        for p in 0..<j { rest -= lower[i * size + p] * lower[j * size + p] }
        lower[i * size + j] =
          i == j ? max(rest, least).squareRoot() : rest / lower[j * size + j]
      }
    }
    self.lower = lower
    self.size = size
  }

  /// x of A x = y.
  func solve(_ y: [Double]) -> [Double] {
    var x = y
    for i in 0..<size {
      for p in 0..<i { x[i] -= lower[i * size + p] * x[p] }
      x[i] /= lower[i * size + i]
    }
    for i in (0..<size).reversed() {
      for p in i + 1..<max(size, i + 1) { x[i] -= lower[p * size + i] * x[p] }
      x[i] /= lower[i * size + i]
    }
    return x
  }
}

/// Centroids and the block that each of many blocks becomes.
///
/// Laws: the error never grows from round to round, but where an empty cluster is filled; codes are
/// those of the nearest centroids; the same for any number of threads.
package struct BlockClustering: Sendable {
  package let blocks: Blocks
  private let metric: InputMetric?
  /// [k, width].
  package private(set) var centroids: [Float]
  /// One for each block, row by row.
  package private(set) var codes: [Int32] = []
  private var random: RandomStream

  /// Rounds at most; k-means ends sooner where no code changes.
  package static let usualRounds = 100
  /// Times that empty clusters are filled in one round, at most.
  private static let mostSplits = 8

  /// - Parameters:
  ///   - centroids: the first ones, [k, width].
  ///   - metric: nil for the squared distance of the blocks themselves.
  package init(
    _ blocks: Blocks, from centroids: [Float], metric: InputMetric? = nil, random: RandomStream
  ) {
    self.blocks = blocks
    self.centroids = centroids
    self.metric = metric
    self.random = random
  }

  /// So many blocks drawn at random, all different; fewer where no more are.
  package static func drawn(
    _ count: Int, of blocks: Blocks, random: inout RandomStream
  ) -> [Float] {
    var seen: Set<[Float]> = []
    var centroids: [Float] = []
    for block in random.permutation(blocks.count) {
      let first = block * blocks.width
      let values = Array(blocks.values[first..<first + blocks.width])
      guard seen.insert(values).inserted else { continue }
      centroids += values
      if seen.count == count { break }
    }
    return centroids
  }

  /// - Throws: `CompressionError.network(.interrupted)`.
  package mutating func run(
    rounds: Int = usualRounds, monitor: Monitor = .silent
  ) throws(CompressionError) {
    codes = nearest()
    for _ in 0..<rounds {
      if monitor.isInterrupted() { throw .network(.interrupted) }
      fillEmpty()
      maximize()
      let next = nearest()
      guard next != codes else { return }
      codes = next
    }
  }

  private var width: Int { blocks.width }
  private var count: Int { centroids.count / width }

  private func nearest() -> [Int32] {
    guard let metric else { return blocks.nearest(centroids) }
    return blocks.nearest(centroids, factors: metric.factors)
  }

  // MARK: Maximization

  private mutating func maximize() {
    guard let metric else {
      let (sums, counts) = blocks.sums(by: codes, of: count)
      for (c, members) in counts.enumerated() where members > 0 {
        for i in c * width..<(c + 1) * width { centroids[i] = Float(sums[i] / Double(members)) }
      }
      return
    }
    // Σ_b n_b G_b c = Σ_b G_b Σ v, over the positions b.
    let (sums, counts) = sumsByPosition()
    let d = width
    for c in 0..<count {
      var left = [Double](repeating: 0, count: d * d)
      var right = [Double](repeating: 0, count: d)
      for (b, gram) in metric.grams.enumerated() where counts[c * metric.grams.count + b] > 0 {
        let members = Double(counts[c * metric.grams.count + b])
        let first = (c * metric.grams.count + b) * d
        for i in 0..<d {
          for j in 0..<d {
            left[i * d + j] += members * gram[i * d + j]
            right[i] += gram[i * d + j] * sums[first + j]
          }
        }
      }
      guard left.contains(where: { $0 != 0 }) else { continue }
      let best = Cholesky(left, size: d).solve(right)
      for i in 0..<d { centroids[c * d + i] = Float(best[i]) }
    }
  }

  /// What the blocks of each code and position add up to, and how many they are.
  private func sumsByPosition() -> (sums: [Double], counts: [Int]) {
    let positions = blocks.positions
    let apart = codes.enumerated().map { block, code in
      code * Int32(truncatingIfNeeded: positions)
        + Int32(truncatingIfNeeded: block % positions)
    }
    return blocks.sums(by: apart, of: count * positions)
  }

  // MARK: Empty clusters

  /// The centroid of the fullest cluster moves a little apart into two, for each cluster without a block.
  /// Blocks that are all alike cannot part.
  private mutating func fillEmpty() {
    for _ in 0..<BlockClustering.mostSplits {
      var members = Blocks.counts(of: codes, upTo: count)
      let empty = members.indices.filter { members[$0] == 0 }
      guard !empty.isEmpty else { return }
      let varied = variedClusters()
      for hole in empty {
        guard
          let full = members.indices.filter({ varied[$0] && members[$0] > 1 })
            .max(by: { (members[$0], $1) < (members[$1], $0) })
        else { break }
        split(full, into: hole)
        members[hole] = members[full] / 2
        members[full] -= members[hole]
      }
      codes = nearest()
    }
  }

  private mutating func split(_ full: Int, into hole: Int) {
    let size = centroids[full * width..<(full + 1) * width].reduce(1e-30) { max($0, abs($1)) }
    for i in 0..<width {
      let value = centroids[full * width + i]
      let apart = Float(random.normal()) * size * 1e-4
      centroids[hole * width + i] = value + apart
      centroids[full * width + i] = value - apart
    }
  }

  /// Whether a cluster has blocks that differ.
  private func variedClusters() -> [Bool] {
    var first = [Int](repeating: -1, count: count)
    var varied = [Bool](repeating: false, count: count)
    for (block, code) in codes.enumerated() where !varied[Int(code)] {
      let c = Int(code)
      if first[c] < 0 { first[c] = block }
      varied[c] = (0..<width).contains {
        blocks.values[block * width + $0] != blocks.values[first[c] * width + $0]
      }
    }
    return varied
  }

  // MARK: Results

  /// Σ (c − v)ᵀ G (c − v) over all blocks, G = 1 without a metric.
  package var error: Double {
    var sum = 0.0
    let positions = blocks.positions
    for (block, code) in codes.enumerated() {
      let difference = (0..<width).map {
        Double(centroids[Int(code) * width + $0]) - Double(blocks.values[block * width + $0])
      }
      guard let gram = metric?.grams[block % positions] else {
        sum += difference.reduce(0) { $0 + $1 * $1 }
        continue
      }
      for i in 0..<width {
        for j in 0..<width { sum += difference[i] * gram[i * width + j] * difference[j] }
      }
    }
    return sum
  }
}
