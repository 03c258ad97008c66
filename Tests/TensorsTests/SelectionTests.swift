// Selection and sorting against the library's sort; quantiles against NumPy.
import Tensors
import Testing

@Suite struct SelectionTests {
  static let values: [[Float]] = [
    [0], [2, 1], [1, 1, 1], [-0.0, 0, -1],
    [.infinity, -.infinity, 0, .leastNonzeroMagnitude, -1e-38],
    (0..<1000).map { Float(($0 * 7919) % 1009) - 500 }, (0..<500).map { 1 + Float($0 % 7) * 1e-7 },
  ]

  @Test(arguments: values) func selectsWhatSortingFinds(values: [Float]) throws {
    let tensor = Tensor(vector: values)
    let sorted = values.sorted()
    let magnitudes = values.map { $0.magnitude }.sorted()
    for position in values.indices {
      #expect(try tensor.smallest(position) == sorted[position])
      #expect(try tensor.smallestMagnitude(position) == magnitudes[position])
    }
    #expect(try tensor.sorted().elements == sorted)
    #expect(throws: TensorError.self) { try tensor.smallest(values.count) }
    #expect(throws: TensorError.self) { try tensor.smallestMagnitude(-1) }
  }

  @Test func sortsAlongAxes() throws {
    let a = Tensor(trusted: [2, 3], [3, 1, .nan, 0, 5, 4])
    #expect(Array(try a.sorted().elements.prefix(2)) == [1, 3])
    #expect(try a.sorted().elements[2].isNaN)
    let hollow = try Tensor(shape: [1 << 40, 0, 1 << 40], elements: [])
    #expect(try hollow.sorted(axis: 1) == hollow)
    #expect(throws: TensorError.self) { try Reduction.sum(hollow, axis: 1) }
    #expect(Array(try a.sorted(axis: 0).elements.prefix(5)) == [0, 1, 4, 3, 5])
    #expect(
      throws: TensorError.domain(
        operation: "selection", wanted: "numbers, and an element is not a number")
    ) { try a.smallest(0) }
  }

  /// NumPy 2.4: `np.quantile([3, 1, 4, 1, 5, 9, 2, 6], q)`.
  @Test func quantiles() throws {
    let x = Tensor(vector: [3, 1, 4, 1, 5, 9, 2, 6])
    for (share, wanted) in [(0, 1.0), (0.1, 1), (0.25, 1.75), (0.5, 3.5), (0.9, 6.9), (1, 9)] {
      #expect(abs(try x.quantile(share) - wanted) < 1e-14)
    }
    #expect(throws: TensorError.self) { try x.quantile(1.5) }
    #expect(throws: TensorError.self) { try x.quantile(.nan) }
    #expect(throws: TensorError.self) { try Tensor(vector: []).quantile(0.5) }
  }
}
