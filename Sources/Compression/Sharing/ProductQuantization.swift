// Product quantization: blocks of neighboring weights share a few centroids, weighed by what the layer's
// inputs make of an error.
package import Encodings
import Kernels
package import Networks
package import Tensors

/// How many neighbors in a row of weights make a block.
package struct BlockSizes: Sendable, Equatable {
  /// Of convolutions with a window, of those without, and of everything else; nil where they stay.
  package var conv: Int?
  package var pointwise: Int?
  package var dense: Int?

  package init(conv: Int? = nil, pointwise: Int? = nil, dense: Int? = nil) {
    self.conv = conv
    self.pointwise = pointwise
    self.dense = dense
  }

  /// The same one everywhere.
  package init(_ size: Int) { self.init(conv: size, pointwise: size, dense: size) }

  fileprivate func size(for layer: any Layer) -> Int? {
    guard let layer = layer as? Conv2D else { return dense }
    return layer.kernel.allSatisfy { $0 == 1 } ? pointwise : conv
  }

  fileprivate var all: [Int] { [conv, pointwise, dense].compactMap { $0 } }
}

package struct BlockOptions: Sendable {
  package var sizes: BlockSizes
  /// In each layer, 2...2048 of them; never more than a quarter of its blocks.
  package var centroids: Int
  /// How centroids are stored.
  package var format: FloatFormat
  package var layers: Layers
  package var seed: UInt64
  /// How many of the inputs errors are weighed by: the first ones, as many as there are.
  package var samples = 1000

  package static let centroidsRange = 2...2048

  package init(
    _ sizes: BlockSizes, centroids: Int, format: FloatFormat = .fp32, layers: Layers = .all,
    seed: UInt64 = 0
  ) {
    self.sizes = sizes
    self.centroids = centroids
    self.format = format
    self.layers = layers
    self.seed = seed
  }

  /// - Throws: `CompressionError.setting`.
  fileprivate func check() throws(CompressionError) {
    let range = BlockOptions.centroidsRange
    guard range.contains(centroids) else {
      throw .setting(
        name: "centroids",
        wanted: "from \(range.lowerBound) to \(range.upperBound) for blocks", got: "\(centroids)")
    }
    guard let least = sizes.all.min(), least >= 1 else {
      throw .setting(
        name: "block", wanted: "at least 1", got: sizes.all.min().map { "\($0)" } ?? "none")
    }
  }
}

/// The network with blocks of neighbors in a row of weights clustered: each block becomes a centroid, and
/// `save` stores which. Stock et al. 2020, arXiv:1907.05686; Gong et al. 2014, arXiv:1412.6115.
///
/// With inputs, an error in a block counts as much as the layer's outputs feel it (`InputMetric`), the
/// layers are taken one after the other, and each sees the inputs that the layers before it give after
/// they were quantized. No labels are needed. Without inputs it is plain k-means.
///
/// There are never more centroids than a quarter of a layer's blocks (as in the paper), or than distinct
/// blocks. Pruned weights become free.
///
/// - Throws: `CompressionError`: `.block` for blocks that do not divide a row; `.setting`, `.nothing`,
///   `.unknownLayer`, `.notFinite`; `.network` for inputs that do not fit, and `.interrupted`.
package func share(
  _ network: Network, _ options: BlockOptions, on inputs: Tensor? = nil, monitor: Monitor = .silent
) throws(CompressionError) -> Compressed {
  try options.check()
  try options.layers.check(network, for: "share")
  if let inputs {
    do { try network.check(inputs: inputs) } catch { throw .network(error) }
  }
  let inputs = inputs?.first(options.samples)
  var notes: [Note] = []
  let places = try network.blockPlaces(options, &notes)
  guard !places.isEmpty else {
    throw .nothing(technique: "share", wanted: "a layer of the kinds that have blocks")
  }
  var made = network
  for n in Set(places.map(\.node)).sorted() {
    let products = try inputs.flatMap { inputs throws(CompressionError) in
      try made.products(of: n, on: inputs, monitor)
    }
    for place in places where place.node == n {
      if inputs != nil, products == nil {
        notes.append(
          Note(place.name, "its weights multiply no inputs: every error counts the same"))
      }
      let encoding = try place.encoding(options, products, &notes, monitor)
      made = made.mapParameters { node, parameter in
        "\(node.name).\(parameter.name)" == place.name
          ? parameter.with(pruned: nil).stored(as: encoding) : parameter
      }
    }
  }
  return Compressed(made, notes: notes)
}

extension Network {
  /// Σ x xᵀ of the inputs of a node, over all groups of its outputs.
  fileprivate func products(
    of node: Int, on inputs: Tensor, _ monitor: Monitor
  ) throws(CompressionError) -> InputProducts? {
    var found: InputProducts?
    try inputProducts(
      of: [node], on: inputs, monitor: monitor, trouble: { CompressionError.network($0) },
      visit: { _, products throws(CompressionError) in found = products })
    return found
  }

  fileprivate func blockPlaces(
    _ options: BlockOptions, _ notes: inout [Note]
  ) throws(CompressionError) -> [BlockPlace] {
    var places: [BlockPlace] = []
    for (n, node) in nodes.enumerated() where options.layers.contains(node.name) {
      for parameter in node.parameters where parameter.role == .weight {
        let name = "\(node.name).\(parameter.name)"
        guard let size = options.sizes.size(for: node.layer), parameter.value.count > 0 else {
          notes.append(Note(name, "stays as it is: not asked for"))
          continue
        }
        guard parameter.value.isFinite else {
          throw CompressionError.notFinite(name, parameter.value)
        }
        let row = Affine.rowLength(of: parameter.value.shape)
        guard row % size == 0 else { throw .block(size: size, row: row, parameter: name) }
        if parameter.pruned?.contains(true) == true {
          notes.append(Note(name, "pruned weights are free again: blocks become centroids"))
        }
        places.append(BlockPlace(name: name, node: n, value: parameter.value, size: size))
      }
    }
    return places
  }
}

/// A parameter in blocks.
private struct BlockPlace {
  let name: String
  let node: Int
  let value: Tensor
  let size: Int

  func encoding(
    _ options: BlockOptions, _ products: InputProducts?, _ notes: inout [Note], _ monitor: Monitor
  ) throws(CompressionError) -> any Encoding {
    let columns = Affine.rowLength(of: value.shape)
    let blocks = Blocks(
      value.elements, rows: value.count / columns, columns: columns, width: size)
    var random = RandomStream(seed: options.seed).split(name)
    let most = max(1, blocks.count / 4)
    let count = min(options.centroids, most)
    let start = BlockClustering.drawn(count, of: blocks, random: &random)
    let got = start.count / size
    if got < options.centroids {
      notes.append(
        Note(
          name, asked: "\(options.centroids) centroids", got: "\(got)",
          why: got < count
            ? "there are no more distinct blocks"
            : "they are a quarter of its \(blocks.count) blocks"))
    }
    let metric = products.map { products in
      var sum = products.groups[0]
      for group in products.groups.dropFirst() {
        for i in sum.indices { sum[i] += group[i] }
      }
      return InputMetric(products: sum, columns: columns, width: size)
    }
    var clusters = BlockClustering(blocks, from: start, metric: metric, random: random)
    try clusters.run(monitor: monitor)
    do {
      return try Codebook(
        shape: value.shape, block: size,
        centroids: Encodings.Dense(Tensor(vector: clusters.centroids), as: options.format),
        codes: clusters.codes)
    } catch {
      preconditionFailure("codes of clusters fit their encoding: \(error.message)")
    }
  }
}
