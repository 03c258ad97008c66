// Words that ask networks: predict, accuracy, confusion.
import Compression
import Interpreter
import Networks
import Tensors

enum AnswerWords {
  static let all = [predict, accuracy, confusion]

  static let predict = Builtin(
    "predict", "Asks a network for the class of each example.",
    Parameter<NetworkValue>("network", "whom to ask"),
    Parameter<Examples>("examples", "a data set, or a tensor of examples"),
    Parameter<Bool>("scores", "give the scores of all classes instead", default: false),
    examples: [
      Example(
        "data = load \"digits\"\npredict(mlp([64, 16, 10]), data.test[0..<5], scores: true).shape",
        shows: "[5, 10]")
    ], seeAlso: ["accuracy", "confusion"]
  ) { context, network, examples, scores -> Tensor in
    let inputs = Fitting.fit(examples.inputs, to: network.network)
    let output = try Marking.arguments {
      try network.network.predict(inputs, monitor: context.monitor("predict"))
    }
    guard !scores else { return output }
    let rows = try output.reshaped([output.shape[0], output.shape.dropFirst().reduce(1, *)])
    return try Reduction.argmax(rows, axis: 1)
  }

  static let accuracy = Builtin(
    "accuracy", "The share of right answers, with its 95% interval.",
    Parameter<NetworkValue>("network", "whom to ask"),
    Parameter<DatasetValue>("on", "labelled examples it was not trained on", named: true),
    details:
      "The interval is Wilson's: of intervals made like this, 19 in 20 hold the share that endless "
      + "examples would give.",
    source: "Wilson 1927, doi:10.1080/01621459.1927.10502953",
    examples: [
      Example(
        "data = load \"digits\"\naccuracy(mlp([64, 16, 10]), on: data.test) < 50%",
        shows: "true")
    ], seeAlso: ["measure", "confusion"]
  ) { context, network, data -> Quantity in
    let fitted = Fitting.fit(data.dataset, to: network.network)
    let result = try Marking.arguments {
      try network.network.evaluate(on: fitted, monitor: context.monitor("accuracy"))
    }
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
        "data = load \"digits\"\nconfusion(mlp([64, 16, 10]), on: data.test).matrix.shape",
        shows: "[10, 10]")
    ], seeAlso: ["accuracy", "predict"]
  ) { context, network, data -> ConfusionValue in
    let fitted = Fitting.fit(data.dataset, to: network.network)
    let result = try Marking.arguments {
      try network.network.evaluate(on: fitted, monitor: context.monitor("confusion"))
    }
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
