// Transposing, joining and stacking: laws, and NumPy's errors.
import Tensors
import Testing

@Suite struct LayoutTests {
  @Test func transposes() throws {
    let a = Tensor(trusted: [2, 3], [1, 2, 3, 4, 5, 6])
    #expect(a.transposed.elements == [1, 4, 2, 5, 3, 6])
    #expect(a.transposed.transposed == a)
    let b = try numbered([2, 3, 4, 5])
    let moved = try b.transposed(axes: [2, 0, -1, 1])
    #expect(moved.shape == [4, 2, 5, 3])
    for (i, j, k, l) in [(0, 0, 0, 0), (1, 2, 3, 4), (0, 2, 1, 3)] {
      #expect(
        try moved.selecting([.index(k), .index(i), .index(l), .index(j)])
          == b.selecting([.index(i), .index(j), .index(k), .index(l)]))
    }
    #expect(try moved.transposed(axes: [1, 3, 0, 2]) == b)
    #expect(throws: TensorError.self) { try a.transposed(axes: [0, 0]) }
    #expect(throws: TensorError.self) { try a.transposed(axes: [0]) }
    #expect(try Tensor(filledWith: 0, shape: [0, 4]).transposed.shape == [4, 0])
  }

  @Test func joinsWhatSlicesPart() throws {
    let a = try numbered([3, 5, 2])
    for axis in 0..<3 {
      let whole = [Subscript](repeating: .everything, count: axis)
      let parts = try [(0, 1), (1, 1), (1, a.shape[axis])].map { start, stop in
        try a.selecting(whole + [.slice(start: start, stop: stop)])
      }
      #expect(try Tensor.concatenating(parts, axis: axis) == a)
      let rows = try (0..<a.shape[axis]).map { try a.selecting(whole + [.index($0)]) }
      #expect(try Tensor.stacking(rows, axis: axis) == a)
    }
  }

  @Test func joiningErrors() throws {
    let a = try numbered([2, 3])
    let b = try numbered([3, 2])
    #expect(throws: TensorError.shapes(operation: "concatenate", left: [2, 3], right: [3, 2])) {
      try Tensor.concatenating([a, b])
    }
    #expect(throws: TensorError.self) { try Tensor.concatenating([]) }
    #expect(throws: TensorError.self) { try Tensor.concatenating([Tensor(scalar: 1)]) }
    #expect(throws: TensorError.self) { try Tensor.concatenating([a, Tensor(vector: [1])]) }
    #expect(throws: TensorError.self) { try Tensor.stacking([a, b]) }
    #expect(throws: TensorError.axis(3, rank: 3)) { try Tensor.stacking([a], axis: 3) }
  }

  @Test func oneHot() throws {
    #expect(try Tensor.oneHot([2, 0], classes: 3).elements == [0, 0, 1, 1, 0, 0])
    #expect(throws: TensorError.index(3, axis: 1, size: 3)) { try Tensor.oneHot([3], classes: 3) }
    #expect(throws: TensorError.self) { try Tensor.oneHot([-1], classes: 3) }
    #expect(throws: TensorError.self) { try Tensor.oneHot([0], classes: -1) }
  }
}
