// How sparsity grows while a network trains: a table of curves from the first sparsity to the last.
private import Glibc

/// A curve from the first sparsity to the last over the pruning phase, perhaps bent by a power.
package struct Schedule: Sendable {
  package let name: String
  package let summary: String
  package let formula: String
  package let source: String
  /// The power that the source uses, or nil where the curve has none.
  package let defaultPower: Double?
  /// The sparsity where `progress` (0...1) of the pruning phase is over. It never falls, never leaves
  /// `first...last`, and ends at `last`.
  let curve: @Sendable (_ first: Double, _ last: Double, _ progress: Double, _ power: Double) -> Double

  package func sparsity(
    from first: Double, to last: Double, progress: Double, power: Double
  ) -> Double {
    progress >= 1 ? last : min(last, max(first, curve(first, last, max(0, progress), power)))
  }

  package static let constant = Schedule(
    name: "constant",
    summary: "everything at once at the first step",
    formula: "s_t = s_f",
    source: "Han et al. 2015, arXiv:1506.02626",
    defaultPower: nil
  ) { _, last, _, _ in last }

  package static let linear = Schedule(
    name: "linear",
    summary: "equally many weights at every step",
    formula: "s_t = s_f + (s_i − s_f) (1 − u), u = (t − t0) / (n Δt)",
    source: "Zhu and Gupta 2017, arXiv:1710.01878, with power 1",
    defaultPower: nil
  ) { first, last, progress, _ in last + (first - last) * (1 - progress) }

  package static let polynomial = Schedule(
    name: "polynomial",
    summary: "many weights while much is redundant, then ever fewer; the power says how steeply",
    formula: "s_t = s_f + (s_i − s_f) (1 − u)^power, u = (t − t0) / (n Δt)",
    source: "Zhu and Gupta 2017, arXiv:1710.01878",
    defaultPower: 3
  ) { first, last, progress, power in last + (first - last) * pow(1 - progress, power) }

  package static let exponential = Schedule(
    name: "exponential",
    summary: "the same share of the remaining weights at every step",
    formula: "1 − s_t = (1 − s_i) ((1 − s_f) / (1 − s_i))^u, u = (t − t0) / (n Δt)",
    source: "Frankle and Carbin 2019, arXiv:1803.03635: the rate of their rounds",
    defaultPower: nil
  ) { first, last, progress, _ in 1 - (1 - first) * pow((1 - last) / (1 - first), progress) }

  package static let all = [constant, linear, polynomial, exponential]
}

/// A schedule with its numbers: the sparsity at every step of a training.
package struct PruningPlan: Sendable {
  package let schedule: Schedule
  package let initialSparsity: Double
  package let finalSparsity: Double
  /// The first step at which weights are pruned (t0), counted from 0.
  package let firstStep: Int
  /// The step from which on the sparsity is the final one.
  package let lastStep: Int
  /// Steps from one pruning to the next (Δt).
  package let interval: Int
  package let power: Double

  /// - Throws: `CompressionError.sparsity` for sparsities outside `0..<1`; `.setting` where the final one is
  ///   below the initial one, the steps do not follow each other, or the power is not above 0.
  package init(
    schedule: Schedule = .polynomial, from initialSparsity: Double = 0, to finalSparsity: Double,
    firstStep: Int = 0, lastStep: Int, interval: Int = 100, power: Double? = nil
  ) throws(CompressionError) {
    try checkSparsity(initialSparsity)
    try checkSparsity(finalSparsity)
    let power = power ?? schedule.defaultPower ?? 1
    guard initialSparsity <= finalSparsity else {
      throw .setting(
        name: "from", wanted: "at most the final sparsity \(finalSparsity)",
        got: "\(initialSparsity)")
    }
    guard firstStep >= 0, lastStep >= firstStep else {
      throw .setting(
        name: "steps", wanted: "a range that starts at 0 or later", got: "\(firstStep) to \(lastStep)")
    }
    guard interval > 0 else {
      throw .setting(name: "interval", wanted: "at least 1 step", got: "\(interval)")
    }
    guard power > 0, power <= 100 else {
      throw .setting(name: "power", wanted: "above 0 and at most 100", got: "\(power)")
    }
    self.schedule = schedule
    self.initialSparsity = initialSparsity
    self.finalSparsity = finalSparsity
    self.firstStep = firstStep
    self.lastStep = lastStep
    self.interval = interval
    self.power = power
  }

  /// Whether weights are pruned before the step: at t0, every interval after it, and at the last step.
  package func prunes(at step: Int) -> Bool {
    guard step >= firstStep, step <= lastStep else { return false }
    return step == lastStep || (step - firstStep) % interval == 0
  }

  /// The sparsity wanted at a step; 0 before the first.
  package func sparsity(at step: Int) -> Double {
    if step < firstStep { return 0 }
    if step >= lastStep { return finalSparsity }
    let progress = Double(step - firstStep) / Double(lastStep - firstStep)
    return schedule.sparsity(
      from: initialSparsity, to: finalSparsity, progress: progress, power: power)
  }
}

/// - Throws: `CompressionError.sparsity` outside `0..<1`.
func checkSparsity(_ sparsity: Double) throws(CompressionError) {
  guard sparsity >= 0, sparsity < 1 else { throw .sparsity(sparsity) }
}
