// Reads a network as steps on codes of eight bits; or says what in it cannot be one.
internal import Encodings
internal import Kernels
internal import Tensors

struct IntegerProgram: Sendable {
  struct Form: Sendable {
    let plane: CodePlane
    let grid: CodeGrid
  }

  struct Step: Sendable {
    let work: Work
    let sources: [Int]
    let target: Int
  }

  enum Work: Sendable {
    case encode
    case windows(IntegerWindows)
    case simulated(SimulatedWindows)
    case pool(IntegerPool)
    /// By the code + 128.
    case lookUp([Int8])
    case add(factors: [Int64], shift: Int, range: ClosedRange<Int>)
    case concatenate
    /// (x − its zero) (gate − its zero) · factor; the second source has as many numbers, or one for
    /// each channel.
    case multiply(factor: FixedPoint, range: ClosedRange<Int>)
    /// Codes picked from elsewhere, by their place in each example.
    case move([Int32])
  }

  private(set) var tensors: [Form] = []
  private(set) var steps: [Step] = []
  private(set) var result = 0
  var scratchCount = 0
  /// Examples that run together.
  private(set) var examples = 16

  let network: Network
  let sums: IntegerNetwork.Sums
  let readers: Readers
  /// Where each node's output is.
  var places: [Int: Int] = [:]
  /// Activations and poolings that the layer before them does.
  var absorbed: Set<Int> = []

  init(_ network: Network, sums: IntegerNetwork.Sums) throws(NetworkError) {
    self.network = network
    self.sums = sums
    readers = Readers(network)
    for n in network.nodes.indices { try read(n) }
    guard let last = places[network.nodes.count - 1] else {
      throw gridless(network.nodes.count - 1, "its output")
    }
    result = moved(last, [network.outputShape.reduce(1, *)])
    // About 32 MB of codes at a time.
    let size = tensors.reduce(0) { $0 + $1.plane.count }
    examples = max(1, min(16, (32 << 20) / max(1, size)))
    scratchCount = max(scratchCount, tensors.reduce(0) { max($0, $1.plane.count) })
  }

  /// Bytes that each worker needs.
  var bytes: Int {
    scratchCount + tensors.reduce(0) { $0 + examples * $1.plane.count + IntegerWindows.slack }
  }

  func refusal(_ n: Int, _ why: String, help: String? = nil) -> NetworkError {
    .integer(layer: network.nodes[n].name, why: why, help: help)
  }

  /// What a node needs that floats leave or enter.
  private func gridless(_ n: Int, _ what: String) -> NetworkError {
    let hasSigns = network.nodes.contains {
      ($0.layer as? ActivationQuantizer)?.grid.isBinary == true
    }
    return refusal(
      n, "\(what) is on no grid of 8 bits or fewer with a static range",
      help: hasSigns
        ? "signs are counted where the weights are signs, too: `grid: .binary` or `.xnor`"
        : "quantize what flows, too: `activations: 8`, with examples `on` which ranges are found")
  }

  // MARK: Nodes

  private mutating func read(_ n: Int) throws(NetworkError) {
    let node = network.nodes[n]
    switch node.layer {
    case let layer as ActivationQuantizer: try quantizer(layer, n)
    case is Dropout, is Flatten: places[n] = try source(n)
    case is Reshape: places[n] = moved(try source(n), network.shapes[n])
    case let layer as Activation: try activation(layer, n)
    case let layer as DenseLayer: try dense(layer, n)
    case let layer as Conv2D: try convolution(layer, n)
    case let layer as MaxPool:
      if absorbed.contains(n) {
        places[n] = try source(n)
      } else {
        try pool(layer.pool.window(network.inputShapes(of: n)[0]), n, nil)
      }
    case let layer as AveragePool:
      try mean(layer.pool.window(network.inputShapes(of: n)[0]), n)
    case let layer as GlobalPool: try mean(layer.window(network.inputShapes(of: n)[0]), n)
    case is Add: try add(n)
    case is Multiply: try multiply(n)
    case is Concatenate: try concatenate(n)
    case let layer as any PicksNumbers: try pick(layer, n)
    default:
      throw refusal(n, "\(type(of: node.layer).kind) has no whole-number form")
    }
  }

  /// Where the codes of a node's input are.
  func source(_ n: Int, _ k: Int = 0) throws(NetworkError) -> Int {
    let input = network.nodes[n].inputs[k]
    guard let place = places[input] else {
      throw gridless(n, "what it reads")
    }
    return place
  }

  mutating func make(
    _ work: Work, _ sources: [Int], _ plane: CodePlane, _ grid: CodeGrid
  ) -> Int {
    tensors.append(Form(plane: plane, grid: grid))
    steps.append(Step(work: work, sources: sources, target: tensors.count - 1))
    return tensors.count - 1
  }

  private mutating func quantizer(
    _ layer: ActivationQuantizer, _ n: Int
  ) throws(NetworkError) {
    guard let grid = CodeGrid(layer, network.nodes[n].parameters) else {
      throw layer.moment == .fixed
        ? refusal(n, "it has more than 8 bits")
        : refusal(
          n, "its range is dynamic",
          help: "dynamic ranges run so in a chain of layers with `dynamic: .sample`, "
            + "`activation_grid: .symmetric` and 8 bits")
    }
    guard network.nodes[n].inputs[0] != Network.input else {
      let shape = network.inputShape
      places[n] = make(.encode, [], CodePlane(shape), grid)
      return
    }
    let from = try source(n)
    places[n] =
      tensors[from].grid == grid ? from : lookUp(from, on: grid, grid.codes) { $0 }
  }

  /// A function of each number by itself, as a table of all codes.
  /// - Parameter codes: those that activations on the way leave of the grid's.
  mutating func lookUp(
    _ from: Int, on grid: CodeGrid, _ codes: ClosedRange<Int>, _ f: (Double) -> Double
  ) -> Int {
    let old = tensors[from]
    let table = (-128...127).map {
      Int8(min(codes.upperBound, max(codes.lowerBound, grid.code(f(old.grid.value($0))))))
    }
    return make(.lookUp(table), [from], old.plane, grid)
  }

  /// The grid that a node's output is on in the end, with the ends of its codes where activations
  /// on the way clip it.
  mutating func target(
    _ n: Int
  ) throws(NetworkError) -> (grid: CodeGrid, codes: ClosedRange<Int>) {
    var now = n
    var clips: [Activation] = []
    while let next = readers.only(of: now) {
      let node = network.nodes[next]
      if let layer = node.layer as? ActivationQuantizer {
        guard let grid = CodeGrid(layer, node.parameters) else { break }
        var (low, high) = (grid.codes.lowerBound, grid.codes.upperBound)
        for clip in clips {
          low = max(low, grid.code(0))
          if clip.function == .relu6 { high = min(high, grid.code(6)) }
        }
        return (grid, low...max(low, high))
      } else if let layer = node.layer as? Activation, layer.function.clips {
        clips.append(layer)
        absorbed.insert(next)
      } else if !(node.layer is MaxPool || node.layer is Concatenate) {
        break
      }
      now = next
    }
    throw gridless(n, "its output")
  }

  private mutating func activation(_ layer: Activation, _ n: Int) throws(NetworkError) {
    let from = try source(n)
    guard !absorbed.contains(n) else {
      places[n] = from
      return
    }
    let (grid, codes) = try target(n)
    let activator = layer.activator
    places[n] = lookUp(from, on: grid, codes) { value in
      let memory = Memory(1)
      memory.floats[0] = Float(value)
      activator.forward(memory.floats, to: memory.floats)
      return Double(memory.floats[0])
    }
  }

  private mutating func pool(
    _ window: Window?, _ n: Int, _ mean: IntegerMean?, on grid: CodeGrid? = nil
  ) throws(NetworkError) {
    let from = moved(try source(n), network.inputShapes(of: n)[0])
    guard let window else { throw refusal(n, "its windows have no whole-number form") }
    let pool = IntegerPool(window, channels: tensors[from].plane.channels, mean: mean)
    places[n] = make(.pool(pool), [from], pool.output, grid ?? tensors[from].grid)
  }

  private mutating func mean(_ window: Window?, _ n: Int) throws(NetworkError) {
    let old = tensors[try source(n)].grid
    let (grid, codes) = try target(n)
    guard let ratio = FixedPoint(rescaling: Double(old.scale) / Double(grid.scale)) else {
      throw refusal(n, "its scales are too far from its output's")
    }
    let mean = IntegerMean(ratio: ratio, inputZero: old.zero, zero: grid.zero, codes: codes)
    try pool(window, n, mean, on: grid)
  }

  private mutating func add(_ n: Int) throws(NetworkError) {
    var sources: [Int] = []
    for k in network.nodes[n].inputs.indices {
      sources.append(moved(try source(n, k), network.shapes[n]))
    }
    let (grid, codes) = try target(n)
    let ratios = sources.map { Double(tensors[$0].grid.scale) / Double(grid.scale) }
    // All terms on one shift; the greatest factor has 31 bits.
    guard let most = ratios.max(), let fixed = FixedPoint(rescaling: most) else {
      throw refusal(n, "its inputs' scales are too far from its output's")
    }
    let power = Double(sign: .plus, exponent: fixed.shift, significand: 1)
    let factors = ratios.map { Int64(($0 * power).rounded(.toNearestOrEven)) }
    places[n] = make(
      .add(factors: factors, shift: fixed.shift, range: codes), sources,
      tensors[sources[0]].plane, grid)
  }

  private mutating func multiply(_ n: Int) throws(NetworkError) {
    let shapes = network.inputShapes(of: n)
    let sources = [moved(try source(n), shapes[0]), moved(try source(n, 1), shapes[1])]
    let (grid, codes) = try target(n)
    let scales = sources.map { Double(tensors[$0].grid.scale) }
    guard let factor = FixedPoint(rescaling: scales[0] * scales[1] / Double(grid.scale)) else {
      throw refusal(n, "its inputs' scales are too far from its output's")
    }
    places[n] = make(
      .multiply(factor: factor, range: codes), sources, CodePlane(network.shapes[n]), grid)
  }

  private mutating func concatenate(_ n: Int) throws(NetworkError) {
    let (grid, codes) = try target(n)
    var sources: [Int] = []
    for (k, shape) in network.inputShapes(of: n).enumerated() {
      let from = moved(try source(n, k), shape)
      let isThere = tensors[from].grid == grid && codes == grid.codes
      sources.append(isThere ? from : lookUp(from, on: grid, codes) { $0 })
    }
    places[n] = make(.concatenate, sources, CodePlane(network.shapes[n]), grid)
  }

  // MARK: The end

  /// The result as floats: (code − zero) scale.
  func write(_ codes: Codes, to scores: Floats) {
    let grid = tensors[result].grid
    for i in 0..<scores.count { scores[i] = Float(Int(codes[i]) - grid.zero) * grid.scale }
  }
}

extension Activation.Function {
  /// It only cuts off what is outside a range: rounding and it may change places.
  package var clips: Bool { self == .relu || self == .relu6 }
}
