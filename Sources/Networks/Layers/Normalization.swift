// Normalization: by channel over a batch, or by example over its units.
internal import Glibc
internal import Kernels
internal import Tensors

/// y = (x - mean) / sqrt(variance + epsilon) * scale + bias, mean and variance of each channel over
/// the batch while training, and running ones otherwise. Ioffe and Szegedy 2015, arXiv:1502.03167.
package struct BatchNorm: Layer, LayerRun {
  package static let kind = "batchnorm"
  package let epsilon: Double
  /// How much a step moves the running statistics.
  package let momentum: Double

  package init(epsilon: Double = 1e-5, momentum: Double = 0.1) throws(NetworkError) {
    try self.init(attributes: ["epsilon": .number(epsilon), "momentum": .number(momentum)])
  }

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    let read = try AttributeReader(BatchNorm.kind, attributes, knows: ["epsilon", "momentum"])
    epsilon = try read.number("epsilon", from: 1e-12, to: 1, default: 1e-5)
    momentum = try read.number("momentum", from: 0, to: 1, default: 0.1)
  }

  package var attributes: [(name: String, value: Attribute)] {
    [("epsilon", .number(epsilon)), ("momentum", .number(momentum))]
  }

  package var unitFlow: UnitFlow { .passes }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    try single(inputs, "channels first") { !$0.isEmpty && $0.allSatisfy { $0 > 0 } }
  }

  package func parameters(for inputs: [[Int]]) -> [ParameterPlan] {
    let shape = [inputs[0][0]]
    return [
      ParameterPlan("scale", .scale, shape, .ones), ParameterPlan("bias", .bias, shape, .zeros),
      ParameterPlan("mean", .statistic, shape, .zeros),
      ParameterPlan("variance", .statistic, shape, .ones),
    ]
  }

  /// What it does to each channel once it is trained: y = scale x + shift.
  package func affine(_ parameters: [Parameter]) -> (scale: [Float], shift: [Float]) {
    let values = parameters.map(\.value.elements)
    let scale = zip(values[0], values[3]).map { $0 / ($1 + Float(epsilon)).squareRoot() }
    let shift = scale.indices.map { values[1][$0] - values[2][$0] * scale[$0] }
    return (scale, shift)
  }

  package var takesActivation: Bool { true }
  package func laneSupport(for inputs: [[Int]]) -> LaneSupport { .follows }
  package func division(_ setting: Setting) -> Division { .batch }

  package func workspace(_ setting: Setting) -> Workspace {
    // The batch's mean and inverse deviation of each channel.
    Workspace(saved: 2 * setting.inputShapes[0][0])
  }

  private func channel(_ call: LayerCall, _ batch: Floats, _ c: Int) -> Channel {
    let shape = call.inputShapes[0]
    return Channel(
      batch, channel: c, of: shape[0], n: call.count,
      positions: shape.dropFirst().reduce(1, *), inLanes: call.setting.arrangement == .lanes)
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    let channels = call.inputShapes[0][0]
    let saved = call.savedOnce
    call.workers.run(blocks: channels) { c, _ in
      let x = channel(call, call.input(call.batch), c)
      var mean = call.parameters[2][c]
      var variance = call.parameters[3][c]
      if call.setting.learns {
        (mean, variance) = x.moments()
        let count = Float(x.count)
        let step = Float(momentum)
        let unbiased = count > 1 ? variance * count / (count - 1) : variance
        call.parameters[2][c] += step * (mean - call.parameters[2][c])
        call.parameters[3][c] += step * (unbiased - call.parameters[3][c])
      }
      let inverse = 1 / (variance + Float(epsilon)).squareRoot()
      saved[c] = mean
      saved[channels + c] = inverse
      let gain = call.parameters[0][c] * inverse
      channel(call, call.output(call.batch), c)
        .affine(x, gain: gain, offset: call.parameters[1][c] - mean * gain, call.activator)
    }
  }

  /// dx = gain/deviation (g - mean(g) - h mean(g h)), h the normalized input; with running
  /// statistics, which the input does not move, gain/deviation g.
  package func backward(_ call: LayerCall, _ turn: Turn) {
    let channels = call.inputShapes[0][0]
    let saved = call.savedOnce
    call.workers.run(blocks: channels) { c, _ in
      let x = channel(call, call.input(call.batch), c)
      let y = channel(call, call.output(call.batch), c)
      let dy = channel(call, call.outputGradient(call.batch), c)
      let mean = saved[c]
      let inverse = saved[channels + c]
      let sums = dy.sums(y: y, call.activator, with: x, mean: mean)
      call.gradient(0)?[c] = sums.1 * inverse
      call.gradient(1)?[c] = sums.0
      guard let dx = call.inputGradient(call.batch) else { return }
      let share = call.setting.learns ? 1 / Float(x.count) : 0
      let gain = call.parameters[0][c] * inverse
      channel(call, dx, c).combine(
        dy, y: y, call.activator, gain, x, mean: mean,
        -gain * inverse * inverse * sums.1 * share, plus: -gain * sums.0 * share)
    }
  }
}

/// Each example by itself: zero mean and unit deviation over its units, at every position, then a
/// scale and a bias for each unit. Ba et al. 2016, arXiv:1607.06450.
package struct LayerNorm: Layer, LayerRun {
  package static let kind = "layernorm"
  package let epsilon: Double

  package init(epsilon: Double = 1e-5) throws(NetworkError) {
    try self.init(attributes: ["epsilon": .number(epsilon)])
  }

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    let read = try AttributeReader(LayerNorm.kind, attributes, knows: ["epsilon"])
    epsilon = try read.number("epsilon", from: 1e-12, to: 1, default: 1e-5)
  }

  package var attributes: [(name: String, value: Attribute)] { [("epsilon", .number(epsilon))] }
  package var unitFlow: UnitFlow { .blends("a layer norm takes its mean over them") }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    try single(inputs, "units first") { !$0.isEmpty && $0.allSatisfy { $0 > 0 } }
  }

  package func parameters(for inputs: [[Int]]) -> [ParameterPlan] {
    let shape = [inputs[0][0]]
    return [
      ParameterPlan("scale", .scale, shape, .ones), ParameterPlan("bias", .bias, shape, .zeros),
    ]
  }

  package func workspace(_ setting: Setting) -> Workspace {
    let units = UnitPositions(setting.inputShapes[0])
    return Workspace(savedPerExample: 2 * units.positions, scratch: 2 * units.units)
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    let shape = UnitPositions(call.inputShapes[0])
    for i in turn.examples {
      shape.normalize(
        call.input(i..<i + 1), gain: call.parameters[0], bias: call.parameters[1],
        epsilon: Float(epsilon), to: call.output(i..<i + 1), saved: call.saved(i..<i + 1))
    }
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    let shape = UnitPositions(call.inputShapes[0])
    let spare = call.scratch(turn.worker)
    let dGain = call.gradient(0, part: turn.part) ?? spare.slice(0, shape.units)
    let dBias = call.gradient(1, part: turn.part) ?? spare.slice(shape.units, shape.units)
    dGain.fill(0)
    dBias.fill(0)
    for i in turn.examples {
      // Where nobody asks for dx it goes over dy, which nobody reads again.
      let dy = call.outputGradient(i..<i + 1)
      shape.normalizeBack(
        dy, x: call.input(i..<i + 1), saved: call.saved(i..<i + 1), gain: call.parameters[0],
        to: call.inputGradient(i..<i + 1) ?? dy, dGain: dGain, dBias: dBias)
    }
  }
}

extension UnitPositions {
  /// Axis 0 of an example holds the units, the other axes are positions.
  init(_ shape: [Int]) {
    self.init(units: shape[0], positions: shape.dropFirst().reduce(1, *))
  }
}
