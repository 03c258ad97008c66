// One integer truth: networks that round floats to grids and networks that count answer the same.
import Compression
import Encodings
import Kernels
import Networks
import Tensors
import Testing

@Suite struct IntegerNetworkTests {
  static func conv(
    _ filters: Int, _ kernel: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1,
    bias: Bool = true
  ) throws -> Blueprint {
    .layer(
      try Conv2D(
        filters: filters, kernel: [kernel, kernel], stride: [stride, stride],
        padding: [padding, padding], groups: groups, bias: bias))
  }

  static func act(_ function: Activation.Function) throws -> Blueprint {
    .layer(try Activation(function))
  }

  static func blueprint(_ name: String) throws -> (input: [Int], layers: [Blueprint]) {
    switch name {
    case "mlp":
      return (
        [13],
        [
          .layer(try DenseLayer(units: 9)), try act(.relu), .layer(try DenseLayer(units: 17)),
          try act(.tanh), .layer(try DenseLayer(units: 5, bias: false)),
        ]
      )
    case "lenet":
      return (
        [1, 14, 14],
        [
          try conv(6, 5), .layer(try MaxPool(size: [2, 2], stride: [2, 2], padding: [0, 0])),
          try conv(10, 3, padding: 1), try act(.relu),
          .layer(try MaxPool(size: [3, 3], stride: [2, 2], padding: [1, 1])), .layer(Flatten()),
          .layer(try DenseLayer(units: 20)), try act(.relu6), .layer(try DenseLayer(units: 4)),
        ]
      )
    case "residual":
      return (
        [3, 9, 9],
        [
          try conv(8, 3, padding: 1, bias: false), .layer(try BatchNorm()), try act(.relu),
          .residual([try conv(8, 3, padding: 1), try act(.relu), try conv(8, 3, padding: 1)]),
          try act(.relu),
          .residual(
            [try conv(16, 3, stride: 2, padding: 1)],
            shortcut: [try conv(16, 1, stride: 2)]),
          .layer(GlobalPool()), .layer(try DenseLayer(units: 6)),
        ]
      )
    case "branches":
      return (
        [4, 8, 8],
        [
          .branches([
            [try conv(3, 1), try act(.relu)], [try conv(5, 3, padding: 1), try act(.sigmoid)],
          ]), try conv(8, 3, padding: 1, groups: 8), try act(.gelu),
          .layer(try AveragePool(size: [3, 3], stride: [2, 2], padding: [1, 1])),
          try conv(8, 3, padding: 1, groups: 2), .layer(Flatten()),
          .layer(try DenseLayer(units: 3)),
        ]
      )
    case "deep":
      var layers = [try conv(24, 3, padding: 1), try act(.relu)]
      for _ in 0..<12 {
        layers += [
          .residual([
            try conv(24, 1), try act(.relu6), try conv(24, 3, padding: 1, groups: 24),
            try act(.relu), try conv(24, 3, padding: 1),
          ]), try act(.relu),
        ]
      }
      return ([2, 8, 8], layers + [.layer(GlobalPool()), .layer(try DenseLayer(units: 7))])
    default: throw NetworkError.unknownLayer(name)
    }
  }

  static func quantized(
    _ name: String, grid: Grid, activations: Grid, bits: Int, seed: UInt64
  ) throws -> (network: Network, inputs: Tensor) {
    var random = RandomStream(seed: seed)
    let (input, layers) = try blueprint(name)
    let network = try Network.build(
      name: name, input: input, blueprint: layers, random: random.split("weights")
    ).mapParameters { _, parameter in
      guard parameter.role == .bias else { return parameter }
      return parameter.with(
        value: Tensor(vector: (0..<parameter.value.count).map { _ in random.uniform() - 0.5 }))
    }
    let inputs = try random.normal(shape: [40] + input)
    let data = Dataset(
      name: "random", part: "train", inputs: inputs, labels: [Int](repeating: 0, count: 40),
      classes: 2, digest: "")
    let result = try quantize(
      network, QuantizeOptions(grid: grid, bits: grid.bits.contains(bits) ? bits : nil),
      activations: ActivationOptions(bits: bits, grid: activations, samples: 40), training: nil,
      on: data)
    return (result.network, inputs)
  }

  @Test(
    arguments: ["mlp", "lenet", "residual", "branches"],
    [Grid.symmetric, .powerOfTwo, .ternary, .xnor].map(\.name))
  func countingAndSimulatingAgree(_ name: String, _ grid: String) throws {
    let weights = try #require(Grid.all.first { $0.name == grid })
    for activations in ActivationOptions.grids {
      for bits in [3, 7, 8] {
        let (network, inputs) = try Self.quantized(
          name, grid: weights, activations: activations, bits: bits, seed: UInt64(bits))
        #expect(
          try network.predict(inputs) == IntegerNetwork(network).predict(inputs),
          "\(activations.name) \(bits) bits")
      }
    }
  }

  /// Depth does not add up differences: there are none.
  @Test(arguments: [11, 12, 13] as [UInt64]) func deepNetworksAgree(_ seed: UInt64) throws {
    let (network, inputs) = try Self.quantized(
      "deep", grid: .symmetric, activations: .affine, bits: 8, seed: seed)
    #expect(try network.predict(inputs) == IntegerNetwork(network).predict(inputs))
  }

  @Test func batchAndThreadsDoNotMatter() throws {
    let (network, inputs) = try Self.quantized(
      "residual", grid: .symmetric, activations: .affine, bits: 8, seed: 5)
    let one = try IntegerNetwork(network, workers: Workers(threads: 1)).predict(inputs)
    for threads in [2, 3, 5] {
      #expect(
        try IntegerNetwork(network, workers: Workers(threads: threads)).predict(inputs) == one)
    }
    let size = network.inputShape.reduce(1, *)
    let single = Tensor(
      trusted: [1] + network.inputShape, Array(inputs.elements[7 * size..<8 * size]))
    let width = network.outputShape.reduce(1, *)
    #expect(
      try IntegerNetwork(network).predict(single).elements
        == Array(one.elements[7 * width..<8 * width]))
  }

  @Test func saysWhatCannotCount() throws {
    let (network, _) = try Self.quantized(
      "lenet", grid: .symmetric, activations: .affine, bits: 8, seed: 1)
    let groups = try quantize(
      network, QuantizeOptions(granularity: .group(5), strict: false)
    ).network
    let halves = try quantize(network, QuantizeOptions(grid: .fp16)).network
    let floats = try dequantized(network)
    for network in [groups, halves, floats] {
      let error = #expect(throws: NetworkError.self) { try IntegerNetwork(network) }
      #expect(error?.code == "E0514")
    }
  }
}
