// Stores the weights of a network as small whole numbers, or as 16-bit floats.
package import Encodings
import Kernels
package import Networks
import Tensors

package struct QuantizeOptions: Sendable {
  package var grid: Grid
  /// 2...8 for a grid with codes; the 16-bit grids have no choice.
  package var bits: Int
  package var granularity: Affine.Granularity
  package var range: RangeEstimator
  /// Of the symmetric grid: codes −(2^(b−1) − 1)…2^(b−1) − 1, one fewer below 0.
  package var narrow: Bool
  /// Quantize biases too; they stay fp32 otherwise.
  package var biases: Bool
  package var layers: Layers

  package static let bitsRange = 2...8

  package init(
    grid: Grid = .symmetric, bits: Int = 8, granularity: Affine.Granularity = .channel,
    range: RangeEstimator = .minmax, narrow: Bool = true, biases: Bool = false,
    layers: Layers = .all
  ) {
    self.grid = grid
    self.bits = bits
    self.granularity = granularity
    self.range = range
    self.narrow = narrow
    self.biases = biases
    self.layers = layers
  }

  func takes(_ role: Parameter.Role) -> Bool { role == .weight || role == .bias && biases }
}

/// The network with its weights on a grid: they run as the values of their codes, and `save` stores
/// codes.
///
/// Laws: a value errs by at most half a step (with min-max ranges); 0 stays 0, so pruned weights
/// stay pruned; what is stored on these settings already stays as it is. Codes are rounded to
/// nearest, ties to even, as ONNX does.
///
/// A pruned parameter is stored in whichever way takes the fewest bits: all codes; only the codes
/// of what is left, with their positions (groups are then groups of kept weights); or, where
/// channels have scales of their own, all codes deflated.
///
/// - Throws: `CompressionError`: `.bits` outside 2...8; `.group` below 1; `.unknownLayer`;
///   `.nothing` without any weights; `.notFinite`; `.setting` for weights that are too large for
///   the grid.
package func quantize(
  _ network: Network, _ options: QuantizeOptions
) throws(CompressionError) -> Compressed {
  if case .codes = options.grid.kind, !QuantizeOptions.bitsRange.contains(options.bits) {
    throw .bits(options.bits, wanted: QuantizeOptions.bitsRange)
  }
  if case .group(let size) = options.granularity, size < 1 { throw .group(size) }
  let known = weightedLayers(of: network)
  guard !known.isEmpty else { throw .nothing(technique: "quantize", wanted: "layers with weights") }
  try options.layers.check(known: known)

  var notes: [Note] = []
  let result = try network.mapParameters { node, parameter throws(CompressionError) in
    let name = "\(node.name).\(parameter.name)"
    guard options.layers.contains(node.name) else {
      if parameter.role == .weight { notes.append(Note(name, "stays as it is: not asked for")) }
      return parameter
    }
    guard options.takes(parameter.role) else {
      notes.append(Note(name, "stays \(parameter.encoding.summary): \(parameter.role.reason)"))
      return parameter
    }
    return try quantized(parameter, name, options)
  }
  return Compressed(result, notes: notes)
}

extension Parameter.Role {
  /// Why it is not quantized.
  fileprivate var reason: String {
    switch self {
    case .weight: "a weight"
    case .bias: "biases are few, and quantized only where asked for"
    case .scale: "the gain of a normalization"
    case .statistic: "a running statistic"
    }
  }
}

private func quantized(
  _ parameter: Parameter, _ name: String, _ options: QuantizeOptions
) throws(CompressionError) -> Parameter {
  guard parameter.value.isFinite else {
    throw .notFinite(parameter: name)
  }
  if options.already(parameter.encoding) { return parameter }
  var candidates = [try options.encoding(of: parameter.value, name)]
  if let pruned = parameter.pruned, pruned.contains(true) {
    candidates += try sparse(parameter.value, pruned, name, options)
    if options.granularity == .channel, let coded = try? Coded(candidates[0]) {
      candidates.append(coded)
    }
  }
  // Of equally small ones the first, the plainest.
  let smallest = candidates.min { $0.ledger.bits < $1.ledger.bits }
  return parameter.stored(as: smallest ?? candidates[0])
}

/// The codes of what is left alone, and where they are. A vector of them has no channels any more.
private func sparse(
  _ value: Tensor, _ pruned: [Bool], _ name: String, _ options: QuantizeOptions
) throws(CompressionError) -> [any Encoding] {
  if case .codes = options.grid.kind, options.granularity == .channel { return [] }
  let (positions, kept) = Masking.kept(of: value.elements, without: pruned)
  let values = try options.encoding(of: Tensor(vector: kept), name)
  guard
    let sparse = try? Sparse.smallest(shape: value.shape, positions: positions, values: values)
  else { return [] }
  return [sparse]
}

extension QuantizeOptions {
  /// All values of a tensor on the grid.
  fileprivate func encoding(
    of value: Tensor, _ name: String
  ) throws(CompressionError) -> any Encoding {
    switch grid.kind {
    case .half: Encodings.Dense(value, as: .fp16)
    case .brain: Encodings.Dense(value, as: .bf16)
    case .codes: try affine(value, name)
    }
  }

  private func affine(_ value: Tensor, _ name: String) throws(CompressionError) -> Affine {
    guard let quantizer = Quantizer(self) else {
      preconditionFailure("a grid with codes has a quantizer")
    }
    let runs = Affine.slices(of: value.shape, granularity)
    let (patterns, steps) = quantizer.patterns(for: value, runs)
    // Between finite ends all values are finite; else it depends on which codes there are.
    guard
      steps.allSatisfy({ $0.endsAreFinite })
        || quantizer.codes(for: value).values.allSatisfy({ $0.isFinite })
    else {
      throw .setting(
        name: name, wanted: "far from the largest number of fp32", got: "larger weights")
    }
    do {
      return try Affine(
        shape: value.shape, bits: bits, isSigned: isSigned, granularity: granularity,
        patterns: patterns, scales: steps.map(\.scale),
        zeroPoints: isSigned ? nil : steps.map { Int16($0.zeroPoint) })
    } catch {
      preconditionFailure("codes of a quantizer fit their encoding: \(error.message)")
    }
  }
}

extension QuantizeOptions {
  /// Grids whose codes lie around 0 have no zero points.
  fileprivate var isSigned: Bool {
    guard case .codes(let fit) = grid.kind else { return false }
    return fit(-1, 1, bits, narrow).codes.lowerBound < 0
  }

  /// Whether an encoding has these settings, so that its values are on the grid.
  fileprivate func already(_ encoding: any Encoding) -> Bool {
    guard case .codes = grid.kind else { return false }
    guard let stored = encoding as? Affine else { return encoding.nested.map(already) ?? false }
    return stored.bits == bits && stored.isSigned == isSigned
      && stored.isSymmetric == isSigned && stored.granularity == granularity
      && !(isSigned && narrow && stored.usesLowestCode)
  }
}

extension Step {
  /// Whether the values of the lowest and the highest code are.
  fileprivate var endsAreFinite: Bool {
    value(of: codes.lowerBound).isFinite && value(of: codes.upperBound).isFinite
  }
}

extension Quantizer {
  /// Nil for a grid without codes.
  fileprivate init?(_ options: QuantizeOptions) {
    self.init(
      grid: options.grid, bits: options.bits, narrow: options.narrow, range: options.range,
      granularity: options.granularity)
  }
}
