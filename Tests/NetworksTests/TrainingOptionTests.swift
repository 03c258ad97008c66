// Options of a training that have no use beside the others: refused, so that no receipt has them.
import Networks
import Tensors
import Testing

@Suite struct TrainingOptionTests {
  private static let examples = Dataset(
    name: "points", part: "", inputs: Tensor(repeating: 1, shape: [10, 4]),
    labels: (0..<10).map { $0 % 3 }, classes: 3, digest: "")

  private func network() throws -> Network {
    try Network.build(
      name: "test", input: [4], blueprint: [.layer(try DenseLayer(units: 3))],
      random: RandomStream(seed: 1))
  }

  /// Each option that only some optimizers, schedules, losses or other options have a use for.
  struct Idle: Sendable, CustomTestStringConvertible {
    let message: String
    let ask: @Sendable (inout Training) -> Void
    var testDescription: String { message }
    init(_ message: String, _ ask: @escaping @Sendable (inout Training) -> Void) {
      self.message = message
      self.ask = ask
    }
  }

  static let idle = [
    Idle("`momentum` must be left out with the optimizer adam (it is for sgd), got 0.9") {
      $0.momentum = 0.9
    },
    Idle("`momentum` must be left out with the optimizer adamw (it is for sgd), got 0") {
      ($0.optimizer, $0.momentum) = (.adamw, 0)
    },
    Idle("`nesterov` must be left out with the optimizer adam (it is for sgd), got true") {
      $0.nesterov = true
    },
    Idle("`nesterov` must be left out where the momentum is 0, got true") {
      ($0.optimizer, $0.momentum, $0.nesterov) = (.sgd, 0, true)
    },
    Idle(
      "`gamma` must be left out with the schedule constant (it is for step and exponential), got 0.5"
    ) { $0.gamma = 0.5 },
    Idle("`every` must be left out with the schedule exponential (it is for step), got 2") {
      ($0.schedule, $0.every) = (.exponential, 2)
    },
    Idle("`smoothing` must be left out with the loss mse (it is for crossentropy), got 10%") {
      ($0.loss, $0.smoothing) = (.squaredError, 0.1)
    },
    Idle("`patience` must be given together with `validation` or `holdout`, got 3 alone") {
      $0.patience = 3
    },
    Idle(
      "`validate_every` must be given together with `validation` or `holdout`, got 3 alone"
    ) { $0.validateEvery = 3 },
    Idle("`holdout` must be left out where `validation` is given, got 10%") {
      ($0.validation, $0.holdout) = (TrainingOptionTests.examples, 0.1)
    },
  ]

  @Test(arguments: idle) func optionsThatDoNothingAreRefused(_ idle: Idle) throws {
    var options = Training()
    idle.ask(&options)
    let error = #expect(throws: NetworkError.self) {
      try network().trained(on: TrainingOptionTests.examples, options)
    }
    #expect(error?.code == "E0508")
    #expect(error?.message == idle.message)
  }

  @Test func optionsWithAUseAreTaken() throws {
    let all: [@Sendable (inout Training) -> Void] = [
      { ($0.optimizer, $0.momentum, $0.nesterov) = (.sgd, 0.5, true) },
      { ($0.optimizer, $0.nesterov) = (.sgd, true) },
      { ($0.schedule, $0.gamma, $0.every) = (.step, 0.5, 2) },
      { ($0.schedule, $0.gamma) = (.exponential, 0.5) },
      { ($0.validation, $0.patience) = (TrainingOptionTests.examples, 1) },
      { ($0.holdout, $0.patience) = (0.2, 1) }, { ($0.holdout, $0.validateEvery) = (0.2, 1) },
      { $0.smoothing = 0.1 },
    ]
    for ask in all {
      var options = Training()
      options.epochs = 1
      ask(&options)
      _ = try network().trained(on: TrainingOptionTests.examples, options)
    }
  }
}
