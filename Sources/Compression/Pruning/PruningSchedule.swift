// How sparsity grows while a network trains: a table of curves from the first sparsity to the last.
private import Glibc

/// A curve from the first sparsity to the last over the pruning phase, perhaps bent by a power.
package struct PruningSchedule: Sendable {
  package let name: String
  package let summary: String
  package let formula: String
  package let source: String
  /// The power that the source uses, or nil where the curve has none.
  package let defaultPower: Double?
  /// The sparsity where `progress` (0...1) of the pruning phase is over. It never falls, never
  /// leaves `first...last`, and ends at `last`.
  let curve:
    @Sendable (_ first: Double, _ last: Double, _ progress: Double, _ power: Double) -> Double

  package func sparsity(
    from first: Double, to last: Double, progress: Double, power: Double
  ) -> Double {
    progress >= 1 ? last : min(last, max(first, curve(first, last, max(0, progress), power)))
  }

  package static let constant = PruningSchedule(
    name: "constant",
    summary: "everything at once at the first step",
    formula: "s_t = s_f",
    source: "Han et al. 2015, arXiv:1506.02626: one of their iterations",
    defaultPower: nil
  ) { _, last, _, _ in last }

  package static let linear = PruningSchedule(
    name: "linear",
    summary: "equally many weights at every step",
    formula: "s_t = s_f + (s_i − s_f) (1 − u), u = (t − t0) / (n Δt)",
    source: "Zhu and Gupta 2017, arXiv:1710.01878, with power 1",
    defaultPower: nil
  ) { first, last, progress, _ in last + (first - last) * (1 - progress) }

  package static let polynomial = PruningSchedule(
    name: "polynomial",
    summary: "many weights while much is redundant, then ever fewer; the power says how steeply",
    formula: "s_t = s_f + (s_i − s_f) (1 − u)^power, u = (t − t0) / (n Δt)",
    source: "Zhu and Gupta 2017, arXiv:1710.01878",
    defaultPower: 3
  ) { first, last, progress, power in last + (first - last) * pow(1 - progress, power) }

  package static let exponential = PruningSchedule(
    name: "exponential",
    summary: "the same share of the remaining weights at every step",
    formula: "1 − s_t = (1 − s_i) ((1 − s_f) / (1 − s_i))^u, u = (t − t0) / (n Δt)",
    source: "Frankle and Carbin 2019, arXiv:1803.03635: the rate of their rounds",
    defaultPower: nil
  ) { first, last, progress, _ in 1 - (1 - first) * pow((1 - last) / (1 - first), progress) }

  package static let all = [constant, linear, polynomial, exponential]
}
