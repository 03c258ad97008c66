// What a network weighs and what one example costs, counted from its parameters and shapes alone.
// The bytes of a file are not here: they belong to whoever writes the file.
import Encodings
import Kernels
package import Networks
import Tensors

package struct Footprint: Sendable, Equatable {
  /// All numbers that are learned: weights, biases and gains, without running statistics.
  package let parameters: Int
  /// The numbers with role `.weight`.
  package let weights: Int
  /// The weights that are not 0.
  package let nonZeros: Int
  /// What the encodings of the weights take: codes, scales, indices and all.
  package let weightBits: Int
  /// What the encodings of all parameters take: the file without its own lines.
  package let payloadBits: Int
  /// Multiply-accumulates for one example.
  package let multiplyAccumulates: Int
  /// Those of them that multiply by a weight that is not 0: what skipping every zero would leave.
  /// Dense loops skip none.
  package let effectiveMultiplyAccumulates: Int

  /// Bits that one weight takes on average, with its share of scales and indices; 32 for plain
  /// fp32.
  package var bitsPerWeight: Double { weights == 0 ? 0 : Double(weightBits) / Double(weights) }

  /// The fraction of the weights that is 0.
  package var sparsity: Double {
    weights == 0 ? 0 : Double(weights - nonZeros) / Double(weights)
  }

  package init(_ network: Network) {
    var counts = (weights: 0, nonZeros: 0, weightBits: 0, payloadBits: 0, macs: 0, effective: 0)
    for (n, node) in network.nodes.enumerated() {
      var (weights, nonZeros) = (0, 0)
      for parameter in node.parameters {
        let bits = parameter.encoding.ledger.bits
        counts.payloadBits += bits
        guard parameter.role == .weight else { continue }
        counts.weightBits += bits
        weights += parameter.value.count
        nonZeros += Count.nonZeros(in: parameter.value.elements)
      }
      let macs = node.layer.multiplyAccumulates(for: network.inputShapes(of: n))
      counts.weights += weights
      counts.nonZeros += nonZeros
      counts.macs += macs
      counts.effective += Footprint.share(nonZeros, of: weights, of: macs)
    }
    parameters = network.parameterCount
    weights = counts.weights
    nonZeros = counts.nonZeros
    weightBits = counts.weightBits
    payloadBits = counts.payloadBits
    multiplyAccumulates = counts.macs
    effectiveMultiplyAccumulates = counts.effective
  }

  /// Every weight of a layer is used equally often (at the edges of a padded convolution: counted
  /// as such).
  private static func share(_ nonZeros: Int, of weights: Int, of macs: Int) -> Int {
    guard weights > 0 else { return macs }
    return macs / weights * nonZeros + macs % weights * nonZeros / weights
  }
}
