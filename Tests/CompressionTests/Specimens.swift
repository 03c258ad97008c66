// Small random networks of every kind that a technique may meet, and inputs for them.
import Compression
import Networks
import Tensors

enum Specimens {
  /// A layer's place in a specimen, and what can go wrong in making it is a bug of the test.
  static func network(_ name: String, seed: UInt64 = 1) throws -> Network {
    let (input, blueprint) = try plan(name)
    return trained(
      try Network.build(
        name: name, input: input, blueprint: blueprint, random: RandomStream(seed: seed)),
      seed: seed)
  }

  /// With biases, gains and statistics that are not the first values, as after a training.
  static func trained(_ network: Network, seed: UInt64) -> Network {
    var random = RandomStream(seed: seed &+ 99)
    return network.mapParameters { _, parameter in
      guard parameter.role != .weight else { return parameter }
      var value = parameter.value
      value.withElements { elements in
        for i in elements.indices { elements[i] = 0.5 + Float(random.uniform()) }
      }
      return parameter.with(value: value)
    }
  }

  static let names = ["mlp", "cnn", "residual", "branches", "grouped"]

  static func plan(_ name: String) throws -> (input: [Int], blueprint: [Blueprint]) {
    let relu = Blueprint.layer(try Activation(.relu))
    switch name {
    case "mlp":
      return (
        [12], [try dense(10), relu, try dense(7), .layer(try Activation(.sigmoid)), try dense(4)]
      )
    case "cnn":
      return (
        [2, 8, 8],
        [
          try conv(6, 3), .layer(try BatchNorm()), relu, .layer(try MaxPool(size: [2, 2])),
          try conv(5, 2), relu, .layer(Flatten()), try dense(8), relu, try dense(3),
        ]
      )
    case "residual":
      let body = [try conv(6, 3, padding: 1), relu, try conv(6, 3, padding: 1)]
      return (
        [1, 6, 6],
        [
          try conv(6, 3), relu, .residual(body), relu, .layer(GlobalPool()), try dense(4),
        ]
      )
    case "branches":
      return (
        [2, 6, 6],
        [
          .branches([[try conv(4, 3)], [try conv(5, 3), relu]]), .layer(try BatchNorm()), relu,
          try conv(6, 2), .layer(Flatten()), try dense(3),
        ]
      )
    default:
      return (
        [2, 6, 6],
        [
          try conv(4, 3), relu, try conv(4, 2, groups: 2), relu, try conv(5, 2), relu,
          .layer(Flatten()), try dense(3),
        ]
      )
    }
  }

  static func dense(_ units: Int) throws -> Blueprint { .layer(try DenseLayer(units: units)) }

  static func conv(
    _ filters: Int, _ size: Int, padding: Int = 0, groups: Int = 1
  ) throws -> Blueprint {
    .layer(
      try Conv2D(
        filters: filters, kernel: [size, size], padding: [padding, padding], groups: groups))
  }

  /// The pruned network; nil where a layer would lose everything, as those of a few weights may.
  static func pruned(
    _ network: Network, _ options: PruneOptions, on data: Dataset? = nil
  ) throws -> Network? {
    do throws(CompressionError) { return try prune(network, options, on: data).network } catch {
      guard case .everything = error else { throw error }
      return nil
    }
  }

  /// A batch of inputs for a network.
  static func inputs(for network: Network, count: Int = 9, seed: UInt64 = 5) -> Tensor {
    var random = RandomStream(seed: seed)
    let shape = [count] + network.inputShape
    return Tensor(
      trusted: shape, (0..<shape.reduce(1, *)).map { _ in Float(random.normal()) })
  }

  /// Inputs whose class is the place of the largest of their first numbers.
  static func dataset(for network: Network, count: Int = 60) -> Dataset {
    let inputs = inputs(for: network, count: count, seed: 17)
    let classes = network.outputShape[0]
    let width = inputs.count / count
    let labels = (0..<count).map { i in
      (0..<classes).max { inputs.elements[i * width + $0] < inputs.elements[i * width + $1] } ?? 0
    }
    return Dataset(
      name: "specimen", part: "train", inputs: inputs, labels: labels, classes: classes, digest: "")
  }
}
