// Words that train networks: from the start, and further after compression.
import Compression
import Interpreter
import Networks
import Tensors

enum TrainingWords {
  static let gamma = Parameter<Double?>(
    "gamma", "the factor of .step and .exponential; without it, 0.1")
  static let every = Parameter<Int?>("every", "epochs from one .step to the next; without it, 1")

  private static let epochs = Parameter<Int?>(
    "epochs", "passes over the examples; without them and without `steps`, 5",
    rule: .init("from 0 to 100,000") { $0.map { (0...100_000).contains($0) } ?? true })
  private static let steps = Parameter<Int?>(
    "steps", "in place of `epochs`: how many batches; the last epoch may be a part of one",
    rule: .init("from 0 to 1,000,000,000") {
      $0.map { (0...1_000_000_000).contains($0) } ?? true
    })

  static let all = [train, finetune]

  static let train = training(
    "train", "Trains a network on labelled examples and gives the trained one.", rateShare: 1,
    details: "Shuffles the examples anew in each epoch, from the random stream of the cell. "
      + "Pruned weights stay zero; quantized ones stay on their grids, with gradients going "
      + "straight through (`dequantize` sets them free). A loss that is not a number stops the training with an error, "
      + "and the network stays as it was before: a smaller rate often helps. Where commands are "
      + "typed, `_` has the last good weights. The network's `history` has a row for each epoch or "
      + "measurement, and `best` is the network as it was when the validation loss was least.")

  static let finetune = training(
    "finetune",
    "Trains further with a third of the optimizer's usual rate, to recover after compression.",
    rateShare: 1.0 / 3, details: "The same as `train` in everything else.")

  private static func training(
    _ word: String, _ summary: String, rateShare: Double, details: String
  ) -> Builtin {
    Builtin(
      word, summary,
      Parameter<NetworkValue>("network", "what to train"),
      Parameter<DatasetValue>("on", "the examples", named: true),
      epochs, steps,
      Parameter<Int>("batch", "examples in a step", default: 32, rule: .within(1...65_536)),
      Parameter<Optimizer>("optimizer", "how a step follows from the gradient", default: .adam),
      Parameter<Double?>("rate", "the learning rate; without it, the optimizer's usual one"),
      Parameter<Double?>("momentum", "of .sgd, from 0 to below 1"),
      Parameter<Bool>("nesterov", "look ahead along the momentum of .sgd", default: false),
      Parameter<Double?>("decay", "weight decay; without it, the optimizer's usual one"),
      Parameter<Schedule>("schedule", "how the rate changes over time", default: .constant),
      gamma, every,
      Parameter<Fraction>(
        "warmup", "the share of the training in which the rate grows", default: Fraction(0)),
      Parameter<LabelLoss>("loss", "what is made small", default: LabelLoss(.crossEntropy)),
      Parameter<Fraction>("smoothing", "of the labels, for .crossentropy", default: Fraction(0)),
      Parameter<DatasetValue?>("validation", "measured after each epoch, and at the end"),
      Parameter<Fraction>(
        "holdout", "in place of `validation`: the share of the examples kept for it",
        default: Fraction(0)),
      Parameter<Int?>(
        "validate_every", "steps from one such measurement to the next, in place of epochs"),
      Parameter<Int?>(
        "patience",
        "with `validation` or `holdout`: stop after so many measurements without a better loss there"
      ),
      Parameter<[String]>("frozen", "the names of layers that stay as they are", default: []),
      details: details, examples: examples(of: word),
      seeAlso: ["network", "measure", word == "train" ? "finetune" : "train"],
      finish: NetworkValue.recorded(as: word)
    ) {
      context, network, data, epochs, steps, batch, optimizer, rate, momentum, nesterov, decay,
      schedule, gamma, every, warmup, loss, smoothing, validation, holdout, validateEvery, patience,
      frozen in
      guard epochs == nil || steps == nil else {
        throw Problem("E0205", "give `epochs` or `steps`, not both", parameter: "steps")
      }
      var options = Training()
      (options.epochs, options.steps, options.batch) = (epochs ?? 5, steps, batch)
      options.optimizer = optimizer
      options.rate = rate ?? optimizer.rate * rateShare
      (options.momentum, options.nesterov, options.decay) = (momentum, nesterov, decay)
      (options.schedule, options.gamma, options.every) = (schedule, gamma, every)
      options.warmup = warmup.share
      (options.loss, options.smoothing) = (loss.loss, smoothing.share)
      options.validation = validation.map { Fitting.fit($0.dataset, to: network.network) }
      (options.holdout, options.validateEvery) = (holdout.share, validateEvery)
      options.patience = patience
      options.frozen = frozen
      return try run(word, network, on: data, options, context)
    }
  }

  private static func examples(of word: String) -> [Example] {
    let lines = [
      "data = load \"digits\"", "net = \(word) mlp([64, 16, 10]), on: data.train, epochs: 1",
      "count(net.history)",
    ]
    return [Example(lines.joined(separator: "\n"), shows: "1")]
  }

  private static func run(
    _ word: String, _ network: NetworkValue, on data: DatasetValue, _ options: Training,
    _ context: Context
  ) throws -> NetworkValue {
    var options = options
    let seed = context.seed
    var stream = context.randomStream()
    options.seed = stream.next()
    let fitted = Fitting.fit(data.dataset, to: network.network)
    options.projections = network.network.quantizedProjections
    let trained = try Marking.arguments {
      try network.network.trained(on: fitted, options, monitor: context.monitor(word))
    }
    if (options.steps ?? options.epochs) > 0, network.isQuantized,
      !NetworkValue(trained.network).isQuantized
    {
      context.warn("the weights are plain numbers again: no grid of theirs can be kept")
    }
    return try finished(trained, seed: seed, context)
  }

  /// The network, or the error of a training that diverged, with the last good weights.
  static func finished(
    _ trained: Trained, seed: UInt64, _ context: Context
  ) throws(Problem) -> NetworkValue {
    let value = NetworkValue(
      trained.network, history: trained.history, best: trained.best, seed: seed)
    if let error = trained.stopped.error {
      var problem = Problem(error)
      problem.salvage = value.bridged
      throw problem
    }
    if case .patience(let best) = trained.stopped, let last = trained.history.last {
      // Where rows are epochs, it is told in epochs.
      let isByEpoch = trained.history.count == last.epoch
      context.emit(
        .text(
          isByEpoch
            ? "stopped after \(last.epoch) epochs; the best was epoch \(best.epoch)"
            : "stopped after \(last.step) steps; the best was step \(best.step)"))
    }
    return value
  }
}

/// A loss that labels are enough for: `distill` has the one that wants a teacher.
struct LabelLoss: TableEntry {
  let loss: Loss
  init(_ loss: Loss) { self.loss = loss }
  static var all: [LabelLoss] { Loss.all.filter { !$0.wantsTeacher }.map(LabelLoss.init) }
  static var noun: String { "a loss" }
  var name: String { loss.name }
  var summary: String { loss.summary }
}
