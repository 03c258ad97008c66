// Layers that are straight lines in pieces, made to keep to the pieces on which they were: so the
// slopes of a network stay smooth where a step would cross a kink, as its second derivatives want.
// They run only inside the engine: no file and no word knows them.
internal import Kernels

/// Whether pieces are chosen anew in the next pass, or kept. Changed between passes only.
final class PieceChoice: @unchecked Sendable {
  var isKept = false
}

extension Network {
  /// The same function, with every parameter free to move and its pieces ruled by `choice`.
  func keepingPieces(_ choice: PieceChoice) throws(NetworkError) -> Network {
    var layers: [any Layer] = nodes.map { node in
      if let activation = node.layer as? Activation, activation.function.kernel.isPiecewiseLinear {
        return HeldActivation(activation: activation, choice: choice)
      }
      guard let pool = node.layer as? MaxPool else { return node.layer }
      return HeldPool(pool: pool, choice: choice)
    }
    let readers = Readers(self)
    // These functions never fall, so the greatest may be taken first: fewer numbers are then bent.
    for (n, node) in nodes.enumerated() where layers[n] is HeldPool {
      guard let source = node.inputs.first, source != Network.input,
        layers[source] is HeldActivation, readers.only(of: source) != nil
      else { continue }
      layers.swapAt(source, n)
    }
    let held = zip(nodes, layers).map { node, layer in
      Node(name: node.name, layer: layer, inputs: node.inputs, parameters: node.parameters)
    }
    return try Network(name: name, inputShape: inputShape, nodes: held)
  }

}

extension ActivationFunction {
  /// And never falling.
  fileprivate var isPiecewiseLinear: Bool {
    switch self {
    case .identity, .relu, .relu6, .leaky: true
    case .sigmoid, .tanh, .gelu, .silu: false
    }
  }
}

/// relu and its kin as y = a x + b, with a and b of the piece on which x was.
private struct HeldActivation: Layer, LayerRun {
  static let kind = "held activation"
  let activation: Activation
  let choice: PieceChoice

  init(activation: Activation, choice: PieceChoice) {
    self.activation = activation
    self.choice = choice
  }

  init(attributes: [String: Attribute]) throws(NetworkError) {
    throw .unknownLayer(HeldActivation.kind)
  }

  var attributes: [(name: String, value: Attribute)] { activation.attributes }
  var unitFlow: UnitFlow { .passes }

  func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    try activation.outputShape(for: inputs)
  }

  func laneSupport(for inputs: [[Int]]) -> LaneSupport { .follows }

  func workspace(_ setting: Setting) -> Workspace {
    Workspace(savedPerExample: (bends ? 2 : 1) * setting.outputShape.reduce(1, *))
  }

  /// Some of its pieces do not go through 0, and have an offset.
  private var bends: Bool { activation.function.kernel == .relu6 }

  /// The slopes of its pieces, and their offsets where they have any.
  private func pieces(_ call: LayerCall, _ item: Range<Int>) -> (slopes: Floats, offsets: Floats?) {
    let saved = call.saved(item)
    guard bends else { return (saved, nil) }
    let half = saved.count / 2
    return (saved.slice(0, half), saved.slice(half, half))
  }

  func forward(_ call: LayerCall, _ turn: Turn) {
    call.each(turn) { item in
      let (x, y) = (call.input(item), call.output(item))
      let (slopes, offsets) = pieces(call, item)
      guard !choice.isKept else {
        guard let offsets else { return y.product(slopes, x) }
        return y.line(slopes, x, plus: offsets)
      }
      activation.activator.forward(x, to: y)
      slopes.fill(1)
      activation.activator.backward(slopes, x: x, y: y, to: slopes)
      offsets?.copy(from: y)
      offsets?.subtract(slopes, times: x)
    }
  }

  func backward(_ call: LayerCall, _ turn: Turn) {
    call.each(turn) { item in
      call.inputGradient(item)?.product(pieces(call, item).slopes, call.outputGradient(item))
    }
  }
}

/// Maximum pooling that takes the value at the place where the greatest was.
private struct HeldPool: Layer, LayerRun {
  static let kind = "held maxpool"
  let pool: MaxPool
  let choice: PieceChoice

  init(pool: MaxPool, choice: PieceChoice) {
    self.pool = pool
    self.choice = choice
  }

  init(attributes: [String: Attribute]) throws(NetworkError) {
    throw .unknownLayer(HeldPool.kind)
  }

  var attributes: [(name: String, value: Attribute)] { pool.attributes }
  var unitFlow: UnitFlow { .passes }

  func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    try pool.outputShape(for: inputs)
  }

  func laneSupport(for inputs: [[Int]]) -> LaneSupport { .follows }
  func workspace(_ setting: Setting) -> Workspace { pool.workspace(setting) }

  func forward(_ call: LayerCall, _ turn: Turn) {
    guard choice.isKept, let window = pool.pool.window(call.inputShapes[0]) else {
      return pool.forward(call, turn)
    }
    call.each(turn) { item in
      let (x, y, places) = (call.input(item), call.output(item), call.saved(item))
      switch call.setting.arrangement {
      case .rows: window.pick(x, at: places, to: y)
      case .lanes: window.pickLanes(x, at: places, to: y)
      }
    }
  }

  func backward(_ call: LayerCall, _ turn: Turn) { pool.backward(call, turn) }
}
