// The training loop: batches in an order that follows from the seed, a step for each, a look at the
// validation set after each epoch. Nothing is allocated in a step.
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
    return Trained(
      network: result.network.thawed(like: self), history: result.history, stopped: result.stopped)
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
  private let validation: Dataset?

  private var network: Network
  private let labels: Memory
  private let losses: Memory
  private let guesses: Memory
  private var history: [Trained.Epoch] = []
  /// The last weights that are known to be good.
  private var kept: Network
  private var best: (epoch: Int, loss: Double)?

  init(
    _ network: Network, _ data: Dataset, _ options: Training, _ monitor: Monitor,
    _ path: EnginePath, _ workers: Workers
  ) throws(NetworkError) {
    random = RandomStream(seed: options.seed)
    (trainingRows, validation) = Trainer.split(data, options, random.split("holdout"))
    self.network = network
    self.data = data
    self.options = options
    self.monitor = monitor
    self.workers = workers
    kept = network
    let capacity = max(1, min(options.batch, trainingRows.count))
    plan = try Plan(
      network, weights: Weights(network, path: path, projections: options.projections),
      capacity: capacity, training: true, path: path, workers: workers)
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
  private var steps: Int { options.epochs * stepsPerEpoch }

  func run() throws(NetworkError) -> Trained {
    for epoch in 1..<options.epochs + 1 {
      if let step = try runEpoch(epoch) { return diverged(epoch, step) }
      let verdict = try finish(epoch)
      if verdict == .diverged { return diverged(epoch, stepsPerEpoch) }
      if verdict == .enough { break }
    }
    try revise(after: steps, isLast: true)
    if let best, options.revision == nil, best.epoch < history.count {
      return Trained(network: kept, history: history, stopped: .patience(bestEpoch: best.epoch))
    }
    return Trained(network: plan.weights.written(to: network), history: history, stopped: .finished)
  }

  private func diverged(_ epoch: Int, _ step: Int) -> Trained {
    Trained(network: kept, history: history, stopped: .diverged(epoch: epoch, step: step))
  }

  private struct Tally {
    var loss = 0.0
    var right = 0
    var done = 0
    var mean: Double { loss / Double(max(1, done)) }
    var accuracy: Double { Double(right) / Double(max(1, done)) }
  }

  private var tally = Tally()

  /// - Returns: the step at which the loss stopped being a number, or nil.
  private func runEpoch(_ epoch: Int) throws(NetworkError) -> Int? {
    var stream = random.split("epoch \(epoch)")
    let order = stream.permutation(trainingRows.count).map { trainingRows[$0] }
    tally = Tally()
    for step in 0..<stepsPerEpoch {
      let global = (epoch - 1) * stepsPerEpoch + step
      try revise(after: global)
      plan.step = global
      let rows = step * plan.capacity..<min(order.count, (step + 1) * plan.capacity)
      stepper.begin(rate: options.rate(at: global, of: steps, perEpoch: stepsPerEpoch))
      let loss = try runBatch(order, rows, seed: stream.next())
      guard loss.isFinite else { return step + 1 }
      stepper.finish(rows.count)
      monitor.report(
        Progress(
          epoch: epoch, epochs: options.epochs, done: rows.upperBound, total: order.count,
          loss: tally.mean, accuracy: tally.accuracy))
    }
    return nil
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

  private enum Verdict { case goOn, enough, diverged }

  /// Closes an epoch: measures, keeps what is good.
  private func finish(_ epoch: Int) throws(NetworkError) -> Verdict {
    guard plan.weights.areFinite else { return .diverged }
    let now = plan.weights.written(to: network)
    let measured = try validate(now)
    let last = epoch * stepsPerEpoch - 1
    history.append(
      Trained.Epoch(
        epoch: epoch, loss: tally.mean, accuracy: tally.accuracy,
        validationLoss: measured?.loss, validationAccuracy: measured?.accuracy,
        rate: options.rate(at: max(0, last), of: steps, perEpoch: stepsPerEpoch)))
    guard let patience = options.patience, let measured else {
      kept = now
      return .goOn
    }
    if best == nil || measured.loss < (best?.loss ?? 0) {
      best = (epoch, measured.loss)
      kept = now
    }
    return epoch - (best?.epoch ?? epoch) >= patience ? .enough : .goOn
  }

  private func validate(_ network: Network) throws(NetworkError) -> Evaluation? {
    guard let validation, validation.count > 0 else { return nil }
    return try network.evaluate(on: validation, monitor: monitor, workers: workers)
  }
}
