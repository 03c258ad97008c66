// Words that make weights share values: share.
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
    Parameter<CentroidStart>("start", "where the centroids are at first", default: .linear),
    Parameter<SharingScope>("across", "what has centroids in common", default: .layer),
    Parameter<FloatFormat>("codebook", "how the centroids are stored", default: .fp32),
    Parameter<Bool>(
      "biases",
      "biases share, too: with the weights where the whole network shares, else among "
        + "themselves", default: false),
    Parameter<[String]?>("layers", "the names of the layers that share; all of them without"),
    Parameter<[String]?>("except", "the names of layers that stay as they are"),
    details:
      "What was pruned stays so and has no part in the centroids. Training (finetune, train, distill) "
      + "moves the centroids afterwards: the gradient of each is the sum over its weights.",
    source: "Han et al. 2016, arXiv:1510.00149; k-means: Lloyd 1982, doi:10.1109/TIT.1982.1056489",
    examples: [
      Example("share(mlp([64, 16, 10]), bits: 4).bits_per_weight < 6", shows: "true"),
      Example(
        "share(mlp([64, 16, 10]), centroids: 3).layers[0].stored", shows: "codebook of 3"),
    ], seeAlso: ["prune", "finetune", "quantize", "measure"],
    finish: NetworkValue.recorded(as: "share")
  ) {
    context, network, bits, centroids, start, scope, format, biases, only, except -> NetworkValue in
    guard (bits == nil) != (centroids == nil), let count = centroids ?? bits.map({ 1 << $0 }) else {
      throw Problem(
        "E0206",
        "`share` needs one of `bits` and `centroids`, got \(bits == nil ? "none" : "both")",
        help: "such as bits: 5")
    }
    var options = ShareOptions(
      centroids: count, start: start, scope: scope, format: format, biases: biases,
      layers: try CompressionWords.layers(only, except))
    let seed = start.isRandom ? context.seed : nil
    if start.isRandom {
      var stream = context.randomStream()
      options.seed = stream.next()
    }
    let result = try Marking.arguments(layers: only == nil ? "except" : "layers") {
      try Compression.share(network.network, options)
    }
    CompressionWords.say(result.notes, context)
    return NetworkValue(
      result.network, history: network.history, seed: seed,
      remarks: result.notes.filter(\.isReplacement))
  }
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
