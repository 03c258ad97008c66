// How a layer sees a parameter while it is trained: latent numbers that the steps move, and what
// they become on the way to the layer.
package import Encodings
package import Kernels
package import Tensors

/// A parameter that is trained through a function: rounding to a grid, taking signs. The layer runs
/// with the values of latent numbers; their gradient is pulled back to the latent numbers, and these
/// take the step. Bengio et al. 2013, arXiv:1308.3432.
package protocol Projection: Sendable {
  /// Numbers beside the latent ones, such as scales: `project` may set them, or training moves them.
  func state(for latent: Tensor) -> [Float]
  /// Whether training moves the state, too.
  var learnsState: Bool { get }
  /// Whether the state moves in proportion to its size and without decay, as the scale of a grid does,
  /// or as weights move.
  var stateIsScale: Bool { get }
  /// Parameters with the same tie have one state: what they see of it is summed. Nil for a state of its
  /// own.
  var tie: Int? { get }
  /// Writes what the layer sees.
  /// - Parameter step: of the training, from 0.
  func project(_ latent: Floats, state: Floats, step: Int, seed: UInt64, to values: Floats)
  /// Turns the gradient by the values into that by the latent numbers, in place, and writes that by
  /// the state where training moves it.
  func pullBack(_ gradient: Floats, latent: Floats, state: Floats, stateGradient: Floats)
  /// After a step: brings latent numbers back to where they may be.
  func settle(_ latent: Floats)
  /// How the parameter is stored in the end, and what it is then worth.
  func encoding(of latent: Tensor, state: [Float], pruned: [Bool]?) -> any Encoding
}

extension Projection {
  package var learnsState: Bool { false }
  package var stateIsScale: Bool { true }
  package var tie: Int? { nil }
  package func settle(_ latent: Floats) {}
}

/// One projected parameter at work.
final class ProjectedParameter: @unchecked Sendable {
  let projection: any Projection
  let node: Int
  let parameter: Int
  /// In the order of the tensor.
  let latent: Floats
  let state: Floats
  /// Filled by `pullBack`, in the order of the tensor.
  let gradient: Floats
  let stateGradient: Floats
  /// In the order of the tensor; nil where nothing was pruned.
  private(set) var keep: Floats?
  private let values: Floats
  private let seen: Floats
  private let storage: ParameterStorage
  private let shape: [Int]
  private let memory: [Memory]
  private var mask: Memory?

  init(
    _ projection: any Projection, _ node: Int, _ parameter: Int, of source: Parameter,
    seen: Floats, storage: ParameterStorage
  ) {
    self.projection = projection
    self.node = node
    self.parameter = parameter
    self.seen = seen
    self.storage = storage
    shape = source.value.shape
    let count = source.value.count
    let start = projection.state(for: source.value)
    memory = [count, start.count, count, start.count, count].map { Memory($0) }
    (latent, state) = (memory[0].floats, memory[1].floats)
    (gradient, stateGradient) = (memory[2].floats, memory[3].floats)
    values = memory[4].floats
    state.copy(from: start)
    load(source)
  }

  func load(_ source: Parameter) {
    latent.copy(from: source.value.elements)
    mask = source.pruned.map { Memory($0.count) }
    if let pruned = source.pruned { mask?.floats.copy(from: pruned.map { $0 ? 0 : 1 }) }
    keep = mask?.floats
  }

  /// Writes what the layer sees, as it reads it.
  func project(step: Int, seed: UInt64) {
    projection.project(
      latent, state: state, step: step,
      seed: seed ^ UInt64(truncatingIfNeeded: node << 16 | parameter), to: values)
    if let keep { values.multiply(by: keep) }
    storage.load(values.array, to: seen)
  }

  /// From the gradient by what the layer saw.
  func pullBack(_ total: Floats) {
    gradient.copy(from: storage.elements(of: total))
    projection.pullBack(gradient, latent: latent, state: state, stateGradient: stateGradient)
  }

  var latentTensor: Tensor { Tensor(trusted: shape, latent.array) }

  /// The parameter as it is stored in the end.
  func stored(_ parameter: Parameter) -> Parameter {
    parameter.stored(
      as: projection.encoding(
        of: latentTensor, state: state.array, pruned: parameter.pruned))
  }

  var isFinite: Bool { latent.sum().isFinite && state.sum().isFinite }
}
