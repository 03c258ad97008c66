// Decides, before any memory is taken, which nodes run, which share a buffer, and which run together.
internal import Kernels
internal import Tensors

/// What a plan does for a network, as plain data.
struct Layout {
  /// Runs of examples that a batch is cut into.
  static let mostRuns = 16
  /// The most floats that a plan may hold: 16 GiB.
  static let mostFloats = 1 << 32

  let network: Network
  /// The node in whose buffer a node's output lies: itself, or one before it.
  private(set) var homes: [Int] = []
  /// What each node applies to its output for the activation that follows.
  private(set) var activators: [Activator] = []
  /// Who reads each home's output: the nodes that run, and at which of their inputs.
  private(set) var readers: [[(node: Int, input: Int)]] = []
  /// Whether the gradient of a home's output leads to anything learned.
  private(set) var wantsGradient: [Bool] = []
  private(set) var segments: [Plan.Segment] = []
  /// Partial gradients of a layer that works on runs of examples.
  let parts: Int = Layout.mostRuns
  /// Who reads the network's input.
  private(set) var inputReaders: [(node: Int, input: Int)] = []
  private let training: Bool
  private let reachesInput: Bool

  /// - Parameter reachesInput: the gradient by the network's input is asked for, too.
  init(_ network: Network, training: Bool, reachesInput: Bool = false) {
    self.network = network
    self.training = training
    self.reachesInput = reachesInput
    activators = network.nodes.map { _ in .identity }
    findHomes()
    findReaders()
    findSegments()
  }

  func size(_ node: Int) -> Int {
    (node == Network.input ? network.inputShape : network.shapes[node]).reduce(1, *)
  }

  func runs(_ node: Int) -> Bool { homes[node] == node }

  /// The home of the network's output.
  var last: Int { homes.last ?? Network.input }

  var scratch: Int {
    network.nodes.indices.reduce(0) {
      max($0, network.nodes[$1].layer.workspace(for: network.inputShapes(of: $1)).scratch)
    }
  }

  private func home(_ node: Int) -> Int { node == Network.input ? Network.input : homes[node] }

  private mutating func findHomes() {
    var uses = [Int](repeating: 0, count: network.nodes.count)
    for node in network.nodes { for input in node.inputs where input >= 0 { uses[input] += 1 } }
    for (n, node) in network.nodes.enumerated() {
      homes.append(n)
      guard let source = node.inputs.first, node.inputs.count == 1 else { continue }
      let isOnlyReader = source != Network.input && uses[source] == 1
      if node.layer.isView, source == Network.input || isOnlyReader {
        homes[n] = home(source)
      } else if let activation = node.layer as? Activation, isOnlyReader,
        activation.function.kernel.worksInPlace, homes[source] == source,
        network.nodes[source].layer.takesActivation, activators[source] == .identity
      {
        activators[source] = activation.activator
        homes[n] = source
      }
    }
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

  private mutating func findSegments() {
    for (n, node) in network.nodes.enumerated() where runs(n) {
      let division = node.layer.division(training: training)
      if division == .examples, segments.last?.division == .examples {
        segments[segments.count - 1].nodes.append(n)
      } else {
        segments.append(Plan.Segment(division: division, nodes: [n]))
      }
    }
  }

  /// - Throws: `NetworkError.limit` where the buffers would be larger than any memory.
  func check(capacity: Int, threads: Int) throws(NetworkError) {
    var total = size(Network.input) * capacity + scratch * threads
    for n in network.nodes.indices where runs(n) {
      let workspace = network.nodes[n].layer.workspace(for: network.inputShapes(of: n))
      let copies = training ? 2 + readers[n].count : 1
      total += (size(n) * copies + workspace.savedPerExample) * capacity
      guard training, network.nodes[n].layer.division(training: true) == .examples else { continue }
      total += network.nodes[n].parameters.reduce(0) { $0 + $1.value.count } * parts
    }
    guard total <= Layout.mostFloats else {
      throw .limit(
        what: "a batch of \(capacity) needs memory for \(total) numbers", most: Layout.mostFloats)
    }
  }
}
