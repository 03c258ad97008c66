// What a layer works on while it runs: views of the buffers that a plan laid out.
package import Kernels

/// Which part of a batch a worker does.
package struct Turn: Sendable {
  package let examples: Range<Int>
  /// Which of the partial gradients this part of the batch fills.
  package let part: Int
  package let worker: Int
}

/// One node's buffers, for a batch of up to the plan's capacity. Buffers hold the examples one after
/// the other: `[B, shape of one example]`.
package final class LayerCall: @unchecked Sendable {
  package let inputShapes: [[Int]]
  package let outputShape: [Int]
  package let parameters: [Floats]
  package let workers: Workers
  private let inputs: [Floats]
  private let output: Floats
  private let inputCounts: [Int]
  private let outputCount: Int
  private let workspace: Workspace
  private let saved: Floats
  private let scratch: [Floats]

  /// What the layer applies to its output, where the planner gave it the activation that follows.
  package let activator: Activator
  /// Gradients by parameter: empty where nothing is learned.
  var gradients: [GradientBuffer?] = []
  var inputGradients: [Floats?] = []
  var outputGradient: Floats?
  /// How each parameter and its gradient lie in memory.
  package internal(set) var storages: [ParameterStorage] = []
  /// By parameter: the step that it takes within `backward`, which then stores no gradient.
  package internal(set) var updates: [FusedUpdate?] = []
  /// Distinguishes this node's random numbers from others'.
  let salt: UInt64

  // Set by the plan before each pass.
  package internal(set) var count = 0
  package internal(set) var training = false
  package internal(set) var seed: UInt64 = 0

  init(
    inputShapes: [[Int]], outputShape: [Int], inputs: [Floats], output: Floats,
    parameters: [Floats], workspace: Workspace, saved: Floats, scratch: [Floats],
    activator: Activator, salt: UInt64, workers: Workers
  ) {
    self.inputShapes = inputShapes
    self.outputShape = outputShape
    self.inputs = inputs
    self.output = output
    self.parameters = parameters
    self.workspace = workspace
    self.saved = saved
    self.scratch = scratch
    self.activator = activator
    self.salt = salt
    self.workers = workers
    inputCounts = inputShapes.map { $0.reduce(1, *) }
    outputCount = outputShape.reduce(1, *)
  }

  package func input(_ examples: Range<Int>, _ index: Int = 0) -> Floats {
    let each = inputCounts[index]
    return inputs[index].slice(examples.lowerBound * each, examples.count * each)
  }

  package func output(_ examples: Range<Int>) -> Floats {
    output.slice(examples.lowerBound * outputCount, examples.count * outputCount)
  }

  /// The gradient of the loss by this node's output.
  package func outputGradient(_ examples: Range<Int>) -> Floats {
    guard let outputGradient else { preconditionFailure("a plan for training") }
    return outputGradient.slice(examples.lowerBound * outputCount, examples.count * outputCount)
  }

  /// Where the gradient by an input goes, or nil where nobody asks for it.
  package func inputGradient(_ examples: Range<Int>, _ index: Int = 0) -> Floats? {
    inputGradients[index]?
      .slice(examples.lowerBound * inputCounts[index], examples.count * inputCounts[index])
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
    let each = workspace.savedPerExample
    return saved.slice(workspace.saved + examples.lowerBound * each, examples.count * each)
  }

  package var savedOnce: Floats { saved.slice(0, workspace.saved) }

  package func scratch(_ worker: Int) -> Floats { scratch[worker] }

  /// The whole batch.
  package var batch: Range<Int> { 0..<count }
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
