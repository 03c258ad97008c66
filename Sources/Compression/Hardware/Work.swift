// What a layer has to do for one example: multiply-accumulates as the kernels count them, and the
// operations of layers that multiply nothing.
import Networks
import Tensors

struct Work {
  /// Operations that the network asks for: two for each multiply-accumulate.
  let operations: Double
  /// The same with every row and every number of outputs rounded up to what kernels work in.
  let padded: Double

  /// - Parameter alignment: of the format that multiplies; nil where none does.
  init(_ network: Network, _ position: Int, _ alignment: Alignment?) {
    let node = network.nodes[position]
    let inputs = network.inputShapes(of: position)
    let products = node.layer.multiplyAccumulates(for: inputs)
    guard products > 0, let weight = node.parameters.first(where: { $0.role == .weight }) else {
      let count =
        products > 0
        ? 2 * products : Work.elementwise(node.layer, inputs, network.shapes[position])
      operations = Double(count)
      padded = Double(count)
      return
    }
    operations = 2 * Double(products)
    let outputs = weight.value.shape[0]
    let row = weight.value.shape.dropFirst().reduce(1, *)
    guard let alignment, outputs > 0, row > 0 else {
      padded = operations
      return
    }
    let groups = (node.layer as? Conv2D)?.groups ?? 1
    let positions = Double(products) / Double(outputs * row)
    // One filter for each channel: the channels stand beside each other where outputs do elsewhere.
    let isDepthwise = groups > 1 && outputs == groups
    let lanes =
      isDepthwise
      ? Work.up(outputs, to: alignment.outputs)
      : groups * Work.up(outputs / groups, to: alignment.outputs)
    let length = isDepthwise ? row : Work.up(row, to: alignment.row)
    padded = 2 * Double(lanes) * Double(length) * positions
  }

  private static func up(_ count: Int, to multiple: Int) -> Int {
    (count + multiple - 1) / multiple * multiple
  }

  /// One operation for each number read, or a few where a function takes them.
  private static func elementwise(_ layer: any Layer, _ inputs: [[Int]], _ output: [Int]) -> Int {
    let read = inputs.reduce(0) { $0 + $1.reduce(1, *) }
    let written = output.reduce(1, *)
    switch layer {
    case is Flatten, is Reshape, is Dropout, is Concatenate, is Embedding: return 0
    case is Add: return read - written
    case is BatchNorm: return 2 * written
    case is Softmax: return 4 * written
    case is LayerNorm: return 6 * written
    case let pool as MaxPool: return written * pool.pool.size.reduce(1, *)
    case let pool as AveragePool: return written * pool.pool.size.reduce(1, *)
    default: return read
    }
  }
}
