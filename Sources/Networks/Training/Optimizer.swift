// How weights follow their gradients: one entry for each optimizer.
internal import Kernels

package struct Optimizer: Sendable {
  package let name: String
  package let summary: String
  package let formula: String
  package let source: String
  /// The learning rate where none is asked for.
  package let rate: Double
  /// The momentum where none is asked for; nil for an optimizer that has none.
  package let momentum: Double?
  /// The weight decay where none is asked for.
  package let decay: Double
  let kernel: Kernel

  enum Kernel: Sendable { case sgd, adam, adamw }

  package static let sgd = Optimizer(
    name: "sgd", summary: "down the slope, with momentum",
    formula: "v = momentum v + g + decay w; w -= rate v (nesterov: g + decay w + momentum v)",
    source: "Polyak 1964, doi:10.1016/0041-5553(64)90137-5; nesterov: Sutskever et al. 2013, "
      + "PMLR 28(3):1139; the rate outside v, as in PyTorch",
    rate: 0.01, momentum: 0.9, decay: 0, kernel: .sgd)

  package static let adam = Optimizer(
    name: "adam", summary: "steps of about the same size for every weight",
    formula: "w -= rate m / (sqrt v + eps), m and v running means of g and g^2, corrected",
    source: "Kingma and Ba 2015, arXiv:1412.6980", rate: 0.001, momentum: nil, decay: 0,
    kernel: .adam)

  package static let adamw = Optimizer(
    name: "adamw", summary: "adam, with weight decay beside the gradient",
    formula: "w = (1 - rate decay) w, then as adam",
    source: "Loshchilov and Hutter 2019, arXiv:1711.05101; decay times the rate, as in PyTorch",
    rate: 0.001, momentum: nil, decay: 0.01, kernel: .adamw)

  package static let all: [Optimizer] = [sgd, adam, adamw]

  /// Arrays of the size of the weights that it keeps from step to step.
  var stateCount: Int { kernel == .sgd ? 1 : 2 }

  func update(
    _ rule: UpdateRule, _ weights: Floats, gradient: Floats, state: [Floats], keep: Floats?
  ) {
    switch kernel {
    case .sgd: rule.sgd(weights, gradient: gradient, velocity: state[0], keep: keep)
    case .adam, .adamw:
      rule.adam(weights, gradient: gradient, first: state[0], second: state[1], keep: keep)
    }
  }
}

/// An optimizer at work on a plan's parameters: in pieces of a fixed size, shared among workers.
final class Stepper {
  private let plan: Plan
  private let optimizer: Optimizer
  private var rule: UpdateRule
  private var pieces: [Piece] = []
  private var fused: [Fused] = []
  private var projected: [Projected] = []
  /// Parameters with one state: each moves its own copy by the same sum.
  private let ties: [[ProjectedParameter]]
  private var memory: [Memory] = []

  private struct Piece {
    let node: Int
    let parameter: Int
    let start: Int
    let weights: Floats
    let total: Floats
    let parts: Floats
    let buffer: GradientBuffer
    let state: [Floats]
    /// Of the step of a grid: the rate is relative to the step, and nothing decays.
    let share: Float?
  }

  /// A parameter whose latent numbers take the step.
  private struct Projected {
    let one: ProjectedParameter
    let buffer: GradientBuffer
    let latent: [Floats]
    let state: [Floats]
    /// As above; nil for a state that moves as weights do.
    let share: Float?
  }

  /// A parameter that takes its step within its layer's backward pass.
  private struct Fused {
    let call: LayerCall
    let node: Int
    let parameter: Int
    let state: [Floats]
  }

  private static let pieceSize = 1 << 14

  init(_ plan: Plan, _ optimizer: Optimizer, _ rule: UpdateRule) {
    self.plan = plan
    self.optimizer = optimizer
    self.rule = rule
    ties = Stepper.ties(among: plan.weights.projected)
    for (node, parameter, buffer) in plan.gradients {
      if let one = plan.weights.projected(node, parameter) {
        projected.append(
          Projected(
            one: one, buffer: buffer, latent: take(one.latent.count), state: take(one.state.count),
            share: one.projection.stateIsScale
              ? max(.leastNormalMagnitude, one.state.meanMagnitude) : nil))
        continue
      }
      let count = buffer.total.count
      let state = take(count)
      if let call = plan.calls[node], plan.runners[node]?.takesSteps == true {
        call.updates = plan.weights.values[node].map { _ in nil }
        fused.append(
          Fused(call: call, node: node, parameter: parameter, state: state))
        continue
      }
      let weights = plan.weights.values[node][parameter]
      let isStep = plan.network.nodes[node].parameters[parameter].role == .step
      for start in stride(from: 0, to: count, by: Stepper.pieceSize) {
        let size = min(Stepper.pieceSize, count - start)
        let reach = (buffer.partCount - 1) * count + size
        pieces.append(
          Piece(
            node: node, parameter: parameter, start: start,
            weights: weights.slice(start, size),
            total: buffer.total.slice(start, size),
            parts: buffer.partCount == 1 ? buffer.total : buffer.parts.slice(start, reach),
            buffer: buffer, state: state.map { $0.slice(start, size) },
            share: isStep ? max(.leastNormalMagnitude, weights.meanMagnitude) : nil))
      }
    }
  }

  private static func ties(among parameters: [ProjectedParameter]) -> [[ProjectedParameter]] {
    let tied = parameters.filter { $0.projection.learnsState && $0.projection.tie != nil }
    let groups = Dictionary(grouping: tied) { [$0.projection.tie ?? 0, $0.state.count] }
    // In the order of the network: sums are the same at every run.
    return tied.compactMap { one in
      groups[[one.projection.tie ?? 0, one.state.count]].flatMap { $0[0] === one ? $0 : nil }
    }.filter { $0.count > 1 }
  }

  /// Zeros for what the optimizer keeps of so many numbers.
  private func take(_ count: Int) -> [Floats] {
    let fresh = (0..<optimizer.stateCount).map { _ in Memory(count) }
    memory += fresh
    return fresh.map(\.floats)
  }

  /// Before the backward pass of a step: layers learn how to move their weights in it.
  func begin(rate: Double) {
    rule.rate = Float(rate)
    for one in fused {
      one.call.updates[one.parameter] = FusedUpdate(
        rule, optimizer.kernel == .sgd ? .momentum : .adam,
        weights: plan.weights.values[one.node][one.parameter], first: one.state[0],
        second: one.state.count > 1 ? one.state[1] : nil,
        keep: plan.weights.keeps[one.node][one.parameter])
    }
  }

  /// After it: sums up the partial gradients of a batch of `count`, in order, and moves the weights
  /// that did not move in it.
  func finish(_ count: Int) {
    plan.workers.run(blocks: pieces.count) { index, _ in
      let piece = pieces[index]
      if piece.buffer.partCount > 1 {
        piece.total.sum(
          parts: piece.parts, count: plan.parts(piece.buffer, count),
          stride: piece.buffer.total.count)
      }
      let keep = plan.weights.keeps[piece.node][piece.parameter]
      optimizer.update(
        piece.share.map(rule.relative) ?? rule, piece.weights, gradient: piece.total,
        state: piece.state,
        keep: keep?.slice(piece.start, piece.weights.count))
    }
    plan.workers.run(blocks: projected.count) { index, _ in
      let part = projected[index]
      part.buffer.sum(plan.parts(part.buffer, count))
      part.one.pullBack(part.buffer.total)
    }
    for tied in ties {
      for k in 0..<tied[0].stateGradient.count {
        let sum = tied.reduce(0) { $0 + $1.stateGradient[k] }
        for one in tied { one.stateGradient[k] = sum }
      }
    }
    plan.workers.run(blocks: projected.count) { index, _ in move(projected[index]) }
    rule.step += 1
  }

  private func move(_ part: Projected) {
    let one = part.one
    optimizer.update(
      rule, one.latent, gradient: one.gradient, state: part.latent, keep: one.keep)
    one.projection.settle(one.latent)
    guard one.projection.learnsState else { return }
    optimizer.update(
      part.share.map(rule.relative) ?? rule, one.state, gradient: one.stateGradient,
      state: part.state, keep: nil)
  }
}

extension UpdateRule {
  /// For numbers of this size: steps as large in relation to them, and no decay.
  fileprivate func relative(to size: Float) -> UpdateRule {
    var rule = self
    rule.rate *= size
    rule.decay = 0
    return rule
  }
}
