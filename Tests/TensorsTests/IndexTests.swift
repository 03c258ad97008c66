// Indexing against the definition of Python's slices, and its errors.
import Tensors
import Testing

@Suite struct IndexTests {
  static let places: [Int?] = [nil, -7, -6, -5, -3, -1, 0, 1, 2, 4, 5, 6, .min, .max]

  /// Python: `slice(a, b, c).indices(n)` as its documentation defines it, by walking.
  private func walked(_ start: Int?, _ stop: Int?, _ step: Int, size: Int) -> [Int] {
    func place(_ p: Int?, _ otherwise: Int) -> Int {
      guard let p else { return otherwise }
      let counted = p < 0 ? (p < -size ? -1 : p + size) : p
      return step > 0 ? min(max(counted, 0), size) : min(max(counted, -1), size - 1)
    }
    var i = place(start, step > 0 ? 0 : size - 1)
    let end = place(stop, step > 0 ? size : -1)
    var found: [Int] = []
    while step > 0 ? i < end : i > end {
      found.append(i)
      let (next, overflow) = i.addingReportingOverflow(step)
      if overflow { break }
      i = next
    }
    return found
  }

  @Test(arguments: places, [1, 2, 3, 7, -1, -2, -9, .max, .min])
  func slicesAsPython(start: Int?, step: Int) throws {
    for size in [0, 1, 5] {
      let tensor = Tensor(vector: (0..<size).map { Float($0) })
      for stop in IndexTests.places {
        let found = try tensor.selecting([.slice(start: start, stop: stop, step: step)])
        let wanted = walked(start, stop, step, size: size).map { Float($0) }
        #expect(found.elements == wanted, "\(size)[\(start as Any):\(stop as Any):\(step)]")
      }
    }
  }

  @Test func alongAxes() throws {
    let a = Tensor(trusted: [2, 3, 4], (0..<24).map { Float($0) })
    #expect(try a.selecting([.index(1)]).shape == [3, 4])
    #expect(try a.selecting([.index(-1), .index(0), .index(-1)]) == Tensor(scalar: 15))
    #expect(try a.selecting([.everything, .index(1)]).elements == [4, 5, 6, 7, 16, 17, 18, 19])
    let part = try a.selecting([.slice(step: -1), .slice(start: 1), .slice(stop: 1)])
    #expect(part.shape == [2, 2, 1])
    #expect(part.elements == [16, 20, 4, 8])
    #expect(try a.selecting([]) == a)
  }

  @Test func errors() throws {
    let a = Tensor(trusted: [2, 3], [1, 2, 3, 4, 5, 6])
    #expect(throws: TensorError.index(2, axis: 0, size: 2)) { try a.selecting([.index(2)]) }
    #expect(throws: TensorError.index(-4, axis: 1, size: 3)) {
      try a.selecting([.everything, .index(-4)])
    }
    #expect(throws: TensorError.axis(2, rank: 2)) {
      try a.selecting([.index(0), .index(0), .index(0)])
    }
    #expect(throws: TensorError.self) { try a.selecting([.slice(step: 0)]) }
    #expect(throws: TensorError.index(3, axis: 1, size: 3)) { try a.taking([3], axis: 1) }
  }

  @Test func takes() throws {
    let a = Tensor(trusted: [2, 3], [1, 2, 3, 4, 5, 6])
    #expect(try a.taking([1, 1, 0]).elements == [4, 5, 6, 4, 5, 6, 1, 2, 3])
    #expect(try a.taking([-1, 0], axis: 1).elements == [3, 1, 6, 4])
    #expect(try a.taking([], axis: 1).shape == [2, 0])
  }
}
