// Merges similar neurons, without data: one of two takes over the other's outgoing weights, and the
// other leaves. Srinivas and Babu 2015, arXiv:1507.06149.
import Encodings
package import Networks
package import Tensors

package struct MergeOptions: Sendable {
  package enum Amount: Sendable, Equatable {
    /// Of each layer's neurons, `0..<1`.
    case share(Double)
    /// Of each layer, at least 1.
    case count(Int)
    /// As long as the least saliency is below the mode of the saliencies at the start: the rule of
    /// the source, section 4. The mode is the middle of the fullest of 100 bins, which reach from 0 to
    /// the 95th percentile, for a few large ones would else fill one bin with all others.
    case mode
  }

  package var amount: Amount
  package var layers: Layers

  package init(_ amount: Amount, layers: Layers = .all) {
    self.amount = amount
    self.layers = layers
  }
}

/// Two neurons that became one.
package struct Merge: Sendable, Equatable {
  package let layer: String
  /// By their position in the layer as it was.
  package let kept: Int
  package let removed: Int
  package let saliency: Double
}

package struct Merged: Sendable {
  package let compressed: Compressed
  /// In the order in which it was done.
  package let merges: [Merge]
}

/// The network with fewer neurons and filters: where W_i and W_j (with their biases) are alike, so are
/// what i and j give, and a_i + a_j does with one of them what a_i and a_j did with both.
///
/// The saliency s_ij = ⟨a_j²⟩ ‖W_i − W_j‖² bounds, up to a factor, the squared change of what reads the
/// layer when j is merged into i; ⟨a_j²⟩ is the mean of j's squared outgoing weights. The least of
/// all goes first; then a_i has changed, and with it what merging i into others would cost. Layer
/// after layer, from the input on. A batch normalization directly behind a layer counts as part
/// of it: W and b are what they are with its scale and shift.
///
/// - Throws: `CompressionError`: `.sparsity` for a share outside `0..<1`; `.setting` for a count that
///   leaves a layer none; `.unknownLayer`; `.merging` for a layer that was named and cannot;
///   `.nothing` without one that can; `.notFinite`; `.network(.interrupted)`.
package func mergeNeurons(
  _ network: Network, _ options: MergeOptions, monitor: Monitor = .silent
) throws(CompressionError) -> Merged {
  if case .share(let share) = options.amount { try checkSparsity(share) }
  try options.layers.check(known: weightedLayers(of: network))
  var notes: [Note] = []
  var candidates: [Int] = []
  for (n, node) in network.nodes.enumerated()
  where options.layers.contains(node.name) && node.parameters.contains(where: \.isWeight) {
    do throws(CompressionError) {
      _ = try MergingLayer(network, n)
      candidates.append(n)
    } catch .merging(let layer, let reason) {
      if case .only = options.layers { throw .merging(layer: layer, reason: reason) }
      notes.append(Note(layer, "keeps its neurons: \(reason)"))
    }
  }
  guard !candidates.isEmpty else {
    throw .nothing(
      technique: "merge_neurons", wanted: "a layer whose neurons only weighted sums read")
  }
  var smaller = network
  var merges: [Merge] = []
  for n in candidates {
    var layer = try MergingLayer(smaller, n)
    let found = try layer.merge(options.amount, monitor)
    merges += found
    smaller = try layer.surgery(without: found.map(\.removed))
  }
  notes += storedPlainly(network, smaller)
  return Merged(compressed: Compressed(smaller, notes: notes), merges: merges)
}

/// The saliencies s_ij of a layer, `[neurons, neurons]`: what merging neuron j (column) into neuron i (row)
/// would cost. Infinite on the diagonal, for none can be merged into itself.
/// - Throws: `CompressionError`: `.unknownLayer`, `.merging`, `.notFinite`, `.network(.interrupted)`.
package func mergeSaliency(
  _ network: Network, layer name: String, monitor: Monitor = .silent
) throws(CompressionError) -> Tensor {
  try Layers.only([name]).check(known: weightedLayers(of: network))
  guard let n = network.nodes.firstIndex(where: { $0.name == name }) else {
    throw .unknownLayer(name, known: weightedLayers(of: network))
  }
  let search = try MergingLayer(network, n).search(monitor)
  return Tensor(
    trusted: [search.count, search.count],
    (0..<search.count).flatMap { i in
      (0..<search.count).map { Float(i == $0 ? .infinity : search.saliency(of: $0, into: i)) }
    })
}

/// Parameters that lost the way in which they were stored.
private func storedPlainly(_ before: Network, _ after: Network) -> [Note] {
  zip(before.parameters, after.parameters).compactMap { old, new in
    guard !old.parameter.encoding.isPlain, new.parameter.encoding.isPlain else { return nil }
    return Note(
      old.name,
      "was stored as \(old.parameter.encoding.summary), now plainly: store it so again after merging"
    )
  }
}
