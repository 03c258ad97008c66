// Words that store what there is in fewer bytes, and say how few there could be: index, code, entropy.
import Compression
import Encodings
import Formats
import Interpreter
import Networks

enum CodingWords {
  static let all = [index, code, entropy]

  static let index = Builtin(
    "index",
    "Sets how the positions of pruned weights are written down; the weights stay the same.",
    Parameter<NetworkValue>("network", "a pruned network"),
    Parameter<IndexFamily>("by", "the scheme", default: .smallest),
    Parameter<Int?>(
      "bits", "of the scheme; without it, what takes the fewest bytes, for each tensor",
      rule: .init("from 2 to 32") { $0.map { (2...32).contains($0) } ?? true }),
    Parameter<[String]?>("layers", "the names of the layers to do so; all of them without"),
    Parameter<[String]?>("except", "the names of layers that stay as they are"),
    details:
      "Without this word, each tensor has the scheme that is smallest for it. What is entropy-coded "
      + "stays so, with the new positions. Training afterwards keeps the weights and chooses the scheme anew.",
    source: "Han et al. 2016, arXiv:1510.00149",
    examples: [
      Example(
        "net = prune(mlp([64, 16, 10]), 90%)\nindex(net, by: .csr).layers[0].stored",
        shows: "sparse (csr), fp32"),
      Example(
        "net = prune(mlp([64, 16, 10]), 90%)\n"
          + "index(net, by: .relative, bits: 3).bytes > index(net).bytes", shows: "true"),
    ], seeAlso: ["code", "ledger", "prune"], finish: NetworkValue.recorded(as: "index")
  ) { context, network, family, bits, only, except -> NetworkValue in
    let layers = try CompressionWords.layers(only, except)
    let result = try Marking.arguments(layers: only == nil ? "except" : "layers") {
      try Compression.index(
        network.network, by: family, bits: bits, layers: layers, monitor: context.monitor("index"))
    }
    try context.checkInterrupt()
    return CompressionWords.finished(result, network, keepsWeights: true, context)
  }

  static let code = Builtin(
    "code", "Entropy-codes every parameter that takes fewer bytes so; the weights stay the same.",
    Parameter<NetworkValue>("network", "what to code"),
    Parameter<Coder>("by", "the coder", default: .range),
    Parameter<Bool>(
      "reindex", "choose the index of pruned weights anew, as it is smallest with this coder",
      default: true),
    Parameter<[String]?>("layers", "the names of the layers to code; all of them without"),
    Parameter<[String]?>("except", "the names of layers that stay as they are"),
    details:
      "The last step: it pays where codes repeat, so quantize, share or prune before. Tables of codes "
      + "are stored and counted. What is trained afterwards is stored plainly again.",
    source: "Huffman 1952, doi:10.1109/JRPROC.1952.273898; Wiedemann et al. 2019, arXiv:1907.11900",
    examples: [
      Example(
        "net = quantize(prune(mlp([64, 16, 10]), 75%), bits: 4, per: .tensor)\n"
          + "code(net).bytes < net.bytes", shows: "true"),
      Example(
        "data = load \"digits\"\nnet = quantize(mlp([64, 16, 10]), bits: 4)\n"
          + "small = code(net, by: .huffman)\n"
          + "max(abs(predict(small, data.test) - predict(net, data.test)))",
        shows: "0"),
    ], seeAlso: ["entropy", "ledger", "index", "quantize"],
    finish: NetworkValue.recorded(as: "code")
  ) { context, network, coder, reindex, only, except -> NetworkValue in
    let layers = try CompressionWords.layers(only, except)
    let result = try Marking.arguments(layers: only == nil ? "except" : "layers") {
      try Compression.code(
        network.network, by: coder, reindex: reindex, layers: layers,
        monitor: context.monitor("code"))
    }
    try context.checkInterrupt()
    return CompressionWords.finished(result, network, keepsWeights: true, context)
  }

  static let entropy = Builtin(
    "entropy", "Says how small the codes of a network could be, and how near their storage comes.",
    Parameter<NetworkValue>("network", "any network"),
    details:
      "A row for each parameter and kind of symbol. entropy: Σ p log2 1/p of its symbols, in bits for "
      + "each; bound: that of all of them. stored: bits for each in the file, without tables of codes and "
      + "headers, which `ledger` shows. A float is four symbols in one row, one for each byte. distance: "
      + "stored above the entropy; below 0 where a coder finds more in the symbols than how frequent "
      + "they are. A bound is no file: the two do not mix.",
    source: "Shannon 1948, doi:10.1002/j.1538-7305.1948.tb01338.x",
    examples: [
      Example("entropy(quantize(mlp([64, 16, 10]), bits: 4))[0].entropy < 4", shows: "true"),
      Example(
        "net = quantize(mlp([64, 16, 10]), bits: 4)\n"
          + "entropy(code(net, by: .huffman))[0].distance < entropy(net)[0].distance",
        shows: "true"),
    ], seeAlso: ["code", "ledger"]
  ) { _, network -> Value in
    .list(
      Compression.entropies(of: network.network).map {
        .record(row($0, varies: network.isTrained && !network.isRecorded))
      })
  }

  private static func row(
    _ entropy: ParameterEntropy, varies: Bool
  ) -> [(name: String, value: Value)] {
    let symbols = Double(entropy.symbols)
    func rough(_ value: Double, _ unit: Quantity.Unit, within width: Double? = nil) -> Value {
      let width = width ?? abs(value) * 0.03
      return .quantity(value, unit, mark: varies && width > 0 ? .within(width) : .exact)
    }
    var fields: [(name: String, value: Value)] = [
      ("part", .text(entropy.name)), ("symbol", .text(entropy.purpose.rawValue)),
      ("count", rough(symbols, .count(.plain))),
      ("entropy", rough(entropy.shannonBits / symbols, .count(.plain))),
      ("bound", rough(entropy.shannonBits / 8, .bytes(.entropy))),
    ]
    let stored = entropy.storedBits.map { Double($0) }
    fields.append(("stored", stored.map { rough($0 / symbols, .count(.plain)) } ?? .none))
    // Symbols that are all the same have no entropy to be far from.
    let distance = entropy.shannonBits > 0 ? stored.map { $0 / entropy.shannonBits - 1 } : nil
    fields.append(
      ("distance", distance.map { rough($0, .fraction, within: 0.05) } ?? .none))
    return fields
  }
}

extension Coder: TableEntry { static var noun: String { "a coder" } }
extension IndexFamily: TableEntry { static var noun: String { "an index scheme" } }
