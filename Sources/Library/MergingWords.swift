// Words that make one neuron of two similar ones, without data: merge_neurons and merge_saliency.
import Compression
import Interpreter
import Networks
import Tensors

enum MergingWords {
  static let all = [mergeNeurons, mergeSaliency]

  private static let source = "Srinivas and Babu 2015, arXiv:1507.06149"

  static let mergeNeurons = Builtin(
    "merge_neurons", "Merges neurons and filters that do nearly the same, without data.",
    Parameter<NetworkValue>("network", "trained; nothing is trained here"),
    Parameter<Fraction?>(
      "share", "of each layer's neurons, what is merged away",
      rule: .init(
        "from 0% to below 100%", help: { $0.flatMap { $0.meantAsPercent("share") } },
        allows: { $0.map { $0.share >= 0 && $0.share < 1 } ?? true })),
    Parameter<Int?>(
      "count", "in place of `share`: neurons of each layer",
      rule: .init("from 1") { $0.map { $0 >= 1 } ?? true }),
    Parameter<[String]?>(
      "layers", "the names of the layers to merge in; without it, all that can be"),
    Parameter<[String]?>("except", "the names of layers that keep their neurons"),
    details:
      "Where W_i ≈ W_j (with their biases), neuron j leaves and its outgoing weights are added to "
      + "those of neuron i: a_i + a_j. The pair with the least saliency goes first; then i has new "
      + "outgoing weights, and its saliencies change. Without share and count, it goes on while "
      + "the least saliency is below the mode of the saliencies at the start, as the paper's rule "
      + "has it. The same function must work on both neurons, and only weighted sums may read them. "
      + "Batch normalization directly behind a layer counts as part of its weights.",
    source: source,
    examples: [
      Example(
        "merge_neurons(mlp([64, 16, 10]), share: 25%)", shows: "network mlp 64 → 10, 910 parameters"
      )
    ], seeAlso: ["merge_saliency", "prune", "measure"],
    finish: NetworkValue.recorded(as: "merge_neurons")
  ) { context, network, share, count, only, except -> NetworkValue in
    guard share == nil || count == nil else {
      throw Problem("E0205", "give `share` or `count`, not both", parameter: "count")
    }
    let amount: MergeOptions.Amount =
      share.map { .share($0.share) } ?? count.map { .count($0) } ?? .mode
    let options = MergeOptions(amount, layers: try CompressionWords.layers(only, except))
    let merged = try Marking.arguments(layers: only == nil ? "except" : "layers") {
      try Compression.mergeNeurons(
        network.network, options, monitor: context.monitor("merge_neurons"))
    }
    return CompressionWords.finished(merged.compressed, network, context)
  }

  static let mergeSaliency = Builtin(
    "merge_saliency",
    "What it would cost to merge one neuron of a layer into another, for all pairs.",
    Parameter<NetworkValue>("network", "trained"),
    Parameter<String>("layer", "the name of the layer"),
    details:
      "s_ij = ⟨a_j²⟩ ‖W_i − W_j‖², for the merging of neuron j (a column) into neuron i (a row): W is "
      + "a neuron's incoming weights with its bias, ⟨a²⟩ the mean of its squared outgoing weights. "
      + "On the diagonal it is infinite, for no neuron can be merged into itself.",
    source: source,
    examples: [
      Example("merge_saliency(mlp([64, 16, 10]), \"dense1\").shape", shows: "[16, 16]"),
      Example("merge_saliency(mlp([64, 16, 10]), \"dense1\")[0, 0]", shows: "inf"),
    ], seeAlso: ["merge_neurons"]
  ) { context, network, layer -> Tensor in
    try Marking.arguments(layers: "layer") {
      try Compression.mergeSaliency(
        network.network, layer: layer, monitor: context.monitor("merge_saliency"))
    }
  }
}
