// Pruning by weight: exact counts, ties by position, shapes kept.
import Encodings
import Kernels
import Networks
import Tensors

func pruneWeights(
  _ network: Network, _ options: PruneOptions, by score: ([Float]) -> [Float]
) throws(CompressionError) -> Compressed {
  let known = weightedLayers(of: network)
  guard !known.isEmpty else { throw .nothing(technique: "prune", wanted: "layers with weights") }
  try options.layers.check(known: known)

  var candidates: [[Float]] = []
  for node in network.nodes where options.layers.contains(node.name) {
    for parameter in node.parameters where parameter.role == .weight {
      candidates.append(scores(of: parameter, by: score))
    }
  }
  var masks = chosen(from: candidates, options)[...]
  var notes: [Note] = []
  let pruned = network.mapParameters { node, parameter in
    guard parameter.role == .weight, options.layers.contains(node.name) else { return parameter }
    let mask = masks.removeFirst()
    guard mask.contains(true), mask != parameter.pruned else { return parameter }
    if !parameter.encoding.isPlain {
      let stored = parameter.encoding.summary
      notes.append(
        Note(
          "\(node.name).\(parameter.name)",
          "was stored as \(stored), now plainly: store it so again after pruning"))
    }
    return parameter.with(pruned: mask)
  }
  return Compressed(pruned, notes: notes)
}

/// The scores of a parameter's weights; those pruned before come below all others.
private func scores(of parameter: Parameter, by score: ([Float]) -> [Float]) -> [Float] {
  var scores = score(parameter.value.elements)
  if let before = parameter.pruned {
    for i in scores.indices where before[i] { scores[i] = -.infinity }
  }
  return scores
}

private func chosen(from candidates: [[Float]], _ options: PruneOptions) -> [[Bool]] {
  switch options.scope {
  case .local:
    return candidates.map { Masking.lowest(count(options.sparsity, of: $0), of: $0) }
  case .global:
    var all: [Float] = []
    all.reserveCapacity(candidates.reduce(0) { $0 + $1.count })
    for candidate in candidates { all += candidate }
    var mask = Masking.lowest(count(options.sparsity, of: all), of: all)[...]
    return candidates.map { candidate in
      defer { mask = mask.dropFirst(candidate.count) }
      return Array(mask.prefix(candidate.count))
    }
  }
}

/// round(sparsity × n), halves away from zero, and at least those pruned before.
private func count(_ sparsity: Double, of scores: [Float]) -> Int {
  let asked = Int((sparsity * Double(scores.count)).rounded())
  return max(asked, Count.below(-.infinity, in: scores).equal)
}
