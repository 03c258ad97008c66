// The one loop behind every operation on two tensors: NumPy's broadcasting over flat elements.

extension Tensor {
  /// Combines two tensors element by element.
  /// - Throws: `TensorError.shapes` where the shapes do not broadcast.
  @inline(__always)
  static func combine(
    _ left: Tensor, _ right: Tensor, _ operation: String, _ body: (Float, Float) -> Float
  ) throws(TensorError) -> Tensor {
    let shape = try Shape.broadcast(left.shape, right.shape, operation: operation)
    let count = try Tensor.count(of: shape)
    var result = [Float](repeating: 0, count: count)
    let x = left.elements
    let y = right.elements
    if x.count == count, y.count == count {
      for i in 0..<count { result[i] = body(x[i], y[i]) }
    } else if y.count == 1, x.count == count {
      let scalar = y[0]
      for i in 0..<count { result[i] = body(x[i], scalar) }
    } else if x.count == 1, y.count == count {
      let scalar = x[0]
      for i in 0..<count { result[i] = body(scalar, y[i]) }
    } else if count > 0 {
      var walk = PairWalk(left: left.shape, right: right.shape, result: shape)
      let row = walk.inner
      for start in stride(from: 0, to: count, by: row.size) {
        let (l, r) = (walk.left, walk.right)
        for i in 0..<row.size {
          result[start + i] = body(x[l + i * row.left], y[r + i * row.right])
        }
        walk.advance()
      }
    }
    return Tensor(trusted: shape, result)
  }
}

/// Walks over the rows of two operands read as one shape. Axes that run on in both become one.
struct PairWalk {
  struct Axis {
    var size: Int
    var left: Int
    var right: Int
  }

  /// The innermost run.
  private(set) var inner: Axis
  /// Where the current row starts in each operand.
  private(set) var left = 0
  private(set) var right = 0
  /// Where in the current row a walk by single entries is.
  var position = 0
  private var outer: [Axis]
  private var counters: [Int]

  init(left: [Int], right: [Int], result: [Int]) {
    let l = Shape.strides(of: left, as: result)
    let r = Shape.strides(of: right, as: result)
    var axes: [Axis] = []
    for (axis, size) in result.enumerated() where size != 1 {
      let next = Axis(size: size, left: l[axis], right: r[axis])
      if let last = axes.last, last.left == next.left * size, last.right == next.right * size {
        axes[axes.count - 1] = Axis(size: last.size * size, left: next.left, right: next.right)
      } else {
        axes.append(next)
      }
    }
    inner = axes.popLast() ?? Axis(size: 1, left: 0, right: 0)
    outer = axes
    counters = [Int](repeating: 0, count: axes.count)
  }

  mutating func advance() {
    for axis in outer.indices.reversed() {
      counters[axis] += 1
      left += outer[axis].left
      right += outer[axis].right
      if counters[axis] < outer[axis].size { return }
      left -= outer[axis].left * outer[axis].size
      right -= outer[axis].right * outer[axis].size
      counters[axis] = 0
    }
  }
}
