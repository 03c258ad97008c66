// Convolution, activation and pooling in plain Swift and double precision, to compare kernels with.
import Kernels

/// A convolution of rows [n, groups * channels, H, W], with what follows it.
struct ConvolutionTwin: CustomStringConvertible {
  var channels = 1
  var plane = (5, 5)
  var kernel = (3, 3)
  var stride = (1, 1)
  var padding = (0, 0)
  var groups = 1
  /// Of one group.
  var filters = 1
  var activator = Activator.identity
  var pools = false

  var description: String {
    "\(channels)x\(plane) kernel \(kernel) stride \(stride) padding \(padding) groups \(groups) "
      + "filters \(filters) \(activator.function) pools \(pools)"
  }

  var window: Window? {
    Window(channels: channels, plane: plane, kernel: kernel, stride: stride, padding: padding)
  }

  var out: (Int, Int) {
    (
      (plane.0 + 2 * padding.0 - kernel.0) / stride.0 + 1,
      (plane.1 + 2 * padding.1 - kernel.1) / stride.1 + 1
    )
  }
  var pooled: (Int, Int) { pools ? (out.0 / 2, out.1 / 2) : out }
  var inputCount: Int { groups * channels * plane.0 * plane.1 }
  var outputCount: Int { groups * filters * pooled.0 * pooled.1 }
  var weightCount: Int { groups * filters * channels * kernel.0 * kernel.1 }

  /// Weights for which outputs are about 1, where activations bend.
  var weightScale: Float { 2 / Float(channels * kernel.0 * kernel.1).squareRoot() }

  /// Calls `body(weight, input)` for the cells that the output (filter, row, column) reads.
  private func forEachTap(
    _ filter: Int, _ row: Int, _ column: Int, _ body: (Int, Int) -> Void
  ) {
    let group = filter / filters
    for c in 0..<channels {
      for ky in 0..<kernel.0 {
        let y = row * stride.0 + ky - padding.0
        guard y >= 0, y < plane.0 else { continue }
        for kx in 0..<kernel.1 {
          let x = column * stride.1 + kx - padding.1
          guard x >= 0, x < plane.1 else { continue }
          body(
            ((filter * channels + c) * kernel.0 + ky) * kernel.1 + kx,
            ((group * channels + c) * plane.0 + y) * plane.1 + x)
        }
      }
    }
  }

  private func activate(_ z: Double) -> Double {
    switch activator.function {
    case .relu: max(0, z)
    case .relu6: min(6, max(0, z))
    case .leaky: z > 0 ? z : Double(activator.slope) * z
    case .sigmoid: 1 / (1 + exponential(-z))
    case .tanh: 1 - 2 / (exponential(2 * z) + 1)
    default: z
    }
  }

  private func slope(_ y: Double) -> Double {
    switch activator.function {
    case .relu: y > 0 ? 1 : 0
    case .relu6: y > 0 && y < 6 ? 1 : 0
    case .leaky: y > 0 ? 1 : Double(activator.slope)
    case .sigmoid: y * (1 - y)
    case .tanh: 1 - y * y
    default: 1
    }
  }

  /// e^x by squaring: accurate to far more digits than a float has.
  private func exponential(_ x: Double) -> Double {
    var term = 1.0
    var sum = 1.0
    for i in 1..<20 {
      term *= x / 1024 / Double(i)
      sum += term
    }
    for _ in 0..<10 { sum *= sum }
    return sum
  }

  struct Outputs {
    var y: [Double]
    /// The output before pooling that each of y comes from.
    var sources: [(row: Int, column: Int)]
  }

  /// One image.
  func forward(_ x: ArraySlice<Double>, _ weight: [Double], _ bias: [Double]) -> Outputs {
    var outputs = Outputs(y: [], sources: [])
    for filter in 0..<groups * filters {
      for py in 0..<pooled.0 {
        for px in 0..<pooled.1 {
          var best = (value: -Double.infinity, row: 0, column: 0)
          for part in 0..<(pools ? 4 : 1) {
            let row = pools ? 2 * py + part / 2 : py
            let column = pools ? 2 * px + part % 2 : px
            var sum = bias[filter]
            forEachTap(filter, row, column) { sum += weight[$0] * x[x.startIndex + $1] }
            if sum > best.value { best = (sum, row, column) }
          }
          outputs.y.append(activate(best.value))
          outputs.sources.append((best.row, best.column))
        }
      }
    }
    return outputs
  }

  struct Gradients {
    var x: [Double]
    var weight: [Double]
    var bias: [Double]
  }

  /// Of one image; those of weight and bias are added to.
  func backward(
    _ dy: ArraySlice<Double>, _ x: ArraySlice<Double>, _ outputs: Outputs, _ weight: [Double],
    to gradients: inout Gradients
  ) {
    gradients.x = [Double](repeating: 0, count: inputCount)
    let area = pooled.0 * pooled.1
    for i in 0..<outputCount {
      let d = dy[dy.startIndex + i] * slope(outputs.y[i])
      let source = outputs.sources[i]
      gradients.bias[i / area] += d
      forEachTap(i / area, source.row, source.column) {
        gradients.x[$1] += d * weight[$0]
        gradients.weight[$0] += d * x[x.startIndex + $1]
      }
    }
  }
}

extension ConvolutionTwin {
  /// A shape of any kind, small enough for a slow twin. Nil where the kernel does not fit.
  static func random(_ dice: inout Dice) -> ConvolutionTwin? {
    var twin = ConvolutionTwin()
    let isDepthwise = dice.size(0...4) == 0
    twin.groups = isDepthwise ? dice.size(2...9) : dice.size(0...3) == 0 ? 2 : 1
    twin.channels = isDepthwise ? 1 : dice.size(1...dice.size(1...11))
    twin.filters = isDepthwise ? dice.size(1...2) : dice.size(1...dice.size(1...11))
    twin.plane = (dice.size(1...dice.size(1...13)), dice.size(1...dice.size(1...17)))
    twin.kernel = (dice.size(1...7), dice.size(1...7))
    if dice.size(0...1) == 0 { twin.kernel.1 = twin.kernel.0 }
    twin.stride = (dice.size(1...dice.size(1...3)), dice.size(1...dice.size(1...3)))
    twin.padding = (dice.size(0...twin.kernel.0 - 1), dice.size(0...twin.kernel.1 - 1))
    if dice.size(0...1) == 0 { twin.padding = (0, 0) }
    twin.pools = dice.size(0...1) == 0
    let functions: [ActivationFunction] = [
      .identity, .relu, .relu, .relu6, .leaky, .sigmoid, .tanh,
    ]
    twin.activator = Activator(functions[dice.size(0...6)], slope: 0.125)
    guard twin.window != nil else { return nil }
    return twin.pools && (twin.out.0 < 2 || twin.out.1 < 2) ? nil : twin
  }

  /// Square kernels over many channels, which go through minimal filtering. Nil as above.
  static func square(_ dice: inout Dice) -> ConvolutionTwin? {
    var twin = ConvolutionTwin()
    twin.groups = dice.size(0...3) == 0 ? 2 : 1
    twin.channels = dice.size(7...20)
    twin.filters = dice.size(7...20)
    let side = dice.size(0...2) == 0 ? 5 : 3
    twin.kernel = (side, side)
    twin.plane = (dice.size(2...11), dice.size(2...11))
    twin.padding = (dice.size(0...side - 1), dice.size(0...side - 1))
    twin.pools = dice.size(0...1) == 0
    twin.activator = Activator([.identity, .relu, .tanh][dice.size(0...2)])
    guard twin.window != nil else { return nil }
    return twin.pools && (twin.out.0 < 2 || twin.out.1 < 2) ? nil : twin
  }

  /// `count` shapes.
  static func many(
    _ count: Int, seed: UInt64, _ draw: (inout Dice) -> ConvolutionTwin? = random
  ) -> [ConvolutionTwin] {
    var dice = Dice(seed)
    var twins: [ConvolutionTwin] = []
    while twins.count < count { if let twin = draw(&dice) { twins.append(twin) } }
    return twins
  }
}
