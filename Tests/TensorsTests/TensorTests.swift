// The tensor itself: shapes hold, and errors say what was found and what was wanted.
import Tensors
import Testing

@Suite struct TensorTests {
  @Test func shapesHold() throws {
    #expect(try Tensor(shape: [2, 3], elements: [1, 2, 3, 4, 5, 6]).rank == 2)
    #expect(throws: TensorError.elements(found: 2, shape: [3])) {
      try Tensor(shape: [3], elements: [1, 2])
    }
    #expect(try Tensor(vector: [1, 2, 3, 4]).reshaped([2, 2]).shape == [2, 2])
    #expect(throws: TensorError.self) { try Tensor(vector: [1, 2, 3]).reshaped([2, 2]) }
    for shape in [[-1], [.max, 2], [1 << 31], [1 << 20, 1 << 20]] {
      #expect(throws: TensorError.size(shape)) { try Tensor.count(of: shape) }
    }
    #expect(try Tensor.count(of: []) == 1)
    #expect(try Tensor.count(of: [1 << 40, 0]) == 0)
  }

  static let errors: [TensorError] = [
    .elements(found: 2, shape: [3]), .shapes(operation: "+", left: [2], right: [3]),
    .axis(2, rank: 1), .index(5, axis: 0, size: 3), .size([-1]),
    .domain(operation: "mean", wanted: "at least one element"),
  ]

  @Test func errorsAreSentences() {
    #expect(Set(TensorTests.errors.map(\.code)).count == TensorTests.errors.count)
    for error in TensorTests.errors {
      #expect(error.code.hasPrefix("E04"))
      #expect(!error.message.hasSuffix("."))
      #expect(!error.message.contains("invalid"))
    }
    #expect(TensorTests.errors[5].message == "mean wants at least one element")
  }
}
