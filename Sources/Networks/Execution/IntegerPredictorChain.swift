// Reads a network as a chain of integer steps, and says what they need; or that it is none.
internal import Encodings
internal import Kernels
internal import Tensors

/// One step of a chain.
struct IntegerStep: Sendable {
  let work: Work
  /// Numbers of one example that come out.
  let outputCount: Int

  enum Work: Sendable {
    case convolution(IntegerConvolution, IntegerFinish)
    case dense(IntegerMatrix, IntegerFinish)
    case maxPool(Window)
    case averagePool(Window)
    case activation(Activator)
  }

  /// The step itself says each lane's greatest magnitude.
  var keepsGreatest: Bool {
    if case .convolution = work { true } else { false }
  }
}

/// Steps in lanes of images, if any, and then steps in rows.
struct IntegerChain: Sendable {
  private(set) var steps: [IntegerStep] = []
  let inputCount: Int
  private(set) var startsInLanes: Bool
  /// How many steps run in lanes.
  private(set) var lanesEnd = 0
  private var inLanes: Bool
  private let network: Network

  init?(_ network: Network) {
    self.network = network
    inputCount = network.inputShape.reduce(1, *)
    let first = network.nodes.first { !($0.layer is Dropout) }?.layer
    startsInLanes = network.inputShape.count == 3 && !(first?.isView ?? true)
    inLanes = startsInLanes
    for (n, node) in network.nodes.enumerated() {
      guard node.inputs == [n - 1] else { return nil }
    }
    var next = 0
    while next < network.nodes.count {
      guard let after = take(next) else { return nil }
      next = after
    }
    if inLanes { lanesEnd = steps.count }
  }

  /// Adds the steps of a node, and of those after it that run inside it.
  /// - Returns: the node to go on with, or nil where there is no way.
  private mutating func take(_ n: Int) -> Int? {
    let shape = network.shapes[n]
    switch network.nodes[n].layer {
    // What a layer reads is coded anew for each example, as such a quantizer has it.
    case is Dropout, is ActivationQuantizer: return n + 1
    case is Flatten: leaveLanes()
    case is Reshape where shape.count == 1: leaveLanes()
    case let layer as Activation: add(.activation(layer.activator), n)
    case let layer as DenseLayer where !inLanes && !layer.positions: return dense(layer, n)
    case let layer as Conv2D where inLanes: return convolution(layer, n)
    case let layer as MaxPool where inLanes:
      guard let window = layer.pool.window(network.inputShapes(of: n)[0]) else { return nil }
      add(.maxPool(window), n)
    case let layer as AveragePool where inLanes:
      guard let window = layer.pool.window(network.inputShapes(of: n)[0]) else { return nil }
      add(.averagePool(window), n)
    case let layer as GlobalPool where inLanes:
      guard let window = layer.window(network.inputShapes(of: n)[0]) else { return nil }
      add(.averagePool(window), n)
      leaveLanes()
    default: return nil
    }
    return n + 1
  }

  private mutating func leaveLanes() {
    if inLanes { lanesEnd = steps.count }
    inLanes = false
  }

  /// - Parameter n: the last node that the step stands for.
  private mutating func add(_ work: IntegerStep.Work, _ n: Int) {
    steps.append(IntegerStep(work: work, outputCount: network.shapes[n].reduce(1, *)))
  }

  private func isRelu(_ n: Int) -> Bool {
    n < network.nodes.count && (network.nodes[n].layer as? Activation)?.function == .relu
  }

  private func isPairPool(_ n: Int) -> Bool {
    n < network.nodes.count && (network.nodes[n].layer as? MaxPool)?.isPairPool == true
  }

  private mutating func dense(_ layer: DenseLayer, _ n: Int) -> Int? {
    let parameters = network.nodes[n].parameters
    let relu = isRelu(n + 1)
    let last = relu ? n + 1 : n
    guard let weights = IntegerWeights(parameters[0]),
      let matrix = IntegerMatrix(
        weights.codes, units: layer.units, depth: network.inputShapes(of: n)[0][0])
    else { return nil }
    add(.dense(matrix, weights.finish(layer.bias ? parameters[1] : nil, relu: relu)), last)
    return last + 1
  }

  /// The greatest of some sums, made positive, is the same as the other way round.
  private mutating func convolution(_ layer: Conv2D, _ n: Int) -> Int? {
    let parameters = network.nodes[n].parameters
    var relu = false
    var pools = false
    var last = n
    while (!relu && isRelu(last + 1)) || (!pools && isPairPool(last + 1)) {
      if isRelu(last + 1) { relu = true } else { pools = true }
      last += 1
    }
    guard let window = layer.window(network.inputShapes(of: n)[0]),
      let weights = IntegerWeights(parameters[0]),
      let convolution = IntegerConvolution(
        weights.codes, window: window, groups: layer.groups, filters: layer.filters, pools: pools)
    else { return nil }
    let finish = weights.finish(layer.bias ? parameters[1] : nil, relu: relu)
    add(.convolution(convolution, finish), last)
    return last + 1
  }
}

// What a worker's memory must hold, for one example.
extension IntegerChain {
  /// A dense layer reads what leaves the lanes: floats are not needed.
  var codesAfterLanes: Bool {
    guard startsInLanes, lanesEnd < steps.count, case .dense = steps[lanesEnd].work else {
      return false
    }
    return true
  }

  var mostInLanes: Int {
    startsInLanes ? steps[..<lanesEnd].reduce(inputCount) { max($0, $1.outputCount) } : 0
  }

  var mostInRows: Int {
    let before = startsInLanes && lanesEnd > 0 ? steps[lanesEnd - 1].outputCount : inputCount
    return steps[lanesEnd...].reduce(codesAfterLanes ? 0 : before) { max($0, $1.outputCount) }
  }

  var mostCoded: Int {
    steps.reduce(0) {
      if case .dense(let layer, _) = $1.work { max($0, layer.depth) } else { $0 }
    }
  }

  /// Bytes that each worker needs.
  var bytes: Int {
    let planes = steps.reduce(0) {
      if case .convolution(let layer, _) = $1.work { $0 + layer.codeCount } else { $0 }
    }
    let floats =
      (startsInLanes ? inputCount : 0) * Lanes.count + 2 * mostInLanes * Lanes.count
      + 2 * mostInRows * IntegerDesk.examples
    return planes + mostCoded * IntegerDesk.examples + 4 * floats
  }
}

/// A parameter as codes of eight bits, a scale for each of its rows.
struct IntegerWeights {
  let codes: [Int8]
  let scales: [Float]

  /// - Returns: nil where a weight is not finite.
  init?(_ parameter: Parameter) {
    if let stored = IntegerWeights(stored: parameter) {
      self = stored
      return
    }
    guard parameter.value.isFinite else { return nil }
    let rows = parameter.value.shape[0]
    let elements = parameter.value.elements
    let width = elements.count / max(1, rows)
    let codes = CodeMemory(elements.count)
    let scales = Memory(rows)
    _ = codes.codes.code(
      elements, at: 0, rows: rows, width: width, stride: width, scales: scales.floats)
    self.codes = codes.codes.array
    self.scales = scales.floats.array
  }

  /// The codes that the parameter is stored as, perhaps inside other encodings, where they and their
  /// scales are its values.
  private init?(stored parameter: Parameter) {
    var encoding: (any Encoding)? = parameter.encoding
    while let outer = encoding, !(outer is Affine) { encoding = outer.nested }
    let rows = parameter.value.shape[0]
    guard let affine = encoding as? Affine, affine.isSigned, affine.isSymmetric, affine.bits <= 8,
      affine.shape == parameter.value.shape, affine.scales.allSatisfy({ $0 >= 0 }),
      affine.granularity == .channel || affine.granularity == .tensor,
      affine.decoded().elements == parameter.value.elements
    else { return nil }
    codes = affine.codes.map { Int8($0) }
    scales =
      affine.granularity == .channel
      ? affine.scales : [Float](repeating: affine.scales.first ?? 0, count: rows)
  }

  /// The codes that a parameter's values are, with one scale for each of its rows.
  /// - Returns: nil where they are none: plain floats, groups with scales of their own, more bits.
  init?(exactly parameter: Parameter) {
    let rows = max(1, parameter.value.shape.first ?? 1)
    guard let stored = IntegerWeights.scales(of: parameter.encoding, rows: rows) else {
      return nil
    }
    let values = parameter.value.elements
    let width = values.count / rows
    var codes: [Int8] = []
    codes.reserveCapacity(values.count)
    // Adding it to a small number leaves the nearest whole one.
    let magic: Float = 0x1.8p23
    for (row, scale) in stored.enumerated() {
      for i in row * width..<(row + 1) * width {
        let steps = scale > 0 ? values[i] / scale : 0
        // What was stored in a code decodes to it again.
        guard steps > -129, steps < 128 else { return nil }
        let code = steps + magic - magic
        guard code >= -128, code <= 127, code * scale == values[i] else { return nil }
        codes.append(Int8(code))
      }
    }
    self.codes = codes
    scales = stored
  }

  /// The scale of each row that an encoding, or one inside it, has.
  private static func scales(of encoding: any Encoding, rows: Int) -> [Float]? {
    let found: (scales: [Float], granularity: Affine.Granularity)
    switch encoding {
    case let affine as Affine: found = (affine.scales, affine.granularity)
    case let levels as Levels where levels.table == .ternary || levels.table == .binary:
      found = (levels.scales, levels.granularity)
    default: return encoding.nested.flatMap { scales(of: $0, rows: rows) }
    }
    switch found.granularity {
    case .tensor: return [Float](repeating: found.scales.first ?? 1, count: rows)
    case .channel: return found.scales.count == rows ? found.scales : nil
    case .group: return nil
    }
  }

  /// Why there are none.
  static func refusal(_ layer: String) -> NetworkError {
    .integer(
      layer: layer,
      why: "its weights are not whole numbers of 8 bits with one scale per output",
      help: "the symmetric grid makes such, with 8 bits or fewer, per channel or tensor")
  }

  func finish(_ bias: Parameter?, relu: Bool) -> IntegerFinish {
    IntegerFinish(scales: scales, bias: bias?.value.elements, relu: relu)
  }
}
