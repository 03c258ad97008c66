// Reductions: exactness, axes, what is empty and what is no number.
import Tensors
import Testing

@Suite struct ReduceTests {
  static let a = Tensor(trusted: [3, 4], (0..<12).map { Float($0) })

  /// NumPy 2.4: `a.sum(0)`, `a.mean(1)`, `a.var(0)`, `a.std()`, `np.linalg.norm(a)`; a =
  /// arange(12), [3, 4].
  @Test func asInNumPy() throws {
    let a = ReduceTests.a
    #expect(try Reduction.sum(a, axis: 0).elements == [12, 15, 18, 21])
    #expect(try Reduction.mean(a, axis: -1).elements == [1.5, 5.5, 9.5])
    #expect(try Reduction.variance(a, axis: 0).elements == [Float](repeating: 32 / 3, count: 4))
    #expect(try abs(Reduction.deviation(a) - 3.452_052_529_534_663) < 1e-14)
    #expect(try abs(Reduction.norm(a) - 22.494_443_758_403_985) < 1e-13)
    #expect(try Reduction.argmax(a, axis: 1).elements == [3, 3, 3])
    #expect(try Reduction.argmin(a) == 0)
    #expect(try Reduction.max(a, axis: 0, keepingAxis: true).shape == [1, 4])
    #expect(try Reduction.min(a, axis: 1, keepingAxis: true).elements == [0, 4, 8])
  }

  @Test(arguments: Reduction.all.indices) func alongEachAxisIsOverEachLane(index: Int) throws {
    let reduction = Reduction.all[index]
    let tensor = try numbered([3, 5, 37])
    for axis in 0..<3 {
      let whole = try reduction(tensor, axis: axis)
      let others = [0, 1, 2].filter { $0 != axis }
      let lanes = try tensor.transposed(axes: others + [axis])
      #expect(whole.shape == Array(lanes.shape.dropLast()))
      for i in 0..<lanes.shape[0] {
        for j in 0..<lanes.shape[1] {
          let lane = try lanes.selecting([.index(i), .index(j)])
          #expect(try whole.elements[i * lanes.shape[1] + j] == Float(reduction(lane)))
        }
      }
    }
  }

  @Test func sumsAreAccurate() throws {
    // Alternating numbers of very different size, whose exact sum is known.
    let count = 1_000_003
    let tensor = Tensor(vector: (0..<count).map { $0 % 2 == 0 ? 1e8 : -1e8 + 8 })
    #expect(try Reduction.sum(tensor) == 1e8 + 8 * Double(count / 2))
    let tenths = Tensor(repeating: 0.1, shape: [1_000_000])
    #expect(try abs(Reduction.sum(tenths) / (1_000_000 * Double(Float(0.1))) - 1) < 1e-15)
    let far = Tensor(vector: (0..<1000).map { 10_000 + Float($0 % 2) })
    #expect(try Reduction.variance(far) == 0.25)
  }

  @Test func nothingToReduce() throws {
    let empty = try Tensor(filledWith: 0, shape: [2, 0])
    for reduction in Reduction.all {
      if reduction.allowsEmpty {
        #expect(try reduction(empty) == 0)
        #expect(try reduction(empty, axis: 1).elements == [0, 0])
      } else {
        #expect(
          throws: TensorError.domain(operation: reduction.name, wanted: "at least one element")
        ) { try reduction(empty) }
        #expect(throws: TensorError.self) { try reduction(empty, axis: 1) }
      }
      #expect(try reduction(empty, axis: 0).shape == [0])
      #expect(throws: TensorError.axis(2, rank: 2)) { try reduction(empty, axis: 2) }
    }
  }

  @Test func whatIsNoNumberIsFound() throws {
    let x = Tensor(vector: [3, .nan, 5])
    #expect(try Reduction.argmax(x) == 1)
    #expect(try Reduction.argmin(x) == 1)
    #expect(try Reduction.min(x).isNaN)
    #expect(try Reduction.sum(x).isNaN)
    #expect(try Reduction.argmax(Tensor(vector: [2, 7, 7])) == 1)
  }
}
