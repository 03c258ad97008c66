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
  /// `[B, …]`: the caller fills it before `forward`.
  let input: Floats
  let output: Floats
  /// The gradient of the loss by the output: the caller fills it before `backward`.
  private(set) var outputGradient: Floats?
  /// Every learned parameter with its gradient, after `backward` as partial sums.
  private(set) var gradients: [(node: Int, parameter: Int, buffer: GradientBuffer)] = []

  /// One for each reader of the input, where asked for: their sum is the gradient by the input.
  private(set) var inputGradients: [Floats] = []

  let calls: [LayerCall?]
  private let segments: [Segment]
  private var sums: [GradientSum?] = []
  private var memory: [Memory]

  /// Nodes that run one after the other on the same run of examples, or one that sees the batch.
  struct Segment {
    let division: Division
    var nodes: [Int]
  }

  /// A node whose output several others read: its gradient is the sum of theirs.
  private struct GradientSum {
    let total: Floats
    let parts: [Floats]
    let count: Int

    func run(_ examples: Range<Int>) {
      let start = examples.lowerBound * count
      let target = total.slice(start, examples.count * count)
      guard let first = parts.first else { return target.fill(0) }
      target.copy(from: first.slice(start, target.count))
      for part in parts.dropFirst() { target.add(part.slice(start, target.count)) }
    }
  }

  /// - Throws: `NetworkError.limit` where the buffers would not fit in memory.
  init(
    _ network: Network, weights: Weights, capacity: Int, training: Bool,
    reachesInput: Bool = false, workers: Workers = .shared
  ) throws(NetworkError) {
    let layout = Layout(network, training: training, reachesInput: reachesInput)
    try layout.check(capacity: capacity, threads: workers.threads)
    self.network = network
    self.weights = weights
    self.workers = workers
    self.training = training
    self.capacity = capacity
    var memory: [Memory] = []
    func take(_ count: Int) -> Floats {
      let new = Memory(count)
      memory.append(new)
      return new.floats
    }
    let input = take(capacity * layout.size(Network.input))
    self.input = input
    var outputs: [Floats] = []
    for n in network.nodes.indices {
      let home = layout.homes[n]
      outputs.append(
        home == Network.input ? input : home < n ? outputs[home] : take(capacity * layout.size(n)))
    }
    output = outputs.last ?? input
    let scratch = (0..<workers.threads).map { _ in take(layout.scratch) }
    var calls: [LayerCall?] = []
    for (n, node) in network.nodes.enumerated() {
      guard layout.runs(n) else {
        calls.append(nil)
        continue
      }
      let shapes = network.inputShapes(of: n)
      let workspace = node.layer.workspace(for: shapes)
      calls.append(
        LayerCall(
          inputShapes: shapes, outputShape: network.shapes[n],
          inputs: node.inputs.map { $0 == Network.input ? input : outputs[$0] },
          output: outputs[n], parameters: weights.values[n], workspace: workspace,
          saved: take(workspace.saved + capacity * workspace.savedPerExample),
          scratch: scratch.map { $0.slice(0, workspace.scratch) },
          activator: layout.activators[n], salt: UInt64(n + 1) << 32, workers: workers))
    }
    self.calls = calls
    for (call, storages) in zip(calls, weights.storages) { call?.storages = storages }
    self.memory = memory
    segments = layout.segments
    sums = calls.map { _ in nil }
    if training { layGradients(layout) }
    if reachesInput { layInputGradients(layout) }
  }

  private func take(_ count: Int) -> Floats {
    let new = Memory(count)
    memory.append(new)
    return new.floats
  }

  /// Gives every node a place for the gradient of its output, and for those of its parameters.
  private func layGradients(_ layout: Layout) {
    for (n, call) in calls.enumerated() where layout.wantsGradient[n] {
      guard let call else { continue }
      call.outputGradient = take(capacity * layout.size(n))
      call.inputGradients = network.nodes[n].inputs.map { _ in nil }
      layParameterGradients(n, call, layout)
    }
    // Readers come after what they read: all calls have their buffers now.
    for n in calls.indices where layout.wantsGradient[n] && n != layout.last {
      guard let total = calls[n]?.outputGradient else { continue }
      let readers = layout.readers[n]
      let parts = readers.map { _ in readers.count == 1 ? total : take(total.count) }
      for (reader, part) in zip(readers, parts) {
        calls[reader.node]?.inputGradients[reader.input] = part
      }
      guard readers.count != 1 else { continue }
      sums[n] = GradientSum(total: total, parts: parts, count: layout.size(n))
    }
    let last = layout.last == Network.input ? nil : calls[layout.last]
    outputGradient = last?.outputGradient ?? take(output.count)
  }

  private func layInputGradients(_ layout: Layout) {
    for reader in layout.inputReaders {
      let part = take(input.count)
      calls[reader.node]?.inputGradients[reader.input] = part
      inputGradients.append(part)
    }
  }

  private func layParameterGradients(_ n: Int, _ call: LayerCall, _ layout: Layout) {
    let isShared = network.nodes[n].layer.division(training: true) == .examples
    for (p, parameter) in network.nodes[n].parameters.enumerated() {
      guard !parameter.frozen, parameter.role != .statistic else {
        call.gradients.append(nil)
        continue
      }
      let count = weights.values[n][p].count
      let parts = isShared ? layout.parts : 1
      let buffer = GradientBuffer(
        total: take(count), parts: take(parts > 1 ? parts * count : 0), partCount: parts)
      call.gradients.append(buffer)
      gradients.append((n, p, buffer))
    }
  }

  /// How many runs of examples a batch is cut into: it follows from the batch alone.
  private func runs(_ count: Int) -> Int { min(count, Layout.mostRuns) }

  private func run(_ index: Int, of count: Int) -> Range<Int> {
    let runs = runs(count)
    return index * count / runs..<(index + 1) * count / runs
  }

  private func begin(_ count: Int, seed: UInt64, training: Bool) {
    precondition(count > 0 && count <= capacity, "a batch that fits")
    for call in calls {
      call?.count = count
      call?.seed = seed
      call?.training = training
    }
  }

  /// Runs the first `count` examples of `input` to `output`.
  /// - Throws: `NetworkError.interrupted`.
  func forward(_ count: Int, seed: UInt64 = 0, monitor: Monitor) throws(NetworkError) {
    begin(count, seed: seed, training: training)
    for segment in segments {
      try each(segment, count, monitor) { nodes, turn in
        for n in nodes {
          guard let call = calls[n], !monitor.isInterrupted() else { continue }
          network.nodes[n].layer.forward(call, turn)
        }
      }
    }
  }

  /// From `outputGradient` to the gradients of all parameters.
  /// - Throws: `NetworkError.interrupted`.
  func backward(_ count: Int, monitor: Monitor) throws(NetworkError) {
    for segment in segments.reversed() {
      try each(segment, count, monitor) { nodes, turn in
        for n in nodes.reversed() {
          guard let call = calls[n], call.outputGradient != nil, !monitor.isInterrupted()
          else { continue }
          sums[n]?.run(turn.examples)
          network.nodes[n].layer.backward(call, turn)
        }
      }
    }
  }

  private func each(
    _ segment: Segment, _ count: Int, _ monitor: Monitor, _ body: ([Int], Turn) -> Void
  ) throws(NetworkError) {
    switch segment.division {
    case .batch: body(segment.nodes, Turn(examples: 0..<count, part: 0, worker: 0))
    case .examples:
      workers.run(blocks: runs(count)) { block, worker in
        guard !monitor.isInterrupted() else { return }
        body(segment.nodes, Turn(examples: run(block, of: count), part: block, worker: worker))
      }
    }
    if monitor.isInterrupted() { throw .interrupted }
  }

  /// The parts of a gradient that a batch of this size filled.
  func parts(_ buffer: GradientBuffer, _ count: Int) -> Int {
    buffer.partCount == 1 ? 1 : runs(count)
  }
}
