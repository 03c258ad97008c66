// Words that put networks on grids, and take them off again.
import Compression
import Encodings
import Formats
import Interpreter
import Networks
import Tensors

enum QuantizationWords {
  static let all = [quantize, dequantize, fold, arithmetic]

  static let arithmetic = Builtin(
    "arithmetic", "Gives the network that answers in another arithmetic, with the same numbers.",
    Parameter<NetworkValue>("network", "a quantized network"),
    Parameter<Arithmetic>("arithmetic", "which one"),
    details: "The same as `integer: true` of quantize, for a network that is there already.",
    examples: [
      Example(
        "data = load \"digits\"\nq = quantize(mlp([64, 16, 10]), activations: 8, on: data.train)\n"
          + "i = arithmetic(q, .integer)\nmax(abs(predict(q, data.test) - predict(i, data.test)))",
        shows: "0")
    ], seeAlso: ["quantize", "measure"], finish: NetworkValue.recorded(as: "arithmetic")
  ) { _, network, arithmetic -> NetworkValue in
    // What cannot run with whole numbers says so now, not when it is measured.
    var made = network.network
    made.runsInIntegers = false
    if arithmetic.isInteger { made = try Marking.arguments { try made.inIntegers() } }
    return NetworkValue(made, history: network.history)
  }

  // What sensitivity and allocate take, too.
  static let per = Parameter<Slices?>("per", "what shares a scale; without it, .channel")
  static let group = Parameter<Int?>(
    "group", "so many neighbors in a row share a scale, in place of `per`",
    rule: .init("from 1") { $0.map { $0 >= 1 } ?? true })
  static let range = Parameter<RangeEstimator?>(
    "range", "which values the codes span; without it, .minmax")
  static let percentile = Parameter<Fraction?>(
    "percentile",
    "of .percentile: the share that is kept; without it, 99.9%, which clips nothing where fewer than "
      + "1,000 weights share a scale",
    rule: .init(
      "above 50% and at most 100%", help: { $0?.meantAsPercent("percentile") },
      allows: { $0.map { $0.share > 0.5 && $0.share <= 1 } ?? true }))
  static let only = Parameter<[String]?>(
    "layers", "the names of the layers to quantize; all of them without")
  static let except = Parameter<[String]?>("except", "the names of layers that stay as they are")

  static let quantize = Builtin(
    "quantize", "Stores a network's weights in few bits; rounds what flows between layers, too.",
    Parameter<NetworkValue>("network", "what to quantize"),
    Parameter<Int?>(
      "bits", "of each code; without it the grid's usual ones: 8, or what it always has",
      rule: .init("from 1 to 16") { $0.map { (1...16).contains($0) } ?? true }),
    Parameter<Grid>("grid", "which values the codes stand for", default: .symmetric),
    per, group, range, percentile,
    Parameter<Int?>("fraction", "of .fixed_point: bits behind the point"),
    Parameter<CentroidStart?>(
      "start", "of .points: where the points are at first; without it, .linear"),
    Parameter<RoundingRule?>("rounding", "how codes are chosen; without it, .half_even"),
    Parameter<Double?>(
      "lambda",
      "of .rate_distortion: how many squared steps of error a saved bit may cost; without it, 0.05",
      rule: .init("from 0 to 100") { $0.map { RoundingRule.lambdas.contains($0) } ?? true }),
    Parameter<Bool?>(
      "narrow",
      "of grids around 0: leave out the lowest code, so that both signs reach as far; "
        + "without it, true"),
    Parameter<Int?>(
      "activations", "bits of what flows between layers; without it, floats flow",
      rule: .init("from 1 to 16") { $0.map { (1...16).contains($0) } ?? true }),
    Parameter<ActivationGrid?>("activation_grid", "of what flows; without it, .affine"),
    Parameter<RangeEstimator?>("activation_range", "of what flows; without it, .minmax"),
    Parameter<DynamicRange?>(
      "dynamic", "find the ranges of what flows anew while the network runs"),
    Parameter<Bool>(
      "integer", "answer in whole-number arithmetic: 8-bit codes, 32-bit sums, fixed-point scales",
      default: false),
    Parameter<Material?>("on", "examples, for static ranges, for rounding and for training"),
    Parameter<Int?>(
      "samples", "examples that ranges are calibrated on; without it, 200 or all there are",
      rule: .init("from 1") { $0.map { $0 >= 1 } ?? true }),
    Parameter<Int?>(
      "epochs", "train so long while rounding (quantization-aware); without it, not at all",
      rule: .init("from 1 to 100,000") { $0.map { (1...100_000).contains($0) } ?? true }),
    Parameter<Int?>(
      "batch", "examples in a step of that training; without it, 32",
      rule: .init("from 1 to 65,536") { $0.map { (1...65_536).contains($0) } ?? true }),
    Parameter<Optimizer?>("optimizer", "of that training; without it, .adam"),
    Parameter<Double?>("rate", "the learning rate of that training; without it, the optimizer's"),
    Parameter<Schedule?>("schedule", "of that rate; without it, .constant"),
    Parameter<Target?>("for", "a machine whose rules are obeyed: what it cannot run is refused"),
    Parameter<Bool>("biases", "quantize the biases too", default: false),
    only, except,
    Parameter<Bool>(
      "strict", "what cannot be had is an error; where not, the receipt says what was done instead",
      default: true),
    details:
      "A code q stands for (q − zero point) · scale. Zero stays zero, so pruned weights stay "
      + "pruned. With `activations`, batch normalization is folded, and what flows is rounded too: "
      + "on ranges found before, on `samples` of the examples, or with `dynamic` while it runs. "
      + "A network with static ranges of 8 bits or fewer answers the same with `integer` and "
      + "without, to the last bit: there, floats simulate the whole numbers. With `epochs`, the "
      + "network trains while it rounds, gradients going straight through.",
    source: "Jacob et al. 2018, arXiv:1712.05877; Krishnamoorthi 2018, arXiv:1806.08342",
    examples: [
      Example("quantize(mlp([64, 16, 10]), bits: 4).bits_per_weight < 6", shows: "true"),
      Example("quantize(mlp([64, 16, 10]), grid: .fp16).bits_per_weight < 17", shows: "true"),
      Example(
        "data = load \"digits\"\nnet = mlp [64, 16, 10]\n"
          + "small = quantize(net, activations: 8, on: data.train)\ncount(small.layers)",
        shows: "6"),
    ], seeAlso: ["prune", "measure", "ledger", "dequantize"],
    finish: NetworkValue.recorded(as: "quantize")
  ) {
    context, network, bits, grid, per, group, range, percentile, fraction, start, rounding, lambda,
    narrow,
    activations, activationGrid, activationRange, dynamic, integer, data, samples, epochs, batch,
    optimizer,
    rate, schedule, machine, biases, only, except, strict -> NetworkValue in
    try needs("dynamic", dynamic != nil, "activations", activations != nil)
    let percentiles = [range?.name, activationRange?.name].contains(RangeEstimator.percentile.name)
    try needs("percentile", percentile != nil, "range: .percentile", percentiles)
    for (name, isGiven) in [
      ("activation_grid", activationGrid != nil), ("activation_range", activationRange != nil),
    ] {
      try needs(name, isGiven, "activations", activations != nil)
    }
    for (name, isGiven) in [
      ("rate", rate != nil), ("batch", batch != nil), ("optimizer", optimizer != nil),
      ("schedule", schedule != nil),
    ] {
      try needs(name, isGiven, "epochs", epochs != nil)
    }
    try needs(
      "samples", samples != nil, "activations` or `rounding",
      activations != nil || rounding?.needsExamples == true)
    try needs(
      "lambda", lambda != nil, "rounding: .rate_distortion",
      rounding?.name == RoundingRule.rateDistortion.name)
    let rounding =
      try lambda.map { lambda in
        try Marking.arguments { try rounding?.with(lambda: lambda) }
      } ?? rounding
    var options = QuantizeOptions(
      grid: grid, bits: bits, granularity: try granularity(per, group),
      range: range, fraction: fraction, rounding: rounding, narrow: narrow, biases: biases,
      layers: try CompressionWords.layers(only, except), strict: strict, start: start)
    if range?.name == RangeEstimator.percentile.name { options.percentile = percentile?.share }
    if epochs != nil, let data, data.labelled == nil {
      throw Problem(
        "E0207", "`on` must be labelled examples where `epochs` asks for training, got a tensor",
        parameter: "on")
    }
    let fitted = data.map { Fitting.fit($0.dataset, to: network.network) }
    let draws = rounding?.isRandom == true || start?.isRandom == true || epochs != nil
    let seed = draws ? context.seed : nil
    var stream = draws ? context.randomStream() : nil
    options.seed = stream?.next() ?? 0
    let flow = activations.map {
      ActivationOptions(
        bits: $0, grid: (activationGrid ?? .affine).grid, range: activationRange ?? .minmax,
        percentile: activationRange?.name == RangeEstimator.percentile.name
          ? percentile?.share : nil,
        moment: dynamic?.moment ?? .fixed,
        samples: samples ?? min(ActivationOptions.usualSamples, fitted?.count ?? 0))
    }
    let training = epochs.map { epochs in
      var training = Training()
      (training.epochs, training.batch) = (epochs, batch ?? 32)
      training.optimizer = optimizer ?? .adam
      (training.rate, training.schedule) = (rate, schedule ?? .constant)
      training.seed = options.seed
      return training
    }
    // Kernels that want codes one by one get them so.
    options.packs = machine?.readsPacked ?? true
    if let machine, strict {
      try Marking.arguments { try machine.check(network.network, options, flow) }
    }
    let result = try Marking.arguments(layers: only == nil ? "except" : "layers") {
      try Compression.quantize(
        network.network, options, activations: flow, training: training, on: fitted,
        samples: samples ?? ActivationOptions.usualSamples, isInteger: integer,
        monitor: context.monitor("quantize"))
    }
    CompressionWords.say(result.notes, context)
    let made = result.network
    var remarks = result.notes.filter(\.isReplacement)
    if let machine {
      if strict { try Marking.arguments { try machine.check(made) } }
      remarks += machine.objections(to: made).map {
        Note($0.subject, asked: "what .\(machine.name) runs", got: $0.asked, why: $0.reason)
      }
    }
    let value = NetworkValue(
      made, history: result.trained?.history ?? network.history, seed: seed, remarks: remarks)
    guard let error = result.trained?.stopped.error else { return value }
    var problem = Problem(error)
    problem.salvage = value.bridged
    throw problem
  }

  static func granularity(_ per: Slices?, _ group: Int?) throws(Problem) -> Affine.Granularity? {
    guard group == nil || per == nil else {
      throw Problem("E0205", "give `per` or `group`, not both", parameter: "group")
    }
    return group.map { .group($0) } ?? per?.granularity
  }

  /// What would do nothing is not taken.
  static func needs(
    _ name: String, _ isGiven: Bool, _ other: String, _ hasOther: Bool
  ) throws(Problem) {
    guard isGiven, !hasOther else { return }
    throw Problem("E0205", "`\(name)` does nothing without `\(other)`", parameter: name)
  }

  static let dequantize = Builtin(
    "dequantize", "Gives the network as plain fp32 numbers again, with the values of its codes.",
    Parameter<NetworkValue>("network", "a quantized network"),
    details: "What was rounded stays rounded: only its storage changes, and what flows is free.",
    examples: [
      Example("dequantize(quantize(mlp([64, 16, 10]))).bits_per_weight > 32", shows: "true")
    ], seeAlso: ["quantize"], finish: NetworkValue.recorded(as: "dequantize")
  ) { _, network -> NetworkValue in
    NetworkValue(try dequantized(network.network), history: network.history)
  }

  static let fold = Builtin(
    "fold", "Folds batch normalization into the layers before it; answers stay the same.",
    Parameter<NetworkValue>("network", "a trained network"),
    details: "w′ = w γ / √(σ² + ε), b′ = (b − μ) γ / √(σ² + ε) + β.",
    source: "Jacob et al. 2018, arXiv:1712.05877, section 3.2",
    examples: [
      Example(
        "net = network(input: 64) {\n  dense 16\n  batchnorm()\n  dense 10\n}\ncount(fold(net).layers)",
        shows: "2")
    ], seeAlso: ["quantize"], finish: NetworkValue.recorded(as: "fold")
  ) { context, network -> NetworkValue in
    let result = try Compressed.folding(network.network)
    return CompressionWords.finished(result, network, context)
  }
}

/// In which numbers a network answers.
struct Arithmetic: TableEntry {
  let name: String
  let summary: String
  let isInteger: Bool
  static let noun = "an arithmetic"
  static let all = [
    Arithmetic(
      name: "float", summary: "fp32, rounded to grids where it is quantized", isInteger: false),
    Arithmetic(
      name: "integer",
      summary: "8-bit codes, 32-bit sums, fixed-point scales; signs by counting bits",
      isInteger: true),
  ]
}

/// What shares a scale.
struct Slices: TableEntry {
  let name: String
  let summary: String
  let granularity: Affine.Granularity
  static let noun = "what shares a scale"
  static let tensor = Slices(
    name: "tensor", summary: "all weights of a layer", granularity: .tensor)
  static let channel = Slices(
    name: "channel", summary: "the weights of one output", granularity: .channel)
  static let all = [tensor, channel]
}

/// The grids that activations may be on.
struct ActivationGrid: TableEntry {
  let grid: Grid
  static let noun = "a grid for activations"
  static let affine = ActivationGrid(grid: .affine)
  static let all = ActivationOptions.grids.map(ActivationGrid.init)
  var name: String { grid.name }
  var summary: String { grid.summary }
}

/// When ranges are found anew.
struct DynamicRange: TableEntry {
  let name: String
  let summary: String
  let moment: ActivationQuantizer.Moment
  static let noun = "what shares a range while the network runs"
  static let all = [
    DynamicRange(name: "batch", summary: "all examples that run together", moment: .batch),
    DynamicRange(name: "sample", summary: "each example", moment: .sample),
    DynamicRange(name: "token", summary: "each position of each example", moment: .token),
  ]
}
