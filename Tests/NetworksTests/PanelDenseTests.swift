// Dense layers on panels against the general way: the same predictions, gradients and trainings.
import Kernels
import Networks
import Tensors
import Testing

@Suite("Dense layers on panels") struct PanelDenseTests {
  private func network(_ sizes: [Int], _ function: Activation.Function = .relu) throws -> Network {
    var blueprint: [Blueprint] = []
    for (i, units) in sizes.dropFirst().enumerated() {
      if i > 0 { blueprint.append(.layer(try Activation(function))) }
      blueprint.append(.layer(try DenseLayer(units: units, bias: i != 1)))
    }
    return try Network.build(
      name: "mlp", input: [sizes[0]], blueprint: blueprint, random: RandomStream(seed: 3))
  }

  private func noise(_ shape: [Int], seed: UInt64) -> Tensor {
    var random = RandomStream(seed: seed)
    return Tensor(
      trusted: shape, (0..<shape.reduce(1, *)).map { _ in Float(random.normal()) })
  }

  private func examples(_ count: Int, _ width: Int) -> Dataset {
    var random = RandomStream(seed: 11)
    let inputs = noise([count, width], seed: 4)
    let labels = (0..<count).map { i in
      inputs.elements[i * width] > 0 ? 0 : random.integer(below: 3)
    }
    return Dataset(name: "noise", part: "", inputs: inputs, labels: labels, classes: 3, digest: "")
  }

  private func expectClose(_ found: Tensor, _ wanted: Tensor, within tolerance: Float) {
    let scale = max(0.01, wanted.elements.map { abs($0) }.max() ?? 0)
    let error = zip(found.elements, wanted.elements).map { abs($0 - $1) / scale }.max() ?? 0
    #expect(found.shape == wanted.shape && error < tolerance)
  }

  static let shapes = [[1, 1, 1], [5, 17, 3], [64, 16, 16, 10], [300, 33, 8, 2], [7, 300, 48]]

  @Test(arguments: [1, 7, 15, 16, 17, 1001], shapes)
  func gradientsAreTheGeneralOnes(_ rows: Int, _ shape: [Int]) throws {
    for function in [Activation.Function.relu, .tanh, .gelu] {
      let network = try network(shape, function)
      let inputs = noise([rows, shape[0]], seed: 1)
      let weighting = noise([rows, shape.last ?? 1], seed: 2)
      let found = try network.gradients(inputs, weighting: weighting, path: .fast)
      let wanted = try network.gradients(inputs, weighting: weighting, path: .general)
      expectClose(found.outputs, wanted.outputs, within: 4e-6)
      expectClose(found.inputs, wanted.inputs, within: 4e-6)
      for (ours, theirs) in zip(found.parameters.joined(), wanted.parameters.joined()) {
        guard let ours, let theirs else { continue }
        expectClose(ours, theirs, within: rows > 100 ? 2e-5 : 4e-6)
      }
    }
  }

  @Test(arguments: Optimizer.all.map(\.name), [1, 7, 32])
  func trainingsAreTheGeneralOnes(_ optimizer: String, _ batch: Int) throws {
    let data = examples(96, 20)
    var options = Training()
    options.optimizer = Optimizer.all.first { $0.name == optimizer } ?? .sgd
    options.epochs = 3
    options.batch = batch
    options.decay = 0.01
    options.nesterov = batch == 7 && options.optimizer.momentum != nil
    let start = try network([20, 33, 10, 3]).mapParameters { _, parameter in
      guard parameter.role == .weight else { return parameter }
      return parameter.with(pruned: parameter.value.elements.indices.map { $0 % 4 == 1 })
    }
    let found = try start.trained(on: data, options, path: .fast)
    let wanted = try start.trained(on: data, options, path: .general)
    for (ours, theirs) in zip(found.history, wanted.history) {
      #expect(abs(ours.loss - theirs.loss) < 1e-4 * max(1, theirs.loss))
    }
    for (ours, theirs) in zip(found.network.parameters, wanted.network.parameters) {
      expectClose(ours.parameter.value, theirs.parameter.value, within: 2e-3)
      #expect(
        ours.parameter.value.elements.map { $0 == 0 }
          == theirs.parameter.value.elements.map { $0 == 0 })
    }
  }

  @Test func threadsDoNotMatter() throws {
    let data = examples(300, 200)
    var options = Training()
    options.epochs = 2
    options.batch = 128
    let start = try network([200, 310, 90, 3])
    let one = try start.trained(on: data, options, workers: Workers(threads: 1))
    for threads in [2, 5] {
      let many = try start.trained(on: data, options, workers: Workers(threads: threads))
      #expect(many.history == one.history)
      for (a, b) in zip(many.network.parameters, one.network.parameters) {
        #expect(a.parameter.value == b.parameter.value)
      }
    }
  }

  @Test func aPredictionDoesNotDependOnItsBatch() throws {
    let network = try network([300, 70, 10])
    let inputs = noise([37, 300], seed: 9)
    let together = try network.predict(inputs)
    for i in 0..<37 {
      let one = Tensor(trusted: [1, 300], Array(inputs.elements[i * 300..<(i + 1) * 300]))
      let alone = try network.predict(one)
      #expect(alone.elements == Array(together.elements[i * 10..<(i + 1) * 10]))
    }
  }

  /// One unit with so many inputs: its panel would be sixteen times as large, and does not pay.
  @Test func aWideLayerOfOneUnitRunsTheGeneralWay() throws {
    #expect(!Panels.pay(units: 1, inputs: 270_000) && Panels.pay(units: 9, inputs: 270_000))
    let network = try network([270_000, 1])
    let inputs = noise([2, 270_000], seed: 9)
    let found = try Predictor(network, path: .fast).predict(inputs)
    #expect(try found == Predictor(network, path: .general).predict(inputs))
  }

  @Test func revisionsGoThroughPanels() throws {
    let data = examples(60, 20)
    var options = Training()
    options.epochs = 2
    options.batch = 16
    options.revision = Training.Revision(interval: 3) { network, step, _ throws(NetworkError) in
      network.mapParameters { _, parameter in
        guard parameter.role == .weight else { return parameter }
        return parameter.with(pruned: parameter.value.elements.indices.map { $0 % 20 < step })
      }
    }
    let trained = try network([20, 33, 3]).trained(on: data, options).network
    for (_, parameter) in trained.parameters where parameter.role == .weight {
      for (i, value) in parameter.value.elements.enumerated() {
        #expect((value == 0) == (i % 20 < 8))
      }
    }
  }
}
