// Layers whose weights and inputs are signs: products by counting bits. XNOR-Net: Rastegari et al.
// 2016, arXiv:1603.05279; BinaryNet: Hubara et al. 2016, arXiv:1602.02830.
internal import Encodings
internal import Kernels
internal import Tensors

/// y = α_x · α_w · (columns − 2 · differing bits) + bias, for each output.
struct SignProduct: LayerRun {
  private let weights: BitMatrix
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
    weights = BitMatrix(
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

  func division(_ setting: Setting) -> Division { .batch }

  func workspace(_ setting: Setting) -> Workspace {
    Workspace(saved: window.map { weights.columns * $0.outCount } ?? 0)
  }

  func forward(_ call: LayerCall, _ turn: Turn) {
    let offsets = bias ? call.parameters[1] : nil
    guard let window else {
      let x = call.input(call.batch)
      let rows = (0..<call.count).map { abs(x[$0 * weights.columns]) }
      let signs = BitMatrix(
        signsOf: x.array, rows: call.count, columns: weights.columns, scales: rows)
      let y = Matrix(call.output(call.batch), call.count, weights.rows)
      y.floats.copy(from: weights.scaledProduct(signs, workers: call.workers))
      return y.addBias(columns: offsets, call.activator)
    }
    for example in call.batch {
      let (x, y) = (call.input(example..<example + 1), call.output(example..<example + 1))
      let places = window.outCount
      let patches = Matrix(call.savedOnce, weights.columns, places)
      window.columns(of: x, to: patches)
      let scale = abs(x[0])
      let signs = BitMatrix(
        signsOf: patches.transposed, rows: places, columns: weights.columns,
        scales: [Float](repeating: scale, count: places))
      let sums = Memory(places * weights.rows)
      sums.floats.copy(from: weights.scaledProduct(signs, workers: call.workers))
      let filters = Matrix(y, weights.rows, places)
      y.copy(from: Matrix(sums.floats, places, weights.rows).transposed)
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
