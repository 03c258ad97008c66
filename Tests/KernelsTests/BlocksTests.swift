// Nearest centroids and sums of blocks against plain loops, over odd sizes and any number of threads.
import Kernels
import Testing

@Suite struct BlocksTests {
  /// Rows, positions, width, centroids.
  static let shapes = [
    (1, 1, 1, 1), (3, 2, 4, 2), (7, 5, 3, 17), (40, 12, 8, 33), (33, 3, 25, 51), (300, 16, 4, 64),
  ]

  static func numbers(_ rows: Int, _ positions: Int, _ width: Int, _ k: Int) -> (Blocks, [Float]) {
    var dice = Dice(UInt64(rows * 1000 + k))
    let values = (0..<rows * positions * width).map { _ in dice.float() }
    let blocks = Blocks(values, rows: rows, columns: positions * width, width: width)
    return (blocks, (0..<k * width).map { _ in dice.float() })
  }

  @Test(arguments: shapes)
  func theNearestIsNearest(rows: Int, positions: Int, width: Int, k: Int) {
    let (blocks, centroids) = BlocksTests.numbers(rows, positions, width, k)
    let codes = blocks.nearest(centroids, on: Workers(threads: 1))
    #expect(codes == blocks.nearest(centroids, on: Workers(threads: 3)))
    for block in 0..<blocks.count {
      let distances = (0..<k).map { c in
        (0..<width).reduce(0.0) {
          let apart = Double(blocks.values[block * width + $1]) - Double(centroids[c * width + $1])
          return $0 + apart * apart
        }
      }
      #expect(distances[Int(codes[block])] <= (distances.min() ?? 0) + 1e-5 * Double(width))
    }
  }

  @Test func ofEqualOnesTheFirst() {
    let blocks = Blocks([1, 1, 2, 2], rows: 1, columns: 4, width: 2)
    let centroids = [Float](repeating: 1, count: 2 * 40)
    #expect(blocks.nearest(centroids) == [0, 0])
  }

  @Test(arguments: shapes)
  func metricsOfPositionsCount(rows: Int, positions: Int, width: Int, k: Int) {
    let (blocks, centroids) = BlocksTests.numbers(rows, positions, width, k)
    var dice = Dice(9)
    let factors = (0..<positions).map { _ in (0..<width * width).map { _ in dice.float() } }
    let codes = blocks.nearest(centroids, factors: factors, on: Workers(threads: 2))
    for block in 0..<blocks.count {
      let factor = factors[block % positions]
      let distances = (0..<k).map { c in
        (0..<width).reduce(0.0) { sum, j in
          let image = (0..<width).reduce(0.0) {
            let apart =
              Double(blocks.values[block * width + $1]) - Double(centroids[c * width + $1])
            return $0 + apart * Double(factor[$1 * width + j])
          }
          return sum + image * image
        }
      }
      #expect(
        distances[Int(codes[block])] <= (distances.min() ?? 0) + 1e-5 * Double(width * width))
    }
  }

  @Test(arguments: shapes)
  func sumsAreThoseOfTheirBlocks(rows: Int, positions: Int, width: Int, k: Int) {
    let (blocks, centroids) = BlocksTests.numbers(rows, positions, width, k)
    let codes = blocks.nearest(centroids)
    let (sums, counts) = blocks.sums(by: codes, of: k, on: Workers(threads: 1))
    #expect(sums == blocks.sums(by: codes, of: k, on: Workers(threads: 4)).sums)
    #expect(counts.reduce(0, +) == blocks.count)
    var expected = [Double](repeating: 0, count: k * width)
    for (block, code) in codes.enumerated() {
      for i in 0..<width {
        expected[Int(code) * width + i] += Double(blocks.values[block * width + i])
      }
    }
    #expect(zip(sums, expected).allSatisfy { abs($0 - $1) < 1e-9 * Double(blocks.count) })
  }
}
