// The slopes of a network's mean loss by its weights, again and again: buffers are laid out once, and
// the weights may be moved in between. What curvature and sensitivity are measured with.
package import Kernels
internal import Tensors

/// The gradient of the mean cross-entropy over labelled examples, by every weight, as the network
/// answers: without dropout, and with running statistics.
package final class LossGradient {
  /// A parameter whose gradient is wanted.
  package struct Place: Sendable {
    package let node: Int
    package let parameter: Int
  }

  /// All of them, in the network's order.
  package let places: [Place]
  /// The examples in runs that one pass takes: equally long, but for one.
  package let batches: [Range<Int>]
  /// Whether relu, maxpool and their kin keep to the pieces on which the last pass without this was:
  /// then no step crosses a kink, and differences of gradients are those of a smooth function.
  package var keepsPieces: Bool {
    get { choice.isKept }
    set { choice.isKept = newValue }
  }

  private let data: Dataset
  private let plan: Plan
  private let choice = PieceChoice()
  private let buffers: [GradientBuffer]
  private let labels: Memory
  private let losses: Memory
  private let order: [Int]

  /// - Parameters:
  ///   - roles: of the parameters whose gradients are wanted.
  ///   - batch: examples in a pass, at most.
  ///   - holds: it will be asked to keep to pieces, which takes memory and a little time.
  /// - Throws: `NetworkError.data`, `.label`, `.index`, `.option` for no examples, `.memory`.
  package init(
    _ network: Network, on data: Dataset, of roles: Set<Parameter.Role> = [.weight],
    batch: Int = 128, holds: Bool = false,
    path: EnginePath = .configured, workers: Workers = .shared
  ) throws(NetworkError) {
    try network.check(data)
    let free = network.mapParameters { _, parameter in
      var copy = parameter
      copy.frozen = false
      return copy
    }
    let running = holds ? try free.keepingPieces(choice) : free
    let count = (data.count + max(1, batch) - 1) / max(1, batch)
    batches = (0..<count).map { data.count * $0 / count..<data.count * ($0 + 1) / count }
    let capacity = batches.reduce(1) { max($0, $1.count) }
    plan = try Plan(
      running, weights: Weights(running, path: path), capacity: capacity, training: true,
      learns: false, path: path, workers: workers)
    let weights = plan.gradients.filter {
      roles.contains(network.nodes[$0.node].parameters[$0.parameter].role)
    }.sorted { ($0.node, $0.parameter) < ($1.node, $1.parameter) }
    places = weights.map { Place(node: $0.node, parameter: $0.parameter) }
    buffers = weights.map(\.buffer)
    labels = Memory(capacity)
    losses = Memory(capacity)
    order = Array(0..<data.count)
    self.data = data
  }

  /// Gives a weight other values, in the order of its tensor.
  package func move(_ place: Int, to elements: [Float]) {
    let (node, parameter) = (places[place].node, places[place].parameter)
    plan.weights.storages[node][parameter].load(elements, to: plan.weights.values[node][parameter])
  }

  /// One pass to the outputs alone: pieces are those of this pass from then on.
  /// - Throws: `NetworkError.interrupted`.
  package func choosePieces(_ rows: Range<Int>, monitor: Monitor) throws(NetworkError) {
    choice.isKept = false
    try forward(rows, monitor)
    choice.isKept = true
  }

  /// One pass forward and back. The gradients are then those of the sum of the losses over these
  /// examples, divided by the number of all examples.
  /// - Throws: `NetworkError.interrupted`.
  package func run(_ rows: Range<Int>, monitor: Monitor) throws(NetworkError) {
    for row in rows { labels.floats[row - rows.lowerBound] = Float(data.labels[row]) }
    try run(rows, monitor: monitor) { outputs, slopes in
      Scores(outputs, rows: rows.count, classes: plan.network.outputShape.reduce(1, *))
        .crossEntropy(
          labels: labels.floats, smoothing: 0, scale: 1 / Float(data.count),
          losses: losses.floats, gradient: slopes)
    }
  }

  /// The same for any function of the outputs.
  /// - Parameter slopes: writes its gradient by the outputs `[rows, classes]`.
  /// - Throws: `NetworkError.interrupted`.
  package func run(
    _ rows: Range<Int>, monitor: Monitor, slopes: (_ outputs: Floats, _ slopes: Floats) -> Void
  ) throws(NetworkError) {
    try forward(rows, monitor)
    guard let gradient = plan.outputGradient else { return }
    slopes(plan.output, gradient)
    try plan.backward(rows.count, monitor: monitor)
    for buffer in buffers { buffer.sum(plan.parts(buffer, rows.count)) }
  }

  /// By one of the weights, after a pass, in the order of its tensor.
  package func gradient(_ place: Int) -> [Float] {
    plan.weights.elements(
      of: buffers[place].total, places[place].node, places[place].parameter)
  }

  private func forward(_ rows: Range<Int>, _ monitor: Monitor) throws(NetworkError) {
    try plan.forward(rows.count, monitor: monitor) { examples, inputs in
      let first = rows.lowerBound + examples.lowerBound
      data.fill(inputs, order, first..<first + examples.count)
    }
  }
}
