// Words that make layers, and networks of them.
import Interpreter
import Networks
import Tensors

/// Layers as they are written in a network's block, in order.
final class LayerValue: Native, Bridged {
  static let kind = "a layer"
  let steps: [Blueprint]

  init(_ steps: [Blueprint]) { self.steps = steps }

  /// Layers, or lists of them: a loop in a network's block gives a list.
  convenience init(from value: Value) throws(Mismatch) {
    self.init(try LayerValue.steps(value))
  }

  private static func steps(_ value: Value) throws(Mismatch) -> [Blueprint] {
    switch value {
    case .native(let native):
      guard let own = native as? LayerValue else { break }
      return own.steps
    case .list(let list):
      var steps: [Blueprint] = []
      for (index, item) in list.items.enumerated() {
        do throws(Mismatch) { steps += try self.steps(item) } catch {
          let place = error.found.map { "\($0) of item" } ?? "\(Text.brief(item)) as item"
          throw Mismatch(error.wanted, help: error.help, found: "\(place) \(index + 1)")
        }
      }
      return steps
    default: break
    }
    throw Mismatch("layers", help: help(value))
  }

  /// A word by itself is a function; called, it may be a layer.
  private static func help(_ value: Value) -> String {
    guard case .function(let function) = value else { return "such as dense(10)" }
    guard let word = function.builtin else { return "call it: \(function.signature)" }
    guard word.result == kind else { return "such as dense(10)" }
    return word.parameters.contains(where: \.isRequired)
      ? "give it what it needs, such as \(word.examples.first?.code ?? word.signature)"
      : "write \(word.name)()"
  }

  var bridged: Value { .native(self) }
  func lines(_ style: DisplayStyle) -> [String] { [summary] }

  var summary: String { steps.map(LayerValue.text).joined(separator: ", ") }

  private static func text(_ step: Blueprint) -> String {
    switch step {
    case .layer(let layer, _):
      let settings = Text.settings(layer)
      // An activation is called as its function is: "relu", not "relu relu".
      return settings.isEmpty || settings == layer.stem ? layer.stem : "\(layer.stem) \(settings)"
    case .residual(let body, _, _): return "residual { \(body.map(text).joined(separator: ", ")) }"
    case .branches(let all, _, _):
      return "branches "
        + all.map { "{ \($0.map(text).joined(separator: ", ")) }" }
        .joined(separator: " ")
    }
  }
}

/// One number, or one for each of height and width.
struct Pair: Bridged {
  let sizes: [Int]
  init(_ size: Int) { sizes = [size, size] }
  static var kind: String { "a whole number, or two for height and width" }
  init(from value: Value) throws(Mismatch) {
    if let one = try? Int(from: value) {
      sizes = [one, one]
    } else if let two = try? [Int](from: value), two.count == 2 {
      sizes = two
    } else {
      throw Mismatch(Self.kind)
    }
  }
  var bridged: Value {
    sizes[0] == sizes[1] ? .number(Double(sizes[0])) : sizes.bridged
  }
}

enum LayerWords {
  static let all = [
    network, dense, conv, maxpool, avgpool, globalpool, batchnorm, layernorm, activation, dropout,
    flatten, reshapeLayer, softmax, embedding, residual, branches,
  ]

  private static let unitsRule = Parameter<Int>.Rule.within(1...1 << 20)

  static let network = Builtin(
    "network", "Puts layers together into a network and draws its first weights.",
    Parameter<InputShape>(
      "input", "the shape of one example: a number, or [channels, height, width]", named: true),
    Parameter<String>("name", "what it is called in tables and files", default: "network"),
    Parameter<LayerValue>("layers", "the layers in order, in a block { … } or a list", named: true),
    details: "Weights start from the Glorot distribution of their layer (Glorot and Bengio 2010, "
      + "PMLR 9:249), those of `embedding` from N(0, 1), each from a random stream of its own.",
    examples: [
      Example(
        "network(input: 64) {\n  dense 32, .relu\n  dense 10\n}",
        shows: "network network 64 → 10, 2,410 parameters")
    ], seeAlso: ["train", "dense", "conv", "mlp"], finish: NetworkValue.recorded(as: "network")
  ) { context, input, name, layers -> NetworkValue in
    guard !layers.steps.isEmpty else {
      throw Problem("E0509", "a network needs at least one layer", parameter: "layers")
    }
    let seed = context.seed
    let stream = context.randomStream()
    let network = try Marking.arguments {
      try Network.build(
        name: name, input: input.shape, blueprint: layers.steps, random: stream)
    }
    return NetworkValue(network, seed: seed)
  }

  static let dense = Builtin(
    "dense", "A fully connected layer: every output is a weighted sum of all inputs.",
    Parameter<Int>("units", "how many outputs", rule: unitsRule),
    Parameter<Activation.Function?>(positional: "activation", "what follows it"),
    Parameter<Bool>("bias", "whether each output has a bias", default: true),
    Parameter<String?>("name", "its name; without one it is dense1, dense2, …"),
    details:
      "y = W x + b, with W of shape [units, inputs]. It wants a list of numbers: put `flatten()` "
      + "before it where the input has several axes.",
    examples: [Example("dense(300, .relu)", shows: "dense units 300, relu")],
    seeAlso: ["conv", "network"]
  ) { _, units, activation, bias, name in
    try layer(DenseLayer(units: units, bias: bias), name, activation)
  }

  static let conv = Builtin(
    "conv", "A convolution: filters that slide over images.",
    Parameter<Int>("filters", "how many output channels", rule: unitsRule),
    Parameter<Pair>("kernel", "the size of a filter"),
    Parameter<Activation.Function?>(positional: "activation", "what follows it"),
    Parameter<Pair>("stride", "how far a filter moves", default: Pair(1)),
    Parameter<Pair>("padding", "zeros around the image", default: Pair(0)),
    Parameter<Int>(
      "groups", "groups of channels that do not see each other", default: 1, rule: unitsRule),
    Parameter<Bool>("bias", "whether each filter has a bias", default: true),
    Parameter<String?>("name", "its name; without one it is conv1, conv2, …"),
    details:
      "Images are [channels, height, width], weights [filters, channels / groups, height, width].",
    examples: [Example("conv(12, 3, .relu)", shows: "conv filters 12, kernel 3×3, relu")],
    seeAlso: ["maxpool", "dense", "network"]
  ) { _, filters, kernel, activation, stride, padding, groups, bias, name in
    try Marking.arguments {
      try layer(
        Conv2D(
          filters: filters, kernel: kernel.sizes, stride: stride.sizes, padding: padding.sizes,
          groups: groups, bias: bias), name, activation)
    }
  }

  static let maxpool = pooling(
    "maxpool", "Takes the greatest value of each window."
  ) { try MaxPool(size: $0, stride: $1, padding: $2) }

  static let avgpool = pooling(
    "avgpool", "Takes the mean of each window."
  ) { try AveragePool(size: $0, stride: $1, padding: $2) }

  private static func pooling(
    _ word: String, _ summary: String,
    make: @escaping @Sendable ([Int], [Int], [Int]) throws -> any Layer
  ) -> Builtin {
    Builtin(
      word, summary,
      Parameter<Pair>("size", "the size of a window"),
      Parameter<Pair?>("stride", "how far a window moves; without it, its size"),
      Parameter<Pair>("padding", "cells around the image that do not count", default: Pair(0)),
      examples: [Example("\(word) 2", shows: "\(word) size 2×2, stride 2×2")],
      seeAlso: ["conv", "globalpool"]
    ) { _, size, stride, padding in
      try Marking.arguments {
        LayerValue([.layer(try make(size.sizes, stride?.sizes ?? size.sizes, padding.sizes))])
      }
    }
  }

  static let globalpool = plain(
    "globalpool", "Takes the mean of each whole channel: [C, H, W] becomes [C].",
    shows: "globalpool"
  ) { GlobalPool() }
  static let batchnorm = plain(
    "batchnorm", "Shifts and scales each channel to zero mean and unit variance over the batch.",
    shows: "batchnorm epsilon 1e-5, momentum 0.1",
    source: "Ioffe and Szegedy 2015, arXiv:1502.03167"
  ) { try BatchNorm() }
  static let layernorm = plain(
    "layernorm", "Shifts and scales each example to zero mean and unit variance over its units.",
    shows: "layernorm epsilon 1e-5", source: "Ba et al. 2016, arXiv:1607.06450"
  ) { try LayerNorm() }
  static let flatten = plain(
    "flatten", "Lays each example out as one list of numbers.", shows: "flatten"
  ) { Flatten() }
  static let softmax = plain(
    "softmax",
    "Turns scores into shares that sum to one. Losses do this themselves: leave it out of what is trained.",
    shows: "softmax"
  ) { Softmax() }

  private static func plain(
    _ word: String, _ summary: String, shows: String, source: String? = nil,
    make: @escaping @Sendable () throws -> any Layer
  ) -> Builtin {
    Builtin(
      word, summary, Parameter<String?>("name", "its name; without one it is numbered"),
      source: source, examples: [Example("\(word)()", shows: shows)], seeAlso: ["network"]
    ) { _, name in LayerValue([.layer(try make(), name: name)]) }
  }

  static let activation = Builtin(
    "activation", "A layer that applies a function to each number by itself.",
    Parameter<Activation.Function>("function", "which one"),
    Parameter<Double>("slope", "of .leaky below 0", default: 0.01, rule: .within(0...1)),
    examples: [Example("activation .gelu", shows: "gelu")], seeAlso: ["dense", "conv"]
  ) { _, function, slope in LayerValue([.layer(try Activation(function, slope: slope))]) }

  static let dropout = Builtin(
    "dropout", "Forgets a random share of its inputs while training, and nothing afterwards.",
    Parameter<Fraction>("share", "the share that is forgotten"),
    source: "Srivastava et al. 2014, JMLR 15:1929",
    examples: [Example("dropout 50%", shows: "dropout share 0.5")],
    seeAlso: ["train"]
  ) { _, share in
    try Marking.arguments { LayerValue([.layer(try Dropout(share: share.share))]) }
  }

  static let reshapeLayer = Builtin(
    "view", "Takes each example in another shape, row by row.",
    Parameter<[Int]>("shape", "of one example"),
    examples: [Example("view [1, 8, 8]", shows: "reshape shape 1×8×8")],
    seeAlso: ["flatten"]
  ) { _, shape in
    try Marking.arguments { LayerValue([.layer(try Reshape(shape: shape))]) }
  }

  static let embedding = Builtin(
    "embedding", "Looks up a learned vector for each index.",
    Parameter<Int>("vocabulary", "how many indices there are", rule: unitsRule),
    Parameter<Int>("units", "the length of a vector", rule: unitsRule),
    examples: [Example("embedding(1000, 16)", shows: "embedding vocabulary 1000, units 16")],
    seeAlso: ["dense"]
  ) { _, vocabulary, units in
    LayerValue([.layer(try Embedding(vocabulary: vocabulary, units: units))])
  }

  static let residual = Builtin(
    "residual", "Adds its input to what its layers make of it.",
    Parameter<LayerValue?>(
      "shortcut", "layers on the way around, where the shapes differ", named: true),
    Parameter<LayerValue>("layers", "the layers, in a block { … } or a list", named: true),
    source: "He et al. 2016, arXiv:1512.03385",
    examples: [Example("residual { dense 64, .relu }", shows: "residual { dense units 64, relu }")],
    seeAlso: ["branches", "network"]
  ) { _, shortcut, layers in
    LayerValue([.residual(layers.steps, shortcut: shortcut?.steps ?? [])])
  }

  static let branches = Builtin(
    "branches", "Gives its input to several rows of layers and puts their outputs side by side.",
    Parameter<[LayerValue]>("rows", "a list of lists of layers"),
    examples: [
      Example(
        "branches [[dense(8, .relu)], [dense(8, .tanh)]]",
        shows: "branches { dense units 8, relu } { dense units 8, tanh }")
    ],
    seeAlso: ["residual", "network"]
  ) { _, rows in
    guard !rows.isEmpty else {
      throw Problem(
        "E0207", "`rows` must be at least one branch, got an empty list",
        help: "such as [[dense(8)], [dense(8)]]", parameter: "rows")
    }
    return LayerValue([.branches(rows.map(\.steps))])
  }

  private static func layer(
    _ layer: any Layer, _ name: String?, _ activation: Activation.Function?
  ) throws -> LayerValue {
    var steps = [Blueprint.layer(layer, name: name)]
    if let activation { steps.append(.layer(try Activation(activation))) }
    return LayerValue(steps)
  }
}

/// The shape of one example: a number or a list.
struct InputShape: Bridged {
  let shape: [Int]
  static var kind: String { "a whole number or a list of them" }
  init(from value: Value) throws(Mismatch) {
    if let one = try? Int(from: value) { shape = [one] } else { shape = try [Int](from: value) }
  }
  var bridged: Value { shape.bridged }
}
