// Stores what there is in fewer bytes, bit for bit the same: another index, an entropy coder. It changes no
// weight.
package import Encodings
import Kernels
package import Networks
import Tensors

/// The network with the positions of its pruned weights written down in another way. Values stay as they
/// are stored, and what is entropy-coded stays so.
/// - Parameter bits: of the scheme, where it has a choice; without them, what takes the fewest.
/// - Throws: `CompressionError.nothing` without pruned weights; `.unknownLayer`; `.setting` for bits that the
///   scheme does not have.
package func index(
  _ network: Network, by family: IndexFamily, bits: Int? = nil, layers: Layers = .all,
  monitor: Monitor = .silent
) throws(CompressionError) -> Compressed {
  try family.check(bits)
  try layers.check(known: weightedLayers(of: network))
  var notes: [Note] = []
  var isAnySparse = false
  let result = try network.mapParameters { node, parameter throws(CompressionError) in
    let name = "\(node.name).\(parameter.name)"
    guard layers.contains(node.name), let sparse = parameter.sparse, monitor.goesOn else {
      if layers.contains(node.name), parameter.pruned?.contains(true) == true {
        notes.append(
          Note(
            name, "stays \(parameter.encoding.summary): its kept weights have no scale in common"))
      }
      return parameter
    }
    isAnySparse = true
    let coder = (parameter.encoding as? Coded)?.coder
    let candidates = family.schemes(bits).compactMap { scheme -> (any Encoding)? in
      guard let made = try? sparse.indexed(by: scheme) else { return nil }
      guard let coder else { return made }
      return try? Coded(made, by: coder)
    }
    guard let best = candidates.smallest else {
      notes.append(
        Note(name, "stays \(parameter.encoding.summary): \(family.name) cannot hold its positions"))
      return parameter
    }
    return parameter.stored(as: best)
  }
  guard isAnySparse || !notes.isEmpty else {
    throw .nothing(technique: "index", wanted: "pruned weights")
  }
  return Compressed(result, notes: notes)
}

/// The network with every parameter entropy-coded that takes fewer bytes so; all others stay.
/// - Parameter reindex: choose the index of pruned weights anew, as it is smallest under this coder.
/// - Throws: `CompressionError.unknownLayer`.
package func code(
  _ network: Network, by coder: Coder, reindex: Bool = true, layers: Layers = .all,
  monitor: Monitor = .silent
) throws(CompressionError) -> Compressed {
  try layers.check(known: network.nodes.filter { !$0.parameters.isEmpty }.map(\.name))
  var notes: [Note] = []
  let result = network.mapParameters { node, parameter in
    guard layers.contains(node.name), monitor.goesOn else { return parameter }
    let plain = (parameter.encoding as? Coded)?.nested ?? parameter.encoding
    var candidates = [plain]
    let schemes = reindex ? coder.schemes : []
    let indexed = [plain] + schemes.compactMap { try? (plain as? Sparse)?.indexed(by: $0) }
    for encoding in indexed {
      if let coded = try? Coded(encoding, by: coder) { candidates.append(coded) }
    }
    let best = candidates.smallest ?? plain
    if !(best is Coded) {
      notes.append(
        Note(
          "\(node.name).\(parameter.name)",
          "stays \(plain.summary): \(coder.name) makes it no smaller"))
    }
    return parameter.stored(as: best)
  }
  return Compressed(result, notes: notes)
}

extension [any Encoding] {
  /// The one with the fewest bits, the first of equals.
  fileprivate var smallest: (any Encoding)? { self.min { $0.ledger.bits < $1.ledger.bits } }
}

extension Monitor {
  fileprivate var goesOn: Bool { !isInterrupted() }
}

extension Coder {
  /// Index schemes that may be the smallest under this coder. The range coder's own model of a bitmask looks
  /// at everything that the others do.
  fileprivate var schemes: [IndexScheme] {
    self == .range
      ? [.bitmask] : IndexScheme.all.filter { !$0.storesFillers && $0.sizeFollowsSymbols }
  }
}

extension IndexScheme {
  /// Positions in whole bytes are not handed to coders.
  fileprivate var sizeFollowsSymbols: Bool { if case .absolute = self { false } else { true } }
}

extension IndexFamily {
  fileprivate func check(_ wanted: Int?) throws(CompressionError) {
    guard let wanted else { return }
    guard let bits else {
      let others = IndexFamily.all.filter { $0.bits != nil }.map(\.name).joined(separator: ", ")
      throw .setting(
        name: "bits", wanted: "left out with \(name), and a choice only with \(others)",
        got: "\(wanted)")
    }
    guard bits.contains(wanted), self != .positions || wanted == 16 || wanted == 32 else {
      let range = self == .positions ? "16 or 32" : "from \(bits.lowerBound) to \(bits.upperBound)"
      throw .setting(name: "bits", wanted: range, got: "\(wanted)")
    }
  }
}

extension Parameter {
  /// The kept weights with their positions; nil where nothing is pruned, or they are stored in rows with
  /// scales of their own.
  fileprivate var sparse: Sparse? {
    let plain = (encoding as? Coded)?.nested ?? encoding
    if let sparse = plain as? Sparse { return sparse }
    guard let pruned, pruned.contains(true) else { return nil }
    let positions = pruned.indices.filter { !pruned[$0] }
    return EncodingTable.vector(of: plain, at: positions).flatMap {
      try? Sparse.smallest(shape: value.shape, positions: positions, values: $0)
    }
  }
}

/// What the symbols of one parameter say of how small it can be.
package struct ParameterEntropy: Sendable {
  package let name: String
  package let purpose: Purpose
  package let symbols: Int
  /// Σ n log2(N / n) over its streams, each by itself: what a coder takes that knows how frequent each symbol
  /// is, and nothing of their order.
  package let shannonBits: Double
  /// As it is stored; nil where the ledger cannot tell.
  package let storedBits: Int?
}

/// One row per parameter and purpose of symbols.
package func entropies(of network: Network) -> [ParameterEntropy] {
  var rows: [ParameterEntropy] = []
  for (name, parameter) in network.parameters {
    let streams = Coded.entropies(of: parameter.encoding)
    let ledger = parameter.encoding.ledger
    var purposes: [Purpose] = []
    for stream in streams where !purposes.contains(stream.purpose) {
      purposes.append(stream.purpose)
    }
    for purpose in purposes {
      let own = streams.filter { $0.purpose == purpose }
      let stored =
        ledger.bits(for: purpose) + (purpose == .indices ? ledger.bits(for: .fillers) : 0)
      rows.append(
        ParameterEntropy(
          name: name, purpose: purpose, symbols: own.map(\.symbols).max() ?? 0,
          shannonBits: own.reduce(0) { $0 + $1.shannonBits },
          storedBits: ledger.bits(for: .deflated) > 0 ? nil : stored))
    }
  }
  return rows
}
