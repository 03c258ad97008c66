// Laws of networks as data: names, shapes, the table of layers, and what is refused.
import Networks
import Tensors
import Testing

@Suite("Network") struct NetworkTests {
  private func build(_ input: [Int], _ blueprint: [Blueprint]) throws -> Network {
    try Network.build(
      name: "net", input: input, blueprint: blueprint, random: RandomStream(seed: 1))
  }

  @Test(arguments: GradientTests.samples)
  func layersComeBackFromTheirAttributes(_ sample: Sample) throws {
    let network = try sample.network()
    for (n, node) in network.nodes.enumerated() {
      var attributes: [String: Attribute] = [:]
      for (name, value) in node.layer.attributes { attributes[name] = value }
      let copy = try LayerTable.make(type(of: node.layer).kind, attributes)
      let shapes = network.inputShapes(of: n)
      #expect(try copy.outputShape(for: shapes) == network.shapes[n])
      #expect(copy.parameters(for: shapes).map(\.shape) == node.parameters.map(\.value.shape))
      #expect(copy.attributes.map(\.value) == node.layer.attributes.map(\.value))
    }
  }

  @Test func everyLayerRefusesWhatItDoesNotKnow() {
    for entry in LayerTable.all {
      #expect(throws: NetworkError.self) { try entry.make(["nonsense": .integer(1)]) }
    }
    #expect(throws: NetworkError.unknownLayer("dens")) { try LayerTable.make("dens", [:]) }
  }

  @Test func namesCountByStem() throws {
    let dense = Blueprint.layer(try DenseLayer(units: 4))
    let relu = Blueprint.layer(try Activation(.relu))
    let network = try build(
      [4], [dense, relu, .residual([dense, relu]), .layer(Flatten(), name: "f")])
    #expect(network.nodes.map(\.name) == ["dense1", "relu1", "dense2", "relu2", "add1", "f"])
    #expect(network.nodes[4].inputs == [3, 1])
    #expect(network.parameters.map(\.name).first == "dense1.weight")
  }

  @Test func classicsHaveTheirSizes() throws {
    func conv(_ filters: Int, _ size: Int) throws -> Blueprint {
      .layer(try Conv2D(filters: filters, kernel: [size, size]))
    }
    func dense(_ units: Int) throws -> Blueprint { .layer(try DenseLayer(units: units)) }
    let pool = Blueprint.layer(try MaxPool(size: [2, 2]))
    let flat = Blueprint.layer(Flatten())
    let lenet300 = try build([1, 28, 28], [flat, dense(300), dense(100), dense(10)])
    #expect(lenet300.parameterCount == 266_610)
    let lenet5 = try build(
      [1, 28, 28], [conv(20, 5), pool, conv(50, 5), pool, flat, dense(500), dense(10)])
    #expect(lenet5.parameterCount == 431_080)
    #expect(lenet5.multiplyAccumulates == 2_293_000)
    let keras = try build([1, 28, 28], [conv(12, 3), pool, flat, dense(10)])
    #expect(keras.parameterCount == 20_410)
  }

  @Test func misfitsSayBothShapes() throws {
    let error = #expect(throws: NetworkError.self) {
      try build([1, 28, 28], [.layer(try DenseLayer(units: 3))])
    }
    #expect(error?.code == "E0501")
    #expect(error?.message.contains("[1, 28, 28]") == true)
    #expect(throws: NetworkError.self) {
      try build([1, 4, 4], [.layer(try Conv2D(filters: 2, kernel: [5, 5]))])
    }
  }

  @Test func misfitsSayWhatFeedsTheLayer() throws {
    func message(_ input: [Int], _ blueprint: [Blueprint]) -> String? {
      #expect(throws: NetworkError.self) { try build(input, blueprint) }?.message
    }
    let pool = Blueprint.layer(try MaxPool(size: [3, 5], stride: [1, 1]))
    let wants =
      "`maxpool1` does not fit: it wants images [channels, height, width] of at least 3×5, and "
    #expect(message([1, 4, 4], [pool]) == wants + "the network's input is [1, 4, 4]")
    let filters = Blueprint.layer(try Conv2D(filters: 2, kernel: [2, 2]))
    #expect(message([1, 5, 5], [filters, pool]) == wants + "the layer before it gives [2, 4, 4]")
    let residual = Blueprint.residual([.layer(try DenseLayer(units: 3))])
    #expect(message([4], [residual])?.hasSuffix("and its inputs are [3] and [4]") == true)
    #expect(message([4], [.branches([])])?.hasSuffix("and it has no input") == true)
  }

  @Test func settingsSayWhatWasFound() {
    func expect(_ message: String, _ make: () throws -> any Layer) {
      let error = #expect(throws: NetworkError.self) { _ = try make() }
      #expect(error?.code == "E0502")
      #expect(error?.message == message)
    }
    expect("conv: `stride` must be one or two whole numbers from 1 to 1024, got 0") {
      try Conv2D(filters: 8, kernel: [3, 3], stride: [0, 0])
    }
    expect("conv: `kernel` must be one or two whole numbers from 1 to 1024, got [0, 3]") {
      try Conv2D(filters: 8, kernel: [0, 3])
    }
    expect("conv: `padding` must be less than the kernel (3), got [3, 1]") {
      try Conv2D(filters: 8, kernel: [3, 3], padding: [3, 1])
    }
    expect("conv: `groups` must be a divisor of the 3 filters, got 2") {
      try Conv2D(filters: 3, kernel: [3, 3], groups: 2)
    }
    expect("conv: `filters` must be a whole number from 1 to 1048576, got nothing") {
      try Conv2D(attributes: [:])
    }
    expect("maxpool: `padding` must be less than the window (2), got 2") {
      try MaxPool(size: [2, 2], padding: [2, 2])
    }
    expect("dropout: `share` must be a share from 0% to 99.9%, got 100%") { try Dropout(share: 1) }
    expect("dense: `units` must be a whole number from 1 to 1048576, got 0") {
      try DenseLayer(units: 0)
    }
    expect("view: `shape` must be one to eight sizes, got 0 of them") { try Reshape(shape: []) }
    expect("batchnorm: `momentum` must be a number from 0 to 1, got 1.5") {
      try BatchNorm(momentum: 1.5)
    }
    expect("flatten: `depth` must be left out: there are no settings, got 2") {
      try Flatten(attributes: ["depth": .integer(2)])
    }
  }

  @Test func sizesHaveLimits() throws {
    let big = Blueprint.layer(try DenseLayer(units: 1 << 20))
    #expect(throws: NetworkError.self) { try build([4], [big, big]) }
    #expect(throws: NetworkError.self) { try build([1 << 31], [.layer(Flatten())]) }
    #expect(throws: NetworkError.self) { try build([.max, 3], [.layer(Flatten())]) }
    #expect(throws: NetworkError.self) { try build([-1], [.layer(Flatten())]) }
    #expect(throws: NetworkError.self) {
      try build([4], [.layer(try Reshape(shape: [1 << 20, 1 << 20, 1 << 20, 1 << 20]))])
    }
  }

  @Test func graphsAreChecked() throws {
    let dense = try DenseLayer(units: 2)
    let weight = Parameter("weight", role: .weight, value: Tensor(repeating: 0, shape: [2, 3]))
    let bias = Parameter("bias", role: .bias, value: Tensor(repeating: 0, shape: [2]))
    func network(_ nodes: [Node]) throws -> Network {
      try Network(name: "net", inputShape: [3], nodes: nodes)
    }
    let good = Node(name: "a", layer: dense, inputs: [-1], parameters: [weight, bias])
    #expect(try network([good]).outputShape == [2])
    #expect(throws: NetworkError.empty) { try network([]) }
    #expect(throws: NetworkError.duplicateName("a")) { try network([good, good]) }
    for inputs in [[0], [1], [-2]] {
      #expect(throws: NetworkError.order("a")) {
        try network([Node(name: "a", layer: dense, inputs: inputs, parameters: [weight, bias])])
      }
    }
    for parameters in [[weight], [bias, weight], [bias, bias], []] {
      let error = #expect(throws: NetworkError.self) {
        try network([Node(name: "a", layer: dense, inputs: [-1], parameters: parameters)])
      }
      #expect(error?.code == "E0511")
    }
  }

  @Test func indicesAreChecked() throws {
    let network = try build([2], [.layer(try Embedding(vocabulary: 5, units: 2))])
    for bad in [Float(5), -1, 0.5, .nan] {
      #expect(throws: NetworkError.self) {
        try network.predict(Tensor(trusted: [1, 2], [0, bad]))
      }
    }
    #expect(try network.predict(Tensor(trusted: [1, 2], [0, 4])).shape == [1, 2, 2])
  }
}
