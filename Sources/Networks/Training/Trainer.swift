// The training loop: batches in an order that follows from the seed, a step for each, a look at the
// validation set after each epoch or every so many steps. Nothing is allocated in a step.
package import Kernels
internal import Tensors

extension Network {
  /// Trains a copy of the network. The same seed gives the same bits on the same machine, for any
  /// number of threads.
  ///
  /// A loss that is not a number stops the training: `stopped` says where, and the network has its
  /// last good weights.
  /// - Throws: `NetworkError.option`, `.data`, `.label` before anything runs; `.interrupted`.
  package func trained(
    on data: Dataset, _ options: Training, monitor: Monitor = .silent,
    path: EnginePath = .configured, workers: Workers = .shared
  ) throws(NetworkError) -> Trained {
    try options.check()
    let start = try freezing(options.frozen)
    try start.check(data)
    if let validation = options.validation { try start.check(validation) }
    let trainer = try Trainer(start, data, options, monitor, path, workers)
    let result = try trainer.run()
    guard !options.frozen.isEmpty else { return result }
    return result.mapNetworks { $0.thawed(like: self) }
  }

  /// The same network, frozen where the other is.
  private func thawed(like other: Network) -> Network {
    var index = 0
    let frozen = other.parameters.map(\.parameter.frozen)
    return mapParameters { _, parameter in
      defer { index += 1 }
      var copy = parameter
      copy.frozen = frozen[index]
      return copy
    }
  }
}

/// One training, from its first step to its last.
private final class Trainer {
  private let data: Dataset
  private let options: Training
  private let monitor: Monitor
  private let workers: Workers
  private let random: RandomStream
  private let plan: Plan
  private let stepper: Stepper
  private let teacher: Plan?
  private let trainingRows: [Int]
  private let validation: Validation?

  private var network: Network
  private let labels: Memory
  private let losses: Memory
  private let guesses: Memory
  private var history: [Trained.Row] = []
  /// The last weights that are known to be good, before which the training began.
  private let start: Network
  private var good: Weights.Snapshot?
  private var best: (row: Trained.Row, weights: Weights.Snapshot)?

  init(
    _ network: Network, _ data: Dataset, _ options: Training, _ monitor: Monitor,
    _ path: EnginePath, _ workers: Workers
  ) throws(NetworkError) {
    random = RandomStream(seed: options.seed)
    let (trainingRows, held) = Trainer.split(data, options, random.split("holdout"))
    self.trainingRows = trainingRows
    self.network = network
    start = network
    self.data = data
    self.options = options
    self.monitor = monitor
    self.workers = workers
    let capacity = max(1, min(options.batch, trainingRows.count))
    let weights = Weights(network, path: path, projections: options.projections)
    plan = try Plan(
      network, weights: weights, capacity: capacity, training: true, path: path, workers: workers)
    validation = try held.map { examples throws(NetworkError) in
      try Validation(of: network, weights, on: examples, path: path, workers: workers)
    }
    var rule = UpdateRule()
    rule.momentum = Float(options.momentum ?? options.optimizer.momentum ?? 0)
    rule.nesterov = options.nesterov
    rule.decay = Float(options.decay ?? options.optimizer.decay)
    rule.decoupled = options.optimizer.kernel == .adamw
    stepper = Stepper(plan, options.optimizer, rule)
    let asked = options.loss.wantsTeacher ? options.teacher : nil
    if let asked, asked.outputShape != network.outputShape {
      throw .option(
        name: "teacher", wanted: "a network with outputs \(network.outputShape)",
        got: "\(asked.outputShape)")
    }
    teacher = try Trainer.plan(asked, data, capacity, workers)
    labels = Memory(capacity)
    losses = Memory(capacity)
    guesses = Memory(capacity)
  }

  private static func plan(
    _ teacher: Network?, _ data: Dataset, _ capacity: Int, _ workers: Workers
  ) throws(NetworkError) -> Plan? {
    guard let teacher else { return nil }
    try teacher.check(Fitting.fit(data, to: teacher))
    return try Plan(
      teacher, weights: Weights(teacher), capacity: capacity, training: false, workers: workers)
  }

  /// The rows to train on, and the examples that are held out.
  private static func split(
    _ data: Dataset, _ options: Training, _ random: RandomStream
  ) -> ([Int], Dataset?) {
    if let validation = options.validation { return (Array(0..<data.count), validation) }
    let held = Int((options.holdout * Double(data.count)).rounded())
    guard held > 0 else { return (Array(0..<data.count), nil) }
    var random = random
    let order = random.permutation(data.count)
    return (order.dropFirst(held).sorted(), data.selecting(order.prefix(held).sorted()))
  }

  private var stepsPerEpoch: Int { (trainingRows.count + plan.capacity - 1) / plan.capacity }
  private var steps: Int {
    trainingRows.isEmpty ? 0 : options.steps ?? options.epochs * stepsPerEpoch
  }
  private var epochs: Int { (steps + stepsPerEpoch - 1) / max(1, stepsPerEpoch) }

  func run() throws(NetworkError) -> Trained {
    training: for epoch in 1..<epochs + 1 {
      switch try runEpoch(epoch) {
      case .goOn: continue
      case .enough: break training
      case .diverged(let step): return diverged(epoch, step)
      }
    }
    try revise(after: steps, isLast: true)
    guard let best, options.revision == nil else {
      return Trained(
        network: plan.weights.written(to: network), history: history, stopped: .finished)
    }
    let last = plan.weights.written(to: network)
    let least = plan.weights.written(from: best.weights)
    guard options.patience != nil, best.row != history.last else {
      return Trained(network: last, history: history, stopped: .finished, best: least)
    }
    return Trained(
      network: least, history: history, stopped: .patience(best: best.row), best: least)
  }

  private func diverged(_ epoch: Int, _ step: Int) -> Trained {
    let kept = options.patience == nil ? good : best?.weights
    return Trained(
      network: kept.map(plan.weights.written(from:)) ?? start, history: history,
      stopped: .diverged(epoch: epoch, step: step))
  }

  private struct Tally {
    var loss = 0.0
    var right = 0
    var done = 0
    var mean: Double { loss / Double(max(1, done)) }
    var accuracy: Double { Double(right) / Double(max(1, done)) }
  }

  private var tally = Tally()

  private enum Verdict {
    case goOn, enough
    /// At this step of the epoch, from 1, the loss stopped being a number.
    case diverged(step: Int)
  }

  private func runEpoch(_ epoch: Int) throws(NetworkError) -> Verdict {
    var stream = random.split("epoch \(epoch)")
    let order = stream.permutation(trainingRows.count).map { trainingRows[$0] }
    let before = (epoch - 1) * stepsPerEpoch
    for step in 0..<min(stepsPerEpoch, steps - before) {
      let global = before + step
      try revise(after: global)
      plan.step = global
      let rows = step * plan.capacity..<min(order.count, (step + 1) * plan.capacity)
      stepper.begin(rate: options.rate(at: global, of: steps, perEpoch: stepsPerEpoch))
      let loss = try runBatch(order, rows, seed: stream.next())
      guard loss.isFinite else { return .diverged(step: step + 1) }
      stepper.finish(rows.count)
      monitor.report(
        Progress(
          epoch: epoch, epochs: epochs, done: rows.upperBound, total: order.count,
          loss: tally.mean, accuracy: tally.accuracy))
      guard isMeasured(after: global + 1) else { continue }
      guard plan.weights.areFinite else { return .diverged(step: step + 1) }
      if try measure(epoch, global + 1) { return .enough }
    }
    return .goOn
  }

  /// Forward, loss and backward of one batch.
  private func runBatch(
    _ order: [Int], _ rows: Range<Int>, seed: UInt64
  ) throws(NetworkError) -> Double {
    let count = rows.count
    func fill(_ examples: Range<Int>, _ inputs: Floats) {
      let first = rows.lowerBound + examples.lowerBound
      data.fill(inputs, order, first..<first + examples.count, seed: seed)
    }
    for row in rows { labels.floats[row - rows.lowerBound] = Float(data.labels[order[row]]) }
    try teacher?.forward(count, monitor: monitor, fill: fill)
    try plan.forward(count, seed: seed, monitor: monitor, fill: fill)
    guard let gradient = plan.outputGradient else { return 0 }
    let classes = plan.network.outputShape.reduce(1, *)
    let scores = Scores(plan.output, rows: count, classes: classes)
    options.loss.evaluate(
      LossBatch(
        scores: scores, labels: labels.floats, teacher: teacher?.output,
        smoothing: Float(options.smoothing), temperature: Float(options.temperature),
        mix: Float(options.mix), losses: losses.floats, gradient: gradient))
    var loss = 0.0
    scores.argmax(to: guesses.floats)
    for i in 0..<count {
      loss += Double(losses.floats[i])
      if guesses.floats[i] == labels.floats[i] { tally.right += 1 }
    }
    tally.loss += loss
    tally.done += count
    guard loss.isFinite else { return loss }
    try plan.backward(count, monitor: monitor)
    return loss / Double(count)
  }

  /// Asks for a revised network where it is due.
  private func revise(after step: Int, isLast: Bool = false) throws(NetworkError) {
    guard let revision = options.revision, isLast || step % revision.interval == 0 else { return }
    let revised = try revision.revise(
      plan.weights.written(to: network, latent: true), step, steps)
    network = revised
    plan.weights.load(revised)
  }

  private func isMeasured(after step: Int) -> Bool {
    step % (options.validateEvery ?? stepsPerEpoch) == 0 || step == steps
  }

  /// Adds a row to the history, and keeps what is good.
  /// - Returns: whether patience is at its end.
  private func measure(_ epoch: Int, _ step: Int) throws(NetworkError) -> Bool {
    let measured = try validation?.evaluate(plan.weights, network, monitor)
    let row = Trained.Row(
      epoch: epoch, step: step, loss: tally.mean, accuracy: tally.accuracy,
      validationLoss: measured?.loss, validationAccuracy: measured?.accuracy,
      rate: options.rate(at: step - 1, of: steps, perEpoch: stepsPerEpoch))
    history.append(row)
    tally = Tally()
    if options.patience == nil, step < steps { good = keep(in: good) }
    guard let measured else { return false }
    if measured.loss < best?.row.validationLoss ?? .infinity {
      best = (row, keep(in: best?.weights))
    }
    guard let patience = options.patience, let best else { return false }
    return history.count - 1 - (history.lastIndex(of: best.row) ?? 0) >= patience
  }

  /// The weights as they are, where those of an earlier moment were.
  private func keep(in snapshot: Weights.Snapshot?) -> Weights.Snapshot {
    guard let snapshot else { return Weights.Snapshot(of: plan.weights, network) }
    snapshot.take(plan.weights, network)
    return snapshot
  }
}
