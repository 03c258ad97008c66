// Laws of training: reproducible for any number of threads, faithful to masks and frozen layers, and
// orderly where it has to stop.
import Kernels
import Networks
import Synchronization
import Tensors
import Testing

@Suite("Training") struct TrainingTests {
  /// Three overlapping clouds in the plane of 8x8 images.
  private func clouds(_ count: Int, seed: UInt64 = 5) -> Dataset {
    var random = RandomStream(seed: seed)
    var elements: [Float] = []
    var labels: [Int] = []
    for _ in 0..<count {
      let label = random.integer(below: 3)
      labels.append(label)
      for i in 0..<64 {
        elements.append(Float(random.normal()) * 0.5 + (i / 22 == label ? 1 : 0))
      }
    }
    return Dataset(
      name: "clouds", part: "", inputs: Tensor(trusted: [count, 1, 8, 8], elements),
      labels: labels, classes: 3, digest: "")
  }

  private func convolutional() throws -> Network {
    try Network.build(
      name: "net", input: [1, 8, 8],
      blueprint: [
        .layer(try Conv2D(filters: 4, kernel: [3, 3])), .layer(try BatchNorm()),
        .layer(try Activation(.relu)), .layer(try MaxPool(size: [2, 2])),
        .residual([.layer(try Conv2D(filters: 4, kernel: [3, 3], padding: [1, 1]))]),
        .layer(Flatten()), .layer(try Dropout(share: 0.2)), .layer(try DenseLayer(units: 3)),
      ], random: RandomStream(seed: 2))
  }

  private func dense() throws -> Network {
    try Network.build(
      name: "net", input: [1, 8, 8],
      blueprint: [
        .layer(Flatten()), .layer(try DenseLayer(units: 16)), .layer(try Activation(.relu)),
        .layer(try DenseLayer(units: 3)),
      ], random: RandomStream(seed: 2))
  }

  private func options(_ epochs: Int = 3, batch: Int = 32) -> Training {
    var options = Training()
    options.epochs = epochs
    options.batch = batch
    return options
  }

  private func values(_ network: Network) -> [[Float]] {
    network.parameters.map { $0.parameter.value.elements }
  }

  @Test func learns() throws {
    var options = options(6)
    options.rate = 0.01
    let trained = try convolutional().trained(on: clouds(300), options)
    #expect(trained.stopped == .finished)
    #expect(trained.history.count == 6)
    #expect(try trained.network.evaluate(on: clouds(200, seed: 6)).accuracy > 0.9)
  }

  @Test(arguments: Optimizer.all.map(\.name), Loss.all.map(\.name))
  func everyOptimizerLowersEveryLoss(_ optimizer: String, _ loss: String) throws {
    var options = options(8)
    options.optimizer = Optimizer.all.first { $0.name == optimizer } ?? .sgd
    options.loss = Loss.all.first { $0.name == loss } ?? .crossEntropy
    options.teacher = try dense().trained(on: clouds(200), self.options(3)).network
    let history = try dense().trained(on: clouds(200), options).history
    #expect(history[7].loss < history[0].loss)
  }

  @Test func threadsDoNotMatter() throws {
    let data = clouds(101)
    let one = try convolutional().trained(on: data, options(), workers: Workers(threads: 1))
    for threads in [2, 3, 7] {
      let many = try convolutional()
        .trained(on: data, options(), workers: Workers(threads: threads))
      #expect(values(many.network) == values(one.network))
      #expect(many.history == one.history)
    }
    let scores = try one.network.predict(data.inputs, workers: Workers(threads: 1))
    #expect(try one.network.predict(data.inputs, workers: Workers(threads: 3)) == scores)
  }

  @Test func seedsMatter() throws {
    var other = options()
    other.seed = 1
    let first = try dense().trained(on: clouds(100), options()).network
    #expect(try values(dense().trained(on: clouds(100), options()).network) == values(first))
    #expect(try values(dense().trained(on: clouds(100), other).network) != values(first))
  }

  @Test(arguments: Optimizer.all.map(\.name))
  func prunedWeightsStayZero(_ optimizer: String) throws {
    var options = options()
    options.optimizer = Optimizer.all.first { $0.name == optimizer } ?? .sgd
    options.decay = 0.01
    let start = try dense().mapParameters { _, parameter in
      guard parameter.role == .weight else { return parameter }
      return parameter.with(pruned: parameter.value.elements.indices.map { $0 % 3 == 0 })
    }
    let network = try start.trained(on: clouds(100), options).network
    for (_, parameter) in network.parameters where parameter.role == .weight {
      #expect(parameter.pruned?.count == parameter.value.count)
      for (i, value) in parameter.value.elements.enumerated() {
        if i % 3 == 0 { #expect(value.bitPattern == 0) } else { #expect(value != 0) }
      }
    }
  }

  @Test func frozenLayersStay() throws {
    var options = options()
    options.frozen = ["dense1"]
    let start = try dense()
    let network = try start.trained(on: clouds(100), options).network
    #expect(network.nodes[1].parameters[0].value == start.nodes[1].parameters[0].value)
    #expect(network.nodes[3].parameters[0].value != start.nodes[3].parameters[0].value)
    #expect(network.parameters.allSatisfy { !$0.parameter.frozen })
    options.frozen = ["dense1", "dense2"]
    let still = try start.trained(on: clouds(100), options).network
    #expect(values(still) == values(start))
    options.frozen = ["dense9"]
    #expect(throws: NetworkError.unknownNode("dense9", nodes: start.nodes.map(\.name))) {
      try start.trained(on: clouds(10), options)
    }
  }

  @Test func labelsOutOfRangeAreFoundFirst() throws {
    let good = clouds(10)
    let data = Dataset(
      name: "bad", part: "", inputs: good.inputs, labels: [0, 1, 2, 3, 0, 1, 2, 0, 1, -1],
      classes: 4, digest: "")
    #expect(throws: NetworkError.label(found: 3, classes: 3, example: 3)) {
      try dense().trained(on: data, options())
    }
  }

  @Test func otherShapesAreRefused() throws {
    #expect(throws: NetworkError.data(wanted: [1, 8, 8], got: [64])) {
      try dense().predict(Tensor(repeating: 0, shape: [2, 64]))
    }
    #expect(try dense().predict(Tensor(repeating: 0, shape: [0, 1, 8, 8])).shape == [0, 3])
  }

  @Test func divergenceKeepsTheLastGoodWeights() throws {
    var options = options(5)
    options.optimizer = .sgd
    options.rate = 1e30
    let start = try dense()
    let trained = try start.trained(on: clouds(100), options)
    guard case .diverged(let epoch, let step) = trained.stopped else {
      Issue.record("stopped: \(trained.stopped)")
      return
    }
    #expect(epoch == 1 && step > 1)
    #expect(values(trained.network) == values(start))
    #expect(trained.stopped.error == .diverged(epoch: epoch, step: step))
  }

  @Test func interruptStopsTheTraining() throws {
    let asked = Counter()
    let monitor = Monitor(isInterrupted: { asked.next() > 50 }, report: { _ in })
    #expect(throws: NetworkError.interrupted) {
      try convolutional().trained(on: clouds(300), options(1000), monitor: monitor)
    }
  }

  @Test func progressCountsExamples() throws {
    let seen = Mutex<[Int]>([])
    let monitor = Monitor(
      isInterrupted: { false }, report: { step in seen.withLock { $0.append(step.done) } })
    _ = try dense().trained(on: clouds(70), options(2), monitor: monitor)
    #expect(seen.withLock { $0 } == [32, 64, 70, 32, 64, 70])
  }

  @Test func patienceKeepsTheBest() throws {
    var options = options(200)
    options.holdout = 0.3
    options.patience = 3
    options.rate = 0.02
    // Labels without sense: what is learned does not carry over.
    let good = clouds(60)
    let data = Dataset(
      name: "noise", part: "", inputs: good.inputs, labels: (0..<60).map { $0 * $0 % 3 },
      classes: 3, digest: "")
    let trained = try dense().trained(on: data, options)
    guard case .patience(let best) = trained.stopped else {
      Issue.record("stopped: \(trained.stopped)")
      return
    }
    #expect(trained.history.count == best.epoch + 3)
    let losses = trained.history.compactMap(\.validationLoss)
    #expect(losses.min() == losses[best.epoch - 1])
  }

  @Test func revisionsAreAskedForInTime() throws {
    let asked = Mutex<[[Int]]>([])
    var options = options(2)
    options.revision = Training.Revision(interval: 2) { network, step, steps throws(NetworkError) in
      asked.withLock { $0.append([step, steps]) }
      return network.mapParameters { _, parameter in
        guard parameter.role == .weight else { return parameter }
        return parameter.with(pruned: parameter.value.elements.indices.map { $0 < step })
      }
    }
    let network = try dense().trained(on: clouds(90), options).network
    #expect(asked.withLock { $0 } == [[0, 6], [2, 6], [4, 6], [6, 6]])
    let weights = network.nodes[1].parameters[0]
    #expect(weights.value.elements.prefix(6).allSatisfy { $0 == 0 })
    #expect(weights.pruned?.filter { $0 }.count == 6)
  }

  @Test func teachersMustFit() throws {
    var options = options()
    options.loss = .distillation
    options.teacher = try Network.build(
      name: "teacher", input: [1, 8, 8],
      blueprint: [.layer(Flatten()), .layer(try DenseLayer(units: 5))],
      random: RandomStream(seed: 2))
    let error = #expect(throws: NetworkError.self) {
      try dense().trained(on: clouds(10), options)
    }
    #expect(error?.code == "E0508")
  }

  @Test func dropoutForgetsAShare() throws {
    let network = try Network.build(
      name: "drop", input: [1000], blueprint: [.layer(try Dropout(share: 0.25))],
      random: RandomStream(seed: 0))
    let inputs = Tensor(repeating: 3, shape: [4, 1000])
    let found = try network.gradients(inputs, weighting: inputs, seed: 9)
    let kept = found.outputs.elements.filter { $0 != 0 }
    #expect(kept.allSatisfy { abs($0 - 4) < 1e-6 })
    #expect(abs(Double(kept.count) / 4000 - 0.75) < 0.03)
    #expect(found.inputs.elements == found.outputs.elements)
    #expect(found.outputs.elements[0..<1000] != found.outputs.elements[1000..<2000])
    #expect(try network.predict(inputs) == inputs)
  }

  @Test(arguments: Schedule.all.map(\.name))
  func schedulesStartAtOneAndNeverRise(_ name: String) throws {
    let schedule = try #require(Schedule.all.first { $0.name == name })
    var last = schedule.factor(Schedule.Moment(share: 0, epoch: 0))
    #expect(last == 1)
    for step in 1..<100 {
      let share = Double(step) / 100
      let next = schedule.factor(Schedule.Moment(share: share, epoch: share * 5, every: 2))
      #expect(next <= last && next >= 0)
      last = next
    }
  }

  @Test(arguments: [
    ("batch", "0"), ("rate", "-1"), ("momentum", "1"), ("holdout", "100%"), ("teacher", "none"),
    ("temperature", "0"),
  ])
  func optionsOutOfRangeAreNamed(_ name: String, _ got: String) throws {
    var options = options()
    switch name {
    case "batch": options.batch = 0
    case "rate": options.rate = -1
    case "momentum": options.momentum = 1
    case "holdout": options.holdout = 1
    case "temperature": options.temperature = 0
    default: options.loss = .distillation
    }
    let error = #expect(throws: NetworkError.self) {
      try dense().trained(on: clouds(10), options)
    }
    guard case .option(name, _, got) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}

private final class Counter: Sendable {
  private let value = Atomic<Int>(0)
  func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).newValue }
}
