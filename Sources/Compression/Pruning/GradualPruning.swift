// Pruning while training: little by little along a schedule, so that the rest can take over.
package import Networks

package struct GradualPruning: Sendable {
  /// What is pruned in the end: masks, for shapes stay.
  package var pruning: PruneOptions
  package var schedule: PruningSchedule
  /// The sparsity with which the schedule starts.
  package var initialSparsity: Double
  /// Bends schedules that have a power; nil for the power of the source.
  package var power: Double?
  /// Between which shares of all training steps the sparsity grows, within 0...1. After that the
  /// network recovers.
  package var phase: ClosedRange<Double>
  /// Training steps from one pruning to the next; nil for a twentieth of the training, 100 at most.
  package var interval: Int?

  package init(
    _ pruning: PruneOptions, schedule: PruningSchedule = .polynomial,
    from initialSparsity: Double = 0,
    power: Double? = nil, phase: ClosedRange<Double> = 0...0.75, interval: Int? = nil
  ) {
    self.pruning = pruning
    self.schedule = schedule
    self.initialSparsity = initialSparsity
    self.power = power
    self.phase = phase
    self.interval = interval
  }

  /// The share of a layer that is to be gone when `moment` (0...1) of the training is over, where it is
  /// `last` in the end; nil before the phase starts.
  package func share(to last: Double, at moment: Double) -> Double? {
    guard moment >= phase.lowerBound else { return nil }
    guard moment < phase.upperBound else { return last }
    return schedule.sparsity(
      from: min(initialSparsity, last), to: last,
      progress: (moment - phase.lowerBound) / (phase.upperBound - phase.lowerBound),
      power: power ?? schedule.defaultPower ?? 1)
  }

  /// Steps from one pruning to the next in a training of so many.
  func interval(of steps: Int) -> Int { interval ?? max(1, min(100, steps / 20)) }

  /// - Throws: `CompressionError.sparsity` for a sparsity outside `0..<1`; `.criterion` for one
  ///   that scores something else; `.setting` for what cannot grow while training, a sparsity that would
  ///   fall, a power, a phase or an interval out of range.
  package func check() throws(CompressionError) {
    try checkSparsity(initialSparsity)
    try pruning.check()
    guard pruning.granularity.effect == .masks else {
      throw .setting(
        name: "epochs", wanted: "left out, for units leave at once: prune first, then finetune",
        got: "given, per `\(pruning.granularity.name)`")
    }
    switch pruning.amount {
    case .share(let last):
      guard initialSparsity <= last else {
        throw .setting(
          name: "from", wanted: "at most the final sparsity \(last)", got: "\(initialSparsity)")
      }
    case .shares, .pattern: break
    case .count, .below, .budget:
      throw .setting(
        name: "epochs", wanted: "left out, for only a share can grow: prune first, then finetune",
        got: "given")
    }
    if pruning.criterion.learns, pruning.scope != .local || pruning.amount == .pattern {
      throw .setting(
        name: "scope", wanted: "`local`, with a share, by the criterion movement",
        got: "`\(pruning.scope.name)`")
    }
    try checkRanges()
  }

  private func checkRanges() throws(CompressionError) {
    if let power, !(power > 0 && power <= 100) {
      throw .setting(name: "power", wanted: "above 0 and at most 100", got: "\(power)")
    }
    guard phase.lowerBound >= 0, phase.upperBound <= 1 else {
      throw .setting(name: "phase", wanted: "within 0% to 100% of the training", got: "\(phase)")
    }
    if let interval, interval < 1 {
      throw .setting(name: "interval", wanted: "at least 1 step", got: "\(interval)")
    }
  }

  /// What training calls every `interval` steps. The last call leaves the final sparsity, exactly.
  fileprivate func revision(
    interval: Int, on data: Dataset, _ trouble: Trouble
  ) -> Training.Revision {
    Training.Revision(interval: interval) { network, step, steps throws(NetworkError) in
      let moment = Double(step) / Double(max(1, steps))
      guard moment >= phase.lowerBound else { return network }
      var options = pruning
      options.amount = pruning.amount.mapShares { share(to: $0, at: moment) ?? 0 }
      do throws(CompressionError) { return try prune(network, options, on: data).network } catch {
        trouble.found = error
        throw .option(name: "pruning", wanted: "possible at every step", got: error.message)
      }
    }
  }
}

/// Trains the network and prunes it on the way. Zhu and Gupta 2017, arXiv:1710.01878.
///
/// - Throws: `CompressionError`: as `GradualPruning.check`, `prune`, and `Network.trained` (as
///   `.network`).
package func prune(
  _ network: Network, gradually gradual: GradualPruning, on data: Dataset, _ training: Training,
  monitor: Monitor = .silent
) throws(CompressionError) -> Trained {
  try gradual.check()
  let epochs = min(max(1, training.epochs), 1_000_000)
  let each = (data.count + training.batch - 1) / max(1, training.batch)
  let steps = training.steps ?? epochs * each
  guard !gradual.pruning.criterion.learns else {
    return try gradual.trainedByMovement(
      network, on: data, training, steps: steps, monitor: monitor)
  }
  // Whatever else is wrong shows before the first step; what the weights will be by then, it cannot.
  do throws(CompressionError) { _ = try prune(network, gradual.pruning, on: data) } catch {
    guard case .everything = error, gradual.pruning.scope == .global else { throw error }
  }
  let trouble = Trouble()
  var training = training
  training.revision = gradual.revision(
    interval: gradual.interval(of: steps), on: data, trouble)
  do { return try network.trained(on: data, training, monitor: monitor) } catch {
    throw trouble.found ?? .network(error)
  }
}

/// What went wrong in the midst of a training.
private final class Trouble: @unchecked Sendable {
  // Only the thread that trains looks at it.
  var found: CompressionError?
}
