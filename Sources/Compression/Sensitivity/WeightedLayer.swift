// A layer with weights, as sensitivity sees it: one run of numbers, however many parameters hold them.
import Kernels
import Networks
import Tensors

/// The weights of one node, one parameter after the other.
struct WeightedLayer {
  let name: String
  let node: Int
  /// Which of the node's parameters are weights.
  let parameters: [Int]
  /// How many numbers each of them has.
  let counts: [Int]
  let values: [Float]
  /// True where a weight was pruned, and stays zero whatever becomes of the others; nil for none.
  let pruned: [Bool]?
  /// Weights that are left.
  let weights: Int

  /// - Throws: `CompressionError.notFinite`.
  init?(_ network: Network, node: Int) throws(CompressionError) {
    let parts = network.nodes[node].parameters
    parameters = parts.indices.filter { parts[$0].role == .weight && parts[$0].value.count > 0 }
    guard !parameters.isEmpty else { return nil }
    self.node = node
    name = network.nodes[node].name
    for index in parameters where !parts[index].value.isFinite {
      throw CompressionError.notFinite(
        "\(name).\(parts[index].name)", parts[index].value)
    }
    counts = parameters.map { parts[$0].value.count }
    values = WeightedLayer.values(of: parts, parameters)
    let isPruned = parameters.contains { parts[$0].pruned?.contains(true) == true }
    pruned =
      isPruned
      ? parameters.flatMap { index in
        parts[index].pruned ?? [Bool](repeating: false, count: parts[index].value.count)
      } : nil
    weights = values.count - (pruned ?? []).count { $0 }
  }

  static func values(of parts: [Parameter], _ indices: [Int]) -> [Float] {
    indices.count == 1
      ? parts[indices[0]].value.elements : indices.flatMap { parts[$0].value.elements }
  }

  /// - Throws: `CompressionError.nothing` without any; `.notFinite`.
  static func all(of network: Network, technique: String) throws(CompressionError)
    -> [WeightedLayer]
  {
    var layers: [WeightedLayer] = []
    for node in network.nodes.indices {
      if let layer = try WeightedLayer(network, node: node) { layers.append(layer) }
    }
    guard !layers.isEmpty else {
      throw .nothing(technique: technique, wanted: "layers with weights")
    }
    return layers
  }
}
