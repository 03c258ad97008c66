// One random vector of Hutchinson's trace: what the sensitivity of layers costs, beside a step of training.

internal import Compression
internal import Networks
internal import Tensors

enum Curvature {
  /// - Parameter source: "mnist", or "random" for numbers in the shape of the network's input.
  static func job(network name: String, batch: Int, _ source: String) throws -> any Job {
    let program = Program()
    let fresh = try program.network("\(name)()")
    let network = name == "resnet20" ? fresh : Inference.weighted(fresh)
    let data = try Training.data(batch, for: fresh, source, program)
    let images = Dataset(
      name: data.name, part: data.part,
      inputs: try data.inputs.reshaped([batch] + network.inputShape), labels: data.labels,
      classes: data.classes, digest: data.digest)
    let difference = try CentralDifference(network, on: images)
    try difference.choosePieces(0..<batch, .silent)
    var random = RandomStream(seed: 1)
    return Task(
      units: Double(batch), { try difference.products(0..<batch, &random, .silent) },
      compares: { _ in [] })
  }
}
