// What a layer works on while it runs: views of the buffers that a plan laid out.
package import Kernels

/// Which part of a batch a worker does.
package struct Turn: Sendable {
  package let examples: Range<Int>
  /// Which of the partial gradients this part of the batch fills.
  package let part: Int
  package let worker: Int
}

/// One node's buffers, for a batch of up to the plan's capacity, all in the node's arrangement.
package final class LayerCall: @unchecked Sendable {
  package let setting: Setting
  package let parameters: [Floats]
  package let workers: Workers
  private let inputs: [Floats]
  private let output: Floats
  private let inputCounts: [Int]
  private let outputCount: Int
  private let workspace: Workspace
  private let memory: WorkMemory

  /// Gradients by parameter: empty where nothing is learned.
  var gradients: [GradientBuffer?] = []
  var inputGradients: [Floats?] = []
  var outputGradient: Floats?
  /// By parameter: the step that it takes within `backward`, which then stores no gradient.
  package internal(set) var updates: [FusedUpdate?] = []
  /// Distinguishes this node's random numbers from others'.
  let salt: UInt64

  // Set by the plan before each pass.
  package internal(set) var count = 0
  package internal(set) var seed: UInt64 = 0

  /// What a workspace asked for.
  struct WorkMemory {
    let saved: Floats
    let prepared: Floats
    let scratch: [Floats]
  }

  init(
    _ setting: Setting, inputs: [Floats], output: Floats, parameters: [Floats],
    workspace: Workspace, memory: WorkMemory, salt: UInt64, workers: Workers
  ) {
    self.setting = setting
    self.inputs = inputs
    self.output = output
    self.parameters = parameters
    self.workspace = workspace
    self.memory = memory
    self.salt = salt
    self.workers = workers
    inputCounts = setting.inputShapes.map { $0.reduce(1, *) }
    outputCount = setting.outputShape.reduce(1, *)
  }

  package var inputShapes: [[Int]] { setting.inputShapes }
  package var outputShape: [Int] { setting.outputShape }
  package var activator: Activator { setting.activator }

  private func part(_ buffer: Floats, _ examples: Range<Int>, _ each: Int) -> Floats {
    let span = setting.arrangement.span(examples, each: each)
    return buffer.slice(span.start, span.count)
  }

  package func input(_ examples: Range<Int>, _ index: Int = 0) -> Floats {
    part(inputs[index], examples, inputCounts[index])
  }

  package func output(_ examples: Range<Int>) -> Floats { part(output, examples, outputCount) }

  /// The gradient of the loss by this node's output.
  package func outputGradient(_ examples: Range<Int>) -> Floats {
    guard let outputGradient else { preconditionFailure("a plan for training") }
    return part(outputGradient, examples, outputCount)
  }

  /// Where the gradient by an input goes, or nil where nobody asks for it.
  package func inputGradient(_ examples: Range<Int>, _ index: Int = 0) -> Floats? {
    inputGradients[index].map { part($0, examples, inputCounts[index]) }
  }

  /// Where the gradient by a parameter goes, or nil for one that is not learned. With a part: that
  /// part of the batch's share, which the layer writes and the plan sums up.
  package func gradient(_ parameter: Int, part: Int = 0) -> Floats? {
    guard parameter < gradients.count, let buffer = gradients[parameter] else { return nil }
    return buffer.part(part)
  }

  /// What becomes of the gradient by a parameter, or nil for one that is not learned.
  package func use(ofGradient parameter: Int) -> GradientUse? {
    if parameter < updates.count, let update = updates[parameter] { return .step(update) }
    return gradient(parameter).map { .store($0) }
  }

  package func saved(_ examples: Range<Int>) -> Floats {
    let span = setting.arrangement.span(examples, each: workspace.savedPerExample)
    return memory.saved.slice(workspace.saved + span.start, span.count)
  }

  package var savedOnce: Floats { memory.saved.slice(0, workspace.saved) }
  package var prepared: Floats { memory.prepared }
  package func scratch(_ worker: Int) -> Floats { memory.scratch[worker] }

  /// The whole batch.
  package var batch: Range<Int> { 0..<count }

  /// Calls `body` for each example of a turn, or for each block of eight where they lie in lanes.
  package func each(_ turn: Turn, _ body: (Range<Int>) -> Void) {
    let step = setting.arrangement == .lanes ? Lanes.count : 1
    var start = turn.examples.lowerBound
    while start < turn.examples.upperBound {
      body(start..<min(start + step, turn.examples.upperBound))
      start += step
    }
  }
}

/// Where a parameter's gradient is written: by parts of the batch, or at once.
package struct GradientBuffer: Sendable {
  /// The sum.
  let total: Floats
  /// Parts one after the other; the first is `total` where there is only one.
  let parts: Floats
  let partCount: Int

  func part(_ index: Int) -> Floats {
    partCount == 1 ? total : parts.slice(index * total.count, total.count)
  }

  /// Makes `total` the sum of the first parts, in order.
  func sum(_ filled: Int) {
    guard partCount > 1 else { return }
    total.sum(parts: parts, count: filled, stride: total.count)
  }
}
