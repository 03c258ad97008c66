// How the planner has a layer run: what its loops may count on, and what they ask for.
package import Kernels

/// How the examples of a batch lie in a buffer.
package enum Arrangement: Sendable {
  /// One example after the other: `[B, shape]`.
  case rows
  /// Eight examples side by side, a SIMD lane for each: `[B / 8, shape, 8]`. What lies past the
  /// batch's end is finite, and zero in gradients.
  case lanes

  /// Where a run of examples lies; in lanes it begins with a block.
  func span(_ examples: Range<Int>, each: Int) -> (start: Int, count: Int) {
    switch self {
    case .rows: (examples.lowerBound * each, examples.count * each)
    case .lanes: (examples.lowerBound * each, Lanes.blocks(examples.count) * Lanes.count * each)
    }
  }
}

/// What a layer makes of blocks of eight examples.
package enum LaneSupport: Sendable {
  /// It wants one example after the other.
  case never
  /// It takes its first input as it lies.
  case follows
  /// It is fastest in lanes.
  case prefers
}

/// Which loops a plan chooses.
package enum EnginePath: String, Sendable, CaseIterable {
  /// The fastest that do the shape.
  case fast
  /// Those that do every shape, through columns and matrix products: what the others are held to.
  case general

  /// `CNB_PATH`, or the fast one.
  package static let configured = KernelSet.variable("CNB_PATH").flatMap(EnginePath.init) ?? .fast
}

package struct Setting: Sendable {
  package let inputShapes: [[Int]]
  /// Of one example in the output buffer, after the activation and pooling that were taken over.
  package let outputShape: [Int]
  package let arrangement: Arrangement
  /// What the layer applies to its output, where the planner gave it the activation that follows.
  package let activator: Activator
  /// The layer does the 2x2 maximum pooling that follows it, too.
  package let pools: Bool
  /// A backward pass follows.
  package let training: Bool
  /// It does what it does while training: statistics of the batch, dropout.
  package let learns: Bool
  /// Examples at a time, at most.
  package let capacity: Int
  package let path: EnginePath
}

/// How a layer's work is shared out among the workers.
package enum Division: Sendable {
  /// Any run of examples by itself; neighbouring layers then run together, while data is near.
  case examples
  /// The layer sees the whole batch, and shares out its own work.
  case batch
}

/// Memory that a layer needs beside its inputs and output, in floats.
package struct Workspace: Sendable {
  /// Kept from forward to backward, for each example.
  package var savedPerExample = 0
  /// Kept from forward to backward, once.
  package var saved = 0
  /// Filled by `prepare`: weights in the order in which the loops read them.
  package var prepared = 0
  /// For each worker, during one turn.
  package var scratch = 0
}
