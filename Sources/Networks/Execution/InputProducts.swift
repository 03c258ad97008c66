// What the inputs of a layer with weights look like, as its weights see them: the sums of products of
// every two of them.
internal import Kernels
package import Tensors

/// Σ x xᵀ over all inputs of a layer, [columns, columns] for each group of outputs: half of what the
/// squared error of its outputs has for a Hessian.
package struct InputProducts: Sendable {
  /// Weights of one output: columns of the matrix of weights.
  package let columns: Int
  /// Row-major, one per group.
  package let groups: [[Float]]
  /// How many inputs were summed up, for each group.
  package let count: Int
}

extension Network {
  /// The products of the inputs of a node, over some examples.
  /// - Returns: nil for a layer whose weights multiply nothing (an embedding), or with more than
  ///   16,384 weights to an output.
  /// - Throws: as `trace`.
  package func inputProducts(
    of node: Int, on inputs: Tensor, monitor: Monitor = .silent
  ) throws(NetworkError) -> InputProducts? {
    guard let sums = Products(self, node) else { return nil }
    try trace(inputs, outputsOf: [nodes[node].inputs[0]], monitor: monitor) { _, batch in
      sums.add(batch)
    }
    return sums.result
  }
}

/// Sums that grow from batch to batch.
private final class Products {
  private let sums: [Memory]
  private let columns: Int
  private let groups: Int
  private let window: Window?
  private let positions: Int
  private var count = 0

  init?(_ network: Network, _ n: Int) {
    let shape = network.inputShapes(of: n)[0]
    switch network.nodes[n].layer {
    case is DenseLayer:
      window = nil
      groups = 1
      columns = shape[0]
      positions = shape.dropFirst().reduce(1, *)
    case let layer as Conv2D:
      guard let window = layer.window(shape) else { return nil }
      self.window = window
      groups = layer.groups
      columns = window.channels * window.kernelCount
      positions = window.outCount
    default: return nil
    }
    guard columns <= 16_384 else { return nil }
    sums = (0..<groups).map { [columns] _ in Memory(columns * columns) }
  }

  func add(_ batch: Tensor) {
    let examples = batch.shape[0]
    let size = batch.count / max(1, examples)
    count += examples * positions
    let x = Memory(batch.count)
    x.floats.copy(from: batch.elements)
    guard window != nil || positions > 1 else {
      let rows = Matrix(x.floats, examples, columns)
      Matrix(sums[0].floats, columns, columns)
        .product(rows, rows, transposeA: true, adding: true)
      return
    }
    let patches = Memory(columns * positions)
    for example in 0..<examples {
      let image = x.floats.slice(example * size, size)
      for group in 0..<groups {
        var matrix = Matrix(image.slice(0, min(size, columns * positions)), 0, 0)
        if let window {
          let part = size / groups
          matrix = Matrix(patches.floats, columns, positions)
          window.columns(of: image.slice(group * part, part), to: matrix)
        } else {
          matrix = Matrix(image, columns, positions)
        }
        Matrix(sums[group].floats, columns, columns)
          .product(matrix, matrix, transposeB: true, adding: true)
      }
    }
  }

  var result: InputProducts {
    InputProducts(columns: columns, groups: sums.map(\.floats.array), count: count)
  }
}
