// The word that prunes, and the one that shows what it goes by: prune and saliency.
import Compression
import Formats
import Interpreter
import Networks
import Tensors

enum PruningWords {
  static let all = [prune, saliency]

  private static func budget(_ name: String, _ doc: String) -> Interpreter.Parameter<BudgetLimit?> {
    Interpreter.Parameter<BudgetLimit?>(
      name, "in place of `sparsity`: \(doc), or a share of what it takes now")
  }

  static let prune = Builtin(
    "prune", "Removes the weights, units or layers of a network that matter least.",
    Parameter<NetworkValue>("network", "what to prune"),
    Parameter<LayerShares?>(
      positional: "sparsity", "the share that is removed: one, or one for each layer",
      rule: .init(
        "from 0% to below 100%", help: { $0?.slip }, allows: { $0?.areShares ?? true })),
    Parameter<Criterion?>(
      "by", "what makes a weight or a unit dispensable; without it, .magnitude, of units .l1"),
    Parameter<Granularity?>(
      "per", "what is removed at a time; without it, as the criterion is meant"),
    Parameter<PruningScope?>(
      "scope",
      "where the share is counted; without it, .local (.global for .lamp and .snip, .row for .wanda)"
    ),
    Parameter<[String]?>("layers", "the names of the layers to prune; all of them without"),
    Parameter<[String]?>("except", "the names of layers that stay whole"),
    Parameter<Int?>(
      "count", "in place of `sparsity`: how many are removed, in every layer or as `scope` says",
      rule: .init("from 0") { $0.map { $0 >= 0 } ?? true }),
    Parameter<Double?>("below", "in place of `sparsity`: all with a score below this one"),
    budget("bytes", "what the file may take, such as 100KB"),
    budget("macs", "multiply-accumulates for one example"),
    budget("parameters", "parameters that are left"),
    Parameter<PatternChoice?>(
      "pattern",
      "in place of `sparsity`: \"2:4\" keeps 2 of each 4 weights next to each other in a row"),
    Parameter<BlockRectangle?>("block", "outputs × inputs, for per: .block: such as [4, 1]"),
    Parameter<Int?>(
      "multiple", "of units: as many as stay in a layer are rounded up to such a multiple",
      rule: .init("from 1") { $0.map { $0 >= 1 } ?? true }),
    Parameter<Material?>(
      "on",
      "examples: for criteria that look at some, and with `epochs` to train on"),
    Parameter<Int?>(
      "examples",
      "how many of them, drawn by chance, a criterion looks at; without it, 500 or all there are",
      rule: .init("from 1") { $0.map { $0 >= 1 } ?? true }),
    Parameter<Int?>(
      "epochs", "the network trains so long while it is pruned little by little",
      rule: .init("from 1 to 100,000") { $0.map { (1...100_000).contains($0) } ?? true }),
    Parameter<Int?>(
      "batch", "examples in a step of that training; without it, 32",
      rule: .init("from 1 to 65,536") { $0.map { (1...65_536).contains($0) } ?? true }),
    Parameter<PruningSchedule?>(
      "schedule", "how the sparsity grows while it is pruned; without it, .polynomial"),
    Parameter<Fraction?>("from", "the sparsity that the schedule starts with; without it, 0%"),
    Parameter<Double?>("power", "of .polynomial; without it, 3"),
    Parameter<Fraction?>(
      "recover", "the share of that training after the last pruning; without it, 25%",
      rule: .init("from 0% to 100%") { $0.map { (0...1).contains($0.share) } ?? true }),
    Parameter<Optimizer?>("optimizer", "of that training; without it, .adam"),
    Parameter<Double?>("rate", "the learning rate of that training"),
    details:
      "Per .weight, .pattern, .block and .kernel, weights become zero: shapes stay, later training keeps them zero, and "
      + "`save` stores only what is left where that is smaller. Per .filter, .neuron, .unit, .head and "
      + ".layer, shapes shrink: the network becomes smaller and faster at once, and residual additions, "
      + "concatenations and normalizations follow; the last layer keeps its units. Exactly "
      + "round(sparsity × n) go. A layer that would lose all it has is an error. Budgets take the least sparsity "
      + "that keeps to them; pruned weights count as no parameters and no MACs (which only skip_zeros saves). With `epochs`, the scores are "
      + "taken anew twenty times, or every 100 steps.",
    source:
      "Han et al. 2015, arXiv:1506.02626; Li et al. 2017, arXiv:1608.08710; Zhu and Gupta 2017, arXiv:1710.01878",
    examples: [
      Example("prune(mlp([64, 16, 10]), 75%).sparsity", shows: "75%"),
      Example(
        "prune(mlp([64, 16, 10]), 50%, by: .l2)", shows: "network mlp 64 → 10, 610 parameters"),
      Example(
        "prune(mlp([64, 16, 12]), (dense1: 75%, dense2: 50%)).nonzeros", shows: "352"),
      Example("prune(mlp([64, 16, 12]), pattern: \"2:4\").sparsity", shows: "50%"),
      Example(
        "data = load \"digits\"\nnet = mlp [64, 16, 10]\n"
          + "prune(net, 50%, by: .taylor, per: .neuron, on: data.train).parameters", shows: "610"),
    ], seeAlso: ["finetune", "measure", "quantize"], finish: NetworkValue.recorded(as: "prune")
  ) {
    context, network, sparsity, by, granularity, scope, only, except, count, below, bytes,
    macs, parameters, pattern, block, multiple, data, examples, epochs, batch, schedule, from,
    power,
    recover, optimizer, rate -> NetworkValue in
    let amounts: [(name: String, amount: Amount?)] = [
      ("sparsity", try sparsity?.amount(for: network.network)),
      ("count", count.map { Amount.count($0) }), ("below", below.map { Amount.below($0) }),
      ("bytes", bytes.map { Amount.budget(Budget(.bytes, $0.limit)) }),
      ("macs", macs.map { Amount.budget(Budget(.macs, $0.limit)) }),
      ("parameters", parameters.map { Amount.budget(Budget(.parameters, $0.limit)) }),
      ("pattern", pattern.map { _ in Amount.pattern }),
    ]
    let amount = try single(of: amounts)
    let standard = pattern != nil ? Granularity.pattern : block != nil ? .block : nil
    var options = PruneOptions(
      amount, per: granularity ?? standard, by: by, scope: scope,
      layers: try CompressionWords.layers(only, except), pattern: pattern?.pattern,
      block: block?.shape, multiple: multiple ?? 1, examples: examples)
    let criterion = options.criterion
    let looks = criterion.evidence == .inputs || criterion.evidence == .labels
    try QuantizationWords.needs(
      "on", data != nil, "epochs: …`, or a criterion that looks at examples, such as `by: .taylor",
      by != nil || epochs != nil)
    try QuantizationWords.needs(
      "examples", examples != nil,
      "by: .taylor` or another criterion that looks at some, not `.\(criterion.name)",
      looks)
    for (name, isGiven) in [
      ("batch", batch != nil), ("schedule", schedule != nil), ("from", from != nil),
      ("power", power != nil), ("recover", recover != nil), ("optimizer", optimizer != nil),
      ("rate", rate != nil),
    ] {
      try QuantizationWords.needs(name, isGiven, "epochs", epochs != nil)
    }
    let draws = looks || criterion.name == Criterion.random.name || epochs != nil
    let seed = draws ? context.seed : nil
    var stream = draws ? context.randomStream() : nil
    options.seed = stream?.next() ?? 0
    options.fileBytes = Receipting.fileBytes("prune", context, seed: seed)
    if criterion.evidence == .labels, let data, data.labelled == nil {
      throw unlabelled(criterion)
    }
    let fitted = data.map { Fitting.fit($0.dataset, to: network.network) }
    let naming = only == nil ? "except" : "layers"
    guard let epochs else {
      let result = try Marking.arguments(layers: naming) {
        try Compression.prune(
          network.network, options, on: fitted, monitor: context.monitor("prune"))
      }
      return CompressionWords.finished(result, network, seed: seed, context)
    }
    guard let data, let fitted, data.labelled != nil else {
      throw Problem(
        "E0207", "`epochs` asks for training, which wants labelled examples: `on: …`",
        parameter: data == nil ? "epochs" : "on")
    }
    var training = Training()
    (training.epochs, training.batch) = (epochs, batch ?? 32)
    (training.optimizer, training.rate) = (optimizer ?? .adam, rate)
    training.seed = options.seed
    let gradual = GradualPruning(
      options, schedule: schedule ?? .polynomial, from: from?.share ?? 0, power: power,
      phase: 0...1 - (recover?.share ?? 0.25))
    let trained = try Marking.arguments(layers: naming) {
      try Compression.prune(
        network.network, gradually: gradual, on: fitted, training, monitor: context.monitor("prune")
      )
    }
    return try TrainingWords.finished(trained, seed: context.seed, context)
  }

  static let saliency = Builtin(
    "saliency", "Gives the scores of a layer's weights or units that `prune` goes by, as a tensor.",
    Parameter<NetworkValue>("network", "what might be pruned"),
    Parameter<String>("layer", "the name of one of its layers"),
    Parameter<Criterion>("by", "what makes a weight or a unit dispensable", default: .magnitude),
    Parameter<Granularity?>(
      "per", "what has a score; without it, as the criterion is meant"),
    Parameter<BlockRectangle?>("block", "outputs × inputs, for per: .block"),
    Parameter<Material?>("on", "examples, for criteria that look at some"),
    Parameter<Int?>(
      "examples", "how many of them, drawn by chance; without it, 500 or all there are",
      rule: .init("from 1") { $0.map { $0 >= 1 } ?? true }),
    details:
      "The lowest scores are pruned first. Per .weight in the shape of the weight, per .block rows × "
      + "columns of blocks, per .kernel filters × channels, per unit a vector; what may not leave has nan. "
      + "`help prune` lists the criteria with their formulas.",
    examples: [
      Example("saliency(mlp([64, 16, 10]), \"dense1\").shape", shows: "[16, 64]"),
      Example("saliency(mlp([64, 16, 10]), \"dense1\", by: .l2).shape", shows: "[16]"),
      Example(
        "net = mlp [64, 16, 10]\nw = net[\"dense1.weight\"]\n"
          + "all(saliency(net, \"dense1\", by: .l1) == sum(abs(w), axis: 1))", shows: "true"),
    ], seeAlso: ["prune", "sensitivity", "histogram"]
  ) { context, network, layer, criterion, granularity, block, data, examples -> Tensor in
    let looks = criterion.evidence == .inputs || criterion.evidence == .labels
    try QuantizationWords.needs(
      "on", data != nil, "a criterion that looks at examples, such as `by: .taylor", looks)
    if criterion.evidence == .labels, let data, data.labelled == nil {
      throw unlabelled(criterion)
    }
    var stream = looks || criterion.name == Criterion.random.name ? context.randomStream() : nil
    let options = PruneOptions(
      .share(0), per: granularity ?? (block == nil ? nil : .block), by: criterion,
      block: block?.shape, examples: examples, seed: stream?.next() ?? 0)
    return try Marking.arguments(layers: "layer") {
      try Compression.saliency(
        of: layer, in: network.network, options,
        on: data.map { Fitting.fit($0.dataset, to: network.network) },
        monitor: context.monitor("saliency"))
    }
  }

  private static func unlabelled(_ criterion: Criterion) -> Problem {
    Problem(
      "E0207", "`.\(criterion.name)` looks at labels: `on` must be a data set, got a tensor",
      parameter: "on")
  }

  /// The one amount that was given.
  private static func single(
    of all: [(name: String, amount: Amount?)]
  ) throws(Problem) -> Amount {
    let given = all.filter { $0.amount != nil }
    guard given.count == 1, let amount = given[0].amount else {
      let names = all.map { "`\($0.name)`" }
      let wanted = names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
      throw Problem(
        "E0206",
        "`prune` needs one of \(wanted), got \(given.isEmpty ? "none" : "\(given.count) of them")",
        help: "such as sparsity: 90%", parameter: given.last?.name)
    }
    return amount
  }
}

/// A share that is removed, the same everywhere or one for each layer.
enum LayerShares: Bridged {
  case all(Fraction)
  /// In the order of the layers with weights.
  case inOrder([Fraction])
  case byName([(name: String, share: Fraction)])

  static var kind: String { "a fraction such as 90% (or one for each layer)" }
  init(from value: Value) throws(Mismatch) {
    if let one = try? Fraction(from: value) {
      self = .all(one)
    } else if case .record(let record) = value {
      var shares: [(String, Fraction)] = []
      for (name, value) in zip(record.names, record.values) {
        guard let share = try? Fraction(from: value) else { throw Mismatch(Self.kind) }
        shares.append((name, share))
      }
      self = .byName(shares)
    } else if let list = try? [Fraction](from: value) {
      self = .inOrder(list)
    } else {
      throw Mismatch(Self.kind)
    }
  }
  var bridged: Value {
    switch self {
    case .all(let share): share.bridged
    case .inOrder(let shares): .list(shares.map(\.bridged))
    case .byName(let shares):
      .record(shares.map { (name: $0.name, value: $0.share.bridged) })
    }
  }

  private var shares: [Fraction] {
    switch self {
    case .all(let share): [share]
    case .inOrder(let shares): shares
    case .byName(let shares): shares.map(\.share)
    }
  }

  var areShares: Bool { shares.allSatisfy { $0.share >= 0 && $0.share < 1 } }
  var slip: String? { shares.lazy.compactMap { $0.meantAsPercent("sparsity") }.first }

  func amount(for network: Network) throws(Problem) -> Amount {
    switch self {
    case .all(let share): return .share(share.share)
    case .byName(let shares): return .shares(shares.map { .init($0.name, $0.share.share) })
    case .inOrder(let shares):
      let layers = network.nodes.filter { $0.parameters.contains { $0.role == .weight } }
      guard layers.count == shares.count else {
        let names = layers.map { "`\($0.name)`" }.joined(separator: ", ")
        throw Problem(
          "E0207",
          "a list of shares has one for each of the \(layers.count) layers with weights, got \(shares.count)",
          help: "the layers are \(names)", parameter: "sparsity")
      }
      return .shares(zip(layers, shares).map { .init($0.name, $1.share) })
    }
  }
}

/// What a network may take: a number, or a share of what it takes now.
struct BudgetLimit: Bridged {
  let limit: Budget.Limit
  private let value: Value
  static var kind: String { "a size such as 100KB, a number, or a share such as 50%" }
  init(from value: Value) throws(Mismatch) {
    guard let quantity = try? Quantity(from: value), quantity.value >= 0, quantity.value.isFinite
    else { throw Mismatch(Self.kind) }
    self.value = value
    switch quantity.unit {
    case .fraction: limit = .share(quantity.value)
    case .bytes, .count: limit = .absolute(Int(min(quantity.value, 1e15)))
    default: throw Mismatch(Self.kind)
    }
  }
  var bridged: Value { value }
}

/// "2:4".
struct PatternChoice: Bridged {
  let pattern: Pattern
  static var kind: String { "a string such as \"2:4\"" }
  init(from value: Value) throws(Mismatch) {
    guard case .text(let text) = value else { throw Mismatch(Self.kind) }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let kept = parts[0], let run = parts[1],
      let pattern = try? Pattern(kept, of: run)
    else {
      throw Mismatch(
        "\"n:m\" with 1 ≤ n < m ≤ 1024", help: "\"2:4\" keeps 2 of each 4 weights",
        found: "\"\(text)\"")
    }
    self.pattern = pattern
  }
  var bridged: Value { .text("\(pattern)") }
}

/// Height and width of blocks.
struct BlockRectangle: Bridged {
  let shape: BlockShape
  static var kind: String { "two sizes from 1 to 65,536, such as [4, 1]" }
  init(from value: Value) throws(Mismatch) {
    guard let sizes = try? [Int](from: value), sizes.count == 2,
      let shape = try? BlockShape(sizes[0], sizes[1])
    else { throw Mismatch(Self.kind) }
    self.shape = shape
  }
  var bridged: Value { [shape.rows, shape.columns].bridged }
}
