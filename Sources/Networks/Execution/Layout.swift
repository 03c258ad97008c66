// Decides, before any memory is taken, which nodes run, which share a buffer, how examples lie in it,
// and which nodes run together.
internal import Kernels
internal import Tensors

/// What a plan does for a network, as plain data.
struct Layout {
  /// Runs of examples that a batch is cut into.
  static let mostRuns = 16
  /// Fewer examples than this leave too many lanes of a block empty, where there is another way.
  static let fewestInLanes = 6

  let network: Network
  let capacity: Int
  let threads: Int
  let training: Bool
  let learns: Bool
  let path: EnginePath
  /// The node in whose buffer a node's output lies: itself, or one before it.
  private(set) var homes: [Int] = []
  /// How examples lie in each node's buffer.
  private(set) var arrangements: [Arrangement] = []
  /// What each node applies to its output for the activation that follows.
  private(set) var activators: [Activator] = []
  /// Which nodes pool their output for the pooling that follows.
  private(set) var pools: [Bool] = []
  /// The shape of one example in each home's buffer, after what the home took over.
  private(set) var shapes: [[Int]] = []
  /// Who reads each home's output: the nodes that run, and at which of their inputs.
  private(set) var readers: [[(node: Int, input: Int)]] = []
  /// Whether the gradient of a home's output leads to anything learned.
  private(set) var wantsGradient: [Bool] = []
  /// How each home runs.
  private(set) var runners: [Runner?] = []
  private(set) var segments: [Segment] = []
  private var segmentOf: [Int: Int] = [:]
  /// The most runs that a batch is cut into, and so the partial gradients of a layer.
  private(set) var cuts = Layout.mostRuns
  /// Who reads the network's input.
  private(set) var inputReaders: [(node: Int, input: Int)] = []
  private let reachesInput: Bool
  /// How nodes skip their zeros.
  private let structures: [SparseStructure?]

  /// The loops of a node, and what they ask for.
  struct Runner {
    let setting: Setting
    let loops: any LayerRun
    let division: Division
    let workspace: Workspace

    /// - Parameter loops: nil for the layer's own.
    init(_ layer: any Layer, _ setting: Setting, loops: (any LayerRun)? = nil) {
      self.setting = setting
      self.loops = loops ?? layer.run(setting)
      division = self.loops.division(setting)
      workspace = self.loops.workspace(setting)
    }
  }

  /// Steps that run one after the other on the same run of examples, or one that sees the batch.
  struct Segment {
    let division: Division
    var steps: [Step]
  }

  enum Step {
    /// The network's input, for those who read it soon after.
    case fill
    case node(Int)
    /// A home's output in its other arrangement, for those who read it so.
    case copy(Int)
  }

  /// - Parameters:
  ///   - learns: layers do what they do while training, or nil: where they are trained.
  ///   - reachesInput: the gradient by the network's input is asked for, too.
  init(
    _ network: Network, capacity: Int, threads: Int, training: Bool, path: EnginePath,
    learns: Bool? = nil, reachesInput: Bool = false
  ) {
    self.network = network
    self.capacity = capacity
    self.threads = threads
    self.training = training
    self.learns = learns ?? training
    self.path = path
    self.reachesInput = reachesInput
    structures =
      training || path == .general ? network.nodes.map { _ in nil } : network.sparseStructures
    activators = network.nodes.map { _ in .identity }
    pools = network.nodes.map { _ in false }
    shapes = network.shapes
    findHomes()
    findReaders()
    runners = network.nodes.enumerated().map { n, node in
      runs(n) ? Runner(node.layer, setting(n), loops: loops(n)) : nil
    }
    findSegments()
    cuts = fewestCuts
  }

  func size(_ node: Int) -> Int {
    (node == Network.input ? network.inputShape : shapes[node]).reduce(1, *)
  }

  func runs(_ node: Int) -> Bool { homes[node] == node }

  /// The home of the network's output.
  var last: Int { homes.last ?? Network.input }

  func arrangement(_ node: Int) -> Arrangement {
    node == Network.input ? .rows : arrangements[node]
  }

  /// Whether examples go through the plan in whole blocks of eight.
  var usesLanes: Bool { arrangements.contains(.lanes) }

  /// Floats of a buffer for `each` numbers of every example.
  func room(_ arrangement: Arrangement, _ each: Int) -> Int {
    arrangement.span(0..<capacity, each: each).count
  }

  private func setting(_ node: Int) -> Setting {
    Setting(
      inputShapes: network.inputShapes(of: node), outputShape: shapes[node],
      arrangement: arrangements[node], activator: activators[node], pools: pools[node],
      training: training, learns: learns, capacity: capacity, path: path)
  }

  func home(_ node: Int) -> Int { node == Network.input ? Network.input : homes[node] }

  private mutating func findHomes() {
    let readers = Readers(network)
    for (n, node) in network.nodes.enumerated() {
      let source = node.inputs.first ?? Network.input
      let isOnlyReader =
        node.inputs.count == 1 && source != Network.input
        && readers.only(of: source) == n
      if node.layer.isView, source == Network.input || isOnlyReader {
        homes.append(home(source))
        arrangements.append(arrangement(source))
      } else if isOnlyReader, let maker = maker(of: source), isTaken(n, by: maker) {
        homes.append(maker)
        arrangements.append(arrangement(maker))
      } else {
        homes.append(n)
        arrangements.append(choice(n, source))
      }
    }
  }

  /// The node whose loop gives a node's output, where no view lies between.
  private func maker(of node: Int) -> Int? {
    let home = homes[node]
    return home != Network.input && shapes[home] == network.shapes[node] ? home : nil
  }

  /// Signs by signs, one example after the other.
  private func takesSigns(_ n: Int) -> Bool { !training && SignProduct.fits(network, n) }

  /// Loops for what the weights are like, before the layer's own.
  private func loops(_ n: Int) -> (any LayerRun)? {
    if takesSigns(n) { return SignProduct(network, n) }
    return structures[n].flatMap { network.sparseRun(n, $0, setting(n)) }
  }

  private func choice(_ n: Int, _ source: Int) -> Arrangement {
    guard path == .fast, !takesSigns(n) else { return .rows }
    return switch network.nodes[n].layer.laneSupport(for: network.inputShapes(of: n)) {
    case .never: .rows
    case .follows: arrangement(source)
    case .prefers: training || capacity >= Layout.fewestInLanes ? .lanes : .rows
    }
  }

  /// Whether the source does in its own loop what the layer after it does.
  private mutating func isTaken(_ n: Int, by source: Int) -> Bool {
    let maker = network.nodes[source].layer
    guard !pools[source] else { return false }
    if let activation = network.nodes[n].layer as? Activation {
      guard activation.function.kernel.worksInPlace, maker.takesActivation,
        activators[source] == .identity
      else { return false }
      activators[source] = activation.activator
      return true
    }
    guard network.nodes[n].layer.isPairPool, !takesSigns(source), structures[source] == nil,
      maker.takesPairPool(setting(source))
    else {
      return false
    }
    pools[source] = true
    shapes[source] = network.shapes[n]
    return true
  }

  private mutating func findReaders() {
    readers = network.nodes.map { _ in [] }
    wantsGradient = network.nodes.map { _ in false }
    for (n, node) in network.nodes.enumerated() where runs(n) {
      wantsGradient[n] = node.parameters.contains { !$0.frozen && $0.role != .statistic }
      for (k, input) in node.inputs.enumerated() {
        let source = home(input)
        guard source != Network.input else {
          inputReaders.append((n, k))
          if reachesInput { wantsGradient[n] = true }
          continue
        }
        readers[source].append((n, k))
        if wantsGradient[source] { wantsGradient[n] = true }
      }
    }
  }

  /// Whether somebody reads a home's output in the arrangement in which it does not lie.
  func isCopied(_ home: Int) -> Bool {
    let all = home == Network.input ? inputReaders : readers[home]
    let outputNeedsRows = home == last && arrangement(home) == .lanes
    return outputNeedsRows || all.contains { arrangements[$0.node] != arrangement(home) }
  }

  private mutating func findSegments() {
    append(.fill, .examples)
    if isCopied(Network.input) { append(.copy(Network.input), .examples) }
    for (n, runner) in runners.enumerated() {
      guard let runner else { continue }
      append(.node(n), runner.division)
      if isCopied(n) { append(.copy(n), .examples) }
    }
  }

  /// The segment in which a node runs.
  func segment(of node: Int) -> Int { segmentOf[node] ?? 0 }

  private mutating func append(_ step: Step, _ division: Division) {
    if division == .examples, segments.last?.division == .examples {
      segments[segments.count - 1].steps.append(step)
    } else {
      segments.append(Segment(division: division, steps: [step]))
    }
    if case .node(let n) = step { segmentOf[n] = segments.count - 1 }
  }
}
