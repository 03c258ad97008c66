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
  /// The products of the inputs of some nodes, over some examples: of as many nodes at a time as a
  /// gigabyte holds, so that the network runs as rarely as may be.
  /// - Parameter visit: is called once for each node, in order: with nil for a layer whose weights
  ///   multiply nothing (an embedding), or with more than 16,384 weights to an output.
  /// - Throws: as `trace`, and what `visit` throws.
  package func inputProducts<Failure: Error>(
    of nodes: [Int], on inputs: Tensor, monitor: Monitor = .silent,
    trouble: (NetworkError) -> Failure,
    visit: (_ node: Int, InputProducts?) throws(Failure) -> Void
  ) throws(Failure) {
    var rest = nodes[...]
    while !rest.isEmpty {
      var sums: [(node: Int, products: Products?)] = []
      var size = 0
      while let node = rest.first {
        size += Products.size(self, node)
        guard sums.isEmpty || size <= 1 << 28 else { break }
        sums.append((node, Products(self, node)))
        rest.removeFirst()
      }
      var readers: [Int: [Products]] = [:]
      for case (let node, let products?) in sums {
        readers[self.nodes[node].inputs[0], default: []].append(products)
      }
      do throws(NetworkError) {
        if !readers.isEmpty {
          try trace(inputs, outputsOf: readers.keys.sorted(), monitor: monitor) { source, batch in
            for one in readers[source] ?? [] { one.add(batch) }
          }
        }
      } catch { throw trouble(error) }
      for (node, products) in sums { try visit(node, products?.result) }
    }
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

  private struct Form {
    var columns: Int
    var groups = 1
    var window: Window?
    var positions: Int
  }

  private static func form(_ network: Network, _ n: Int) -> Form? {
    let shape = network.inputShapes(of: n)[0]
    let form: Form
    switch network.nodes[n].layer {
    case is DenseLayer:
      form = Form(columns: shape[0], positions: shape.dropFirst().reduce(1, *))
    case let layer as Conv2D:
      guard let window = layer.window(shape) else { return nil }
      form = Form(
        columns: window.channels * window.kernelCount, groups: layer.groups, window: window,
        positions: window.outCount)
    default: return nil
    }
    return form.columns <= 16_384 ? form : nil
  }

  /// Floats that a node's sums are.
  static func size(_ network: Network, _ n: Int) -> Int {
    form(network, n).map { $0.groups * $0.columns * $0.columns } ?? 0
  }

  init?(_ network: Network, _ n: Int) {
    guard let form = Products.form(network, n) else { return nil }
    (columns, groups, window, positions) = (
      form.columns, form.groups, form.window, form.positions
    )
    sums = (0..<form.groups).map { _ in Memory(form.columns * form.columns) }
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
