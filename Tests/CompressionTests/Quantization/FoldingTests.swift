// Folding batch normalization: the same answers, on statistics of every size.
import Compression
import Networks
import Tensors
import Testing

@Suite struct FoldingTests {
  static func network(_ seed: UInt64, grouped: Bool, bias: Bool) throws -> Network {
    var random = RandomStream(seed: seed)
    func conv(_ filters: Int, _ groups: Int) throws -> Blueprint {
      .layer(
        try Conv2D(
          filters: filters, kernel: [3, 3], padding: [1, 1], groups: groups, bias: bias))
    }
    let norm = Blueprint.layer(try BatchNorm())
    let relu = Blueprint.layer(try Activation(.relu))
    let network = try Network.build(
      name: "normed", input: [4, 6, 6],
      blueprint: [
        try conv(8, grouped ? 2 : 1), norm, relu, try conv(8, grouped ? 8 : 1), norm,
        .residual([try conv(8, 1), norm]), .layer(Flatten()),
        .layer(try DenseLayer(units: 5, bias: bias)), .layer(try BatchNorm()), relu,
        .layer(try DenseLayer(units: 3)),
      ], random: random.split("weights"))
    return network.mapParameters { _, parameter in
      guard parameter.role != .weight else { return parameter }
      // Means and shifts around 0, variances over four orders of magnitude, gains of both signs.
      let numbers = (0..<parameter.value.count).map { _ -> Float in
        let number = 2 * random.uniform() - 1
        return parameter.name.contains("var")
          ? Float(sign: .plus, exponent: Int(7 * number), significand: 1) : 2 * number
      }
      return parameter.with(value: Tensor(vector: numbers))
    }
  }

  @Test(arguments: UInt64(1)...8, [false, true])
  func answersStay(_ seed: UInt64, _ grouped: Bool) throws {
    for bias in [false, true] {
      let network = try Self.network(seed, grouped: grouped, bias: bias)
      let result = try Compressed.folding(network)
      #expect(!result.network.nodes.contains { $0.layer is BatchNorm })
      let inputs = Specimens.inputs(for: network)
      let (before, after) = (try network.predict(inputs), try result.network.predict(inputs))
      let scale = before.elements.reduce(1) { max($0, abs($1)) }
      for (a, b) in zip(before.elements, after.elements) { #expect(abs(a - b) <= 1e-5 * scale) }
    }
  }

  /// A convolution that two layers read keeps its normalization, and says so.
  @Test func whatOthersReadStays() throws {
    let conv = try Conv2D(filters: 3, kernel: [3, 3], padding: [1, 1])
    let network = try Network.build(
      name: "shared", input: [2, 5, 5],
      blueprint: [
        .layer(conv), .residual([.layer(try BatchNorm())]), .layer(Flatten()),
        .layer(try DenseLayer(units: 3)),
      ], random: RandomStream(seed: 1))
    let result = try Compressed.folding(network)
    #expect(result.network.nodes.count == network.nodes.count)
    #expect(result.notes.first?.text.hasPrefix("stays") == true)
  }
}
