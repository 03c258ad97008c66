// Layers whose weights and inputs are signs: products by counting bits. XNOR-Net: Rastegari et al.
// 2016, arXiv:1603.05279; BinaryNet: Hubara et al. 2016, arXiv:1602.02830.
internal import Encodings
internal import Kernels
internal import Tensors

/// y = α_x · α_w · (columns − 2 · differing bits) + bias, for each output.
struct SignProduct: LayerRun {
  private let weights: SignWeights
  /// Nil for a dense layer.
  private let window: Window?
  private let bias: Bool

  /// Whether a node of a network that runs in whole numbers runs so: its weights and its inputs are
  /// signs, and no zeros pad them.
  static func counts(_ network: Network, _ n: Int) -> Bool {
    let node = network.nodes[n]
    guard network.runsInIntegers, let weight = node.parameters.first,
      SignProduct.scales(weight) != nil, network.givesSigns(node.inputs[0])
    else { return false }
    if let conv = node.layer as? Conv2D { return conv.groups == 1 && conv.padding == [0, 0] }
    return (node.layer as? DenseLayer)?.positions == false
  }

  /// The loops for such a node; nil for any other.
  init?(_ network: Network, _ n: Int) {
    guard SignProduct.counts(network, n), let weight = network.nodes[n].parameters.first,
      let scales = SignProduct.scales(weight)
    else { return nil }
    window = (network.nodes[n].layer as? Conv2D)?.window(network.inputShapes(of: n)[0])
    bias = network.nodes[n].parameters.count > 1
    let rows = weight.value.shape[0]
    weights = SignWeights(
      signsOf: weight.value.elements, rows: rows, columns: weight.value.count / max(1, rows),
      scales: scales)
  }

  /// One scale per row, where a weight is stored as signs with such.
  private static func scales(_ parameter: Parameter) -> [Float]? {
    guard let levels = parameter.encoding as? Levels, levels.table == .binary,
      let rows = parameter.value.shape.first
    else { return nil }
    switch levels.granularity {
    case .tensor: return [Float](repeating: levels.scales.first ?? 1, count: rows)
    case .channel: return levels.scales.count == rows ? levels.scales : nil
    case .group: return nil
    }
  }

  func forward(_ call: LayerCall, _ turn: Turn) {
    let offsets = bias ? call.parameters[1] : nil
    guard let window else {
      let y = call.output(turn.examples)
      weights.product(call.input(turn.examples), count: turn.examples.count, to: y)
      return Matrix(y, turn.examples.count, weights.rows).addBias(columns: offsets, call.activator)
    }
    call.each(turn) { example in
      let y = call.output(example)
      weights.convolve(call.input(example), window, to: y)
      let filters = Matrix(y, weights.rows, window.outCount)
      filters.activate(filters, rows: offsets, call.activator)
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
