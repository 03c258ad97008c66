// The word that gives weights their values by a hash: hash.
import Compression
import Encodings
import Formats
import Interpreter
import Networks
import Tensors

enum HashingWords {
  static let hash = Builtin(
    "hash", "Gives each layer few values; which weight has which one, a hash of its position says.",
    Parameter<NetworkValue>("network", "trained or not"),
    Parameter<Double?>(
      "factor", "weights to a value, in every layer",
      rule: .init("from 1 to 65,536") { $0.map { (1...65_536).contains($0) } ?? true }),
    Parameter<Int?>(
      "buckets", "in place of `factor`: values of every layer",
      rule: .init("from 1") { $0.map { $0 >= 1 } ?? true }),
    Parameter<Quantity?>(
      "bytes", "in place of `factor`: what the file may take, such as 20KB",
      rule: .init("in bytes, such as 20KB") { $0.map(\.isSize) ?? true }),
    Parameter<Bool>("sign", "a second hash gives each weight a sign", default: true),
    Parameter<[String]?>("layers", "the names of the layers to hash; all of them without"),
    Parameter<[String]?>("except", "the names of layers that stay as they are"),
    details:
      "w_i = ξ(i) r[h(i)]. A file stores r and a seed; no codes. Training (train, finetune, distill) "
      + "moves r: the gradient of each is the signed sum over its weights. Values begin as the signed "
      + "means of the weights, times one factor that keeps the layer as long as it was: a trained layer "
      + "keeps its direction as well as may be, first weights keep their variance. `quantize` then "
      + "quantizes r. Biases stay; give one of factor, buckets and bytes.",
    source: "Chen et al. 2015, arXiv:1504.04788",
    examples: [
      Example(
        "hash(mlp([64, 16, 10]), factor: 8).layers[0].stored", shows: "hashed to 128 values, fp32"),
      Example("hash(mlp([64, 64, 10]), bytes: 2KB).bytes <= 2KB", shows: "true"),
    ], seeAlso: ["train", "share", "quantize", "measure"],
    finish: NetworkValue.recorded(as: "hash")
  ) { context, network, factor, buckets, bytes, sign, only, except -> NetworkValue in
    let given: [HashOptions.Size] = [
      factor.map { .factor($0) }, buckets.map { .buckets($0) },
      bytes.map { .bytes(Int(min($0.value, 1e15))) },
    ].compactMap { $0 }
    guard given.count == 1, let size = given.first else {
      throw Problem(
        "E0206",
        "`hash` needs one of `factor`, `buckets` and `bytes`, got \(given.isEmpty ? "none" : "\(given.count)")",
        help: "such as factor: 8")
    }
    var stream = context.randomStream()
    let options = HashOptions(
      size, isSigned: sign, layers: try CompressionWords.layers(only, except), seed: stream.next(),
      fileBytes: Receipting.fileBytes("hash", context, seed: context.seed))
    let result = try Marking.arguments(layers: only == nil ? "except" : "layers") {
      try Compression.hash(network.network, options)
    }
    return CompressionWords.finished(result, network, seed: context.seed, context)
  }
}
