// Random small networks of everything that can run with whole numbers: residuals, concatenations,
// paddings, poolings, groups, depthwise convolutions, all activations.
import Compression
import Networks
import Tensors

struct RandomGraph {
  private var random: RandomStream
  private var shape: [Int]
  let input: [Int]

  init(seed: UInt64) {
    random = RandomStream(seed: seed).split("graph")
    let isImage = random.integer(below: 4) > 0
    input =
      isImage
      ? [1 + random.integer(below: 4), 5 + random.integer(below: 5), 5 + random.integer(below: 5)]
      : [3 + random.integer(below: 20)]
    shape = input
  }

  mutating func blueprint() throws -> [Blueprint] {
    var layers: [Blueprint] = []
    if shape.count == 3 {
      for _ in 0...random.integer(below: 4) { layers += try image() }
      switch random.integer(below: 4) {
      case 0:
        layers.append(.layer(GlobalPool()))
        shape = [shape[0]]
      case 1: return layers + [try same(pick(6))]
      default:
        layers.append(.layer(Flatten()))
        shape = [shape.reduce(1, *)]
      }
    }
    for _ in 0...random.integer(below: 3) { layers += try list() }
    return layers
  }

  private mutating func activation() throws -> Blueprint {
    let all = Activation.Function.all
    let clips: [Activation.Function] = [.relu, .relu6]
    let function =
      random.integer(below: 2) == 0
      ? clips[random.integer(below: 2)] : all[random.integer(below: all.count)]
    return .layer(try Activation(function))
  }

  private mutating func some(_ layers: [Blueprint]) -> [Blueprint] {
    random.integer(below: 3) == 0 ? [] : layers
  }

  /// A convolution that leaves the plane as it is.
  private mutating func same(_ filters: Int) throws -> Blueprint {
    let size = random.integer(below: 2) == 0 ? 1 : 3
    return .layer(
      try Conv2D(
        filters: filters, kernel: [size, size], padding: [size / 2, size / 2],
        bias: random.integer(below: 2) == 0))
  }

  private mutating func pick(_ most: Int) -> Int { 1 + random.integer(below: most) }

  private mutating func convolution() throws -> [Blueprint] {
    let kernel = [min(shape[1], pick(3)), min(shape[2], pick(3))]
    let stride = [pick(2), pick(2)]
    let padding = kernel.map { random.integer(below: $0) }
    var (groups, filters) = (1, pick(20))
    switch random.integer(below: 4) {
    case 0: (groups, filters) = (shape[0], shape[0] * pick(2))
    case 1 where shape[0] % 2 == 0: (groups, filters) = (2, 2 * pick(9))
    default: break
    }
    let layer = try Conv2D(
      filters: filters, kernel: kernel, stride: stride, padding: padding, groups: groups,
      bias: random.integer(below: 2) == 0)
    shape = try layer.outputShape(for: [shape])
    let norm = random.integer(below: 3) == 0 ? [Blueprint.layer(try BatchNorm())] : []
    return [.layer(layer)] + norm
  }

  private mutating func pool() throws -> [Blueprint] {
    guard min(shape[1], shape[2]) > 2 else { return [] }
    let size = [1 + pick(2), 1 + pick(2)]
    let stride = [pick(2), pick(2)]
    let padding = [random.integer(below: 2), random.integer(below: 2)]
    let isUp = random.integer(below: 3) == 0
    let layer: any Layer =
      random.integer(below: 2) == 0
      ? try MaxPool(size: size, stride: stride, padding: padding, ceil: isUp)
      : try AveragePool(size: size, stride: stride, padding: padding, ceil: isUp)
    shape = try layer.outputShape(for: [shape])
    return [.layer(layer)]
  }

  private mutating func image() throws -> [Blueprint] {
    switch random.integer(below: 8) {
    case 0: return try pool()
    case 6: return try gate()
    case 7: return try reorder()
    case 1:
      let body = [try same(shape[0])] + some([try activation(), try same(shape[0])])
      return [.residual(body)] + some([try activation()])
    case 2:
      let widths = [pick(5), pick(5)]
      let first = some([try same(widths[0])] + some([try activation()]))
      let second = [try same(widths[1])] + some([try activation()])
      shape[0] = (first.isEmpty ? shape[0] : widths[0]) + widths[1]
      return [.branches([first, second])] + some([try activation()])
    default: return try convolution() + some([try activation()])
    }
  }

  /// Channels times a number each, or number by number.
  private mutating func gate() throws -> [Blueprint] {
    let squeeze: [Blueprint] =
      random.integer(below: 2) == 0
      ? [.layer(GlobalPool()), .layer(try DenseLayer(units: shape[0])), try activation()]
      : [try same(shape[0]), try activation()]
    return [.branches([some([try same(shape[0])]), squeeze], join: Multiply())]
      + some([try activation()])
  }

  /// Slices along any axis, channels dealt anew, other shapes, products at every place.
  private mutating func reorder() throws -> [Blueprint] {
    let layer: any Layer
    switch random.integer(below: 4) {
    case 0:
      let axis = random.integer(below: 3)
      let start = random.integer(below: shape[axis])
      layer = try Slice(
        start..<start + 1 + random.integer(below: shape[axis] - start), axis: axis)
    case 1:
      let divisors = (1...shape[0]).filter { shape[0] % $0 == 0 }
      layer = try ChannelShuffle(groups: divisors[random.integer(below: divisors.count)])
    case 2: layer = try Reshape(shape: [shape[2], shape[0], shape[1]])
    default: layer = try DenseLayer(units: pick(9), positions: true)
    }
    shape = try layer.outputShape(for: [shape])
    return [.layer(layer)]
  }

  private mutating func list() throws -> [Blueprint] {
    let units = pick(20)
    func dense(_ units: Int) throws -> Blueprint { .layer(try DenseLayer(units: units)) }
    switch random.integer(below: 4) {
    case 0:
      return [.residual([try dense(shape[0])] + some([try activation()]))]
        + some([try activation()])
    case 1:
      let old = shape[0]
      shape = [units + old]
      return [.branches([[], [try dense(units)]])] + some([try activation()])
    default:
      shape = [units]
      return [try dense(units)] + some([try activation()])
    }
  }
}
