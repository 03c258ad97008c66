// Stores the weights of a network as small whole numbers, small floats, or signs.
package import Encodings
import Kernels
package import Networks
import Tensors

/// The network with its weights on a grid: they run as the values of their codes, and `save` stores
/// codes.
///
/// Laws: a value errs by at most half a step (with min-max ranges and rounding to nearest); 0 stays
/// 0, so pruned weights stay pruned; what is stored on these settings already stays as it is.
///
/// A pruned parameter is stored in whichever way takes the fewest bits: all codes; only the codes
/// of what is left, with their positions (groups are then groups of kept weights); or, where
/// channels have scales of their own, all codes deflated. Of a hashed parameter, the values of its
/// buckets are stored so, as one row.
///
/// - Parameter rounded: codes that were chosen by looking at a layer's inputs, by parameter.
/// - Throws: `CompressionError`: as `QuantizeOptions.check`; `.unknownLayer`; `.nothing` without
///   any weights; `.notFinite`; `.uneven` for groups that do not divide a row, unless not strict;
///   `.setting` for weights that are too large for the grid.
package func quantize(
  _ network: Network, _ options: QuantizeOptions, rounded: [String: any Encoding] = [:]
) throws(CompressionError) -> Compressed {
  try options.check(network)
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
    if let encoding = rounded[name] { return parameter.stored(as: encoding) }
    return try quantized(parameter, name, options, &notes)
  }
  return Compressed(result, notes: notes)
}

extension QuantizeOptions {
  /// What can be known to be wrong before the work.
  /// - Throws: as `quantize`, but for weights that are too large for the grid.
  func check(_ network: Network) throws(CompressionError) {
    try check()
    try layers.check(network, for: "quantize")
    for node in network.nodes where layers.contains(node.name) {
      for parameter in node.parameters where takes(parameter.role) {
        let name = "\(node.name).\(parameter.name)"
        guard parameter.value.isFinite else {
          throw CompressionError.notFinite(name, parameter.value)
        }
        // The values of hashed weights are one row, whose last group may be shorter.
        guard strict, case .group(let size) = quantizer.granularity,
          !quantizer.wrote(parameter.encoding), !(parameter.encoding is Hashed)
        else { continue }
        let row = Affine.rowLength(of: parameter.value.shape)
        if row % size != 0 { throw .uneven(group: size, row: row, parameter: name) }
      }
    }
  }
}

extension Parameter.Role {
  /// Why it is not quantized.
  fileprivate var reason: String {
    switch self {
    case .weight: "a weight"
    case .bias: "biases are few, and quantized only where asked for"
    case .scale: "the gain of a normalization"
    case .statistic: "a running statistic"
    case .step: "the step of quantized activations"
    }
  }
}

private func quantized(
  _ parameter: Parameter, _ name: String, _ options: QuantizeOptions, _ notes: inout [Note]
) throws(CompressionError) -> Parameter {
  let quantizer = options.quantizer
  if quantizer.wrote(parameter.encoding) { return parameter }
  let random = RandomStream(seed: options.seed).split(name)
  let encode = { (value: Tensor) throws(CompressionError) in
    try quantizer.encoding(of: value, name, rounding: options.rounding, random)
  }
  if let hashed = parameter.encoding as? Hashed {
    return parameter.stored(as: hashed.storing(try encode(hashed.values.decoded())))
  }
  if case .group(let size) = quantizer.granularity {
    let row = Affine.rowLength(of: parameter.value.shape)
    if row % size != 0 {
      let rest = row % size
      notes.append(
        Note(
          name, asked: "groups of \(size)",
          got: rest == row ? "groups of \(row)" : "groups of \(size), the last of a row \(rest)",
          why: "\(size) does not divide the row of \(row)"))
    }
  }
  return parameter.stored(
    as: try quantizer.smallest(parameter.value, without: parameter.pruned, name, encode))
}

extension Quantizer {
  /// A tensor in whichever way takes the fewest bits, of equals the plainest.
  /// - Parameters:
  ///   - pruned: true where a weight is to stay 0.
  ///   - encode: all values of a tensor on the grid: of the whole, or of a vector of what is kept.
  func smallest(
    _ value: Tensor, without pruned: [Bool]?, _ name: String,
    _ encode: (Tensor) throws(CompressionError) -> any Encoding
  ) throws(CompressionError) -> any Encoding {
    guard let pruned, pruned.contains(true), packs || !grid.holdsZero else {
      return try encode(value)
    }
    var candidates = grid.holdsZero ? withZeros(try encode(value)) : []
    // A vector of what is kept has no channels any more.
    if !grid.takesGranularity || granularity != .channel {
      let (positions, kept) = Masking.kept(of: value.elements, without: pruned)
      let values = try encode(Tensor(vector: kept))
      if let sparse = try? Sparse.smallest(
        shape: value.shape, positions: positions, values: values)
      {
        candidates.append(sparse)
      }
    }
    guard let smallest = candidates.min(by: { $0.ledger.bits < $1.ledger.bits }) else {
      throw .setting(
        name: "per", wanted: ".tensor for `\(name)`: it is pruned, and \(grid.name) has no 0",
        got: ".channel, which is usual")
    }
    return smallest
  }
}
