// What makes a weight or a unit dispensable: a table of scores; the lowest are pruned first.
// A criterion knows weights. It does not know how many are pruned, where, or when.
private import Glibc
private import Kernels

/// What is pruned at a time.
package enum Granularity: String, Sendable, CaseIterable {
  /// Single weights become zero; shapes stay.
  case weight
  /// Whole neurons and filters leave the network; shapes shrink.
  case unit

  package static var all: [Granularity] { allCases }
  package var name: String { rawValue }

  package var summary: String {
    switch self {
    case .weight: "single weights become zero, shapes stay"
    case .unit: "whole neurons and filters leave the network, shapes shrink"
    }
  }
}

/// A score for weights, or for the units that own them.
package struct Criterion: Sendable {
  package let name: String
  package let summary: String
  package let formula: String
  package let source: String
  package let score: Score

  package enum Score: Sendable {
    /// One score per weight, in order.
    case weights(@Sendable (_ weights: [Float]) -> [Float])
    /// One score for all incoming weights of a unit: a row of a weight `[O, I, …]`, or the rows of
    /// all layers that share the unit, one after the other.
    case unit(@Sendable (_ row: [Float]) -> Float)
  }

  /// What it scores.
  package var granularity: Granularity {
    switch score {
    case .weights: .weight
    case .unit: .unit
    }
  }

  package static let magnitude = Criterion(
    name: "magnitude",
    summary: "small weights matter least",
    formula: "|w|",
    source: "Han et al. 2015, arXiv:1506.02626",
    score: .weights { Elementwise.magnitudes(of: $0) })

  package static let l1 = Criterion(
    name: "l1",
    summary: "units with a small sum of absolute incoming weights matter least",
    formula: "Σ |w|",
    source: "Li et al. 2017, arXiv:1608.08710",
    score: .unit { row in Float(row.reduce(0.0) { $0 + Double(abs($1)) }) })

  package static let l2 = Criterion(
    name: "l2",
    summary: "units with a small Euclidean norm of incoming weights matter least",
    formula: "√(Σ w²)",
    source: "He et al. 2018, arXiv:1808.06866",
    score: .unit { row in Float(sqrt(row.reduce(0.0) { $0 + Double($1) * Double($1) })) })

  package static let all = [magnitude, l1, l2]

  /// What is taken where nobody chose: the first in the table for the granularity.
  package static func standard(for granularity: Granularity) -> Criterion {
    all.first { $0.granularity == granularity } ?? magnitude
  }
}

/// Among which candidates the lowest scores are sought.
package enum PruningScope: String, Sendable, CaseIterable {
  /// In every layer the same fraction.
  case local
  /// The lowest scores of the whole network, wherever they are.
  case global

  package static var all: [PruningScope] { allCases }
  package var name: String { rawValue }

  package var summary: String {
    switch self {
    case .local: "the same share of every layer"
    case .global: "the least of the whole network, wherever it is"
    }
  }
}
