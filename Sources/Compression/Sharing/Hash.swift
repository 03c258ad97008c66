// Gives each layer few values that all of its weights share by a hash of their position.
import Encodings
package import Networks
import Tensors

package struct HashOptions: Sendable {
  package enum Size: Sendable, Equatable {
    /// Weights to a value, in every layer; from 1.
    case factor(Double)
    /// Values of every layer.
    case buckets(Int)
    /// The length of the file; every layer then has about the same factor.
    case bytes(Int)
  }

  package var size: Size
  package var isSigned: Bool
  package var layers: Layers
  /// Of the hashes: each layer has its own.
  package var seed: UInt64
  /// For a size in bytes: how long the file of a network is.
  package var fileBytes: (@Sendable (Network) -> Int)?

  package init(
    _ size: Size, isSigned: Bool = true, layers: Layers = .all, seed: UInt64 = 0,
    fileBytes: (@Sendable (Network) -> Int)? = nil
  ) {
    self.size = size
    self.isSigned = isSigned
    self.layers = layers
    self.seed = seed
    self.fileBytes = fileBytes
  }
}

/// The network with hashed weights: w_i = ξ(i) r[h(i)], as `Hashed` says it.
///
/// The values r are the best there are, in squared error, for the weights that a layer has: the means of
/// ξ(i) w_i over the weights of a bucket. Then all values of the layer are multiplied with one factor, so
/// that the weights together are as long as before. For a trained layer that keeps the direction of the
/// best approximation, and the size of what comes out; for random first weights it is as good as drawing
/// the values with the layer's usual variance: means alone would shrink it by the factor.
///
/// Biases stay. Pruned weights become free. A layer with no more weights than values stays as it is, and
/// a note says so.
///
/// - Throws: `CompressionError`: `.setting` for a factor below 1 or above 65,536, or no buckets;
///   `.budget`; `.unknownLayer`; `.nothing`; `.notFinite`.
package func hash(
  _ network: Network, _ options: HashOptions
) throws(CompressionError) -> Compressed {
  let places = try HashPlace.all(of: network, options)
  switch options.size {
  case .factor(let factor):
    guard factor >= 1, factor <= Double(Hashed.largestFactor) else {
      throw .setting(
        name: "factor", wanted: "from 1 to \(Hashed.largestFactor): weights to a value",
        got: factor == factor.rounded() ? "\(Int(factor))" : "\(factor)")
    }
    return network.hashed(places) { $0.buckets(Double($0.count) / factor) }
  case .buckets(let buckets):
    guard buckets >= 1 else {
      throw .setting(name: "buckets", wanted: "at least 1", got: "\(buckets)")
    }
    return network.hashed(places) { buckets < $0.count ? $0.buckets(Double(buckets)) : nil }
  case .bytes(let bytes): return try network.hashed(places, bytes: bytes, options)
  }
}

extension Network {
  /// As many values as the file has room for.
  fileprivate func hashed(
    _ places: [HashPlace], bytes: Int, _ options: HashOptions
  ) throws(CompressionError) -> Compressed {
    let length =
      options.fileBytes ?? { network in
        network.parameters.reduce(0) { $0 + $1.parameter.encoding.ledger.bits } / 8
      }
    let weights = places.reduce(0) { $0 + $1.count }
    func result(_ values: Int) -> Compressed {
      hashed(places) { $0.buckets(Double($0.count) * Double(values) / Double(weights)) }
    }
    let smallest = length(result(0).network)
    guard smallest <= bytes else {
      throw .budget(bytes, smallest: smallest, with: "the fewest values in every layer")
    }
    // The length grows with the values: what fits, and what does not or is one too many.
    var (fits, above) = (0, weights + 1)
    while above - fits > 1 {
      let middle = (fits + above) / 2
      if length(result(middle).network) <= bytes { fits = middle } else { above = middle }
    }
    return result(fits)
  }

  /// - Parameter buckets: how many values a place has; nil where it stays as it is.
  fileprivate func hashed(
    _ places: [HashPlace], _ buckets: (HashPlace) -> Int?
  ) -> Compressed {
    var notes: [Note] = []
    let network = mapParameters { node, parameter in
      let name = "\(node.name).\(parameter.name)"
      guard let place = places.first(where: { $0.name == name }) else { return parameter }
      guard let count = buckets(place) else {
        notes.append(Note(name, "stays as it is: it has no more than \(place.count) weights"))
        return parameter
      }
      if parameter.pruned?.contains(true) == true {
        notes.append(Note(name, "pruned weights are free again: hashed ones share their values"))
      }
      return parameter.hashed(count, place)
    }
    return Compressed(network, notes: notes)
  }
}

/// A parameter that is hashed.
private struct HashPlace {
  let name: String
  let count: Int
  let seed: UInt32
  let isSigned: Bool

  /// A number of values that this parameter can have.
  func buckets(_ wanted: Double) -> Int {
    let range = Hashed.buckets(of: count)
    return max(range.lowerBound, min(range.upperBound, Int(wanted.rounded())))
  }

  /// - Throws: `CompressionError.nothing`, `.unknownLayer`, `.notFinite`.
  static func all(
    of network: Network, _ options: HashOptions
  ) throws(CompressionError) -> [HashPlace] {
    try options.layers.check(network, for: "hash")
    var places: [HashPlace] = []
    for node in network.nodes where options.layers.contains(node.name) {
      for parameter in node.parameters where parameter.role == .weight && parameter.value.count > 0
      {
        let name = "\(node.name).\(parameter.name)"
        guard parameter.value.isFinite else {
          throw CompressionError.notFinite(name, parameter.value)
        }
        var stream = RandomStream(seed: options.seed).split(name)
        places.append(
          HashPlace(
            name: name, count: parameter.value.count,
            seed: UInt32(truncatingIfNeeded: stream.next()), isSigned: options.isSigned))
      }
    }
    return places
  }
}

extension Parameter {
  fileprivate func hashed(_ count: Int, _ place: HashPlace) -> Parameter {
    let weights = value.elements
    let buckets = Hashed.buckets(weights.count, of: count, seed: place.seed)
    let signs = Hashed.signs(weights.count, seed: place.seed, isSigned: place.isSigned)
    var sums = [Double](repeating: 0, count: count)
    var members = [Double](repeating: 0, count: count)
    var before = 0.0
    for i in weights.indices {
      let weight = Double(weights[i])
      sums[Int(buckets[i])] += Double(signs[i]) * weight
      members[Int(buckets[i])] += 1
      before += weight * weight
    }
    let after = (0..<count).reduce(0.0) {
      members[$1] > 0 ? $0 + sums[$1] * sums[$1] / members[$1] : $0
    }
    let length = after > 0 ? (before / after).squareRoot() : 1
    let values = (0..<count).map { members[$0] > 0 ? Float(sums[$0] / members[$0] * length) : 0 }
    do {
      let hashed = try Hashed(
        shape: value.shape, values: Dense(Tensor(vector: values)), seed: place.seed,
        isSigned: place.isSigned)
      return with(pruned: nil).stored(as: hashed)
    } catch {
      preconditionFailure("as many values as the weights may have: \(error.message)")
    }
  }
}
