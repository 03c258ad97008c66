// Inference of the named networks, with weights that the peers have, too.

internal import Networks
internal import Tensors

enum Inference {
  /// - Parameter bits: 32 for single precision, 8 for integers.
  static func job(network name: String, batch: Int, bits: Int) throws -> any Job {
    let network = try weighted(Program().network(name.hasSuffix(")") ? name : name + "()"))
    let shape = [batch] + network.inputShape
    let images = Tensor(trusted: shape, Figures.even(shape.reduce(1, *), seed: 1))
    guard bits == 32 else { throw Refusal("no inference with \(bits) bits yet") }
    let predictor = try Predictor(network, batch: batch)
    return Task(units: Double(batch)) {
      try predictor.predict(images)
    } compares: {
      Figures.sample($0.elements.prefix(80), 80)
    }
  }

  /// Weights are spread as He et al. would, biases a little around 0: by their place in the network.
  static func weighted(_ network: Network) -> Network {
    var seed: UInt32 = 100
    return network.mapParameters { _, parameter in
      seed += 10
      let shape = parameter.value.shape
      let inputs = shape.dropFirst().reduce(1, *)
      let reach = shape.count > 1 ? Float((6 / Double(inputs)).squareRoot()) : 0.1
      let values = Figures.centered(parameter.value.count, seed: seed).map { $0 * reach }
      var copy = parameter
      copy.value = Tensor(trusted: shape, values)
      return copy
    }
  }
}
