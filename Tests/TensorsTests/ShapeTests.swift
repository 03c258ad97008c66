// Arithmetic of shapes: broadcasting as a law, strides, axes from either end.
import Tensors
import Testing

@Suite struct ShapeTests {
  @Test func broadcastingIsSymmetricAndIdempotent() throws {
    let shapes = [[], [1], [3], [2, 3], [2, 1], [4, 1, 3], [1, 1, 1], [0], [5, 0, 1]]
    for a in shapes {
      for b in shapes {
        let forth = try? Shape.broadcast(a, b, operation: "+")
        #expect(forth == (try? Shape.broadcast(b, a, operation: "+")))
        if let forth { #expect(try Shape.broadcast(forth, a, operation: "+") == forth) }
      }
      #expect(try Shape.broadcast(a, a, operation: "+") == a)
      #expect(try Shape.broadcast(a, [], operation: "+") == a)
    }
    #expect(throws: TensorError.shapes(operation: "+", left: [2], right: [3])) {
      try Shape.broadcast([2], [3], operation: "+")
    }
  }

  @Test func strides() {
    #expect(Shape.strides(of: [2, 3, 4]) == [12, 4, 1])
    #expect(Shape.strides(of: []) == [])
    #expect(Shape.strides(of: [3, 1], as: [2, 3, 4]) == [0, 1, 0])
    #expect(Shape.strides(of: [0, .max, .max]).count == 3)
  }

  @Test func axes() throws {
    #expect(try Shape.axis(-1, rank: 3) == 2)
    #expect(try Shape.axis(-3, rank: 3) == 0)
    for axis in [3, -4, .max, .min] {
      #expect(throws: TensorError.axis(axis, rank: 3)) { try Shape.axis(axis, rank: 3) }
    }
    #expect(throws: TensorError.axis(0, rank: 0)) { try Shape.axis(0, rank: 0) }
  }
}
