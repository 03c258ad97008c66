// Words that train networks and ask them.
import Charts
import Compression
import Interpreter
import Networks
import Tensors

enum TrainingWords {
  static let all = [train, finetune, predict, accuracy, confusion]

  static let train = training(
    "train", "Trains a network on labelled examples and gives the trained one.", rateShare: 1,
    details: "Shuffles the examples anew in each epoch, from the random stream of the cell. Pruned "
      + "weights stay zero. A loss that is not a number stops the training, and keeps the last good weights.")

  static let finetune = training(
    "finetune", "Trains further with a tenth of the optimizer's usual rate, to recover after compression.",
    rateShare: 0.1,
    details: "The same as `train` in everything else. Pruned weights stay zero; quantized ones become "
      + "plain numbers again, so quantize last.")

  private static func training(
    _ word: String, _ summary: String, rateShare: Double, details: String
  ) -> Builtin {
    Builtin(
      word, summary,
      Parameter<NetworkValue>("network", "what to train"),
      Parameter<DatasetValue>("on", "the examples", named: true),
      Parameter<Int>("epochs", "passes over the examples", default: 5, rule: .within(0...100_000)),
      Parameter<Int>("batch", "examples in a step", default: 32, rule: .within(1...65_536)),
      Parameter<Optimizer>("optimizer", "how a step follows from the gradient", default: .adam),
      Parameter<Double?>("rate", "the learning rate; without it, the optimizer's usual one"),
      Parameter<Double?>("momentum", "of .sgd, from 0 to below 1"),
      Parameter<Bool>("nesterov", "look ahead along the momentum", default: false),
      Parameter<Double?>("decay", "weight decay; without it, the optimizer's usual one"),
      Parameter<Schedule>("schedule", "how the rate changes over the training", default: .constant),
      Parameter<Fraction>("warmup", "the share of the training in which the rate grows", default: Fraction(0)),
      Parameter<Loss>("loss", "what is made small", default: .crossEntropy),
      Parameter<Fraction>("smoothing", "of the labels, for .cross_entropy", default: Fraction(0)),
      Parameter<DatasetValue?>("validation", "measured after each epoch"),
      Parameter<Fraction>("holdout", "the share of the examples kept for validation", default: Fraction(0)),
      Parameter<Int?>("patience", "stop after so many epochs without a better validation loss"),
      Parameter<[String]>("frozen", "the names of layers that stay as they are", default: []),
      details: details,
      examples: [
        Example(
          "data = load \"digits\"\nnet = mlp [64, 16, 10]\nkind(\(word) net, on: data.train, epochs: 1)",
          shows: "a network")
      ],
      seeAlso: ["network", "measure", word == "train" ? "finetune" : "train"],
      finish: NetworkValue.recorded(as: word)
    ) {
      context, network, data, epochs, batch, optimizer, rate, momentum, nesterov, decay, schedule,
      warmup, loss, smoothing, validation, holdout, patience, frozen -> NetworkValue in
      var options = Training()
      options.epochs = epochs
      options.batch = batch
      options.optimizer = optimizer
      options.rate = rate ?? optimizer.rate * rateShare
      options.momentum = momentum
      options.nesterov = nesterov
      options.decay = decay
      options.schedule = schedule
      options.warmup = warmup.share
      options.loss = loss
      options.smoothing = smoothing.share
      options.validation = validation.map { Fitting.fit($0.dataset, to: network.network) }
      options.holdout = holdout.share
      options.patience = patience
      options.frozen = frozen
      var stream = context.randomStream()
      options.seed = stream.next()
      let trained = try network.network.trained(
        on: Fitting.fit(data.dataset, to: network.network), options, monitor: context.monitor(word))
      return try TrainingWords.finished(trained, context)
    }
  }

  /// The network, or the error of a training that diverged, with the last good weights.
  static func finished(_ trained: Trained, _ context: Context) throws(Problem) -> NetworkValue {
    let value = NetworkValue(trained.network, history: trained.history)
    if let error = trained.stopped.error {
      var problem = Problem(error)
      problem.salvage = value.bridged
      throw problem
    }
    if case .patience(let epoch) = trained.stopped {
      context.emit(.text("stopped after \(trained.history.count) epochs; the best was epoch \(epoch)"))
    }
    return value
  }

  static let predict = Builtin(
    "predict", "Asks a network for the class of each example.",
    Parameter<NetworkValue>("network", "whom to ask"),
    Parameter<Examples>("examples", "a data set, or a tensor of examples"),
    Parameter<Bool>("scores", "give the scores of all classes instead", default: false),
    examples: [
      Example(
        "data = load \"digits\"\npredict(mlp [64, 16, 10], data.test[0..<5], scores: true).shape",
        shows: "[5, 10]")
    ], seeAlso: ["accuracy", "confusion"]
  ) { context, network, examples, scores -> Tensor in
    let inputs = Fitting.fit(examples.inputs, to: network.network)
    let output = try network.network.predict(inputs, monitor: context.monitor("predict"))
    guard !scores else { return output }
    let rows = try output.reshaped([output.shape[0], output.shape.dropFirst().reduce(1, *)])
    return try Reduction.argmax(rows, axis: 1)
  }

  static let accuracy = Builtin(
    "accuracy", "The share of right answers, with its 95% interval.",
    Parameter<NetworkValue>("network", "whom to ask"),
    Parameter<DatasetValue>("on", "labelled examples it was not trained on", named: true),
    details: "The interval is Wilson's: with another draw of as many examples, the share would stay "
      + "inside it 19 times of 20.",
    source: "Wilson 1927, doi:10.1080/01621459.1927.10502953",
    examples: [
      Example(
        "data = load \"digits\"\nkind(accuracy(mlp [64, 16, 10], on: data.test))",
        shows: "a fraction")
    ], seeAlso: ["measure", "confusion"]
  ) { context, network, data -> Quantity in
    let fitted = Fitting.fit(data.dataset, to: network.network)
    let result = try network.network.evaluate(on: fitted, monitor: context.monitor("accuracy"))
    let right = zip(result.predictions, fitted.labels).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
    return Proportion(successes: right, trials: fitted.count).quantity
  }

  static let confusion = Builtin(
    "confusion", "Counts how often each class was taken for each other one.",
    Parameter<NetworkValue>("network", "whom to ask"),
    Parameter<DatasetValue>("on", "labelled examples", named: true),
    details: "Rows are the true classes, columns the answers.",
    examples: [
      Example(
        "data = load \"digits\"\nconfusion(mlp [64, 16, 10], on: data.test).matrix.shape",
        shows: "[10, 10]")
    ], seeAlso: ["accuracy", "predict"]
  ) { context, network, data -> ConfusionValue in
    let fitted = Fitting.fit(data.dataset, to: network.network)
    let result = try network.network.evaluate(on: fitted, monitor: context.monitor("confusion"))
    return ConfusionValue(
      labels: fitted.labels, predictions: result.predictions, classes: fitted.classes)
  }
}

extension Proportion {
  /// Shown and compared with half the length of its interval.
  var quantity: Quantity {
    let width = (interval.upperBound - interval.lowerBound) / 2
    return Quantity(value, .fraction, mark: .within(width))
  }
}

/// A data set's inputs, or a tensor of examples.
struct Examples: Bridged {
  let inputs: Tensor
  static var kind: String { "a data set or a tensor of examples" }
  init(from value: Value) throws(Mismatch) {
    if let data = try? DatasetValue(from: value) {
      inputs = data.dataset.inputs
    } else if let tensor = try? Tensor(from: value) {
      inputs = tensor
    } else {
      throw Mismatch(Self.kind)
    }
  }
  var bridged: Value { .tensor(inputs) }
}

/// Examples with as many numbers as the network wants take its shape: 28×28 images feed 784 inputs.
enum Fitting {
  static func fit(_ inputs: Tensor, to network: Network) -> Tensor {
    guard let count = inputs.shape.first, Array(inputs.shape.dropFirst()) != network.inputShape,
      inputs.shape.dropFirst().reduce(1, *) == network.inputShape.reduce(1, *)
    else { return inputs }
    return (try? inputs.reshaped([count] + network.inputShape)) ?? inputs
  }

  /// One example of nothing, for timing.
  static func zeros(for network: Network) -> Tensor {
    Tensor(repeating: 0, shape: [1] + network.inputShape)
  }

  static func fit(_ data: Dataset, to network: Network) -> Dataset {
    Dataset(
      name: data.name, part: data.part, inputs: fit(data.inputs, to: network), labels: data.labels,
      classes: data.classes, digest: data.digest)
  }
}

extension Context {
  /// Tells long work when to stop, and a terminal where it is.
  func monitor(_ task: String) -> Monitor {
    let interrupt = interrupt
    guard let progress = surroundings.progress else {
      return Monitor(isInterrupted: { interrupt.isSet }, report: { _ in })
    }
    return Monitor(
      isInterrupted: { interrupt.isSet },
      report: { now in
        progress(
          ProgressReport(
            label: "\(task), epoch \(now.epoch) of \(now.epochs)",
            done: (now.epoch - 1) * now.total + now.done, total: now.epochs * now.total,
            loss: now.loss, accuracy: now.accuracy))
      })
  }
}

/// Which class was taken for which.
final class ConfusionValue: Native, Bridged {
  static let kind = "a confusion matrix"
  let matrix: Tensor
  let classes: Int

  init(labels: [Int], predictions: [Int], classes: Int) {
    let size = max(classes, (predictions.max() ?? 0) + 1, (labels.max() ?? 0) + 1)
    var counts = [Float](repeating: 0, count: size * size)
    for (label, prediction) in zip(labels, predictions) { counts[label * size + prediction] += 1 }
    matrix = Tensor(trusted: [size, size], counts)
    self.classes = size
  }

  private init(_ matrix: Tensor) {
    self.matrix = matrix
    classes = matrix.shape[0]
  }

  convenience init(from value: Value) throws(Mismatch) {
    guard case .native(let native) = value, let own = native as? ConfusionValue else {
      throw Mismatch(Self.kind)
    }
    self.init(own.matrix)
  }

  var bridged: Value { .native(self) }
  var summary: String { "confusion matrix of \(classes) classes" }
  let members = ["matrix", "classes"]

  func member(_ name: String) -> Value? {
    switch name {
    case "matrix": .tensor(matrix)
    case "classes": .list((0..<classes).map { .record(row($0)) })
    default: nil
    }
  }

  /// Recall: of those that are it, how many were found. Precision: of those found, how many are it.
  private func row(_ label: Int) -> [(name: String, value: Value)] {
    let right = Int(matrix.elements[label * classes + label])
    let own = (0..<classes).reduce(0) { $0 + Int(matrix.elements[label * classes + $1]) }
    let found = (0..<classes).reduce(0) { $0 + Int(matrix.elements[$1 * classes + label]) }
    func share(_ whole: Int) -> Value {
      whole == 0 ? .none : Proportion(successes: right, trials: whole).quantity.bridged
    }
    return [
      ("class", .number(Double(label))), ("recall", share(own)), ("precision", share(found)),
    ]
  }

  var chart: Chart {
    let names = (0..<classes).map(String.init)
    return Chart(
      .heatmap, title: "true class (rows) by answer (columns)",
      matrix: ChartMatrix(
        rows: classes, columns: classes, values: matrix.elements.map(Double.init), rowNames: names,
        columnNames: names))
  }

  func lines(_ style: DisplayStyle) -> [String] { chart.render(style) }
}
