// Networks whose weights and activations are signs: counting bits gives what floats give, bit for bit.
import Compression
import Networks
import Tensors
import Testing

@Suite struct SignNetworkTests {
  static func network(_ name: String, _ grid: Grid, seed: UInt64) throws -> (Network, Tensor) {
    func sign() throws -> Blueprint { .layer(try Activation(.relu)) }
    var random = RandomStream(seed: seed)
    let (input, layers): ([Int], [Blueprint])
    if name == "dense" {
      input = [19]
      layers = [
        .layer(try DenseLayer(units: 70)), try sign(), .layer(try DenseLayer(units: 33)),
        try sign(),
        .layer(try DenseLayer(units: 9, bias: false)), try sign(), .layer(try DenseLayer(units: 4)),
      ]
    } else {
      input = [2, 13, 11]
      layers = [
        try IntegerNetworkTests.conv(7, 3), try sign(),
        try IntegerNetworkTests.conv(10, 3, stride: 2),
        try sign(), .layer(try MaxPool(size: [2, 2], stride: [1, 1], padding: [0, 0])),
        // Zeros that pad are no signs: floats.
        try IntegerNetworkTests.conv(5, 3, padding: 1, bias: false), try sign(), .layer(Flatten()),
        .layer(try DenseLayer(units: 12)),
      ]
    }
    let network = try Network.build(
      name: name, input: input, blueprint: layers, random: random.split("weights")
    ).mapParameters { _, parameter in
      guard parameter.role == .bias else { return parameter }
      return parameter.with(
        value: Tensor(vector: (0..<parameter.value.count).map { _ in random.uniform() - 0.5 }))
    }
    let quantized = try quantize(
      network, QuantizeOptions(grid: grid), activations: ActivationOptions(bits: 1), training: nil,
      on: nil
    ).network
    return (quantized, try random.normal(shape: [37] + input))
  }

  @Test(arguments: ["dense", "conv"], [Grid.binary, .xnor].map(\.name))
  func countingBitsAgrees(_ name: String, _ grid: String) throws {
    let grid = try #require(Grid.all.first { $0.name == grid })
    for seed in 1...6 {
      let (network, inputs) = try Self.network(name, grid, seed: UInt64(seed))
      let counted = try network.inIntegers()
      let bits = try counted.predict(inputs)
      #expect(try network.predict(inputs) == bits)
      // One example at a time, the same bits.
      let size = network.inputShape.reduce(1, *)
      let single = Tensor(
        trusted: [1] + network.inputShape, Array(inputs.elements[4 * size..<5 * size]))
      let width = network.outputShape.reduce(1, *)
      #expect(
        try counted.predict(single).elements
          == Array(bits.elements[4 * width..<5 * width]))
    }
  }
}
