// Two-dimensional convolution (cross-correlation, as all networks mean it).
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
    let read = try AttributeReader(Conv2D.kind, attributes, knows: names)
    filters = try read.integer("filters", in: 1...AttributeReader.largest)
    kernel = try read.pair("kernel", in: 1...1024)
    stride = try read.pair("stride", in: 1...1024, default: [1, 1])
    padding = try read.pair("padding", in: 0...1023, default: [0, 0])
    groups = try read.integer("groups", in: 1...AttributeReader.largest, default: 1)
    bias = try read.flag("bias", default: true)
    guard padding[0] < kernel[0], padding[1] < kernel[1] else {
      throw .attribute(layer: "conv", name: "padding", wanted: "less than the kernel's size")
    }
    guard filters % groups == 0 else {
      throw .attribute(
        layer: "conv", name: "groups", wanted: "a divisor of the filters, \(filters)")
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
  package var unitFlow: UnitFlow { groups == 1 ? .makes : .mixes }

  private func window(_ input: [Int]) -> Window? {
    Window(
      channels: input[0] / groups, plane: (input[1], input[2]), kernel: (kernel[0], kernel[1]),
      stride: (stride[0], stride[1]), padding: (padding[0], padding[1]))
  }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    let wants =
      "images [channels, height, width] of at least \(kernel[0])x\(kernel[1])"
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

  private func convolution(_ input: [Int]) -> Convolution? {
    window(input).map { Convolution(window: $0, groups: groups, filters: filters) }
  }

  package func workspace(for inputs: [[Int]]) -> Workspace {
    Workspace(scratch: convolution(inputs[0])?.scratchCount ?? 0)
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    convolution(call.inputShapes[0])?.forward(
      call.input(turn.examples), weight: call.parameters[0],
      bias: bias ? call.parameters[1] : nil, call.activator, to: call.output(turn.examples),
      scratch: call.scratch(turn.worker))
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    convolution(call.inputShapes[0])?.backward(
      call.outputGradient(turn.examples), x: call.input(turn.examples),
      y: call.output(turn.examples), weight: call.parameters[0], call.activator,
      dx: call.inputGradient(turn.examples), dWeight: call.gradient(0, part: turn.part),
      dBias: bias ? call.gradient(1, part: turn.part) : nil, scratch: call.scratch(turn.worker))
  }
}
