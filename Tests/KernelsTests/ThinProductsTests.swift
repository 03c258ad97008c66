// Products with thin matrices against plain loops, over odd sizes.
import Kernels
import Testing

@Suite struct ThinProductsTests {
  static let shapes = [
    (1, 1, 1), (1, 9, 3), (9, 1, 1), (63, 17, 5), (64, 128, 8), (65, 129, 9), (130, 300, 16),
    (300, 130, 80), (257, 515, 33),
  ]

  @Test(arguments: shapes) func agreeWithPlainLoops(m: Int, n: Int, count: Int) {
    var dice = Dice(UInt64(m * 1000 + n))
    let a = (0..<m * n).map { _ in dice.float() }
    let x = (0..<count * n).map { _ in dice.float() }
    let y = (0..<m * count).map { _ in dice.float() }
    let products = ThinProducts(a, rows: m, columns: n)
    let images = products.images(of: x, count: count)
    let back = products.back(y, count: count)
    #expect(images.count == m * count && back.count == count * n)
    for i in 0..<m {
      for j in 0..<count {
        let sum = (0..<n).reduce(0.0) { $0 + Double(a[i * n + $1]) * Double(x[j * n + $1]) }
        #expect(abs(Double(images[i * count + j]) - sum) <= 1e-6 * Double(n + 4))
      }
    }
    for i in 0..<count {
      for j in 0..<n {
        let sum = (0..<m).reduce(0.0) { $0 + Double(y[$1 * count + i]) * Double(a[$1 * n + j]) }
        #expect(abs(Double(back[i * n + j]) - sum) <= 1e-6 * Double(m + 4))
      }
    }
  }
}
