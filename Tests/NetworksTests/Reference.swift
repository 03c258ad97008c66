// A plain twin of every layer in double precision, one output at a time: what the engine is held to.
import Glibc
import Networks
import Tensors

/// A network in double precision: its parameters by node, and a forward pass that follows the textbook.
struct Reference {
  let network: Network
  var parameters: [[[Double]]]
  let training: Bool

  init(_ network: Network, training: Bool = true) {
    self.network = network
    self.training = training
    parameters = network.nodes.map { $0.parameters.map { $0.value.elements.map(Double.init) } }
  }

  /// The outputs of a batch, one array for each example.
  func forward(_ batch: [[Double]]) -> [[Double]] {
    var outputs: [[[Double]]] = []
    for (n, node) in network.nodes.enumerated() {
      let inputs = node.inputs.map { $0 == Network.input ? batch : outputs[$0] }
      let shapes = network.inputShapes(of: n)
      let out = network.shapes[n]
      if let norm = node.layer as? BatchNorm {
        outputs.append(batchNorm(norm, inputs[0], shapes[0], parameters[n]))
      } else {
        outputs.append(
          batch.indices.map { b in
            example(node.layer, inputs.map { $0[b] }, shapes, out, parameters[n])
          })
      }
    }
    return outputs.last ?? batch
  }

  private func example(
    _ layer: any Layer, _ x: [[Double]], _ shapes: [[Int]], _ out: [Int], _ p: [[Double]]
  ) -> [Double] {
    switch layer {
    case let dense as DenseLayer where dense.positions:
      return overUnits(x[0], shapes[0], to: out[0]) { Reference.dense($0, out[0], p) }
    case is DenseLayer: return Reference.dense(x[0], out[0], p)
    case let conv as Conv2D: return convolve(conv, x[0], shapes[0], out, p)
    case let pool as MaxPool:
      return windows(pool.pool, x[0], shapes[0], out).map { $0.max() ?? 0 }
    case let pool as AveragePool:
      return windows(pool.pool, x[0], shapes[0], out).map { $0.reduce(0, +) / Double($0.count) }
    case is GlobalPool:
      let size = x[0].count / out[0]
      return (0..<out[0]).map { x[0][$0 * size..<($0 + 1) * size].reduce(0, +) / Double(size) }
    case let activation as Activation: return x[0].map { apply(activation, $0) }
    case is Add: return x[0].indices.map { i in x.reduce(0.0) { $0 + $1[i] } }
    case is Multiply:
      return x[0].indices.map { x[0][$0] * x[1][$0 / (x[0].count / x[1].count)] }
    case is Concatenate: return Array(x.joined())
    case let embedding as Embedding:
      return (0..<embedding.units).flatMap { d in
        x[0].map { p[0][Int($0) * embedding.units + d] }
      }
    case let norm as LayerNorm: return overUnits(x[0], shapes[0]) { layerNorm(norm, $0, p) }
    case is Softmax:
      return overUnits(x[0], shapes[0]) { units in
        let sum = units.reduce(0.0) { $0 + exp($1) }
        return units.map { exp($0) / sum }
      }
    default: return Reference.sequence(layer, x, shapes, p) ?? x[0]
    }
  }

  private static func dense(_ x: [Double], _ units: Int, _ p: [[Double]]) -> [Double] {
    (0..<units).map { o in
      let sum = x.indices.reduce(0.0) { $0 + p[0][o * x.count + $1] * x[$1] }
      return sum + (p.count > 1 ? p[1][o] : 0)
    }
  }

  private func apply(_ activation: Activation, _ x: Double) -> Double {
    switch activation.function.name {
    case "relu": max(0, x)
    case "relu6": min(6, max(0, x))
    case "leaky": x > 0 ? x : activation.slope * x
    case "sigmoid": 1 / (1 + exp(-x))
    case "tanh": tanh(x)
    case "gelu": x * (1 + erf(x / 2.0.squareRoot())) / 2
    default: x / (1 + exp(-x))
    }
  }

  private func convolve(
    _ conv: Conv2D, _ x: [Double], _ input: [Int], _ out: [Int], _ p: [[Double]]
  ) -> [Double] {
    let depth = input[0] / conv.groups
    var y: [Double] = []
    for o in 0..<out[0] {
      let first = o / (conv.filters / conv.groups) * depth
      for oy in 0..<out[1] {
        for ox in 0..<out[2] {
          var sum = p.count > 1 ? p[1][o] : 0
          for c in 0..<depth {
            for i in 0..<conv.kernel[0] {
              for j in 0..<conv.kernel[1] {
                let iy = oy * conv.stride[0] + i - conv.padding[0]
                let ix = ox * conv.stride[1] + j - conv.padding[1]
                guard (0..<input[1]).contains(iy), (0..<input[2]).contains(ix) else { continue }
                let weight = ((o * depth + c) * conv.kernel[0] + i) * conv.kernel[1] + j
                sum += p[0][weight] * x[((first + c) * input[1] + iy) * input[2] + ix]
              }
            }
          }
          y.append(sum)
        }
      }
    }
    return y
  }

  /// The cells inside the image of every window, in the order of the outputs.
  private func windows(
    _ pool: PoolWindow, _ x: [Double], _ input: [Int], _ out: [Int]
  ) -> [[Double]] {
    var all: [[Double]] = []
    for c in 0..<out[0] {
      for oy in 0..<out[1] {
        for ox in 0..<out[2] {
          let y0 = oy * pool.stride[0] - pool.padding[0]
          let x0 = ox * pool.stride[1] - pool.padding[1]
          var cells: [Double] = []
          for iy in max(0, y0)..<min(input[1], y0 + pool.size[0]) {
            for ix in max(0, x0)..<min(input[2], x0 + pool.size[1]) {
              cells.append(x[(c * input[1] + iy) * input[2] + ix])
            }
          }
          all.append(cells)
        }
      }
    }
    return all
  }

  private func overUnits(
    _ x: [Double], _ shape: [Int], to count: Int? = nil, _ body: ([Double]) -> [Double]
  ) -> [Double] {
    let positions = shape.dropFirst().reduce(1, *)
    var y = [Double](repeating: 0, count: (count ?? shape[0]) * positions)
    for j in 0..<positions {
      let units = body((0..<shape[0]).map { x[$0 * positions + j] })
      for u in units.indices { y[u * positions + j] = units[u] }
    }
    return y
  }

  private func layerNorm(_ norm: LayerNorm, _ x: [Double], _ p: [[Double]]) -> [Double] {
    let mean = x.reduce(0, +) / Double(x.count)
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    let deviation = (variance + norm.epsilon).squareRoot()
    return x.indices.map { (x[$0] - mean) / deviation * p[0][$0] + p[1][$0] }
  }

  private func batchNorm(
    _ norm: BatchNorm, _ x: [[Double]], _ shape: [Int], _ p: [[Double]]
  ) -> [[Double]] {
    let size = shape.dropFirst().reduce(1, *)
    var y = x
    for c in 0..<shape[0] {
      let cells = x.flatMap { $0[c * size..<(c + 1) * size] }
      let count = Double(cells.count)
      let mean = training ? cells.reduce(0, +) / count : p[2][c]
      let variance =
        training ? cells.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count : p[3][c]
      let deviation = (variance + norm.epsilon).squareRoot()
      for b in x.indices {
        for i in c * size..<(c + 1) * size {
          y[b][i] = (x[b][i] - mean) / deviation * p[0][c] + p[1][c]
        }
      }
    }
    return y
  }
}
