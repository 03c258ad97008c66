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
    case .residual(let body, _, _): return "residual \(block(body))"
    case .branches(let all, let join, _):
      return ([joining(join)] + all.map(block)).joined(separator: " ")
    }
  }

  private static func block(_ steps: [Blueprint]) -> String {
    steps.isEmpty ? "{ }" : "{ \(steps.map(text).joined(separator: ", ")) }"
  }

  /// What comes before the branches: "branches", "branches multiply", "attention heads 12".
  private static func joining(_ layer: any Layer) -> String {
    switch layer {
    case is Concatenate: "branches"
    case is Attention: "attention \(Text.settings(layer))"
    default: "branches \(layer.stem)"
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
    flatten, reshapeLayer, slice, channelShuffle, softmax,
  ]

  static let unitsRule = Parameter<Int>.Rule.within(1...1 << 20)

  static let network = Builtin(
    "network", "Puts layers together into a network and draws its first weights.",
    Parameter<InputShape>(
      "input", "the shape of one example: a number, or [channels, height, width]", named: true),
    Parameter<String>("name", "what it is called in tables and files", default: "network"),
    Parameter<Initialization?>(
      "weights", "what the first weights are drawn from; without it, .glorot"),
    Parameter<LayerValue>("layers", "the layers in order, in a block { … } or a list", named: true),
    details: "Weights start from the Glorot distribution of their layer (Glorot and Bengio 2010, "
      + "PMLR 9:249) or another one, those of `embedding` from N(0, 1), of positions and segments "
      + "from N(0, 0.02²), each from a random stream of its own.",
    examples: [
      Example(
        "network(input: 64) {\n  dense 32, .relu\n  dense 10\n}",
        shows: "network network 64 → 10, 2,410 parameters")
    ], seeAlso: ["train", "dense", "conv", "mlp"], finish: NetworkValue.recorded(as: "network")
  ) { context, input, name, weights, layers -> NetworkValue in
    guard !layers.steps.isEmpty else {
      throw Problem("E0509", "a network needs at least one layer", parameter: "layers")
    }
    let seed = context.seed
    let stream = context.randomStream()
    let network = try Marking.arguments {
      try Network.build(
        name: name, input: input.shape, blueprint: layers.steps, weights: weights ?? .glorot,
        random: stream)
    }
    return NetworkValue(network, seed: seed)
  }

  static let dense = Builtin(
    "dense", "A fully connected layer: every output is a weighted sum of all inputs.",
    Parameter<Int>("units", "how many outputs", rule: unitsRule),
    Parameter<Activation.Function?>(positional: "activation", "what follows it"),
    Parameter<Bool>("bias", "whether each output has a bias", default: true),
    Parameter<Bool>(
      "positions", "the same weights at every position of a sequence [inputs, positions]",
      default: false),
    Parameter<String?>("name", "its name; without one it is dense1, dense2, …"),
    details:
      "y = W x + b, with W of shape [units, inputs]. It wants a list of numbers: put `flatten()` "
      + "before it where the input has several axes. With `positions: true` it wants a sequence, and "
      + "gives [units, positions].",
    examples: [
      Example("dense(300, .relu)", shows: "dense units 300, relu"),
      Example(
        "network(input: [16, 5]) { dense 8, positions: true }",
        shows: "network network 16×5 → 8×5, 136 parameters"),
    ], seeAlso: ["conv", "attention", "network"]
  ) { _, units, activation, bias, positions, name in
    try layer(DenseLayer(units: units, bias: bias, positions: positions), name, activation)
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
  ) { try MaxPool(size: $0, stride: $1, padding: $2, ceil: $3) }

  static let avgpool = pooling(
    "avgpool", "Takes the mean of each window."
  ) { try AveragePool(size: $0, stride: $1, padding: $2, ceil: $3) }

  private static func pooling(
    _ word: String, _ summary: String,
    make: @escaping @Sendable ([Int], [Int], [Int], Bool) throws -> any Layer
  ) -> Builtin {
    Builtin(
      word, summary,
      Parameter<Pair>("size", "the size of a window"),
      Parameter<Pair?>("stride", "how far a window moves; without it, its size"),
      Parameter<Pair>("padding", "cells around the image that do not count", default: Pair(0)),
      Parameter<Bool>(
        "ceil", "a last window may hang over the edge, where the stride leaves a rest",
        default: false),
      examples: [Example("\(word) 2", shows: "\(word) size 2×2, stride 2×2")],
      seeAlso: ["conv", "globalpool"]
    ) { _, size, stride, padding, ceil in
      try Marking.arguments {
        let stride = stride?.sizes ?? size.sizes
        return LayerValue([.layer(try make(size.sizes, stride, padding.sizes, ceil))])
      }
    }
  }

  static let globalpool = Builtin(
    "globalpool", "Takes the mean of each whole channel: [C, H, W] becomes [C].",
    Parameter<Bool>("keepdims", "give [C, 1, 1], for a convolution to follow", default: false),
    Parameter<String?>("name", "its name; without one it is numbered"),
    examples: [Example("globalpool()", shows: "globalpool")], seeAlso: ["avgpool", "network"]
  ) { _, keepdims, name in
    LayerValue([.layer(GlobalPool(keepdims: keepdims), name: name)])
  }

  /// Added to a variance before its root is taken.
  private static let epsilonRule = Parameter<Double>.Rule.within(1e-12...1)

  static let batchnorm = Builtin(
    "batchnorm", "Shifts and scales each channel to zero mean and unit variance over the batch.",
    Parameter<Double>(
      "epsilon", "is added to the variance", default: 1e-5, rule: epsilonRule),
    Parameter<Double>(
      "momentum", "how far a step moves the running statistics", default: 0.1,
      rule: .within(0...1)),
    Parameter<String?>("name", "its name; without one it is numbered"),
    details: "The running mean and variance of each channel are measured, not learned: they are "
      + "stored with the network, and no count of parameters holds them.",
    source: "Ioffe and Szegedy 2015, arXiv:1502.03167",
    examples: [
      Example("batchnorm()", shows: "batchnorm epsilon 1e-5, momentum 0.1"),
      Example("batchnorm(epsilon: 1e-3)", shows: "batchnorm epsilon 0.001, momentum 0.1"),
    ], seeAlso: ["layernorm", "network"]
  ) { _, epsilon, momentum, name in
    LayerValue([.layer(try BatchNorm(epsilon: epsilon, momentum: momentum), name: name)])
  }

  static let layernorm = Builtin(
    "layernorm", "Shifts and scales each example to zero mean and unit variance over its units.",
    Parameter<Double>(
      "epsilon", "is added to the variance", default: 1e-5, rule: epsilonRule),
    Parameter<String?>("name", "its name; without one it is numbered"),
    details: "At every position of a sequence [units, positions] by itself.",
    source: "Ba et al. 2016, arXiv:1607.06450",
    examples: [Example("layernorm()", shows: "layernorm epsilon 1e-5")],
    seeAlso: ["batchnorm", "network"]
  ) { _, epsilon, name in
    LayerValue([.layer(try LayerNorm(epsilon: epsilon), name: name)])
  }

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

  static let slice = Builtin(
    "slice", "Passes on some of its units, or of the entries along another axis.",
    Parameter<Value.Range>("range", "which ones, counted from 0"),
    Parameter<Int>("axis", "0 for the units, 1 for positions or rows", default: 0, rule: axisRule),
    examples: [
      Example("slice(0..<58)", shows: "slice start 0, end 58"),
      Example(
        "network(input: [16, 5]) {\n  slice 0..<1, axis: 1\n  flatten()\n}",
        shows: "network network 16×5 → 16, 0 parameters"),
    ], seeAlso: ["branches", "channel_shuffle"]
  ) { _, range, axis in
    guard let start = range.lower, let end = range.end, start < end else {
      throw Problem(
        "E0207", "`range` must be a range with both ends and at least one number in it",
        help: "such as 0..<58", parameter: "range")
    }
    return try Marking.arguments { LayerValue([.layer(try Slice(start..<end, axis: axis))]) }
  }

  private static let axisRule = Parameter<Int>.Rule.within(0...7)

  static let channelShuffle = Builtin(
    "channel_shuffle", "Deals the channels of several groups in turn: one of each, then the next.",
    Parameter<Int>("groups", "how many groups; they have one size", rule: unitsRule),
    details: "Between convolutions in groups, so that what one group finds reaches the others.",
    source: "Zhang et al. 2018, arXiv:1707.01083",
    examples: [Example("channel_shuffle 2", shows: "channel_shuffle groups 2")],
    seeAlso: ["conv", "slice"]
  ) { _, groups in LayerValue([.layer(try ChannelShuffle(groups: groups))]) }

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
