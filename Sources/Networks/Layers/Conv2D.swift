// Two-dimensional convolution (cross-correlation, as all networks mean it): its settings. The loops
// that run it are chosen by shape and batch.
internal import Kernels

/// y[o] = b[o] + sum over c, i, j of w[o, c, i, j] x[c, y s + i - p, x s + j - p].
package struct Conv2D: Layer {
  package static let kind = "conv2d"
  package let filters: Int
  /// Height and width.
  package let kernel: [Int]
  package let stride: [Int]
  package let padding: [Int]
  /// The channels are cut into this many groups that do not see each other.
  package let groups: Int
  package let bias: Bool

  package init(
    filters: Int, kernel: [Int], stride: [Int] = [1, 1], padding: [Int] = [0, 0], groups: Int = 1,
    bias: Bool = true
  ) throws(NetworkError) {
    try self.init(attributes: [
      "filters": .integer(filters), "kernel": .integers(kernel), "stride": .integers(stride),
      "padding": .integers(padding), "groups": .integer(groups), "bias": .integer(bias ? 1 : 0),
    ])
  }

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    let names = ["filters", "kernel", "stride", "padding", "groups", "bias"]
    let read = try AttributeReader("conv", attributes, knows: names)
    filters = try read.integer("filters", in: 1...AttributeReader.largest)
    kernel = try read.pair("kernel", in: 1...1024)
    stride = try read.pair("stride", in: 1...1024, default: [1, 1])
    padding = try read.pair("padding", in: 0...1023, default: [0, 0])
    groups = try read.integer("groups", in: 1...AttributeReader.largest, default: 1)
    bias = try read.flag("bias", default: true)
    guard padding[0] < kernel[0], padding[1] < kernel[1] else {
      throw read.refusal("padding", "less than the kernel (\(kernel.sizes))", got: padding.sizes)
    }
    guard filters % groups == 0 else {
      throw read.refusal("groups", "a divisor of the \(filters) filters", got: "\(groups)")
    }
  }

  package var attributes: [(name: String, value: Attribute)] {
    [
      ("filters", .integer(filters)), ("kernel", .integers(kernel)),
      ("stride", .integers(stride)), ("padding", .integers(padding)),
      ("groups", .integer(groups)), ("bias", .integer(bias ? 1 : 0)),
    ]
  }

  package var stem: String { "conv" }
  package var unitFlow: UnitFlow { .makes(groups: groups) }

  /// A group of its own for each channel that is left, where each channel had one.
  package func keeping(_ kept: KeptUnits) throws(NetworkError) -> any Layer {
    let isDepthwise = groups > 1 && groups == kept.inputShapes[0][0]
    return try with([
      "filters": .integer(kept.outputs.count),
      "groups": .integer(isDepthwise ? kept.inputs[0].count : groups),
    ])
  }

  func window(_ input: [Int]) -> Window? {
    Window(
      channels: input[0] / groups, plane: (input[1], input[2]), kernel: (kernel[0], kernel[1]),
      stride: (stride[0], stride[1]), padding: (padding[0], padding[1]))
  }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    let wants =
      "images [channels, height, width] of at least \(kernel[0])×\(kernel[1])"
      + (groups == 1 ? "" : " with channels in \(groups) groups")
    let input = try single(inputs, wants) { $0.count == 3 && $0[0] % groups == 0 }
    guard let window = window(input) else { throw .fit(layer: stem, wants: wants, got: inputs) }
    return [filters, window.outHeight, window.outWidth]
  }

  package func parameters(for inputs: [[Int]]) -> [ParameterPlan] {
    let size = kernel[0] * kernel[1]
    let depth = inputs[0][0] / groups
    let weight = ParameterPlan(
      "weight", .weight, [filters, depth, kernel[0], kernel[1]],
      .glorot(fanIn: depth * size, fanOut: filters / groups * size))
    return bias ? [weight, ParameterPlan("bias", .bias, [filters], .zeros)] : [weight]
  }

  package func multiplyAccumulates(for inputs: [[Int]]) -> Int {
    guard let window = window(inputs[0]) else { return 0 }
    return filters * window.outCount * window.channels * window.kernelCount
  }

  package var takesActivation: Bool { true }
  package func laneSupport(for inputs: [[Int]]) -> LaneSupport {
    lanes(inputs[0], .identity, pools: false) == nil ? .never : .prefers
  }

  package func takesPairPool(_ setting: Setting) -> Bool {
    guard setting.arrangement == .lanes || isDirect(setting) else { return false }
    return lanes(setting.inputShapes[0], setting.activator, pools: true) != nil
  }

  private func lanes(
    _ input: [Int], _ activator: Activator, pools: Bool
  ) -> LaneConvolution? {
    window(input).flatMap {
      LaneConvolution(
        window: $0, groups: groups, filters: filters, activator: activator, pools: pools)
    }
  }

  private func isDirect(_ setting: Setting) -> Bool {
    setting.path == .fast && !setting.training && setting.capacity < Layout.fewestInLanes
  }

  package func run(_ setting: Setting) -> any LayerRun {
    let input = setting.inputShapes[0]
    guard let window = window(input) else { preconditionFailure("shapes were checked") }
    if setting.arrangement == .lanes,
      let lanes = lanes(input, setting.activator, pools: setting.pools)
    {
      return LaneConvolutionRun(lanes: lanes, bias: bias)
    }
    if isDirect(setting),
      let direct = DirectConvolution(
        window: window, groups: groups, filters: filters, activator: setting.activator,
        pools: setting.pools)
    {
      return DirectConvolutionRun(direct: direct, bias: bias)
    }
    return ColumnConvolutionRun(
      columns: Convolution(window: window, groups: groups, filters: filters), bias: bias)
  }
}
