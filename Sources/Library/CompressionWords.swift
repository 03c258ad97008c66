// Words that make networks smaller, in their order: svd and distill here, the others in their own files.
import Compression
import Encodings
import Formats
import Interpreter
import Networks
import Tensors

enum CompressionWords {
  static let all =
    PruningWords.all + QuantizationWords.all + SharingWords.all + CodingWords.all
    + [svd, distill]

  // MARK: Factorization

  static let svd = Builtin(
    "svd", "Splits layers by their singular values into two thin ones.",
    Parameter<NetworkValue>("network", "what to factor"),
    Parameter<Int?>(
      "rank", "how many singular values each layer keeps",
      rule: .init("from 1") { $0.map { $0 >= 1 } ?? true }),
    Parameter<Fraction?>(
      "energy", "the share of the sum of squared singular values that each layer keeps"),
    Parameter<Quantity?>(
      "bytes", "what the file may take, such as 100KB",
      rule: .init("in bytes, such as 100KB") { $0.map(\.isSize) ?? true }),
    Parameter<[String]?>("layers", "the names of the layers to factor; all of them without"),
    Parameter<[String]?>("except", "the names of layers that stay whole"),
    Parameter<Bool>(
      "larger", "factor even where the factors hold more numbers than the layer", default: false),
    details:
      "W [O, I] becomes U√Σ [O, r] after √ΣVᵀ [r, I]; both run, and can be trained further. Give "
      + "one of rank, energy and bytes.",
    source: "Eckart and Young 1936, doi:10.1007/BF02288367; Denton et al. 2014, arXiv:1404.0736",
    examples: [
      Example("svd(mlp([64, 32, 10]), rank: 8, except: [\"dense2\"]).parameters", shows: "1,130")
    ], seeAlso: ["finetune", "measure"],
    finish: NetworkValue.recorded(as: "svd")
  ) { context, network, rank, energy, bytes, only, except, larger -> NetworkValue in
    let given: [(RankRule, Double)] = [
      rank.map { (.number, Double($0)) }, energy.map { (.energy, $0.share) },
      bytes.map { (.bytes, $0.value) },
    ].compactMap { $0 }
    guard given.count == 1, let (rule, amount) = given.first else {
      throw Problem(
        "E0206", "`svd` needs one of `rank`, `energy` and `bytes`, got \(given.count)",
        help: "such as energy: 90%")
    }
    let options = SVDOptions(
      rule, amount, layers: try layers(only, except), allowsLarger: larger,
      fileBytes: Receipting.fileBytes("svd", context))
    let result = try Marking.arguments(layers: only == nil ? "except" : "layers") {
      try Compression.svd(network.network, options)
    }
    return finished(result, network, context)
  }

  // MARK: Distillation

  static let distill = Builtin(
    "distill", "Trains a small network on what a large one answers, and on the labels.",
    Parameter<NetworkValue>("student", "the small network"),
    Parameter<NetworkValue>("teacher", "the large one", named: true),
    Parameter<DatasetValue>("on", "the examples", named: true),
    Parameter<Double>(
      "temperature", "how much both answers are softened", default: 2, rule: .within(0.01...1000)),
    Parameter<Fraction>(
      "mix", "the teacher's share of the loss; the labels have the rest", default: Fraction(0.5)),
    Parameter<Int>("epochs", "passes over the examples", default: 5, rule: .within(0...100_000)),
    Parameter<Int>("batch", "examples in a step", default: 32, rule: .within(1...65_536)),
    Parameter<Optimizer>("optimizer", "how a step follows from the gradient", default: .adam),
    Parameter<Double?>("rate", "the learning rate; without it, the optimizer's usual one"),
    Parameter<Schedule>("schedule", "of that rate", default: .constant),
    TrainingWords.gamma, TrainingWords.every,
    details:
      "The loss is mix · T² · KL(teacher ‖ student), both at temperature T, plus (1 − mix) · cross-entropy. "
      + "A quantized student is rounded in every step, on scales that follow its weights: quantized "
      + "distillation.",
    source:
      "Hinton et al. 2015, arXiv:1503.02531; quantized: Polino et al. 2018, arXiv:1802.05668",
    examples: [
      Example(
        "data = load \"digits\"\nbig = mlp [64, 64, 10]\n"
          + "small = distill(mlp([64, 8, 10]), teacher: big, on: data.train, epochs: 1)\n"
          + "small.parameters", shows: "610")
    ], seeAlso: ["train", "measure"], finish: NetworkValue.recorded(as: "distill")
  ) {
    context, student, teacher, data, temperature, mix, epochs, batch, optimizer, rate, schedule,
    gamma, every -> NetworkValue in
    var training = Training()
    (training.epochs, training.batch) = (epochs, batch)
    (training.optimizer, training.rate, training.schedule) = (optimizer, rate, schedule)
    (training.gamma, training.every) = (gamma, every)
    let seed = context.seed
    var stream = context.randomStream()
    training.seed = stream.next()
    let fitted = Fitting.fit(data.dataset, to: student.network)
    let trained = try Marking.arguments {
      try Compression.distill(
        student.network, from: teacher.network, on: fitted,
        DistillOptions(temperature: temperature, mix: mix.share), training,
        monitor: context.monitor("distill"))
    }
    return try TrainingWords.finished(trained, seed: seed, context)
  }

  // MARK: What they share

  static func layers(_ only: [String]?, _ except: [String]?) throws(Problem) -> Layers {
    guard only == nil || except == nil else {
      throw Problem("E0205", "give `layers` or `except`, not both", parameter: "except")
    }
    guard let only else { return except.map { .except($0) } ?? .all }
    guard !only.isEmpty else {
      throw Problem(
        "E0207", "`layers` must be at least one name, got an empty list",
        help: "leave it out for all layers", parameter: "layers")
    }
    return .only(only)
  }

  /// What a word gives that does not train. What was asked for and not done is said.
  /// - Parameter keepsWeights: what is known about them from a file stays known.
  static func finished(
    _ result: Compressed, _ before: NetworkValue, seed: UInt64? = nil, keepsWeights: Bool = false,
    _ context: Context
  ) -> NetworkValue {
    say(result.notes, context)
    return NetworkValue(
      result.network, history: before.history, seed: seed,
      remarks: result.notes.filter(\.isReplacement),
      isRecorded: keepsWeights && before.isRecorded)
  }

  /// What is the same for many is said once.
  static func say(_ notes: [Note], _ context: Context) {
    var told: Set<String> = []
    for note in notes where !note.isExpected && told.insert(note.text).inserted {
      let others = notes.count { $0.text == note.text } - 1
      let subject = others > 0 ? "\(note.subject) and \(others) more" : note.subject
      context.warn("\(subject): \(note.text)")
    }
  }
}

extension Note {
  /// Biases, normalizations and the outputs of the last layer stay: the words' help says so, and saying it
  /// each time would hide the rest.
  fileprivate var isExpected: Bool {
    let endings = [
      "not asked for", "its outputs are the network's outputs", "a running statistic",
      "the gain of a normalization", "the sign is the activation",
    ]
    return subject.hasSuffix(".bias") || subject.hasSuffix(".step")
      || text.hasPrefix("folded into") || endings.contains { text.hasSuffix($0) }
  }
}

extension Fraction {
  /// Help for who writes 90 and means 90%.
  func meantAsPercent(_ name: String) -> String? {
    guard !isPercent, share > 1, share <= 100 else { return nil }
    return "\(name) is a fraction: did you mean \(Text.number(share))%?"
  }
}
