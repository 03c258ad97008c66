// The scores of a layer, as a tensor to look at: what `prune` would go by.
package import Networks
package import Tensors

/// How much each weight, group of weights or unit of a layer matters by a criterion; the lowest is pruned
/// first.
///
/// - Returns: per weight (and pattern) the shape of the weight; per block `[rows, columns]` of them; per
///   kernel `[filters, channels]`; per unit a vector, in which units that must stay have NaN; per layer a
///   vector of the residual branches that the layer is in.
/// - Throws: as `prune`; `CompressionError.unknownLayer`, and `.setting` per layer.
package func saliency(
  of layer: String, in network: Network, _ options: PruneOptions, on data: Dataset? = nil,
  monitor: Monitor = .silent
) throws(CompressionError) -> Tensor {
  var options = options
  try options.check()
  let known = weightedLayers(of: network)
  guard let node = network.nodes.firstIndex(where: { $0.name == layer }), known.contains(layer)
  else { throw .unknownLayer(layer, known: known) }
  let evidence = try PruningEvidence(network, options, on: data, monitor: monitor)
  switch options.granularity.effect {
  case .masks:
    options.layers = .only([layer])
    let groups = try Grouping.masks(network, options)
    guard let part = groups.parts.first else {
      throw .nothing(technique: "saliency", wanted: "a layer with weights")
    }
    let scores = try options.criterion.score(groups, evidence)
    let shape = groups.shape(of: part)
    return Tensor(trusted: shape, Array(scores.prefix(shape.reduce(1, *))))
  case .removesUnits:
    let groups = try Grouping.units(network, UnitMap(network), options).groups.0
    let scores = try options.criterion.score(groups, evidence)
    for part in groups.parts where part.node == node {
      guard let units = part.layout.units else { continue }
      return Tensor(vector: units.map { $0 < 0 ? .nan : scores[$0] })
    }
    throw .units(layer: layer, reason: "none of them may leave")
  case .removesLayers:
    let all = ResidualBranch.all(of: network)
    if let reason = ResidualBranch.reason(toKeep: node, in: network, all) {
      throw .units(layer: layer, reason: reason)
    }
    let branches = all.filter { $0.nodes.contains(node) }
    return Tensor(vector: try options.criterion.score(.branches(network, branches), evidence))
  }
}

extension Grouping {
  /// How the scores of a part lie.
  fileprivate func shape(of part: Part) -> [Int] {
    let full = parameter(part).value.shape
    guard case .blocks(let block, _) = part.layout else { return full }
    let isKernels = block.rows == 1 && full.count > 2 && block.columns == parameter(part).kernelSize
    return isKernels
      ? Array(full.prefix(2)) : [part.rows / block.rows, part.columns / block.columns]
  }
}
