// Words that make weights share values: share; and, in its own file, hash.
import Compression
import Encodings
import Formats
import Interpreter
import Networks
import Tensors

enum SharingWords {
  static let all = [share, HashingWords.hash]

  static let share = Builtin(
    "share", "Makes weights share a few values, the centroids of k-means; a file stores which.",
    Parameter<NetworkValue>("network", "whose weights"),
    Parameter<Int?>(
      "bits", "of the number of a centroid: 2^bits centroids",
      rule: .init("from 0 to 16") { $0.map { (0...16).contains($0) } ?? true }),
    Parameter<Int?>(
      "centroids", "in place of `bits`: how many shared values",
      rule: .init("from 1 to 65,536") { $0.map { (1...65_536).contains($0) } ?? true }),
    Parameter<CentroidStart?>(
      "start", "where the centroids of single weights are at first; without it, .linear"),
    Parameter<SharingScope?>(
      "across", "what has centroids in common, of single weights; without it, .layer"),
    Parameter<FloatFormat>("codebook", "how the centroids are stored", default: .fp32),
    Parameter<Bool>(
      "biases",
      "biases share, too: with the weights where the whole network shares, else among "
        + "themselves", default: false),
    Parameter<BlockChoice?>(
      "block",
      "product quantization: so many neighbors in a row share a code, such as 4, or (conv: 9, dense: 4)"
    ),
    Parameter<Material?>(
      "on", "of blocks: examples, so that an error counts as much as it changes what comes out"),
    Parameter<Int?>(
      "samples", "how many of them; without it, 1,000 or all there are",
      rule: .init("from 1") { $0.map { $0 >= 1 } ?? true }),
    Parameter<[String]?>("layers", "the names of the layers that share; all of them without"),
    Parameter<[String]?>("except", "the names of layers that stay as they are"),
    details:
      "What was pruned stays so and has no part in the centroids. Training (finetune, train, distill) "
      + "moves the centroids afterwards: the gradient of each is the sum over its weights. With `block`, "
      + "centroids are vectors (product quantization; pruned weights become free, and there are never "
      + "more centroids than a quarter of a layer's blocks). With `on`, the layers go one after the "
      + "other, each on the inputs that those before it give by then, and errors count as the output "
      + "feels them; labels are not looked at.",
    source:
      "Han et al. 2016, arXiv:1510.00149; k-means: Lloyd 1982, doi:10.1109/TIT.1982.1056489; "
      + "blocks: Stock et al. 2020, arXiv:1907.05686",
    examples: [
      Example("share(mlp([64, 16, 10]), bits: 4).bits_per_weight < 6", shows: "true"),
      Example(
        "share(mlp([64, 16, 10]), centroids: 3).layers[0].stored", shows: "codebook of 3"),
    ], seeAlso: ["prune", "finetune", "quantize", "measure"],
    finish: NetworkValue.recorded(as: "share")
  ) {
    context, network, bits, centroids, start, scope, format, biases, block, data, samples, only,
    except -> NetworkValue in
    guard (bits == nil) != (centroids == nil), let count = centroids ?? bits.map({ 1 << $0 }) else {
      throw Problem(
        "E0206",
        "`share` needs one of `bits` and `centroids`, got \(bits == nil ? "none" : "both")",
        help: "such as bits: 5")
    }
    let layers = try CompressionWords.layers(only, except)
    if let block {
      for (name, isGiven) in [
        ("start", start != nil), ("across", scope != nil), ("biases", biases),
      ] where isGiven {
        throw Problem(
          "E0205", "`\(name)` does nothing with `block`",
          parameter: name)
      }
      try QuantizationWords.needs("samples", samples != nil, "on", data != nil)
      var options = BlockOptions(
        block.sizes, centroids: count, format: format, layers: layers)
      var stream = context.randomStream()
      options.seed = stream.next()
      if let samples { options.samples = samples }
      let inputs = data.map { Fitting.fit($0.dataset, to: network.network).inputs }
      let result = try Marking.arguments(layers: only == nil ? "except" : "layers") {
        try Compression.share(
          network.network, options, on: inputs, monitor: context.monitor("share"))
      }
      return CompressionWords.finished(result, network, seed: context.seed, context)
    }
    for (name, isGiven) in [("on", data != nil), ("samples", samples != nil)] {
      try QuantizationWords.needs(name, isGiven, "block", false)
    }
    let first = start ?? .linear
    var options = ShareOptions(
      centroids: count, start: first, scope: scope ?? .layer, format: format,
      biases: biases, layers: layers)
    if first.isRandom {
      var stream = context.randomStream()
      options.seed = stream.next()
    }
    let result = try Marking.arguments(layers: only == nil ? "except" : "layers") {
      try Compression.share(network.network, options)
    }
    return CompressionWords.finished(
      result, network, seed: first.isRandom ? context.seed : nil, context)
  }
}

/// How many neighbors share a code: everywhere, or by the type of the layer.
struct BlockChoice: Bridged {
  let sizes: BlockSizes
  private let value: Value
  static var kind: String {
    "a whole number from 1, or a record of such with conv, pointwise and dense"
  }
  init(from value: Value) throws(Mismatch) {
    self.value = value
    if let one = try? Int(from: value), one >= 1 {
      sizes = BlockSizes(one)
      return
    }
    guard case .record(let record) = value, !record.names.isEmpty else { throw Mismatch(Self.kind) }
    var sizes = BlockSizes()
    for (name, value) in zip(record.names, record.values) {
      guard let size = try? Int(from: value), size >= 1 else { throw Mismatch(Self.kind) }
      switch name {
      case "conv": sizes.conv = size
      case "pointwise": sizes.pointwise = size
      case "dense": sizes.dense = size
      default: throw Mismatch(Self.kind, help: "there are blocks of conv, pointwise and dense")
      }
    }
    self.sizes = sizes
  }
  var bridged: Value { value }
}

extension CentroidStart: TableEntry { static var noun: String { "a start of centroids" } }
extension FloatFormat: TableEntry { static var noun: String { "a floating-point format" } }
extension SharingScope: TableEntry {
  static var all: [SharingScope] { allCases }
  static var noun: String { "a scope" }
  var name: String { rawValue }
  var summary: String {
    switch self {
    case .layer: "each layer has its own"
    case .network: "all layers together; a file stores them once"
    }
  }
}
