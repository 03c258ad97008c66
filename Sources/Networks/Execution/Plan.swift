// How a network runs: its buffers, laid out once for batches up to a size, and its nodes in
// segments. Within a segment each worker takes a run of examples through all the layers.
internal import Kernels
internal import Tensors

final class Plan: @unchecked Sendable {
  let network: Network
  let weights: Weights
  let workers: Workers
  let training: Bool
  let capacity: Int
  /// `[B, …]`.
  private let input: Floats
  /// `[B, …]`.
  let output: Floats
  /// The gradient of the loss by the output: the caller fills it before `backward`.
  private(set) var outputGradient: Floats?
  /// Every learned parameter with its gradient, after `backward` as partial sums.
  private(set) var gradients: [(node: Int, parameter: Int, buffer: GradientBuffer)] = []
  /// The gradient by the input `[B, …]`, where it was asked for.
  private(set) var inputGradient: Floats?

  /// Of a training, from 0: the trainer says.
  var step = 0
  private let layout: Layout
  private let wayBack: [Layout.Segment]
  let calls: [LayerCall?]
  let runners: [(any LayerRun)?]
  private let copies: [Int: Floats]
  private let outputs: [Floats]
  private var sums: [Int: GradientSum] = [:]
  private let arena: Arena

  /// - Parameters:
  ///   - training: a backward pass follows.
  ///   - learns: layers do what they do while training, or nil: where they are trained.
  /// - Throws: `NetworkError.memory` where the buffers would not fit.
  init(
    _ network: Network, weights: Weights, capacity: Int, training: Bool,
    learns: Bool? = nil, reachesInput: Bool = false, path: EnginePath = .configured,
    workers: Workers = .shared
  ) throws(NetworkError) {
    let layout = Layout(
      network, capacity: capacity, threads: workers.threads, training: training,
      path: path, learns: learns, reachesInput: reachesInput)
    try layout.checkMemory()
    self.layout = layout
    wayBack = layout.segments.reversed().map {
      Layout.Segment(division: $0.division, steps: $0.steps.reversed())
    }
    self.network = network
    self.weights = weights
    self.workers = workers
    self.training = training
    self.capacity = capacity
    let arena = Arena()
    self.arena = arena
    let input = arena.take(capacity * layout.size(Network.input))
    self.input = input
    var outputs: [Floats] = []
    for n in network.nodes.indices {
      let home = layout.homes[n]
      outputs.append(
        home == Network.input
          ? input
          : home < n
            ? outputs[home] : arena.take(layout.room(layout.arrangement(n), layout.size(n))))
    }
    self.outputs = outputs
    var copies: [Int: Floats] = [:]
    for home in [Network.input] + network.nodes.indices.filter(layout.runs)
    where layout.isCopied(home) {
      let other = layout.arrangement(home).other
      copies[home] = arena.take(layout.room(other, layout.size(home)))
    }
    self.copies = copies
    let natural = outputs.last ?? input
    output = layout.arrangement(layout.last) == .lanes ? copies[layout.last] ?? natural : natural
    runners = layout.runners.map { $0?.loops }
    calls = Plan.lay(layout, weights, workers, arena) { node, wanted in
      let home = layout.home(node)
      let own = home == Network.input ? input : outputs[home]
      return layout.arrangement(home) == wanted ? own : copies[home] ?? own
    }
    if training { layGradients() }
    if reachesInput { layInputGradient() }
    if !training { prepare() }
  }

  /// A call for every node that runs.
  private static func lay(
    _ layout: Layout, _ weights: Weights, _ workers: Workers, _ arena: Arena,
    _ source: (_ node: Int, _ wanted: Arrangement) -> Floats
  ) -> [LayerCall?] {
    let most = layout.runners.reduce(0) { max($0, $1?.workspace.scratch ?? 0) }
    let scratch = (0..<workers.threads).map { _ in arena.take(most) }
    return layout.runners.enumerated().map { n, runner in
      guard let runner else { return nil }
      let setting = runner.setting
      let need = runner.workspace
      return LayerCall(
        setting, inputs: layout.network.nodes[n].inputs.map { source($0, setting.arrangement) },
        output: source(n, setting.arrangement), parameters: weights.values[n], workspace: need,
        memory: LayerCall.WorkMemory(
          saved: arena.take(
            need.saved + layout.room(setting.arrangement, need.savedPerExample)),
          prepared: arena.take(need.prepared), scratch: scratch.map { $0.slice(0, need.scratch) }),
        salt: UInt64(n + 1) << 32, workers: workers)
    }
  }

  /// Gives every node a place for the gradient of its output, and for those of its parameters.
  private func layGradients() {
    for (n, call) in calls.enumerated() where layout.wantsGradient[n] {
      guard let call else { continue }
      call.inputGradients = network.nodes[n].inputs.map { _ in nil }
      layParameterGradients(n, call)
    }
    for n in calls.indices.reversed() where layout.wantsGradient[n] {
      guard let call = calls[n] else { continue }
      let total = takeGradient(n, layout.arrangement(n))
      call.outputGradient = total
      if n != layout.last { sums[n] = join(layout.readers[n], into: total, home: n) }
    }
    let last = layout.last == Network.input ? nil : calls[layout.last]
    let natural = last?.outputGradient ?? arena.take(output.count)
    guard layout.arrangement(layout.last) == .lanes else {
      outputGradient = natural
      return
    }
    let rows = arena.take(output.count)
    outputGradient = rows
    sums[layout.last] = GradientSum(
      arrangement: .lanes, total: natural, parts: [.init(native: natural, foreign: rows)],
      each: layout.size(layout.last))
  }

  /// A buffer for the gradient of a home, for as long as it is somebody's.
  private func takeGradient(_ home: Int, _ arrangement: Arrangement) -> Floats {
    let count = layout.room(arrangement, layout.size(home))
    guard home != Network.input, home != layout.last else { return arena.take(count) }
    let readers = layout.readers[home].map { layout.segment(of: $0.node) }
    let own = layout.segment(of: home)
    return arena.take(count, from: readers.max() ?? own, to: own)
  }

  private func layInputGradient() {
    let total = arena.take(input.count)
    inputGradient = total
    sums[Network.input] = join(layout.inputReaders, into: total, home: Network.input)
  }

  /// Tells the readers of a home where to write their gradients, and how these become one.
  /// - Returns: nil where the only reader writes into the total itself.
  private func join(
    _ readers: [(node: Int, input: Int)], into total: Floats, home: Int
  ) -> GradientSum? {
    let own = layout.arrangement(home)
    let each = layout.size(home)
    let parts = readers.map { reader -> GradientSum.Part in
      let native = readers.count == 1 ? total : takeGradient(home, own)
      let isForeign = layout.arrangement(reader.node) != own
      let foreign = isForeign ? takeGradient(home, own.other) : nil
      calls[reader.node]?.inputGradients[reader.input] = foreign ?? native
      return GradientSum.Part(native: native, foreign: foreign)
    }
    if parts.count == 1, parts.first?.foreign == nil { return nil }
    return GradientSum(arrangement: own, total: total, parts: parts, each: each)
  }

  private func layParameterGradients(_ n: Int, _ call: LayerCall) {
    let isShared = layout.runners[n]?.division == .examples
    for (p, parameter) in network.nodes[n].parameters.enumerated() {
      guard !parameter.frozen, parameter.role != .statistic else {
        call.gradients.append(nil)
        continue
      }
      let count = weights.values[n][p].count
      let parts = isShared ? layout.cuts : 1
      let buffer = GradientBuffer(
        total: arena.take(count), parts: arena.take(parts > 1 ? parts * count : 0),
        partCount: parts)
      call.gradients.append(buffer)
      gradients.append((n, p, buffer))
    }
  }

  /// Where the weights have moved since, before the next pass; a training does it by itself.
  func prepare() {
    for (call, runner) in zip(calls, runners) {
      guard let call else { continue }
      runner?.prepare(call)
    }
  }

  private func begin(_ count: Int, seed: UInt64) {
    precondition(count > 0 && count <= capacity, "a batch that fits")
    for call in calls {
      call?.count = count
      call?.seed = seed
    }
    if training {
      weights.project(step: step, seed: seed, on: workers)
      prepare()
    }
  }

  /// The buffer in which a node's output lies, or the input's.
  func output(of node: Int) -> Floats { node == Network.input ? input : outputs[node] }

  /// Runs a batch of `count` examples to `output`.
  /// - Parameter fill: writes some of the examples, one after the other; from several threads, so that
  ///   each has in its cache what it works on next.
  /// - Throws: `NetworkError.interrupted`.
  func forward(
    _ count: Int, seed: UInt64 = 0, monitor: Monitor,
    fill: (_ examples: Range<Int>, _ rows: Floats) -> Void
  ) throws(NetworkError) {
    begin(count, seed: seed)
    let size = layout.size(Network.input)
    for segment in layout.segments {
      try each(segment, count, monitor) { step, turn in
        switch step {
        case .node(let n):
          guard let call = calls[n], let runner = runners[n] else { return }
          runner.forward(call, turn)
        case .copy(let home): copy(home, turn.examples)
        case .fill:
          let examples = turn.examples
          fill(examples, input.slice(examples.lowerBound * size, examples.count * size))
        }
      }
    }
  }

  private func copy(_ home: Int, _ examples: Range<Int>) {
    guard let copy = copies[home] else { return }
    layout.arrangement(home).other
      .convert(home == Network.input ? input : outputs[home], to: copy, examples, layout.size(home))
  }

  /// From `outputGradient` to the gradients of all parameters.
  /// - Throws: `NetworkError.interrupted`.
  func backward(_ count: Int, monitor: Monitor) throws(NetworkError) {
    for segment in wayBack {
      try each(segment, count, monitor) { step, turn in
        guard case .node(let n) = step, let call = calls[n], let runner = runners[n],
          call.outputGradient != nil
        else { return }
        sums[n]?.run(turn.examples)
        runner.backward(call, turn)
      }
    }
    sums[Network.input]?.run(0..<count)
  }

  private func each(
    _ segment: Layout.Segment, _ count: Int, _ monitor: Monitor,
    _ body: (Layout.Step, Turn) -> Void
  ) throws(NetworkError) {
    func run(_ turn: Turn) {
      for step in segment.steps where !monitor.isInterrupted() { body(step, turn) }
    }
    switch segment.division {
    case .batch: run(Turn(examples: 0..<count, part: 0, worker: 0))
    case .examples:
      workers.run(blocks: layout.runs(of: count)) { block, worker in
        run(Turn(examples: layout.run(block, of: count), part: block, worker: worker))
      }
    }
    if monitor.isInterrupted() { throw .interrupted }
  }

  /// The parts of a gradient that a batch of this size filled.
  func parts(_ buffer: GradientBuffer, _ count: Int) -> Int {
    buffer.partCount == 1 ? 1 : layout.runs(of: count)
  }
}
