// Pruning by mask: weights, patterns, blocks and kernels become zero where they are.
import Encodings
import Kernels
import Networks
import Tensors

func pruneWeights(
  _ network: Network, _ options: PruneOptions, _ evidence: PruningEvidence
) throws(CompressionError) -> Compressed {
  let known = weightedLayers(of: network)
  guard !known.isEmpty else { throw .nothing(technique: "prune", wanted: "layers with weights") }
  try options.layers.check(known: known)
  let groups = try Grouping.masks(network, options)
  let scores = try options.criterion.score(groups, evidence)
  if let pattern = options.pattern {
    return network.masked(by: pattern.removed(groups, scores), groups)
  }
  let choice = try Choice(groups, scores, options.scope)
  var limit = 0
  var cost: ([Bool]) throws(CompressionError) -> Int = { _ in 0 }
  if case .budget(let budget) = options.amount {
    limit = budget.limit(for: network, options)
    cost = { budget.cost(of: network.masked(by: $0, groups).network, options) }
  }
  let removed = try choice.removed(options.amount, cost: cost, limit: limit)
  guard options.criterion.compensates else { return network.masked(by: removed, groups) }
  return try network.repaired(without: removed, groups, evidence)
}

extension Grouping {
  /// The weights of some layers, or groups of them that can become zero.
  static func masks(
    _ network: Network, _ options: PruneOptions
  ) throws(CompressionError) -> Grouping {
    var parts: [Part] = []
    var layers: [Field] = []
    var next = 0
    for (n, node) in network.nodes.enumerated() where options.layers.contains(node.name) {
      let first = next
      for (p, parameter) in node.parameters.enumerated() where parameter.isWeight {
        let (rows, columns) = parameter.matrixShape
        let name = "\(node.name).\(parameter.name)"
        guard let block = try options.shape(of: name, parameter, rows, columns) else { continue }
        let isSingle = block.rows == 1 && block.columns == 1
        let layout = isSingle ? Layout.weights(first: next) : .blocks(block, first: next)
        parts.append(
          Part(node: n, parameter: p, rows: rows, columns: columns, layout: layout))
        next += rows / block.rows * (columns / block.columns)
      }
      if next > first { layers.append(Field(layer: node.name, groups: first..<next)) }
    }
    guard next > 0 else {
      let wanted =
        options.granularity == .kernel
        ? "convolutions with kernels larger than 1×1" : "a layer that is not left out"
      throw .nothing(technique: "prune", wanted: wanted)
    }
    return Grouping(network, parts: parts, layers: layers, noun: options.granularity.plural)
  }
}

extension Granularity {
  fileprivate var plural: String { self == .pattern ? "weights" : "\(name)s" }
}

extension PruneOptions {
  /// What becomes zero together in a matrix; nil where there is nothing of that kind.
  fileprivate func shape(
    of name: String, _ parameter: Parameter, _ rows: Int, _ columns: Int
  ) throws(CompressionError) -> BlockShape? {
    switch granularity {
    case .kernel:
      let size = parameter.kernelSize
      return size > 1 ? try BlockShape(1, size) : nil
    case .block:
      guard let block else { return nil }
      guard rows % block.rows == 0, columns % block.columns == 0 else {
        throw .blocks(block, matrix: [rows, columns], parameter: name)
      }
      return block
    case .pattern:
      if let pattern, columns % pattern.run != 0 {
        throw .pattern(pattern, row: columns, parameter: name)
      }
      return try BlockShape(1, 1)
    default: return try BlockShape(1, 1)
    }
  }
}

extension Pattern {
  /// In each run the least: exactly run − kept of them.
  fileprivate func removed(_ groups: Grouping, _ scores: [Float]) -> [Bool] {
    let gone = groups.gone
    var removed = [Bool](repeating: false, count: scores.count)
    for start in stride(from: 0, to: scores.count, by: run) {
      for _ in 0..<run - kept {
        var least = -1
        for i in start..<start + run where !removed[i] {
          if !gone.isEmpty, gone[i] {
            least = i
            break
          }
          if least < 0 || scores[i] < scores[least] { least = i }
        }
        removed[least] = true
      }
    }
    // What was pruned before stays so, even where it is more.
    for i in gone.indices where gone[i] { removed[i] = true }
    return removed
  }
}

extension Network {
  /// The network with the marked groups pruned; parameters without any stay as they are stored.
  fileprivate func masked(by marked: [Bool], _ groups: Grouping) -> Compressed {
    var notes: [Note] = []
    var changed: [Int: [Parameter]] = [:]
    for part in groups.parts {
      let parameter = groups.parameter(part)
      let mask = groups.mask(part, marked).merged(with: parameter.pruned)
      guard mask.contains(true), mask != parameter.pruned else { continue }
      note(part, parameter, &notes)
      changed[part.node, default: nodes[part.node].parameters][part.parameter] =
        parameter.with(pruned: mask)
    }
    return Compressed(replacing(changed), notes: notes)
  }

  /// The same, and the weights that stay make up for those that go.
  fileprivate func repaired(
    without marked: [Bool], _ groups: Grouping, _ evidence: PruningEvidence
  ) throws(CompressionError) -> Compressed {
    var notes: [Note] = []
    var changed: [Int: [Parameter]] = [:]
    for part in groups.parts {
      let parameter = groups.parameter(part)
      let mask = groups.mask(part, marked)
      guard mask.contains(true), mask != parameter.pruned else { continue }
      note(part, parameter, &notes)
      changed[part.node, default: nodes[part.node].parameters][part.parameter] =
        try LayerSurgeon.repaired(part, parameter, without: mask, evidence)
    }
    return Compressed(replacing(changed), notes: notes)
  }

  private func note(_ part: Grouping.Part, _ parameter: Parameter, _ notes: inout [Note]) {
    guard !parameter.encoding.isPlain else { return }
    notes.append(
      Note(
        "\(nodes[part.node].name).\(parameter.name)",
        "was stored as \(parameter.encoding.summary), now plainly: store it so again after pruning")
    )
  }
}

extension [Bool] {
  /// True where either is. Groups may be left of which a part was pruned before.
  fileprivate func merged(with other: [Bool]?) -> [Bool] {
    guard let other else { return self }
    return zip(self, other).map { $0 || $1 }
  }
}
