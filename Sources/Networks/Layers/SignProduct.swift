// Layers whose weights and inputs are signs, with exact sums: of bits or of floats. XNOR-Net: Rastegari
// et al. 2016, arXiv:1603.05279; BinaryNet: Hubara et al. 2016, arXiv:1602.02830.
internal import Encodings
internal import Kernels
internal import Tensors

/// y = α_x α_w Σ sign(x) sign(w) + bias, for each output. The sums are whole numbers and exact: by
/// counting bits in a network that runs in whole numbers, by floats elsewhere.
struct SignProduct: LayerRun {
  private let way: Way
  private let rows: Int
  private let columns: Int
  private let groups: Int
  /// Nil for a dense layer.
  private let window: Window?
  private let bias: Bool

  private enum Way {
    case bits(SignWeights)
    /// Signs as floats, and a scale per row.
    case floats(signs: Memory, scales: [Float])
  }

  /// Whether the weights and the inputs of a node are signs.
  static func fits(_ network: Network, _ n: Int) -> Bool {
    let node = network.nodes[n]
    guard let weight = node.parameters.first, SignProduct.scales(weight) != nil,
      weight.value.count / max(1, weight.value.shape[0]) < 1 << 24,
      network.givesSigns(node.inputs[0])
    else { return false }
    return node.layer is Conv2D || (node.layer as? DenseLayer)?.positions == false
  }

  /// Whether bits are counted there: no zeros may pad the signs.
  static func counts(_ network: Network, _ n: Int) -> Bool {
    guard network.runsInIntegers, fits(network, n) else { return false }
    guard let conv = network.nodes[n].layer as? Conv2D else { return true }
    return conv.groups == 1 && conv.padding == [0, 0]
  }

  /// The loops for such a node; nil for any other.
  init?(_ network: Network, _ n: Int) {
    let node = network.nodes[n]
    guard SignProduct.fits(network, n), let weight = node.parameters.first,
      let scales = SignProduct.scales(weight)
    else { return nil }
    let conv = node.layer as? Conv2D
    window = conv?.window(network.inputShapes(of: n)[0])
    groups = conv?.groups ?? 1
    bias = node.parameters.count > 1
    rows = weight.value.shape[0]
    columns = weight.value.count / max(1, rows)
    guard !SignProduct.counts(network, n) else {
      way = .bits(
        SignWeights(
          signsOf: weight.value.elements, rows: rows, columns: columns, scales: scales))
      return
    }
    let signs = Memory(weight.value.count)
    signs.floats.copy(from: weight.value.elements)
    signs.floats.signs(times: 1, to: signs.floats)
    way = .floats(signs: signs, scales: scales)
  }

  /// One scale per row, where a weight is stored as signs with such.
  private static func scales(_ parameter: Parameter) -> [Float]? {
    let stored = (parameter.encoding as? Coded)?.nested ?? parameter.encoding
    guard let levels = stored as? Levels, levels.table == .binary,
      let rows = parameter.value.shape.first
    else { return nil }
    switch levels.granularity {
    case .tensor: return [Float](repeating: levels.scales.first ?? 1, count: rows)
    case .channel: return levels.scales.count == rows ? levels.scales : nil
    case .group: return nil
    }
  }

  func workspace(_ setting: Setting) -> Workspace {
    guard case .floats = way else { return Workspace() }
    let places = window?.outCount ?? 1
    return Workspace(scratch: setting.inputShapes[0].reduce(1, *) + columns * places)
  }

  func forward(_ call: LayerCall, _ turn: Turn) {
    let offsets = bias ? call.parameters[1] : nil
    if window == nil, case .bits(let weights) = way {
      let y = call.output(turn.examples)
      weights.product(call.input(turn.examples), count: turn.examples.count, to: y)
      return Matrix(y, turn.examples.count, rows).addBias(columns: offsets, call.activator)
    }
    call.each(turn) { example in
      let (x, y) = (call.input(example), call.output(example))
      switch way {
      case .bits(let weights):
        if let window { weights.convolve(x, window, to: y) }
      case .floats(let signs, let scales):
        multiply(x, signs.floats, scales, call.scratch(turn.worker), to: y)
      }
      let outputs = Matrix(y, rows, window?.outCount ?? 1)
      outputs.activate(outputs, rows: offsets, call.activator)
    }
  }

  /// Signs as floats: their sums are exact up to 2^24.
  private func multiply(
    _ x: Floats, _ signs: Floats, _ scales: [Float], _ scratch: Floats, to y: Floats
  ) {
    let places = window?.outCount ?? 1
    let inputs = scratch.slice(0, x.count)
    let patches = Matrix(scratch.slice(x.count, columns * places), columns, places)
    x.signs(times: 1, to: inputs)
    let alpha = abs(x[0])
    let units = rows / groups
    for group in 0..<groups {
      if let window {
        window.columns(of: inputs.slice(group * x.count / groups, x.count / groups), to: patches)
      }
      let part = group * units..<(group + 1) * units
      let outputs = Matrix(y, rows, places).rows(part)
      outputs.product(
        Matrix(signs, rows, columns).rows(part),
        window == nil ? Matrix(inputs, columns, places) : patches)
      for row in part {
        y.slice(row * places, places).multiply(by: alpha * scales[row])
      }
    }
  }

  func backward(_ call: LayerCall, _ turn: Turn) {
    preconditionFailure("signs are trained as floats")
  }
}

extension Network {
  /// Every number that leaves a node is ±α, α the same for all numbers of an example.
  fileprivate func givesSigns(_ node: Int) -> Bool {
    guard node != Network.input else { return false }
    let layer = nodes[node].layer
    if let quantizer = layer as? ActivationQuantizer { return quantizer.grid.isBinary }
    return layer.handsOnValues && givesSigns(nodes[node].inputs[0])
  }

  /// Some node multiplies signs by signs.
  var countsBits: Bool { nodes.indices.contains { SignProduct.counts(self, $0) } }
}
