// Clusters of blocks against scikit-learn and NumPy from the same first centroids, and their laws.
import Compression
import Kernels
import Tensors
import Testing

@Suite struct BlockClusteringTests {
  /// Numbers in -1...1 that NumPy can make again.
  static func numbers(_ count: Int, _ factor: Int, _ shift: Int, _ modulus: Int) -> [Float] {
    (0..<count).map { (i: Int) -> Float in
      let share = Double((i * factor + shift) % modulus) / Double(modulus)
      return Float(share * 2 - 1)
    }
  }

  /// X.T @ X of [rows, columns], summed in f8.
  static func products(of x: [Float], rows: Int, columns: Int) -> [Float] {
    var products: [Float] = []
    for i in 0..<columns {
      for j in 0..<columns {
        var sum = 0.0
        for row in 0..<rows { sum += Double(x[row * columns + i]) * Double(x[row * columns + j]) }
        products.append(Float(sum))
      }
    }
    return products
  }

  /// i = np.arange(48 * 12); W = ((((i * 7919 + 13) % 10007) / 10007 * 2 - 1).astype("f4") ** 3)
  static func blocks() -> Blocks {
    let values = numbers(48 * 12, 7919, 13, 10007).map { $0 * $0 * $0 }
    return Blocks(values, rows: 48, columns: 12, width: 4)
  }

  /// init = W.reshape(-1, 4)[[0, 7, 14, 21, 28, 35]]
  static func first(of blocks: Blocks) -> [Float] {
    [0, 7, 14, 21, 28, 35].flatMap { blocks.values[$0 * 4..<$0 * 4 + 4] }
  }

  /// X = (np.arange(30 * 12) * 6151 + 5) % 9973 / 9973 * 2 - 1, [30, 12] in f4; X[:, :4] *= 3;
  /// X[:, 4] = X[:, 5]; G = X.T @ X in f8
  static func products() -> [Float] {
    var x = numbers(30 * 12, 6151, 5, 9973)
    for row in 0..<30 {
      for i in 0..<4 { x[row * 12 + i] *= 3 }
      x[row * 12 + 4] = x[row * 12 + 5]
    }
    return products(of: x, rows: 30, columns: 12)
  }

  static func agree(_ one: [Float], _ other: [Double], within tolerance: Double = 2e-6) -> Bool {
    one.count == other.count
      && zip(one, other).allSatisfy { abs(Double($0) - $1) <= tolerance }
  }

  /// sklearn 1.x: KMeans(6, init=init, n_init=1, max_iter=100, tol=0, algorithm="lloyd")
  ///   .fit(W.reshape(-1, 4)): inertia_, n_iter_ 7, cluster_centers_
  @Test func plainIsAsScikitLearn() throws {
    let blocks = BlockClusteringTests.blocks()
    var clusters = BlockClustering(
      blocks, from: BlockClusteringTests.first(of: blocks), random: RandomStream(seed: 1))
    try clusters.run()
    #expect(abs(clusters.error - 10.455169677734375) < 1e-5)
    #expect(
      BlockClusteringTests.agree(
        clusters.centroids,
        [
          -0.7504024, 0.3193991, 0.02066951, -0.005583111, -0.3366003, 0.7166789, 0.1109524,
          0.0006854585, -0.06859664, -0.5314003, 0.5249533, 0.06689269, 0.001919809, -0.06944157,
          -0.5353295, 0.5221045, 0.08595562, 0.0002160543, -0.08487614, -0.6053557, 0.5557296,
          0.07511058, -0.001320094, -0.1095972,
        ]))
    #expect(clusters.codes.prefix(8) == [0, 1, 2, 3, 4, 5, 5, 1])
  }

  /// NumPy in f8: the argmin over c of (v - c) G_b (v - c), G_b the diagonal blocks of G + 0.01 mean(diag);
  /// c = solve(sum_b n_b G_b, sum_b G_b sum v); until no code changes.
  @Test func weightedIsAsNumPy() throws {
    let blocks = BlockClusteringTests.blocks()
    let metric = InputMetric(products: BlockClusteringTests.products(), columns: 12, width: 4)
    var clusters = BlockClustering(
      blocks, from: BlockClusteringTests.first(of: blocks), metric: metric,
      random: RandomStream(seed: 1))
    try clusters.run(rounds: 0)
    #expect(abs(clusters.error - 607.8089407560) < 1e-3)
    try clusters.run()
    #expect(abs(clusters.error - 199.7554285359) < 1e-3)
    #expect(
      BlockClusteringTests.agree(
        clusters.centroids,
        [
          -0.8623931, 0.3340607, 0.01744615, -0.01052114, -0.4273222, 0.6753608, 0.1067985,
          0.01994724, -0.03325561, -0.3789809, 0.6749611, 0.09967068, -0.01240832, -0.1191213,
          -0.7193801, 0.35679, 0.1302996, -0.02627663, -0.07144038, -0.6006263, 0.5750139,
          0.08360474, -0.001223293, -0.09955845,
        ]))
  }

  @Test(arguments: [false, true]) func theErrorNeverGrows(isWeighted: Bool) throws {
    var random = RandomStream(seed: 3)
    let values = try random.normal(shape: [64, 24]).elements
    let blocks = Blocks(values, rows: 64, columns: 24, width: 3)
    let inputs = try random.normal(shape: [50, 24]).elements
    let products = BlockClusteringTests.products(of: inputs, rows: 50, columns: 24)
    let metric = isWeighted ? InputMetric(products: products, columns: 24, width: 3) : nil
    let start = BlockClustering.drawn(20, of: blocks, random: &random)
    var last = Double.infinity
    for rounds in 0..<12 {
      var clusters = BlockClustering(blocks, from: start, metric: metric, random: random)
      try clusters.run(rounds: rounds)
      #expect(clusters.error <= last * (1 + 1e-6))
      last = clusters.error
    }
  }

  /// All first centroids alike: all but one cluster are empty at first.
  @Test func emptyClustersAreFilled() throws {
    let blocks = BlockClusteringTests.blocks()
    let same = (0..<6).flatMap { _ in blocks.values[0..<4] }
    var clusters = BlockClustering(blocks, from: Array(same), random: RandomStream(seed: 1))
    try clusters.run()
    #expect(Set(clusters.codes).count == 6)
    #expect(clusters.error < 14)
  }

  /// Blocks that are all alike leave clusters empty, and end.
  @Test func alikeBlocksEnd() throws {
    let blocks = Blocks([Float](repeating: 2, count: 40), rows: 5, columns: 8, width: 4)
    var clusters = BlockClustering(
      blocks, from: [2, 2, 2, 2, 5, 5, 5, 5], random: RandomStream(seed: 1))
    try clusters.run()
    #expect(clusters.error == 0)
    var random = RandomStream(seed: 1)
    #expect(BlockClustering.drawn(2, of: blocks, random: &random) == [2, 2, 2, 2])
    #expect(BlockClustering.drawn(1, of: blocks, random: &random) == [2, 2, 2, 2])
  }

  /// Inputs that are all 0 weigh nothing: then it is plain.
  @Test func withoutInputsItIsPlain() throws {
    let blocks = BlockClusteringTests.blocks()
    let start = BlockClusteringTests.first(of: blocks)
    let metric = InputMetric(
      products: [Float](repeating: 0, count: 144), columns: 12, width: 4)
    var plain = BlockClustering(blocks, from: start, random: RandomStream(seed: 1))
    var weighted = BlockClustering(
      blocks, from: start, metric: metric, random: RandomStream(seed: 1))
    try plain.run()
    try weighted.run()
    #expect(plain.codes == weighted.codes)
  }
}
