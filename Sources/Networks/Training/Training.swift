// What a training is asked to do, and what it gives back.

/// The options of a training. Those left nil follow the optimizer.
package struct Training: Sendable {
  package var epochs = 5
  /// In place of `epochs`: so many steps. The last epoch may be a part of one.
  package var steps: Int?
  /// Examples in a batch; the last one of an epoch may be smaller.
  package var batch = 32
  package var optimizer = Optimizer.adam
  package var rate: Double?
  /// For optimizers that have one.
  package var momentum: Double?
  package var nesterov = false
  package var decay: Double?
  package var schedule = Schedule.constant
  /// The share of all steps in which the rate first grows from nothing.
  package var warmup = 0.0
  /// For the schedules that take them: 0.1 and 1 epoch where none is asked for.
  package var gamma: Double?
  package var every: Int?
  package var loss = Loss.crossEntropy
  /// Of the labels, for the losses that smooth them.
  package var smoothing = 0.0
  /// For distillation: whose scores to follow.
  package var teacher: Network?
  package var temperature = 4.0
  package var mix = 0.9
  /// Measured after every epoch, and at the end.
  package var validation: Dataset?
  /// Steps from one measurement to the next, in place of epochs.
  package var validateEvery: Int?
  /// Where no `validation` is given: this share of the examples is kept for it.
  package var holdout = 0.0
  /// Stop after so many measurements in a row that did not lower the validation loss, and keep the
  /// best.
  package var patience: Int?
  /// Names of layers that stay as they are.
  package var frozen: [String] = []
  package var seed: UInt64 = 0
  /// Gradual pruning and the like: asked for a revised network every so many steps.
  package var revision: Revision?
  /// Quantization-aware training and the like: what parameters are trained through, by their full
  /// names. Others with that name stay as they are.
  package var projections: [String: any Projection] = [:]

  package init() {}

  /// Changes to a network while it is trained.
  package struct Revision: Sendable {
    /// Steps from one call to the next; the first call comes before step 0, and one after the last step.
    package let interval: Int
    /// Gives the network with new values and pruned weights; its shapes stay.
    /// `step` of `steps` steps are done.
    package let revise:
      @Sendable (_ network: Network, _ step: Int, _ steps: Int) throws(NetworkError) -> Network

    package init(
      interval: Int,
      revise: @escaping @Sendable (Network, Int, Int) throws(NetworkError) -> Network
    ) {
      self.interval = interval
      self.revise = revise
    }
  }
}

/// What came of a training.
package struct Trained: Sendable {
  package let network: Network
  /// A row for each epoch, or for each measurement where these were asked for more often.
  package let history: [Row]
  package let stopped: Stop
  /// The network as it was when the validation loss was least: early stopping, seen from the end. Nil
  /// without validation, and where the training was revised.
  package let best: Network?

  package init(network: Network, history: [Row], stopped: Stop, best: Network? = nil) {
    self.network = network
    self.history = history
    self.stopped = stopped
    self.best = best
  }

  /// The same with its networks in another form.
  package func mapNetworks(_ transform: (Network) -> Network) -> Trained {
    Trained(
      network: transform(network), history: history, stopped: stopped, best: best.map(transform))
  }

  package struct Row: Sendable, Equatable {
    /// Counted from 1.
    package let epoch: Int
    /// Steps done since the start of the training.
    package let step: Int
    /// The mean over the batches since the row before, as they were met.
    package let loss: Double
    package let accuracy: Double
    package let validationLoss: Double?
    package let validationAccuracy: Double?
    /// The learning rate of its last step.
    package let rate: Double
  }

  package enum Stop: Sendable, Equatable {
    /// All steps are done.
    case finished
    /// The validation loss fell no more: the weights are those of this row.
    case patience(best: Row)
    /// The loss was not a number at this step (from 1) of this epoch: the weights are those of the
    /// last good row, or the first ones.
    case diverged(epoch: Int, step: Int)

    /// The divergence as an error, for who wants to stop there.
    package var error: NetworkError? {
      if case .diverged(let epoch, let step) = self { return .diverged(epoch: epoch, step: step) }
      return nil
    }
  }
}

extension Training {
  /// - Throws: `NetworkError.option` for a value out of range, and for one that would do nothing.
  func check() throws(NetworkError) {
    try checkRanges()
    try checkUse()
    if loss.wantsTeacher, teacher == nil {
      throw .option(name: "teacher", wanted: "a network, for the loss \(loss.name)", got: "none")
    }
  }

  private func checkRanges() throws(NetworkError) {
    try require("epochs", epochs >= 0 && epochs <= 1_000_000, "from 0 to 1000000", epochs)
    if let steps {
      try require("steps", steps >= 0 && steps <= 1_000_000_000, "from 0 to 1000000000", steps)
    }
    try require("batch", batch >= 1 && batch <= 1 << 20, "from 1 to \(1 << 20)", batch)
    if let rate { try require("rate", rate > 0 && rate.isFinite, "a number above 0", rate.numeral) }
    if let momentum {
      try require("momentum", momentum >= 0 && momentum < 1, "from 0 to below 1", momentum.numeral)
    }
    if let decay {
      try require("decay", decay >= 0 && decay.isFinite, "a number from 0", decay.numeral)
    }
    for (name, share) in [("warmup", warmup), ("smoothing", smoothing), ("holdout", holdout)] {
      try require(name, share >= 0 && share < 1, "from 0% to below 100%", share.percentage)
    }
    if let gamma {
      try require("gamma", gamma > 0 && gamma <= 1, "above 0, up to 1", gamma.numeral)
    }
    if let every { try require("every", every >= 1, "at least 1", every) }
    try require(
      "temperature", temperature > 0 && temperature <= 1000, "above 0, up to 1000",
      temperature.numeral)
    try require("mix", mix >= 0 && mix <= 1, "from 0% to 100%", mix.percentage)
    if let validateEvery {
      try require("validate_every", validateEvery >= 1, "at least 1", validateEvery)
    }
    if let patience { try require("patience", patience >= 1, "at least 1", patience) }
    if let revision {
      try require("interval", revision.interval >= 1, "at least 1", revision.interval)
    }
  }

  /// What would do nothing is not taken: it would stand on the receipt as if it had.
  private func checkUse() throws(NetworkError) {
    let movers = Optimizer.all.filter { $0.momentum != nil }.map(\.name)
    let still = Training.leftOut("optimizer", optimizer.name, movers)
    if let momentum {
      try require("momentum", optimizer.momentum != nil, still, momentum.numeral)
    }
    if nesterov {
      try require("nesterov", optimizer.momentum != nil, still, true)
      try require("nesterov", momentum != 0, "left out where the momentum is 0", true)
    }
    if let gamma { try require("gamma", schedule.takesGamma, unused(\.takesGamma), gamma.numeral) }
    if let every { try require("every", schedule.takesEvery, unused(\.takesEvery), every) }
    if smoothing > 0 {
      let smoothed = Loss.all.filter { $0.smooths && !$0.wantsTeacher }.map(\.name)
      let wanted = Training.leftOut("loss", loss.name, smoothed)
      try require("smoothing", loss.smooths, wanted, smoothing.percentage)
    }
    if validation != nil {
      try require(
        "holdout", holdout == 0, "left out where `validation` is given", holdout.percentage)
    } else {
      for (name, option) in [("patience", patience), ("validate_every", validateEvery)] {
        try require(
          name, option == nil || holdout > 0, "given together with `validation` or `holdout`",
          "\(option ?? 0) alone")
      }
    }
  }

  private func unused(_ isTaken: (Schedule) -> Bool) -> String {
    Training.leftOut("schedule", schedule.name, Schedule.all.filter(isTaken).map(\.name))
  }

  private static func leftOut(_ table: String, _ name: String, _ users: [String]) -> String {
    "left out with the \(table) \(name) (it is for \(users.joined(separator: " and ")))"
  }

  private func require(
    _ name: String, _ holds: Bool, _ wanted: String, _ got: some CustomStringConvertible
  ) throws(NetworkError) {
    guard holds else { throw .option(name: name, wanted: wanted, got: "\(got)") }
  }

  var learningRate: Double { rate ?? optimizer.rate }

  /// The learning rate of a step, counted from 0.
  func rate(at step: Int, of steps: Int, perEpoch: Int) -> Double {
    let warm = Int((warmup * Double(steps)).rounded())
    if step < warm { return learningRate * Double(step + 1) / Double(warm + 1) }
    let moment = Schedule.Moment(
      share: Double(step - warm) / Double(max(1, steps - warm)),
      epoch: Double(step) / Double(max(1, perEpoch)), gamma: gamma ?? 0.1,
      every: every ?? 1)
    return learningRate * schedule.factor(moment)
  }
}
