// Broadcasting and the tables of operations, against their definitions and NumPy's rules.
import Tensors
import Testing

/// Tensors that differ wherever shapes can: sizes of 1 and 0, missing axes, and odd sizes.
func numbered(_ shape: [Int]) throws -> Tensor {
  let count = try Tensor.count(of: shape)
  return try Tensor(shape: shape, elements: (0..<count).map { Float(($0 * 7 + 3) % 13) - 5.5 })
}

@Suite struct ArithmeticTests {
  static let pairs: [([Int], [Int], [Int])] = [
    ([], [], []), ([3], [], [3]), ([], [2, 3], [2, 3]), ([2, 3], [2, 3], [2, 3]),
    ([2, 3], [3], [2, 3]), ([2, 1], [3], [2, 3]), ([2, 3, 4], [3, 1], [2, 3, 4]),
    ([4, 1, 3], [2, 1], [4, 2, 3]), ([0, 3], [3], [0, 3]), ([1], [0], [0]),
    ([2, 1, 4, 1], [3, 1, 5], [2, 3, 4, 5]), ([1, 1], [1], [1, 1]), ([1, 1, 1], [7], [1, 1, 7]),
  ]

  /// The definition: each element of the result from the elements whose indices it has.
  private func slowly(
    _ a: Tensor, _ b: Tensor, _ shape: [Int], _ body: (Float, Float) -> Float
  ) throws -> [Float] {
    func element(_ t: Tensor, _ index: [Int]) -> Float {
      var flat = 0
      for (axis, size) in t.shape.enumerated() {
        flat = flat * size + (size == 1 ? 0 : index[index.count - t.rank + axis])
      }
      return t.elements[flat]
    }
    return try (0..<Tensor.count(of: shape)).map { position in
      var rest = position
      var index = [Int](repeating: 0, count: shape.count)
      for axis in shape.indices.reversed() {
        index[axis] = rest % shape[axis]
        rest /= shape[axis]
      }
      return body(element(a, index), element(b, index))
    }
  }

  @Test(arguments: pairs) func broadcasts(left: [Int], right: [Int], shape: [Int]) throws {
    let a = try numbered(left)
    let b = try numbered(right)
    let difference = try a - b
    #expect(difference.shape == shape)
    #expect(difference.elements == (try slowly(a, b, shape) { $0 - $1 }))
    #expect(try (b - a).elements == slowly(b, a, shape) { $0 - $1 })
    for operation in PairOperation.all {
      let result = try operation.apply(a, b)
      #expect(result.shape == shape, "\(operation.name)")
    }
  }

  @Test(arguments: [([2], [3]), ([2, 3], [2]), ([0], [2]), ([4, 3], [2, 3])])
  func refusesOtherShapes(left: [Int], right: [Int]) throws {
    let a = try numbered(left)
    let b = try numbered(right)
    for operation in PairOperation.all {
      #expect(throws: TensorError.self) { try operation.apply(a, b) }
    }
    #expect(throws: TensorError.shapes(operation: "+", left: left, right: right)) { try a + b }
  }

  @Test func tooLargeIsAnError() throws {
    let tall = try numbered([1 << 16, 1])
    let wide = try numbered([1, 1 << 16])
    #expect(throws: TensorError.size([1 << 16, 1 << 16])) { try tall * wide }
    #expect(throws: TensorError.self) { try Tensor(filledWith: 0, shape: [1 << 40, 1 << 40]) }
    #expect(throws: TensorError.self) { try Tensor(filledWith: 0, shape: [-1]) }
  }

  /// NumPy 2.4: `a + b`, …, with a = [-3, -0.5, 2, 7], b = [2, -2, 0.5, 7], float32.
  @Test func pairsAsInNumPy() throws {
    let a = Tensor(vector: [-3, -0.5, 2, 7])
    let b = Tensor(vector: [2, -2, 0.5, 7])
    let wanted: [String: [Float]] = [
      "add": [-1, -2.5, 2.5, 14], "subtract": [-5, 1.5, 1.5, 0], "multiply": [-6, 1, 1, 49],
      "divide": [-1.5, 0.25, 4, 1], "power": [9, 4, 1.414_213_5, 823_543],
      "remainder": [1, -0.5, 0, 0], "minimum": [-3, -2, 0.5, 7], "maximum": [2, -0.5, 2, 7],
      "equal": [0, 0, 0, 1], "not equal": [1, 1, 1, 0], "less": [1, 0, 0, 0],
      "less or equal": [1, 0, 0, 1], "greater": [0, 1, 1, 0], "greater or equal": [0, 1, 1, 1],
    ]
    for operation in PairOperation.all {
      #expect(try operation.apply(a, b).elements == wanted[operation.name], "\(operation.name)")
    }
  }

  /// NumPy 2.4, float32; rounding halves to even.
  @Test func elementsAsInNumPy() {
    let x = Tensor(vector: [-2.5, -0.5, 0, 0.5, 1.5])
    let wanted: [String: [Float]] = [
      "negate": [2.5, 0.5, 0, -0.5, -1.5], "abs": [2.5, 0.5, 0, 0.5, 1.5],
      "exp": [0.082_085, 0.606_530_66, 1, 1.648_721_3, 4.481_689],
      "sign": [-1, -1, 0, 1, 1], "round": [-2, 0, 0, 0, 2], "floor": [-3, -1, 0, 0, 1],
      "ceil": [-2, 0, 0, 1, 2],
      "tanh": [-0.986_614_3, -0.462_117_16, 0, 0.462_117_16, 0.905_148_27],
    ]
    for operation in ElementOperation.all {
      let result = operation.apply(x)
      #expect(result.shape == x.shape)
      guard let numbers = wanted[operation.name] else { continue }
      for (found, number) in zip(result.elements, numbers) {
        #expect(abs(found - number) <= 2e-7 * max(1, abs(number)), "\(operation.name)")
      }
    }
    #expect(ElementOperation.log.apply(x).elements[0].isNaN)
    #expect(ElementOperation.sqrt.apply(Tensor(vector: [9, 2])).elements == [3, 1.414_213_5])
  }

  @Test func whatIsNoNumberStaysSo() throws {
    let x = Tensor(vector: [.nan, 1])
    let y = Tensor(vector: [1, .nan])
    #expect(try PairOperation.minimum.apply(x, y).elements.allSatisfy { $0.isNaN })
    #expect(try PairOperation.maximum.apply(x, y).elements.allSatisfy { $0.isNaN })
    #expect(ElementOperation.sign.apply(x).elements[0].isNaN)
    #expect(try x.clipped(from: 0, to: 1).elements[0].isNaN)
  }

  @Test func clips() throws {
    let x = Tensor(vector: [-2, 0.25, 2])
    #expect(try x.clipped(from: -1, to: 1).elements == [-1, 0.25, 1])
    #expect(throws: TensorError.self) { try x.clipped(from: 1, to: 0) }
    #expect(throws: TensorError.self) { try x.clipped(from: .nan, to: 0) }
  }
}
