// A network in double precision, with a bound of what coding weights and activations may change.
import Encodings
import Networks
import Tensors

/// What one example becomes, and by how much the integer path may be off, number by number.
struct BoundedValues {
  var values: [Double]
  var bounds: [Double]
  var shape: [Int]

  init(_ values: [Double], _ shape: [Int]) {
    self.values = values
    self.shape = shape
    bounds = values.map { _ in 0 }
  }

  /// Half a step of the scale that the integer path chooses: its greatest magnitude over 254.
  private func coded() -> [Double] {
    let greatest = zip(values, bounds).reduce(0) { max($0, abs($1.0) + $1.1) }
    return bounds.map { $0 + greatest / 254 }
  }

  /// Sums of products over places, each a pair of an input and a weight.
  private mutating func sums(
    _ node: Node, _ shape: [Int], _ pairs: (_ output: Int) -> [(x: Int, w: Int)]
  ) {
    let weight = node.parameters[0].value
    let w = weight.elements.map(Double.init)
    let width = w.count / weight.shape[0]
    let isStored = node.parameters[0].encoding is Affine
    let halves = (0..<weight.shape[0]).map { row in
      isStored ? 0 : w[row * width..<(row + 1) * width].reduce(0) { max($0, abs($1)) } / 254
    }
    let bias = node.parameters.count > 1 ? node.parameters[1].value.elements : []
    let errors = coded()
    let positions = shape.dropFirst().reduce(1, *)
    var next = BoundedValues([], shape)
    for output in 0..<shape.reduce(1, *) {
      let unit = output / positions
      var sum = bias.isEmpty ? 0 : Double(bias[unit])
      var bound = 1e-6
      for (x, i) in pairs(output) {
        sum += values[x] * w[i]
        bound += abs(w[i]) * errors[x] + (abs(values[x]) + errors[x]) * halves[unit]
        bound += 1e-5 * abs(values[x] * w[i])
      }
      next.values.append(sum)
      next.bounds.append(bound)
    }
    self = next
  }

  /// The inputs of each output's window, plane by plane.
  private func cells(
    _ output: [Int], _ size: [Int], _ stride: [Int], _ padding: [Int], _ y: Int, _ x: Int
  ) -> [(cell: Int, place: Int)] {
    (0..<size[0] * size[1]).compactMap { place in
      let row = y * stride[0] + place / size[1] - padding[0]
      let column = x * stride[1] + place % size[1] - padding[1]
      guard row >= 0, row < shape[1], column >= 0, column < shape[2] else { return nil }
      return (row * shape[2] + column, place)
    }
  }

  private mutating func pool(_ pool: PoolWindow, _ output: [Int], mean: Bool) {
    var next = BoundedValues([], output)
    for channel in 0..<output[0] {
      for position in 0..<output[1] * output[2] {
        let inside = cells(
          output, pool.size, pool.stride, pool.padding, position / output[2], position % output[2]
        ).map { channel * shape[1] * shape[2] + $0.cell }
        let count = Double(inside.count)
        let sum = inside.reduce(0) { $0 + values[$1] }
        next.values.append(mean ? sum / count : inside.map { values[$0] }.max() ?? 0)
        next.bounds.append((inside.map { bounds[$0] }.max() ?? 0) + 1e-5)
      }
    }
    self = next
  }

  /// Through one node.
  mutating func pass(_ node: Node, _ output: [Int]) {
    switch node.layer {
    case is DenseLayer:
      let width = values.count
      sums(node, output) { unit in (0..<width).map { ($0, unit * width + $0) } }
    case let layer as Conv2D:
      let input = self
      let depth = shape[0] / layer.groups
      let kernel = layer.kernel[0] * layer.kernel[1]
      let plane = shape[1] * shape[2]
      sums(node, output) { place in
        let filter = place / (output[1] * output[2])
        let position = place % (output[1] * output[2])
        let first = filter / (layer.filters / layer.groups) * depth
        let cells = input.cells(
          output, layer.kernel, layer.stride, layer.padding, position / output[2],
          position % output[2])
        return (0..<depth).flatMap { channel in
          cells.map {
            ((first + channel) * plane + $0.cell, (filter * depth + channel) * kernel + $0.place)
          }
        }
      }
    case let layer as MaxPool: pool(layer.pool, output, mean: false)
    case let layer as AveragePool: pool(layer.pool, output, mean: true)
    case is GlobalPool:
      let plane = shape[1] * shape[2]
      let sums = (0..<shape[0]).map { values[$0 * plane..<($0 + 1) * plane].reduce(0, +) }
      bounds = (0..<shape[0]).map {
        (bounds[$0 * plane..<($0 + 1) * plane].max() ?? 0) + 1e-5
      }
      values = sums.map { $0 / Double(plane) }
    case let layer as Activation:
      // relu, relu6 and leaky bring no two numbers further apart.
      values = values.map { value in
        switch layer.function {
        case .relu: max(0, value)
        case .relu6: min(6, max(0, value))
        default: value > 0 ? value : layer.slope * value
        }
      }
    default: break
    }
    shape = output
  }
}
