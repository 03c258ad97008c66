// What every technique says about itself: the words that `help` prints, in one place.

package struct Technique: Sendable {
  /// The word of the language.
  package let name: String
  package let summary: String
  package let formula: String
  /// Authors, year, and where to read it.
  package let source: String
  /// Other words, for the next step or the neighboring idea.
  package let seeAlso: [String]
  /// The tables that its settings choose from: the setting, and its choices with a sentence each.
  package let choices: [Choices]

  package struct Choices: Sendable {
    package let setting: String
    package let entries: [(name: String, summary: String)]

    init(_ setting: String, _ entries: [(String, String)]) {
      self.setting = setting
      self.entries = entries.map { (name: $0.0, summary: $0.1) }
    }
  }

  package static let prune = Technique(
    name: "prune",
    summary: "removes the weights or the units that matter least; what is removed stays removed",
    formula: "w_i = 0 for the k = round(sparsity × n) lowest scores",
    source: "Han et al. 2015, arXiv:1506.02626",
    seeAlso: ["finetune", "quantize", "measure"],
    choices: [
      Choices("granularity", Granularity.all.map { ($0.name, $0.summary) }),
      Choices("criterion", Criterion.all.map { ($0.name, $0.summary) }),
      Choices("scope", PruningScope.all.map { ($0.name, $0.summary) }),
      Choices("schedule", PruningSchedule.all.map { ($0.name, $0.summary) }),
    ])

  package static let quantize = Technique(
    name: "quantize",
    summary: "stores weights as small whole numbers on a grid, or as 16-bit floats",
    formula: "ŵ = s (q − z), q = clamp(round(w / s) + z)",
    source: "Jacob et al. 2018, arXiv:1712.05877",
    seeAlso: ["prune", "distill", "measure", "ledger"],
    choices: [
      Choices("grid", Grid.all.map { ($0.name, $0.summary) }),
      Choices("range", RangeEstimator.all.map { ($0.name, $0.summary) }),
      Choices("rounding", RoundingRule.all.map { ($0.name, $0.summary) }),
    ])

  package static let share = Technique(
    name: "share",
    summary: "stores weights as the numbers of a few shared values",
    formula: "w_i ≈ c_j, j = argmin |w_i − c_j|, c_j the mean of its weights",
    source: "Han et al. 2016, arXiv:1510.00149",
    seeAlso: ["prune", "finetune", "quantize"],
    choices: [
      Choices("start", CentroidStart.all.map { ($0.name, $0.summary) })
    ])

  package static let hash = Technique(
    name: "hash",
    summary: "gives each layer few values; which weight has which one, a hash of its position says",
    formula: "w_i = ξ(i) r[h(i)], ∂L/∂r_k = Σ ξ(i) ∂L/∂w_i over h(i) = k",
    source: "Chen et al. 2015, arXiv:1504.04788",
    seeAlso: ["train", "share", "quantize"],
    choices: [])

  package static let svd = Technique(
    name: "svd",
    summary: "splits a layer into two thin ones that run one after the other and can be trained",
    formula: "W ≈ (U_r √Σ_r) (√Σ_r V_rᵀ)",
    source: "Denton et al. 2014, arXiv:1404.0736; the best of its rank: Eckart and Young 1936, "
      + "doi:10.1007/BF02288367",
    seeAlso: ["finetune", "measure"],
    choices: [Choices("rule", RankRule.all.map { ($0.name, $0.summary) })])

  package static let distill = Technique(
    name: "distill",
    summary: "trains a student on the softened answers of a teacher and on the labels",
    formula: "(1 − α) CE(y, p_s) + α T² KL(softmax(z_t / T) ‖ softmax(z_s / T))",
    source: "Hinton et al. 2015, arXiv:1503.02531",
    seeAlso: ["train", "finetune", "quantize"],
    choices: [])

  /// In the order in which a lecture would take them.
  package static let all = [prune, quantize, share, hash, svd, distill]
}
