// Hashed networks: how large they are, what their first values keep, and how the values are trained.
import Compression
import Encodings
import Kernels
import Networks
import Tensors
import Testing

@Suite struct HashTests {
  static func hashed(_ network: Network, _ name: String = "dense1") throws -> Hashed {
    let parameter = network.parameters.first { $0.name == "\(name).weight" }?.parameter
    return try #require(parameter?.encoding as? Hashed)
  }

  static func length(_ values: [Float]) -> Double {
    values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  // MARK: First values

  @Test(arguments: Specimens.names, [1.0, 2.5, 8, 64])
  func everyLayerHasItsShareOfValues(_ name: String, _ factor: Double) throws {
    let network = try Specimens.network(name)
    let result = try hash(network, HashOptions(.factor(factor), seed: 3)).network
    for (old, new) in zip(network.parameters, result.parameters) {
      guard old.parameter.role == .weight else {
        #expect(old.parameter.value == new.parameter.value)
        continue
      }
      let encoding = try #require(new.parameter.encoding as? Hashed)
      let wanted = max(1, Int((Double(old.parameter.value.count) / factor).rounded()))
      #expect(encoding.values.shape == [wanted])
      #expect(encoding.decoded() == new.parameter.value)
      // As long as before, and in its direction as far as so many values can be.
      let (before, after) = (old.parameter.value.elements, new.parameter.value.elements)
      #expect(abs(Self.length(after) / Self.length(before) - 1) < 1e-5)
      let product = zip(before, after).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      #expect(product > 0)
    }
  }

  /// Means are the best in squared error: no other direction is nearer.
  @Test func valuesAreMeansTimesOneFactor() throws {
    let network = try Specimens.network("mlp")
    let result = try hash(network, HashOptions(.factor(6), seed: 1)).network
    let old = try #require(network.parameters.first).parameter.value.elements
    let encoding = try Self.hashed(result)
    let values = encoding.values.decoded().elements
    var ratios: [Float] = []
    for bucket in values.indices {
      let members = old.indices.filter { encoding.buckets[$0] == Int32(bucket) }
      guard !members.isEmpty else { continue }
      let mean =
        members.reduce(Float(0)) { $0 + encoding.signs[$1] * old[$1] } / Float(members.count)
      ratios.append(values[bucket] / mean)
    }
    #expect(ratios.allSatisfy { abs($0 / ratios[0] - 1) < 1e-4 && $0 > 1 })
  }

  /// Hashing what is hashed the same way changes nothing.
  @Test func whatIsHashedKeepsItsValues() throws {
    let options = HashOptions(.factor(4), seed: 5)
    let once = try hash(try Specimens.network("cnn"), options).network
    let twice = try hash(once, options).network
    for (one, other) in zip(once.parameters, twice.parameters) {
      for (a, b) in zip(one.parameter.value.elements, other.parameter.value.elements) {
        #expect(abs(a - b) <= 1e-6)
      }
    }
  }

  @Test func seedsAndSignsAreAsAsked() throws {
    let network = try Specimens.network("mlp")
    let one = try hash(network, HashOptions(.buckets(9), seed: 1)).network
    let other = try hash(network, HashOptions(.buckets(9), isSigned: false, seed: 2)).network
    #expect(try Self.hashed(one).seed != Self.hashed(one, "dense2").seed)
    #expect(try Self.hashed(one).seed != Self.hashed(other).seed)
    #expect(try Self.hashed(one).values.shape == [9])
    #expect(try !Self.hashed(other).isSigned)
  }

  @Test func aFileHasTheBytesAskedFor() throws {
    let network = try Specimens.network("cnn")
    for bytes in [400, 700, 1500] {
      let result = try hash(network, HashOptions(.bytes(bytes), seed: 1)).network
      let size = result.parameters.reduce(0) { $0 + $1.parameter.encoding.ledger.bits } / 8
      #expect(size <= bytes && size > bytes - 40)
    }
    #expect(throws: CompressionError.self) { try hash(network, HashOptions(.bytes(10))) }
    let all = try hash(network, HashOptions(.bytes(1 << 30))).network
    #expect(try Self.hashed(all, "conv1").values.shape == [6 * 2 * 9])
  }

  // MARK: Bad input

  @Test func whatCannotBeIsAnError() throws {
    let network = try Specimens.network("mlp")
    for size: HashOptions.Size in [
      .factor(0.5), .factor(.nan), .factor(-3), .factor(1e9), .buckets(0), .bytes(-1),
    ] {
      #expect(throws: CompressionError.self) { try hash(network, HashOptions(size)) }
    }
    #expect(throws: CompressionError.self) {
      try hash(network, HashOptions(.factor(2), layers: .only(["dense9"])))
    }
    let relu = try Network.build(
      name: "none", input: [4], blueprint: [.layer(try Activation(.relu))],
      random: RandomStream(seed: 1))
    #expect(throws: CompressionError.self) { try hash(relu, HashOptions(.factor(2))) }
    let broken = network.mapParameters { _, parameter in
      parameter.with(value: parameter.value.map { _ in .nan })
    }
    #expect(throws: CompressionError.self) { try hash(broken, HashOptions(.factor(2))) }
  }

  @Test func whatIsTooSmallStaysAndIsSaid() throws {
    let network = try Specimens.network("mlp")
    let result = try hash(network, HashOptions(.buckets(50), seed: 1))
    #expect(result.notes.map(\.subject) == ["dense3.weight"])
    #expect(result.network.parameters[4].parameter.value == network.parameters[4].parameter.value)
  }

  @Test func layersOfOneValueStaySo() throws {
    let network = try Specimens.network("mlp").mapParameters { _, parameter in
      parameter.with(value: parameter.value.map { _ in 0 })
    }
    let result = try hash(network, HashOptions(.factor(4))).network
    #expect(result.parameters.allSatisfy { $0.parameter.value.elements.allSatisfy { $0 == 0 } })
  }

  @Test func prunedWeightsAreFree() throws {
    let pruned = try prune(try Specimens.network("mlp"), PruneOptions(.share(0.5))).network
    let result = try hash(pruned, HashOptions(.factor(2), seed: 1))
    #expect(result.notes.count == 3)
    #expect(result.network.parameters.allSatisfy { $0.parameter.pruned == nil })
  }

  // MARK: Training

  /// Each value's gradient is the signed sum over its weights, and that is the slope of the loss.
  @Test func gradientsAreSlopes() throws {
    var random = RandomStream(seed: 4)
    let values = try random.normal(shape: [5])
    let hashed = try Hashed(shape: [4, 6], values: Encodings.Dense(values), seed: 77)
    let slopes = try random.normal(shape: [24]).elements
    let network = try Network.build(
      name: "one", input: [6], blueprint: [try Specimens.dense(4)], random: random
    ).mapParameters { _, parameter in
      parameter.role == .weight ? parameter.stored(as: hashed) : parameter
    }
    let projection = try #require(network.quantizedProjections["dense1.weight"])
    let memory = [24, 24, 5, 5].map { Memory($0) }
    memory[0].floats.copy(from: slopes)
    memory[2].floats.copy(from: values.elements)
    projection.pullBack(
      memory[0].floats, latent: memory[1].floats, state: memory[2].floats,
      stateGradient: memory[3].floats)
    // The loss Σ slope · weight has these slopes by the weights.
    func loss(_ values: [Float]) -> Double {
      zip(hashed.storing(Encodings.Dense(Tensor(vector: values))).decoded().elements, slopes)
        .reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    }
    for bucket in 0..<5 {
      var (up, down) = (values.elements, values.elements)
      up[bucket] += 0.25
      down[bucket] -= 0.25
      let slope = (loss(up) - loss(down)) / Double(up[bucket] - down[bucket])
      #expect(abs(slope - Double(memory[3].floats[bucket])) < 1e-5)
    }
  }

  /// The same in PyTorch 2: W = (signs * r[index]).reshape(...) with index and signs by the package
  /// xxhash, torch.optim.SGD([r1, r2, b1, b2], lr=0.1, momentum=0.9), four steps over eight examples:
  /// losses 1.2559406, 1.2229414, 1.1682523, 1.1061604, then r1 and r2.
  @Test func trainsAsInPyTorch() throws {
    let numbers = BlockClusteringTests.numbers
    let first = try Hashed(
      shape: [5, 6], values: Encodings.Dense(Tensor(vector: numbers(7, 6151, 5, 9973))), seed: 11)
    let second = try Hashed(
      shape: [3, 5], values: Encodings.Dense(Tensor(vector: numbers(4, 4201, 9, 9973))), seed: 12)
    let network = try Network.build(
      name: "small", input: [6],
      blueprint: [
        try Specimens.dense(5), .layer(try Activation(.relu)), try Specimens.dense(3),
      ], random: RandomStream(seed: 1)
    ).mapParameters { node, parameter in
      guard parameter.role == .weight else {
        return parameter.with(value: parameter.value.map { _ in 0 })
      }
      return parameter.stored(as: node.name == "dense1" ? first : second)
    }
    let data = Dataset(
      name: "eight", part: "train",
      inputs: try Tensor(vector: numbers(48, 7919, 13, 10007)).reshaped([8, 6]),
      labels: [0, 1, 2, 0, 1, 2, 0, 1], classes: 3, digest: "")
    var training = Training()
    (training.epochs, training.batch) = (4, 8)
    (training.optimizer, training.rate, training.momentum) = (.sgd, 0.1, 0.9)
    training.projections = network.quantizedProjections
    let trained = try network.trained(on: data, training)
    let losses = [1.255940556526184, 1.2229413986206055, 1.1682523488998413, 1.1061604022979736]
    for (epoch, loss) in zip(trained.history, losses) { #expect(abs(epoch.loss - loss) < 1e-5) }
    let wanted: [(String, [Float])] = [
      (
        "dense1",
        [
          -0.7920174, 0.1413364, -0.7073974, 0.70752829, 0.054780774, -0.75439763, 0.35225004,
        ]
      ), ("dense2", [-0.88024098, 0.0030503289, 0.69298327, -0.31399015]),
    ]
    for (name, values) in wanted {
      let found = try Self.hashed(trained.network, name).values.decoded().elements
      for (one, other) in zip(found, values) { #expect(abs(one - other) < 1e-5) }
    }
  }

  static func training(_ data: Dataset) -> Training {
    var training = Training()
    (training.epochs, training.batch, training.validation) = (3, 8, data)
    return training
  }

  /// Hashed stays hashed, with every optimizer; the stored network is the one that was validated.
  @Test(arguments: ["mlp", "cnn", "grouped"], Optimizer.all.map(\.name))
  func whatIsHashedStaysSo(_ name: String, _ optimizer: String) throws {
    let start = try hash(try Specimens.network(name), HashOptions(.factor(3), seed: 2)).network
    let data = Specimens.dataset(for: start)
    var training = Self.training(data)
    training.optimizer = try #require(Optimizer.all.first { $0.name == optimizer })
    training.projections = start.quantizedProjections
    let trained = try start.trained(on: data, training)
    #expect(trained.history[2].loss < trained.history[0].loss)
    let loss = try trained.network.evaluate(on: data).loss
    #expect(abs(try #require(trained.history[2].validationLoss) - loss) < 1e-6)
    for (old, new) in zip(start.parameters, trained.network.parameters)
    where old.parameter.role == .weight {
      let (before, after) = (
        try #require(old.parameter.encoding as? Hashed),
        try #require(new.parameter.encoding as? Hashed)
      )
      #expect(before.seed == after.seed && before.values.shape == after.values.shape)
      #expect(new.parameter.value == after.decoded())
      #expect(new.parameter.value != old.parameter.value)
    }
  }

  /// Grids are for the values; training then keeps both.
  @Test(arguments: Grid.all.map(\.name))
  func hashedValuesCanBeQuantized(_ name: String) throws {
    let grid = try #require(Grid.all.first { $0.name == name })
    let start = try hash(try Specimens.network("mlp"), HashOptions(.factor(3), seed: 2)).network
    let options = QuantizeOptions(
      grid: grid, bits: grid.bits.contains(4) ? 4 : nil, fraction: grid.takesFraction ? 2 : nil)
    let small = try quantize(start, options).network
    let stored = try Self.hashed(small)
    #expect(stored.values.ledger.bits < (try Self.hashed(start).values.ledger.bits))
    #expect(stored.decoded() == small.parameters[0].parameter.value)
    let data = Specimens.dataset(for: start)
    var training = Self.training(data)
    training.projections = small.quantizedProjections
    let trained = try small.trained(on: data, training)
    #expect(try Self.hashed(trained.network).values.summary == stored.values.summary)
    let loss = try trained.network.evaluate(on: data).loss
    #expect(abs(try #require(trained.history[2].validationLoss) - loss) < 1e-6)
    // Trained while it rounds.
    let aware = try quantize(
      start, options, activations: nil, training: Self.training(data), on: data)
    #expect(try Self.hashed(aware.network).values.summary == stored.values.summary)
  }

  @Test func scalesOfHashedValuesAreNotLearned() throws {
    let start = try hash(try Specimens.network("mlp"), HashOptions(.factor(3))).network
    let data = Specimens.dataset(for: start)
    #expect(throws: CompressionError.self) {
      try quantize(
        start, QuantizeOptions(range: .learned), activations: nil, training: Self.training(data),
        on: data)
    }
  }
}
