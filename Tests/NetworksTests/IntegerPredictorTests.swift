// Laws of networks with whole numbers: near the network with floats as far as the steps of the codes
// say, the same for any batch and number of threads, and honest about what they cannot run.
import Encodings
import Kernels
import Networks
import Tensors
import Testing

@Suite("Networks with whole numbers") struct IntegerPredictorTests {
  static let seeds = Array(UInt64(1)...24)

  private func build(
    _ input: [Int], _ layers: [any Layer], seed: UInt64 = 1
  ) throws -> Network {
    try Sample(name: "net", input: input, blueprint: layers.map { .layer($0) }).network(seed: seed)
  }

  /// A random chain: convolutions and pools, perhaps none, and then dense layers, perhaps none.
  private func chain(_ random: inout RandomStream) throws -> Network {
    var layers: [any Layer] = []
    let images = random.integer(below: 4) > 0
    let groups = random.integer(below: 3) == 0 ? 2 : 1
    let channels = groups * (1 + random.integer(below: 5))
    let activations = [
      try Activation(.relu), try Activation(.relu6), try Activation(.leaky, slope: 0.3),
    ]
    if images {
      for step in 0..<1 + random.integer(below: 2) {
        let kernel = [1 + random.integer(below: 3), 1 + random.integer(below: 3)]
        layers.append(
          try Conv2D(
            filters: 2 * (1 + random.integer(below: 4)), kernel: kernel,
            stride: [1, 1 + random.integer(below: 2)],
            padding: [random.integer(below: kernel[0]), random.integer(below: kernel[1])],
            groups: step == 0 ? groups : 1, bias: random.integer(below: 2) == 0))
        if random.integer(below: 4) > 0 { layers.append(activations[random.integer(below: 3)]) }
        switch random.integer(below: 4) {
        case 0: layers.append(try MaxPool(size: [2, 2]))
        case 1: layers.append(try MaxPool(size: [3, 2], stride: [1, 2], padding: [1, 0]))
        case 2: layers.append(try AveragePool(size: [2, 2], stride: [1, 1]))
        default: break
        }
        layers.append(activations[random.integer(below: 3)])
      }
      if random.integer(below: 4) == 0 { layers.append(GlobalPool()) }
    }
    if !images || random.integer(below: 4) > 0 {
      layers.append(Flatten())
      for _ in 0..<1 + random.integer(below: 3) {
        layers.append(try DenseLayer(units: 1 + random.integer(below: 40)))
        if random.integer(below: 2) == 0 { layers.append(activations[random.integer(below: 3)]) }
        layers.append(try Dropout(share: 0.3))
      }
    }
    return try build(
      images ? [channels, 12, 26] : [17], layers, seed: UInt64(random.integer(below: 1000)))
  }

  private func inputs(_ network: Network, _ count: Int, seed: UInt64 = 7) -> Tensor {
    Sample(name: "", input: network.inputShape, blueprint: []).inputs(count, seed: seed)
  }

  private func expectWithinBound(_ network: Network, _ count: Int) throws {
    let x = inputs(network, count)
    let found = try #require(try IntegerPredictor(network)).predict(x)
    let width = network.outputShape.reduce(1, *)
    let size = network.inputShape.reduce(1, *)
    #expect(found.shape == [count] + network.outputShape)
    for example in 0..<count {
      let values = x.elements[example * size..<(example + 1) * size].map(Double.init)
      var wanted = BoundedValues(values, network.inputShape)
      for (n, node) in network.nodes.enumerated() { wanted.pass(node, network.shapes[n]) }
      let scores = found.elements[example * width..<(example + 1) * width]
      for (score, (value, bound)) in zip(scores, zip(wanted.values, wanted.bounds)) {
        #expect(abs(Double(score) - value) <= bound)
      }
    }
  }

  @Test(arguments: seeds)
  func scoresAreWithinTheBoundOfTheCodes(_ seed: UInt64) throws {
    var random = RandomStream(seed: seed)
    try expectWithinBound(chain(&random), [1, 3, 8, 19][random.integer(below: 4)])
  }

  /// Weights that are stored as codes run as they are: no bound is needed for them.
  @Test(arguments: seeds)
  func storedCodesRunAsTheyAre(_ seed: UInt64) throws {
    var random = RandomStream(seed: seed)
    let network = try chain(&random).mapParameters { _, parameter in
      guard parameter.role == .weight else { return parameter }
      let shape = parameter.value.shape
      let codes = (0..<parameter.value.count).map { _ in Int32(random.integer(below: 256) - 128) }
      let perChannel = random.integer(below: 2) == 0
      let scales = (0..<(perChannel ? shape[0] : 1)).map { _ in Float(random.uniform() * 0.01) }
      return parameter.stored(
        as: try Affine(
          shape: shape, bits: 8, isSigned: true, granularity: perChannel ? .channel : .tensor,
          codes: codes, scales: scales))
    }
    try expectWithinBound(network, 5)
  }

  @Test(arguments: Array(seeds.prefix(8)))
  func batchAndThreadsDoNotMatter(_ seed: UInt64) throws {
    var random = RandomStream(seed: seed)
    let network = try chain(&random)
    let x = inputs(network, 67)
    let size = network.inputShape.reduce(1, *)
    let one = try #require(try IntegerPredictor(network, workers: Workers(threads: 1)))
    let wanted = try one.predict(x).elements
    for threads in [2, 3] {
      let many = try #require(try IntegerPredictor(network, workers: Workers(threads: threads)))
      #expect(try many.predict(x).elements == wanted)
    }
    var found: [Float] = []
    for (start, count) in [(0, 1), (1, 7), (8, 40), (48, 19)] {
      let part = Array(x.elements[start * size..<(start + count) * size])
      let some = Tensor(trusted: [count] + network.inputShape, part)
      found += try one.predict(some).elements
    }
    #expect(found == wanted)
  }

  @Test func whatIsNoNumberStaysWithItsExample() throws {
    let layers: [any Layer] = [
      try Conv2D(filters: 3, kernel: [3, 3]), try Activation(.relu), try MaxPool(size: [2, 2]),
      Flatten(), try DenseLayer(units: 5), try Activation(.relu), try DenseLayer(units: 4),
    ]
    for network in [try build([1, 8, 8], layers), try build([64], Array(layers.suffix(3)))] {
      let x = inputs(network, 10)
      let predictor = try #require(try IntegerPredictor(network))
      let clean = try predictor.predict(x).elements
      for bad in [Float.nan, .infinity, -.infinity] {
        var dirty = x
        dirty.withElements { $0[3 * 64 + 17] = bad }
        let scores = try predictor.predict(dirty).elements
        #expect(scores[12..<16].allSatisfy { $0.isNaN })
        #expect(scores[..<12] == clean[..<12] && scores[16...] == clean[16...])
      }
      #expect(try predictor.predict(x).elements == clean)
    }
  }

  @Test func otherNetworksAreRefused() throws {
    let relu = try Activation(.relu)
    let dense = try DenseLayer(units: 4)
    let refused: [Network] = [
      try build([4], [dense, Softmax()]),
      try build([4], [dense, try LayerNorm()]),
      try build([16], [try Reshape(shape: [1, 4, 4]), try Conv2D(filters: 2, kernel: [2, 2])]),
      try Sample(
        name: "residual", input: [4], blueprint: [.residual([.layer(dense), .layer(relu)])]
      ).network(),
      try build([4], [dense]).mapParameters { _, parameter in
        parameter.with(value: parameter.value.map { _ in .infinity })
      },
    ]
    for network in refused {
      let predictor = try IntegerPredictor(network)
      #expect(predictor == nil)
    }
    for layer in [dense, relu] as [any Layer] {
      let predictor = try IntegerPredictor(build([4], [layer]))
      #expect(predictor != nil)
    }
  }

  @Test func badInputsAndInterruptsAreErrors() throws {
    let network = try build([4], [try DenseLayer(units: 3)])
    let predictor = try #require(try IntegerPredictor(network))
    #expect(throws: NetworkError.data(wanted: [4], got: [5])) {
      try predictor.predict(Tensor(trusted: [2, 5], [Float](repeating: 0, count: 10)))
    }
    let monitor = Monitor(isInterrupted: { true }, report: { _ in })
    #expect(throws: NetworkError.interrupted) {
      try predictor.predict(inputs(network, 2), monitor: monitor)
    }
    #expect(try predictor.predict(Tensor(trusted: [0, 4], [])).shape == [0, 3])
  }
}
