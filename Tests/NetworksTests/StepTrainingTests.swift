// Laws of training by steps: a step is a step, however they are counted, and measuring on the way
// changes nothing.
import Kernels
import Networks
import Tensors
import Testing

@Suite struct StepTrainingTests {
  /// 100 points around three corners, some of them with another corner's label.
  private static let points = cloud(100, seed: 5)
  private static let others = cloud(60, seed: 6)

  private static func cloud(_ count: Int, seed: UInt64) -> Dataset {
    var random = RandomStream(seed: seed)
    var elements: [Float] = []
    var labels: [Int] = []
    for _ in 0..<count {
      let label = random.integer(below: 3)
      labels.append(random.uniform() < 0.2 ? 2 - label : label)
      for i in 0..<8 { elements.append(Float(random.normal()) * 0.7 + (i % 3 == label ? 1 : 0)) }
    }
    return Dataset(
      name: "points", part: "", inputs: Tensor(trusted: [count, 8], elements), labels: labels,
      classes: 3, digest: "")
  }

  private func network(_ share: Double = 0) throws -> Network {
    try Network.build(
      name: "net", input: [8],
      blueprint: [
        .layer(try DenseLayer(units: 12)), .layer(try BatchNorm()), .layer(try Activation(.relu)),
        .layer(try Dropout(share: share)), .layer(try DenseLayer(units: 3)),
      ], random: RandomStream(seed: 2))
  }

  /// Seven steps in an epoch, the last one of four examples.
  private func options(_ ask: (inout Training) -> Void = { _ in }) -> Training {
    var options = Training()
    (options.epochs, options.batch, options.rate) = (3, 16, 0.01)
    ask(&options)
    return options
  }

  private func values(_ network: Network) -> [[Float]] {
    network.parameters.map { $0.parameter.value.elements }
  }

  private func trained(_ options: Training) throws -> Trained {
    try network(0.2).trained(on: Self.points, options)
  }

  @Test func stepsAreEpochsByAnotherCount() throws {
    let epochs = try trained(options { $0.validation = Self.others })
    let steps = try trained(
      options { ($0.epochs, $0.steps, $0.validation) = (1, 21, Self.others) })
    #expect(values(steps.network) == values(epochs.network))
    #expect(steps.history == epochs.history)
    #expect(epochs.history.map(\.step) == [7, 14, 21])
  }

  @Test(arguments: Schedule.all.map(\.name))
  func schedulesSeeTheSameSteps(_ name: String) throws {
    let schedule = try #require(Schedule.all.first { $0.name == name })
    let epochs = try trained(options { ($0.schedule, $0.warmup) = (schedule, 0.2) })
    let steps = try trained(
      options { ($0.steps, $0.schedule, $0.warmup) = (21, schedule, 0.2) })
    #expect(values(steps.network) == values(epochs.network))
  }

  @Test func theLastEpochMayBeAPart() throws {
    let part = try trained(options { ($0.steps, $0.validation) = (10, Self.others) })
    #expect(part.history.map(\.step) == [7, 10] && part.history.map(\.epoch) == [1, 2])
    #expect(part.stopped == .finished)
    // The rate is constant: ten steps are the first ten of more.
    let more = try trained(
      options { ($0.steps, $0.validation, $0.validateEvery) = (21, Self.others, 10) })
    #expect(more.history.map(\.step) == [10, 20, 21])
    #expect(more.history[0].validationLoss == part.history[1].validationLoss)
    #expect(try values(trained(options { $0.steps = 0 }).network) == values(network()))
  }

  @Test(arguments: [1, 3, 5, 100]) func measuringChangesNothing(_ every: Int) throws {
    let silent = try trained(options())
    let measured = try trained(
      options { ($0.validation, $0.validateEvery) = (Self.others, every) })
    #expect(values(measured.network) == values(silent.network))
    let steps = Array(stride(from: every, through: 21, by: every))
    #expect(measured.history.map(\.step) == steps + (21 % every == 0 ? [] : [21]))
  }

  @Test func measurementsAreThoseOfTheNetworkAsItIs() throws {
    for steps in [4, 9, 21] {
      let result = try trained(
        options { ($0.steps, $0.validation, $0.validateEvery) = (steps, Self.others, 4) })
      let whole = try result.network.evaluate(on: Self.others)
      #expect(result.history.last?.validationLoss == whole.loss)
      #expect(result.history.last?.validationAccuracy == whole.accuracy)
      let best = try #require(result.best).evaluate(on: Self.others)
      #expect(result.history.compactMap(\.validationLoss).min() == best.loss)
    }
  }

  @Test func threadsDoNotMatter() throws {
    let ask = options { ($0.holdout, $0.validateEvery) = (0.3, 3) }
    let one = try network().trained(on: Self.points, ask, workers: Workers(threads: 1))
    for threads in [2, 5] {
      let many = try network().trained(on: Self.points, ask, workers: Workers(threads: threads))
      #expect(values(many.network) == values(one.network) && many.history == one.history)
    }
  }

  @Test func patienceCountsMeasurements() throws {
    let ask = options {
      ($0.steps, $0.rate, $0.patience) = (4000, 0.05, 4)
      ($0.validation, $0.validateEvery) = (Self.others, 5)
    }
    let result = try trained(ask)
    guard case .patience(let best) = result.stopped else {
      Issue.record("stopped: \(result.stopped)")
      return
    }
    #expect(result.history.last?.step == best.step + 4 * 5)
    #expect(result.history.compactMap(\.validationLoss).min() == best.validationLoss)
    #expect(try result.network.evaluate(on: Self.others).loss == best.validationLoss)
  }

  @Test func theBestIsKeptWithoutPatience() throws {
    let ask = options {
      ($0.steps, $0.rate) = (400, 0.05)
      ($0.validation, $0.validateEvery) = (Self.others, 5)
    }
    let result = try trained(ask)
    let losses = result.history.compactMap(\.validationLoss)
    let best = try #require(result.best)
    #expect(try best.evaluate(on: Self.others).loss == losses.min())
    #expect(try result.network.evaluate(on: Self.others).loss == losses.last)
    #expect(values(best) != values(result.network))
    #expect(try trained(options()).best == nil)
  }

  @Test func aDivergedTrainingGivesItsLastGoodRow() throws {
    let ask = options {
      ($0.optimizer, $0.rate, $0.momentum) = (.sgd, 1e6, 0)
      ($0.steps, $0.validation, $0.validateEvery) = (3000, Self.others, 1)
    }
    let result = try trained(ask)
    guard case .diverged = result.stopped else { return }
    #expect(values(result.network).allSatisfy { $0.allSatisfy(\.isFinite) })
  }

  @Test func optionsOutOfRangeAreNamed() throws {
    let slips: [(name: String, ask: (inout Training) -> Void)] = [
      ("steps", { $0.steps = -1 }), ("validate_every", { $0.validateEvery = 10 }),
      ("validate_every", { ($0.validateEvery, $0.holdout) = (0, 0.1) }),
    ]
    for slip in slips {
      let error = #expect(throws: NetworkError.self) { try trained(options(slip.ask)) }
      guard case .option(slip.name, _, _) = error else {
        Issue.record("\(slip.name): \(String(describing: error))")
        continue
      }
    }
  }
}
