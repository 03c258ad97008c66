// Tensors, and random networks over the tables of layers and encodings, for the laws of files.
import Encodings
import Formats
import Networks
import Tensors

enum Samples {
  /// A network with branches, every role of parameter, frozen parts, and pruned weights of both
  /// kinds: those that are the zeros, and those that are only some of them.
  static func network(seed: UInt64) throws -> Network {
    var random = SplitMix(state: seed)
    let layers: [(name: String, layer: any Layer, inputs: [Int])] = [
      ("conv1", try conv(filters: 3), [-1]),
      ("norm1", try LayerTable.make("batchnorm", [:]), [0]),
      ("relu1", try LayerTable.make("activation", ["function": .text("relu")]), [1]),
      ("conv2", try conv(filters: 3), [2]),
      ("add1", try LayerTable.make("add", [:]), [3, 2]),
      ("join", try LayerTable.make("concatenate", [:]), [4, 0]),
      ("drop", try LayerTable.make("dropout", ["share": .number(0.1 + 0.2)]), [5]),
      ("flatten1", try LayerTable.make("flatten", [:]), [6]),
      ("dense \"ü\"", try LayerTable.make("dense", ["units": .integer(4)]), [7]),
    ]
    let input = [1, 5, 6]
    var shapes: [[Int]] = []
    var nodes: [Node] = []
    for (name, layer, inputs) in layers {
      let inputShapes = inputs.map { $0 < 0 ? input : shapes[$0] }
      shapes.append(try layer.outputShape(for: inputShapes))
      let parameters = try layer.parameters(for: inputShapes).map { plan in
        try parameter(plan, &random)
      }
      nodes.append(Node(name: name, layer: layer, inputs: inputs, parameters: parameters))
    }
    let receipt = Receipt([
      .init("train", [("epochs", "4"), ("seed", "\(seed)")]), .init("prune", [("sparsity", "90%")]),
      .init("describe", []),
    ])
    return try Network(name: "sample \(seed)", inputShape: input, nodes: nodes, receipt: receipt)
  }

  private static func conv(filters: Int) throws -> any Layer {
    try LayerTable.make(
      "conv2d",
      ["filters": .integer(filters), "kernel": .integers([3, 3]), "padding": .integers([1, 1])])
  }

  private static func parameter(
    _ plan: ParameterPlan, _ random: inout SplitMix
  ) throws -> Parameter {
    let count = plan.shape.reduce(1, *)
    var values = (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
    guard plan.role == .weight else {
      var plain = Parameter(
        plan.name, role: plan.role, value: Tensor(trusted: plan.shape, values))
      plain.frozen = Bool.random(using: &random)
      return plain
    }
    let pruned = values.map { abs($0) < 0.7 }
    for i in values.indices where pruned[i] { values[i] = 0 }
    // Some weights that were kept became zero: the mask says more than the values.
    if Bool.random(using: &random), let kept = pruned.firstIndex(of: false) { values[kept] = 0 }
    let tensor = Tensor(trusted: plan.shape, values)
    return Parameter(plan.name, role: plan.role, value: tensor, pruned: pruned)
      .stored(as: try encoding(of: tensor, pruned: pruned, &random))
  }

  /// One of the ways in which techniques store a pruned weight; all decode to values on a grid.
  private static func encoding(
    of tensor: Tensor, pruned: [Bool], _ random: inout SplitMix
  ) throws -> any Encoding {
    let kept = pruned.indices.filter { !pruned[$0] }
    let codes = kept.map { Int32((tensor.elements[$0] * 7).rounded()) }
    let affine = try Affine(
      shape: [kept.count], bits: 4, isSigned: true, granularity: .tensor, codes: codes,
      scales: [0.125])
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return Encodings.Dense(tensor)
    case 1: return Encodings.Dense(tensor, as: .fp16)
    case 2: return Sparse.smallest(tensor)
    case 3: return try Sparse.smallest(shape: tensor.shape, positions: kept, values: affine)
    case 4:
      return try Coded(
        try Sparse.smallest(shape: tensor.shape, positions: kept, values: affine), by: .range)
    default:
      let all = tensor.elements.map { Int32(($0 * 127).rounded()) }
      return try Affine(
        shape: tensor.shape, bits: 8, isSigned: true, granularity: .channel, codes: all,
        scales: [Float](repeating: 1 / 128, count: tensor.shape[0]))
    }
  }

  /// A small network, for every change of every byte.
  static func small() throws -> Network {
    let layer = try LayerTable.make("dense", ["units": .integer(3)])
    let values = Tensor(trusted: [3, 4], [0, 0, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0])
    let pruned = values.elements.indices.map { $0 != 2 && $0 != 5 && $0 != 7 }
    let weight = Parameter("weight", role: .weight, value: values, pruned: pruned)
      .stored(as: try Coded(Sparse.smallest(values), by: .huffman))
    let bias = Parameter("bias", role: .bias, value: Tensor(vector: [1, 2, 3]))
    let node = Node(name: "dense1", layer: layer, inputs: [-1], parameters: [weight, bias])
    return try Network(
      name: "small", inputShape: [4], nodes: [node], receipt: Receipt([.init("train", [])]))
  }

  /// Two layers, as a word of the language makes them.
  static func plain() throws -> Network {
    try Network.build(
      name: "mlp", input: [784],
      blueprint: [
        .layer(try LayerTable.make("dense", ["units": .integer(300)])),
        .layer(try LayerTable.make("activation", ["function": .text("relu")])),
        .layer(try LayerTable.make("dense", ["units": .integer(10)])),
      ], random: RandomStream(seed: 1))
  }

  /// A network of codes that runs in integers, calibrated, with a part frozen.
  static func integers() throws -> Network {
    let quantizer = try ActivationQuantizer(
      bits: 8, grid: .affine, moment: .fixed, zero: 100,
      observed: .init(least: -0.40625, greatest: 1 / 3, examples: 200))
    let dense = try LayerTable.make("dense", ["units": .integer(2)])
    var step = Parameter("step", role: .step, value: Tensor(vector: [0.003]))
    step.frozen = true
    let weight = Parameter("weight", role: .weight, value: Tensor(repeating: 0, shape: [2, 3]))
      .stored(
        as: try Affine(
          shape: [2, 3], bits: 3, isSigned: false, granularity: .channel,
          codes: [0, 1, 2, 3, 4, 7],
          scales: [0.5, 0.25], zeroPoints: [3, 4]))
    let bias = Parameter("bias", role: .bias, value: Tensor(vector: [1, -1]))
    var network = try Network(
      name: "whole", inputShape: [3],
      nodes: [
        Node(name: "quant1", layer: quantizer, inputs: [-1], parameters: [step]),
        Node(name: "dense1", layer: dense, inputs: [0], parameters: [weight, bias]),
      ])
    network.runsInIntegers = true
    return network
  }

  /// The same number for everything that `Network` holds.
  static func same(_ left: Network, _ right: Network, encodings: Bool = true) -> Bool {
    left.name == right.name && left.runsInIntegers == right.runsInIntegers
      && left.skipsZeros == right.skipsZeros
      && left.inputShape == right.inputShape
      && left.receipt == right.receipt && left.shapes == right.shapes
      && left.nodes.count == right.nodes.count
      && zip(left.nodes, right.nodes).allSatisfy { a, b in
        a.name == b.name && a.inputs == b.inputs
          && type(of: a.layer).kind == type(of: b.layer).kind
          && a.layer.attributes.elementsEqual(b.layer.attributes) {
            $0.name == $1.name && $0.value == $1.value
          }
          && a.parameters.count == b.parameters.count
          && zip(a.parameters, b.parameters).allSatisfy { same($0, $1, encodings: encodings) }
      }
  }

  private static func same(_ a: Parameter, _ b: Parameter, encodings: Bool) -> Bool {
    a.name == b.name && a.role == b.role && a.frozen == b.frozen && a.pruned == b.pruned
      && a.value.shape == b.value.shape
      && a.value.elements.map(\.bitPattern) == b.value.elements.map(\.bitPattern)
      && (!encodings || bytes(a.encoding) == bytes(b.encoding))
  }

  private static func bytes(_ encoding: any Encoding) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(type(of: encoding).tag)
    encoding.write(to: &writer)
    return writer.bytes
  }
}

/// A small generator with a fixed sequence (SplitMix64; Steele, Lea and Flood 2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
    return bits ^ bits >> 31
  }
}

/// Tensors of every rank, empty ones, and strange values.
func samples() -> [Tensor] {
  [
    Tensor(scalar: 1.5), Tensor(vector: []),
    Tensor(vector: [1, -0.0, .infinity, .leastNonzeroMagnitude]),
    Tensor(trusted: [2, 3], [1, 2, 3, 4, 5, 6]), Tensor(repeating: 3, shape: [2, 0, 4]),
    Tensor(trusted: [1, 2, 1, 2], [0.1, 0.2, 0.3, 0.4]),
  ]
}
