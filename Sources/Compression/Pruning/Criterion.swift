// What makes a weight, or a group of weights, dispensable: a table of scores; the lowest are pruned first.
// A criterion knows groups and evidence. It does not know how many are pruned, where, or when.

/// A score for groups of weights.
package struct Criterion: Sendable {
  package let name: String
  package let summary: String
  package let formula: String
  package let source: String
  /// What it looks at beside the weights.
  package let evidence: Evidence
  /// What it can score.
  package let subject: Subject
  /// What is pruned at a time where nobody chose.
  package let granularity: Granularity
  /// Where the lowest are sought where nobody chose.
  package let scope: PruningScope
  /// The weights that stay are moved, so that the layer's outputs change as little as may be.
  package var compensates: Bool { name == Criterion.obs.name }
  /// Its scores are learned together with the weights.
  package var learns: Bool { evidence == .training }

  let score:
    @Sendable (
      _ groups: Grouping, _ evidence: PruningEvidence
    ) throws(CompressionError) -> [Float]

  package enum Evidence: Sendable {
    case weights
    /// Examples, without their labels.
    case inputs
    /// Labelled examples.
    case labels
    /// A whole training.
    case training
  }

  package enum Subject: Sendable {
    /// Any group, single weights included.
    case weights
    /// Groups of several weights, as vectors.
    case groups
    /// Units that leave the network.
    case units

    package var noun: String {
      switch self {
      case .weights: "weights and groups of them"
      case .groups: "groups of weights"
      case .units: "whole units"
      }
    }
  }

  package func scores(_ granularity: Granularity) -> Bool {
    switch subject {
    case .weights: !(compensates || learns) || !granularity.isGrouped
    case .groups: granularity.isGrouped && granularity != .layer
    case .units: granularity.effect == .removesUnits
    }
  }

  init(
    _ name: String, _ summary: String, formula: String, source: String,
    evidence: Evidence = .weights, subject: Subject = .weights,
    usually granularity: Granularity = .weight, scope: PruningScope = .local,
    score:
      @escaping @Sendable (
        _ groups: Grouping, _ evidence: PruningEvidence
      ) throws(CompressionError) -> [Float]
  ) {
    (self.name, self.summary, self.formula, self.source) = (name, summary, formula, source)
    (self.evidence, self.subject) = (evidence, subject)
    (self.granularity, self.scope) = (granularity, scope)
    self.score = score
  }

  /// In the order in which a lecture would take them: weights alone, then inputs, then gradients, then
  /// curvature.
  package static let all = [
    magnitude, l1, l2, lamp, random, geometricMedian, distanceSum, batchNormScale, activation, apoz,
    wanda, snip, taylor, fisher, obd, obs, movement,
  ]

  /// What is taken where nobody chose: the first in the table that is meant for it.
  package static func standard(for granularity: Granularity) -> Criterion {
    granularity.effect == .removesUnits ? l1 : magnitude
  }
}
