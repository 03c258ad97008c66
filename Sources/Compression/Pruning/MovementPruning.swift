// Pruning by movement: each weight has a score that is trained with it, and the lowest scores are masked
// on the way forward. Sanh et al. 2020, arXiv:2005.07683.
import Encodings
import Kernels
import Networks
import Tensors

/// One parameter on its way: w ⊙ m, m the mask of the scores that are not among the lowest. The gradient by
/// w ⊙ m is that by a score times the weight (straight through), so that masked weights can come back.
final class MovementProjection: Projection, @unchecked Sendable {
  private let share: @Sendable (Int) -> Double
  private let interval: Int
  /// True where a weight is masked now. Only the thread that works on this parameter looks at it.
  private(set) var mask: [Bool]

  /// - Parameters:
  ///   - share: that is masked at a step.
  ///   - interval: steps from one look at the scores to the next.
  init(count: Int, interval: Int, share: @escaping @Sendable (Int) -> Double) {
    self.share = share
    self.interval = interval
    mask = [Bool](repeating: false, count: count)
  }

  var learnsState: Bool { true }
  var stateIsScale: Bool { false }

  func state(for latent: Tensor) -> [Float] { [Float](repeating: 0, count: latent.count) }

  func project(_ latent: Floats, state: Floats, step: Int, seed: UInt64, to values: Floats) {
    if step % interval == 0 {
      let count = Int((share(step) * Double(mask.count)).rounded())
      mask = Masking.lowest(count, of: state.array)
    }
    values.copy(from: Masking.zeroed(latent.array, where: mask))
  }

  func pullBack(_ gradient: Floats, latent: Floats, state: Floats, stateGradient: Floats) {
    stateGradient.copy(from: gradient)
    stateGradient.multiply(by: latent)
    gradient.copy(from: Masking.zeroed(gradient.array, where: mask))
  }

  func encoding(of latent: Tensor, state: [Float], pruned: [Bool]?) -> any Encoding {
    let values = Masking.zeroed(latent.elements, where: mask)
    return Dense(Tensor(trusted: latent.shape, values))
  }
}

extension GradualPruning {
  /// Trains the network with scores beside its weights.
  func trainedByMovement(
    _ network: Network, on data: Dataset, _ training: Training, steps: Int, monitor: Monitor
  ) throws(CompressionError) -> Trained {
    let known = weightedLayers(of: network)
    try pruning.layers.check(known: known)
    let interval = interval(of: steps)
    var training = training
    var projections: [String: MovementProjection] = [:]
    for node in network.nodes where pruning.layers.contains(node.name) {
      guard let last = pruning.amount.share(of: node.name) else { continue }
      for parameter in node.parameters where parameter.isWeight && !parameter.frozen {
        projections["\(node.name).\(parameter.name)"] = MovementProjection(
          count: parameter.value.count, interval: interval
        ) { step in
          let step = step + interval >= steps ? steps : step
          return share(to: last, at: Double(step) / Double(max(1, steps))) ?? 0
        }
      }
    }
    training.projections = projections
    let trained: Trained
    do { trained = try network.trained(on: data, training, monitor: monitor) } catch {
      throw .network(error)
    }
    guard trained.stopped.error == nil else { return trained }
    let pruned = trained.network.mapParameters { node, parameter in
      guard let mask = projections["\(node.name).\(parameter.name)"]?.mask else {
        return parameter
      }
      let before = parameter.pruned
      return parameter.with(pruned: before.map { zip(mask, $0).map { $0 || $1 } } ?? mask)
    }
    return Trained(network: pruned, history: trained.history, stopped: trained.stopped)
  }
}
