// Inference of the named networks, with weights that the peers have, too.

internal import Compression
internal import Networks
internal import Tensors

enum Inference {
  /// - Parameter bits: 32 for single precision, 8 for integers.
  static func job(network name: String, batch: Int, bits: Int) throws -> any Job {
    let network = try weighted(Program().network(expression(name)))
    let shape = [batch] + network.inputShape
    let images = Tensor(trusted: shape, Figures.even(shape.reduce(1, *), seed: 1))
    return Task(units: Double(batch), try predictor(network, batch, bits, images)) {
      $0.elements.prefix(80).map(Double.init)
    }
  }

  /// Whole numbers from end to end: static ranges, calibrated on other images.
  static func counting(network name: String, batch: Int) throws -> any Job {
    let network = try weighted(Program().network(expression(name)))
    let shape = [batch] + network.inputShape
    let images = Tensor(trusted: shape, Figures.even(shape.reduce(1, *), seed: 1))
    let seen = [64] + network.inputShape
    let examples = Dataset(
      name: "even", part: "calibration",
      inputs: Tensor(trusted: seen, Figures.even(seen.reduce(1, *), seed: 2)),
      labels: [Int](repeating: 0, count: 64), classes: 10, digest: "")
    var made = try quantize(
      network, QuantizeOptions(), activations: ActivationOptions(samples: 64), training: nil,
      on: examples
    ).network
    made.runsInIntegers = true
    let predictor = try Predictor(made, batch: batch)
    let answer = { try predictor.predict(images) }
    return Task(units: Double(batch), answer) {
      $0.elements.prefix(80).map(Double.init)
    }
  }

  private static func predictor(
    _ network: Network, _ batch: Int, _ bits: Int, _ images: Tensor
  ) throws -> () throws -> Tensor {
    if bits == 32 {
      let predictor = try Predictor(network, batch: batch)
      return { try predictor.predict(images) }
    }
    guard bits == 8, let predictor = try IntegerPredictor(network) else {
      throw Refusal("no inference of this network with \(bits) bits")
    }
    return { try predictor.predict(images) }
  }

  /// A network of the standard library, one square layer (`dense256`), or residual blocks (`blocks3`).
  static func expression(_ name: String) -> String {
    func size(after stem: String) -> Int? {
      name.hasPrefix(stem) ? Int(name.dropFirst(stem.count)) : nil
    }
    if let units = size(after: "dense") { return "network(input: \(units)) { dense \(units) }" }
    guard let blocks = size(after: "blocks") else { return "\(name)()" }
    return "network(input: [16, 32, 32]) { for i in 1...\(blocks) { residual_block(16) } }"
  }

  /// Weights are spread as He et al. would, biases a little around 0: by their place in the network.
  static func weighted(_ network: Network) -> Network {
    var seed: UInt32 = 100
    return network.mapParameters { _, parameter in
      seed += 10
      guard parameter.role == .weight || parameter.role == .bias else { return parameter }
      let shape = parameter.value.shape
      let inputs = shape.dropFirst().reduce(1, *)
      let reach = parameter.role == .weight ? Float((6 / Double(inputs)).squareRoot()) : 0.1
      let values = Figures.centered(parameter.value.count, seed: seed).map { $0 * reach }
      return parameter.with(value: Tensor(trusted: shape, values))
    }
  }
}
