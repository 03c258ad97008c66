// Histograms: NumPy's values, and every element in its bin.
import Tensors
import Testing

@Suite struct HistogramTests {
  /// NumPy 2.4: `np.histogram(x, bins=4)` and `np.histogram(x, bins=3, range=(-1, 3))`, x as
  /// float64.
  @Test func histograms() throws {
    let x = Tensor(vector: [0.1, 0.5, -2, 3, 3, 7.25, -1.5, 0])
    let whole = try Histogram(of: x, bins: 4)
    #expect(whole.counts == [4, 1, 2, 1])
    #expect(whole.edges == [-2, 0.3125, 2.625, 4.9375, 7.25])
    #expect(try Histogram(of: x, bins: 3, range: -1...3).counts == [2, 1, 2])
    #expect(try Histogram(of: Tensor(vector: [2, 2]), bins: 2).edges == [1.5, 2, 2.5])
    #expect(try Histogram(of: Tensor(vector: []), bins: 2).counts == [0, 0])
    #expect(throws: TensorError.self) { try Histogram(of: x, bins: 0) }
    #expect(throws: TensorError.self) { try Histogram(of: Tensor(vector: [.nan]), bins: 1) }
    #expect(throws: TensorError.self) { try Histogram(of: x, bins: 2, range: 0...(.infinity)) }
    #expect(throws: TensorError.self) { try Histogram(of: Tensor(vector: [3e38]), bins: 2) }
  }

  @Test(arguments: [1, 2, 3, 7, 10, 64, 999]) func everyElementIsInItsBin(bins: Int) throws {
    let x = Tensor(vector: (0..<1000).map { Float($0) * 0.1 })
    let histogram = try Histogram(of: x, bins: bins)
    #expect(histogram.counts.reduce(0, +) == 1000)
    for bin in 0..<bins {
      let inside = x.elements.count { value in
        let value = Double(value)
        return value >= histogram.edges[bin]
          && (value < histogram.edges[bin + 1] || bin == bins - 1)
      }
      #expect(inside == histogram.counts[bin])
    }
  }
}
