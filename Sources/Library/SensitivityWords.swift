// Words that ask which layers can do with few bits, and give each as many as a budget allows:
// sensitivity and allocate.
import Compression
import Encodings
import Formats
import Interpreter
import Networks
import Tensors

enum SensitivityWords {
  static let all = [sensitivity, allocate]

  // What both of them take.
  private static let samples = Parameter<Int>(
    "samples", "random vectors for .hessian", default: 32)
  private static let examples = Parameter<Int?>(
    "examples", "how many to draw from `on`; without it, 200, or all where there are fewer")
  private static let grid = Parameter<Grid>("grid", "as in `quantize`", default: .symmetric)

  static let sensitivity = Builtin(
    "sensitivity",
    "Says how much a network suffers when one layer alone has few bits: estimates, and the truth.",
    Parameter<NetworkValue>("network", "a trained network"),
    Parameter<DatasetValue?>("on", "labelled examples; .weight_mse alone needs none"),
    Parameter<BitChoices>(
      "bits", "a number of bits to try each layer with, or a list of them",
      default: BitChoices([4])),
    Parameter<Estimators>(
      "estimators", "how to score, one or a list", default: Estimators(SensitivityEstimator.all)),
    samples, examples, grid, QuantizationWords.per, QuantizationWords.group,
    QuantizationWords.range, QuantizationWords.percentile, QuantizationWords.only,
    QuantizationWords.except,
    details:
      "A row for each layer and number of bits, with the scores; .traces has the Hessian's trace of "
      + "each layer with its 95% interval over the random vectors. .fisher is the empirical one: "
      + "gradients of single examples with their labels. .loss is the truth: the mean loss with "
      + "this layer quantized minus that without, ± 95% over the examples. .correlations has "
      + "Spearman's rank correlation of each estimator to it: over the layers at each number of bits "
      + "(at_4), which wants three layers at least; and overall, over all rows.",
    source:
      "HAWQ-v2: Dong et al. 2020, arXiv:1911.03852; Hutchinson 1989, doi:10.1080/03610918908812806",
    examples: [
      Example(
        "data = load \"digits\"\nnet = train(mlp([64, 16, 10]), on: data.train, epochs: 1)\n"
          + "sensitivity(net, on: data.test, bits: [2, 4], samples: 2).count", shows: "4"),
      Example(
        "s = sensitivity(mlp([64, 16, 10]), estimators: .weight_mse, bits: [2, 8])\n"
          + "s[0].weight_mse > s[1].weight_mse", shows: "true"),
    ], seeAlso: ["allocate", "quantize", "measure"]
  ) {
    context, network, data, bits, estimators, samples, examples, grid, per, group, range,
    percentile,
    only, except -> SensitivityValue in
    let weights = try weights(grid, per, group, range, percentile, only, except)
    let options = options(bits, weights, estimators.all, samples, examples, context)
    return SensitivityValue(
      try Marking.arguments(layers: only == nil ? "except" : "layers") {
        try Compression.sensitivity(
          network.network, on: data.map { Fitting.fit($0.dataset, to: network.network) }, options,
          monitor: context.monitor("sensitivity"))
      })
  }

  static let allocate = Builtin(
    "allocate",
    "Picks the bits of each layer so that the file fits a budget and the scores' sum is least.",
    Parameter<NetworkValue>("network", "a trained network"),
    Parameter<Quantity>(
      "budget", "what the file may take, such as 20KB", named: true,
      rule: .init("in bytes, such as 20KB") { $0.isSize }),
    Parameter<SensitivityEstimator>("using", "how layers are scored", default: .hessian),
    Parameter<DatasetValue?>("on", "labelled examples; .weight_mse needs none"),
    Parameter<BitChoices>(
      "bits", "the choices; 32 leaves a layer as it is", default: BitChoices([2, 3, 4, 6, 8])),
    samples, examples, grid, QuantizationWords.per, QuantizationWords.group,
    QuantizationWords.range, QuantizationWords.percentile, QuantizationWords.only,
    QuantizationWords.except,
    details:
      "Exact: of all assignments whose weights take as many bytes or fewer, none has a lower sum of "
      + "scores; the file that `save` would write is within the budget. .front has every assignment "
      + "that no other beats. The result is a network wherever one is wanted; that scores of single "
      + "layers add up is an assumption, so measure it.",
    source:
      "HAWQ-v2: Dong et al. 2020, arXiv:1911.03852; the front: Nemhauser and Ullmann 1969, "
      + "doi:10.1287/mnsc.15.9.494",
    examples: [
      Example(
        "small = allocate(mlp([64, 16, 10]), budget: 1KB, using: .weight_mse)\n"
          + "small.network.bytes <= 1KB", shows: "true"),
      Example(
        "small = mlp [64, 16, 10] |> allocate budget: 1KB, using: .weight_mse\n"
          + "measure(small, latency: false).parameters", shows: "1,210"),
    ], seeAlso: ["sensitivity", "quantize", "measure"],
    finish: isNoted
  ) {
    context, network, budget, using, data, bits, samples, examples, grid, per, group, range,
    percentile, only, except -> AllocationValue in
    let weights = try weights(grid, per, group, range, percentile, only, except)
    let sensitivity = options(bits, weights, [using], samples, examples, context)
    let (arguments, seed) = (context.arguments, using.needsData ? context.seed : nil)
    let options = AllocateOptions(
      budget: Int(min(budget.value, 1e15)), using: using, sensitivity,
      parameterBytes: { Container.ledger(of: $0).bits / 8 },
      fileBytes: { Container.bytes(of: $0).count },
      note: { network, layers in
        let chosen = layers.map { "\($0.layer) \($0.bits)" }.joined(separator: ", ")
        return Receipting.noted(
          network, "allocate", arguments, seed: seed, [("chosen", chosen)])
      })
    let result = try Marking.arguments(
      layers: only == nil ? "except" : "layers", budget: "budget"
    ) {
      try Compression.allocate(
        network.network, options,
        on: data.map { Fitting.fit($0.dataset, to: network.network) },
        monitor: context.monitor("allocate"))
    }
    for note in result.notes { context.warn(note.description) }
    return AllocationValue(result, by: using)
  }

  /// Each network of a front has its line already, with what was chosen.
  private static let isNoted: @Sendable (Value, [(name: String, value: Value)]) -> Value = {
    value, _ in value
  }

  private static func weights(
    _ grid: Grid, _ per: Slices?, _ group: Int?, _ range: RangeEstimator?,
    _ percentile: Fraction?, _ only: [String]?, _ except: [String]?
  ) throws(Problem) -> QuantizeOptions {
    try QuantizationWords.needs(
      "percentile", percentile != nil, "range: .percentile",
      range?.name == RangeEstimator.percentile.name)
    return QuantizeOptions(
      grid: grid, granularity: try QuantizationWords.granularity(per, group), range: range,
      percentile: percentile?.share, layers: try CompressionWords.layers(only, except))
  }

  private static func options(
    _ bits: BitChoices, _ weights: QuantizeOptions, _ estimators: [SensitivityEstimator],
    _ samples: Int, _ examples: Int?, _ context: Context
  ) -> SensitivityOptions {
    var stream = context.randomStream()
    return SensitivityOptions(
      bits: bits.all, weights, estimators: estimators, samples: samples, examples: examples,
      seed: stream.next())
  }
}

extension Quantity {
  /// Bytes, or a number that can only mean them; not below 0.
  var isSize: Bool {
    guard value >= 0, value.isFinite else { return false }
    switch unit {
    case .bytes: return true
    case .count(let basis): return basis == .plain
    default: return false
    }
  }
}

/// One number of bits, or several.
struct BitChoices: Bridged {
  let all: [Int]
  init(_ all: [Int]) { self.all = all }
  static var kind: String { "a whole number of bits, or a list of them" }
  init(from value: Value) throws(Mismatch) {
    if let one = try? Int(from: value) {
      all = [one]
    } else if let several = try? [Int](from: value) {
      all = several
    } else {
      throw Mismatch(Self.kind)
    }
  }
  var bridged: Value { all.count == 1 ? all[0].bridged : all.bridged }
}

/// One estimator, or several.
struct Estimators: Bridged {
  let all: [SensitivityEstimator]
  init(_ all: [SensitivityEstimator]) { self.all = all }
  static var kind: String { "an estimator, or a list of them" }
  static var choices: [Choice] { SensitivityEstimator.choices }
  init(from value: Value) throws(Mismatch) {
    if case .list(let list) = value {
      var all: [SensitivityEstimator] = []
      for item in list.items {
        do throws(Mismatch) { all.append(try SensitivityEstimator(from: item)) } catch {
          throw Mismatch(
            error.wanted, help: Estimators.suggestion(item),
            found: "\(Text.brief(item)) in the list")
        }
      }
      self.all = all
    } else {
      all = [try SensitivityEstimator(from: value)]
    }
  }
  var bridged: Value { .list(all.map(\.bridged)) }

  private static func suggestion(_ item: Value) -> String? {
    guard case .choice(let name) = item else { return nil }
    return Problem.suggestion(for: name, among: SensitivityEstimator.all.map(\.name))
  }
}
