// What is pruned at a time: a table from single weights to whole layers. It knows shapes, and neither
// scores nor amounts.
import Encodings
import Networks
import Tensors

/// What stays or goes together.
package enum Granularity: String, Sendable, CaseIterable {
  /// Single weights become zero; shapes stay.
  case weight
  /// In each run of m weights of a row, all but n become zero: N:M sparsity.
  case pattern
  /// Rectangles of the matrix of weights [outputs, inputs × kernel] become zero.
  case block
  /// The weights between one input channel and one filter become zero.
  case kernel
  /// Neurons of dense layers leave the network; shapes shrink.
  case neuron
  /// Filters of convolutions, which are the channels of their output, leave the network.
  case filter
  /// Neurons and filters.
  case unit
  /// Attention heads, with their queries, keys and values.
  case head
  /// The layers of a residual branch, which the addition bridges.
  case layer

  package static var all: [Granularity] { allCases }
  package var name: String { rawValue }

  package var summary: String {
    switch self {
    case .weight: "single weights become zero, shapes stay"
    case .pattern: "in each run of m weights of a row all but n become zero"
    case .block: "rectangles of the matrix [outputs, inputs] become zero"
    case .kernel: "what one filter reads of one channel becomes zero; dense layers have no kernels"
    case .neuron: "neurons of dense layers leave the network, shapes shrink"
    case .filter: "filters (output channels) of convolutions leave the network, shapes shrink"
    case .unit: "neurons and filters leave the network, shapes shrink"
    case .head: "attention heads leave the network, shapes shrink"
    case .layer: "the layers of a residual branch leave the network: the addition bridges them"
    }
  }

  package enum Effect: Sendable {
    /// Weights become zero where they are.
    case masks
    /// Units leave their layers.
    case removesUnits
    /// Nodes leave the network.
    case removesLayers
  }

  package var effect: Effect {
    switch self {
    case .weight, .pattern, .block, .kernel: .masks
    case .neuron, .filter, .unit, .head: .removesUnits
    case .layer: .removesLayers
    }
  }

  /// Groups of more than one weight.
  var isGrouped: Bool { self != .weight && self != .pattern }
}

/// n of each m weights next to each other in a row stay, such as 2:4. Mishra et al. 2021,
/// arXiv:2104.08378.
package struct Pattern: Sendable, Equatable, CustomStringConvertible {
  package let kept: Int
  package let run: Int
  package var description: String { "\(kept):\(run)" }

  /// - Throws: `CompressionError.setting` unless 1 ≤ kept < run ≤ 1024.
  package init(_ kept: Int, of run: Int) throws(CompressionError) {
    guard kept >= 1, kept < run, run <= 1024 else {
      throw .setting(
        name: "pattern", wanted: "n:m with 1 ≤ n < m ≤ 1024, such as 2:4", got: "\(kept):\(run)")
    }
    (self.kept, self.run) = (kept, run)
  }
}

/// Height and width of a block: outputs × inputs.
package struct BlockShape: Sendable, Equatable, CustomStringConvertible {
  package let rows: Int
  package let columns: Int
  package var description: String { "\(rows)×\(columns)" }

  /// - Throws: `CompressionError.setting` for sizes outside 1...65,536.
  package init(_ rows: Int, _ columns: Int) throws(CompressionError) {
    let range = 1...65_536
    guard range.contains(rows), range.contains(columns) else {
      throw .setting(
        name: "block", wanted: "two sizes from 1 to 65,536", got: "[\(rows), \(columns)]")
    }
    (self.rows, self.columns) = (rows, columns)
  }
}

extension Parameter {
  var isWeight: Bool { role == .weight }

  /// Rows and columns of the matrix of weights [outputs, inputs × kernel].
  var matrixShape: (rows: Int, columns: Int) {
    let columns = max(1, Affine.rowLength(of: value.shape))
    return (value.count / columns, columns)
  }

  /// Weights of one kernel: 1 where there is no more than one to an input.
  var kernelSize: Int { value.shape.dropFirst(2).reduce(1, *) }
}
