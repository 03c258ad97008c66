// Work that finds the centroids of weights: of single ones, and of blocks (product quantization).

internal import Compression
internal import Kernels
internal import Tensors

enum Clusters {
  /// A square of weights that share so many values: sorted, clustered from evenly spaced centroids for so many
  /// rounds at most, and the number of its centroid for each. A unit is one of them all.
  static func line(size: Int, count: Int, rounds: Int) throws -> any Job {
    guard count > 0, size > 0 else { throw Refusal("weights, and centroids for them") }
    let weights = Figures.bell(size * size, seed: 3)
    return Task {
      var random = RandomStream(seed: 1)
      let ordered = OrderedValues(weights)
      let means = KMeans(
        of: ordered, count: count, start: .linear, random: &random, iterations: rounds)
      return (ordered, means, Nearest.indices(of: weights, among: means.centers))
    } compares: {
      [KMeans.squaredError($0.0, $0.1.centers)]
    }
  }

  /// A square of weights in blocks of so many neighbors, from the first blocks as centroids; so many rounds
  /// of k-means, and the nearest centroids once more. A unit is one of them all.
  static func job(size: Int, width: Int, count: Int, rounds: Int) throws -> any Job {
    guard size % width == 0, count * width <= size * size else {
      throw Refusal("blocks that divide a row, and enough of them")
    }
    let weights = Figures.bell(size * size, seed: 3)
    let blocks = Blocks(weights, rows: size, columns: size, width: width)
    let first = Array(weights.prefix(count * width))
    return Task {
      var clusters = BlockClustering(blocks, from: first, random: RandomStream(seed: 1))
      try clusters.run(rounds: rounds)
      return clusters
    } compares: {
      [$0.error]
    }
  }
}
