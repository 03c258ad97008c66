// Stores the weights of a network as the numbers of a few shared values.
package import Encodings
import Kernels
package import Networks
import Tensors

/// Which weights have centroids in common.
package enum SharingScope: String, CaseIterable, Sendable {
  case layer, network
}

package struct ShareOptions: Sendable {
  /// How many shared values there are, 1...65,536.
  package var centroids: Int
  package var start: CentroidStart
  package var scope: SharingScope
  /// How shared values are stored.
  package var format: FloatFormat
  /// Biases share, too: with the weights where the whole network shares, else layer by layer.
  package var biases: Bool
  package var layers: Layers
  /// Of starts that draw.
  package var seed: UInt64

  package init(
    centroids: Int, start: CentroidStart = .linear, scope: SharingScope = .layer,
    format: FloatFormat = .fp32, biases: Bool = false, layers: Layers = .all, seed: UInt64 = 0
  ) {
    self.centroids = centroids
    self.start = start
    self.scope = scope
    self.format = format
    self.biases = biases
    self.layers = layers
    self.seed = seed
  }
}

/// The network with its weights clustered by k-means: each weight becomes the centroid it is nearest to,
/// and `save` stores which. Training moves the centroids, each by the sum of its weights' gradients.
/// Han et al. 2016, arXiv:1510.00149.
///
/// Laws: a weight becomes the nearest centroid; pruned weights stay 0 and have no part in the centroids;
/// where there are no more distinct weights than centroids, no weight changes (with fp32 centroids).
///
/// - Throws: `CompressionError.nothing`, `.unknownLayer`, `.notFinite`, `.setting`.
package func share(
  _ network: Network, _ options: ShareOptions
) throws(CompressionError) -> Compressed {
  let parts = try shareable(network, options)
  var notes: [Note] = []
  let random = RandomStream(seed: options.seed)
  var shared: [String: any Encoding] = [:]
  switch options.scope {
  case .layer:
    for part in parts {
      let centers = try options.centers(
        of: part.kept, named: part.name, random.split(part.name), &notes)
      shared[part.name] = try part.encoding(centers, options.format)
    }
  case .network:
    let all = parts.flatMap(\.kept)
    let centers = try options.centers(
      of: all, named: network.name, random.split("network"), &notes)
    let tie = network.freeTie
    for part in parts { shared[part.name] = try part.encoding(centers, options.format, tie: tie) }
  }
  let result = network.mapParameters { node, parameter in
    shared["\(node.name).\(parameter.name)"].map(parameter.stored) ?? parameter
  }
  return Compressed(result, notes: notes)
}

/// The weights of one parameter that share values.
private struct Shareable {
  let name: String
  let shape: [Int]
  /// Nil where nothing was pruned.
  let positions: [Int32]?
  let kept: [Float]

  func encoding(
    _ centers: [Float], _ format: FloatFormat, tie: Int = 0
  ) throws(CompressionError) -> any Encoding {
    // A value that was rounded for storage is a center still, but perhaps not a second time.
    let stored = Encodings.Dense(Tensor(vector: centers), as: format)
    let table = stored.decoded().elements
    var used = centers.isEmpty ? [] : Nearest.indices(of: kept, among: table)
    var centroids = stored
    if tie == 0 {
      // Nobody's centroids are not stored.
      var isUsed = [Bool](repeating: false, count: table.count)
      for code in used { isUsed[Int(code)] = true }
      if isUsed.contains(false) {
        var places = [Int32](repeating: 0, count: table.count)
        var next: Int32 = 0
        for i in table.indices where isUsed[i] {
          places[i] = next
          next += 1
        }
        used = used.map { places[Int($0)] }
        centroids = Encodings.Dense(
          Tensor(vector: table.indices.filter { isUsed[$0] }.map { table[$0] }), as: format)
      }
    }
    do {
      let codebook = try Codebook(
        shape: positions == nil ? shape : [kept.count], centroids: centroids, codes: used, tie: tie)
      guard let positions else { return codebook }
      return try Sparse.smallest(shape: shape, positions: positions, values: codebook)
    } catch {
      throw .setting(name: "layers", wanted: "without `\(name)`", got: error.message)
    }
  }
}

private func shareable(
  _ network: Network, _ options: ShareOptions
) throws(CompressionError) -> [Shareable] {
  guard (1...Codebook.largestCount).contains(options.centroids) else {
    throw .setting(
      name: "centroids", wanted: "from 1 to \(Codebook.largestCount)", got: "\(options.centroids)")
  }
  try options.layers.check(network, for: "share")
  var parts: [Shareable] = []
  for node in network.nodes where options.layers.contains(node.name) {
    for parameter in node.parameters where options.takes(parameter.role) {
      let name = "\(node.name).\(parameter.name)"
      guard parameter.value.isFinite else {
        throw CompressionError.notFinite(name, parameter.value)
      }
      let elements = parameter.value.elements
      guard let pruned = parameter.pruned, pruned.contains(true) else {
        parts.append(
          Shareable(name: name, shape: parameter.value.shape, positions: nil, kept: elements))
        continue
      }
      let (positions, kept) = Masking.kept(of: elements, without: pruned)
      parts.append(
        Shareable(name: name, shape: parameter.value.shape, positions: positions, kept: kept))
    }
  }
  return parts
}

extension ShareOptions {
  fileprivate func takes(_ role: Parameter.Role) -> Bool {
    role == .weight || role == .bias && biases
  }

  /// Centroids of these weights; none where there are no weights.
  fileprivate func centers(
    of weights: [Float], named name: String, _ random: RandomStream, _ notes: inout [Note]
  ) throws(CompressionError) -> [Float] {
    guard !weights.isEmpty else { return [] }
    var random = random
    let means = KMeans(
      of: OrderedValues(weights), count: centroids, start: start, random: &random)
    if means.centers.count < centroids {
      notes.append(
        Note(
          name, asked: "\(centroids) centroids", got: "\(means.centers.count)",
          why: "there are no more distinct weights"))
    }
    return means.centers
  }
}

extension Network {
  /// A number that ties no codebooks yet.
  fileprivate var freeTie: Int {
    var greatest = 0
    for (_, parameter) in parameters {
      var next: (any Encoding)? = parameter.encoding
      while let encoding = next {
        greatest = max(greatest, (encoding as? Codebook)?.tie ?? 0)
        next = encoding.nested
      }
    }
    return greatest + 1
  }
}
