// The dense layer: every output is a weighted sum of all inputs.
internal import Kernels

/// y = W x + b, with W `[units, inputs]`: of a list of numbers, or at every position of a sequence.
package struct DenseLayer: Layer {
  package static let kind = "dense"
  package let units: Int
  package let bias: Bool
  /// The same weights at every position of `[inputs, positions]`, instead of a list of inputs.
  package let positions: Bool

  package init(units: Int, bias: Bool = true, positions: Bool = false) throws(NetworkError) {
    try self.init(attributes: [
      "units": .integer(units), "bias": .integer(bias ? 1 : 0),
      "positions": .integer(positions ? 1 : 0),
    ])
  }

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    let names = ["units", "bias", "positions"]
    let read = try AttributeReader(DenseLayer.kind, attributes, knows: names)
    units = try read.integer("units", in: 1...AttributeReader.largest)
    bias = try read.flag("bias", default: true)
    positions = try read.flag("positions", default: false)
  }

  package var attributes: [(name: String, value: Attribute)] {
    let own: [(name: String, value: Attribute)] = [
      ("units", .integer(units)), ("bias", .integer(bias ? 1 : 0)),
    ]
    return positions ? own + [("positions", .integer(1))] : own
  }

  package var unitFlow: UnitFlow { .makes(groups: 1) }

  package func keeping(_ kept: KeptUnits) throws(NetworkError) -> any Layer {
    try with(["units": .integer(kept.outputs.count)])
  }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    guard positions else {
      let cure =
        inputs.first?.count == 2
        ? "put a flatten layer before it, or give it `positions: true`"
        : "put a flatten layer before it"
      _ = try single(inputs, "a list of numbers (\(cure))") { $0.count == 1 }
      return [units]
    }
    let wants = "units at positions [units, positions] (without `positions` it takes a list)"
    let input = try single(inputs, wants) { $0.count >= 2 && $0.allSatisfy { $0 > 0 } }
    return [units] + input.dropFirst()
  }

  package func parameters(for inputs: [[Int]]) -> [ParameterPlan] {
    let width = inputs[0][0]
    let weight = ParameterPlan(
      "weight", .weight, [units, width], .glorot(fanIn: width, fanOut: units))
    return bias ? [weight, ParameterPlan("bias", .bias, [units], .zeros)] : [weight]
  }

  package func multiplyAccumulates(for inputs: [[Int]]) -> Int { units * inputs[0].reduce(1, *) }

  package func storages(for inputs: [[Int]]) -> [ParameterStorage]? {
    let width = inputs[0][0]
    guard !positions, Panels.pay(units: units, inputs: width) else { return nil }
    let weight = ParameterStorage.panels(units: units, inputs: width)
    return bias ? [weight, .natural(units)] : [weight]
  }

  package var takesActivation: Bool { true }

  package func run(_ setting: Setting) -> any LayerRun {
    if positions { return PositionDenseRun(units: units, bias: bias) }
    return setting.path == .fast && Panels.pay(units: units, inputs: setting.inputShapes[0][0])
      ? PanelDenseRun(bias: bias) : MatrixDenseRun(units: units, bias: bias)
  }
}

/// Weights as in their tensor, products by the library.
struct MatrixDenseRun: LayerRun {
  let units: Int
  let bias: Bool

  func division(_ setting: Setting) -> Division { .batch }

  /// Units by blocks, so that each weight is read by one worker and nothing has to be summed up.
  private static func blocks(of size: Int, work: Int) -> (width: Int, count: Int) {
    let wanted = max(1, min(16, (work + (1 << 23) - 1) >> 23))
    let even = wanted == 1 ? 1 : (wanted + 1) / 2 * 2
    let width = ((size + even - 1) / even + 7) / 8 * 8
    return (width, (size + width - 1) / width)
  }

  func forward(_ call: LayerCall, _ turn: Turn) {
    let n = call.count
    let width = call.inputShapes[0][0]
    let x = Matrix(call.input(call.batch), n, width)
    let y = Matrix(call.output(call.batch), n, units)
    let weight = Matrix(call.parameters[0], units, width)
    let blocks = MatrixDenseRun.blocks(of: units, work: n * width * units)
    call.workers.run(blocks: blocks.count) { block, _ in
      let part = block * blocks.width..<min(units, (block + 1) * blocks.width)
      let result = y.columns(part)
      result.product(x, weight.rows(part), transposeB: true)
      let offsets = bias ? call.parameters[1].slice(part.lowerBound, part.count) : nil
      result.addBias(columns: offsets, call.activator)
    }
  }

  func backward(_ call: LayerCall, _ turn: Turn) {
    let n = call.count
    let width = call.inputShapes[0][0]
    let x = Matrix(call.input(call.batch), n, width)
    let dy = Matrix(call.outputGradient(call.batch), n, units)
    let weight = Matrix(call.parameters[0], units, width)
    if call.activator != .identity {
      dy.slopes(dy, y: Matrix(call.output(call.batch), n, units), call.activator)
    }
    let out = MatrixDenseRun.blocks(of: units, work: n * width * units)
    let dWeight = call.gradient(0).map { Matrix($0, units, width) }
    let dBias = bias ? call.gradient(1) : nil
    let dx = call.inputGradient(call.batch).map { Matrix($0, n, width) }
    let into = MatrixDenseRun.blocks(of: width, work: n * width * units)
    call.workers.run(blocks: out.count + (dx == nil ? 0 : into.count)) { block, _ in
      if block < out.count {
        let part = block * out.width..<min(units, (block + 1) * out.width)
        dWeight?.rows(part).product(dy.columns(part), x, transposeA: true)
        if let dBias { dy.columns(part).columnSums(to: dBias.slice(part.lowerBound, part.count)) }
      } else {
        let start = (block - out.count) * into.width
        let part = start..<min(width, start + into.width)
        dx?.columns(part).product(dy, weight.columns(part))
      }
    }
  }
}
