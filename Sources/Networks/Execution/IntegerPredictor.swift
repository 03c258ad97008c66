// Networks at work with whole numbers: weights and activations as codes of eight bits, sums exact
// in 32 bits, and floats only between layers.
package import Kernels
package import Tensors

/// A chain of layers that runs with codes of eight bits.
///
/// Weights are symmetric codes, one scale per unit or filter: those that a parameter is stored as,
/// where it is stored so, else coded here from its values. The inputs of each dense or convolution
/// layer are coded anew for each example, its greatest magnitude as 127, so that an example's scores
/// do not depend on its neighbours in the batch. Biases, activations and pooling are floats; relu
/// and 2x2 max-pooling run inside the layer before them. An example with an input that is not
/// finite gets scores that are not numbers.
///
/// Every set of kernels, and any number of threads, gives the same bits.
package final class IntegerPredictor {
  private let network: Network
  private let chain: IntegerChain
  private let workers: Workers
  private let desks: [IntegerDesk]

  /// - Returns: nil where the network is not a chain of dense, conv2d, pooling, activation, dropout
  ///   and flatten layers that leads from images to lists, where a sum might not fit in 32 bits, or
  ///   where a weight is not finite. `Predictor` runs such networks with floats.
  /// - Throws: `NetworkError.memory`.
  package init?(_ network: Network, workers: Workers = .shared) throws(NetworkError) {
    guard let chain = IntegerChain(network) else { return nil }
    try workers.check(bytesEach: chain.bytes, examples: IntegerDesk.examples)
    self.network = network
    self.chain = chain
    self.workers = workers
    desks = (0..<workers.threads).map { _ in IntegerDesk(chain) }
  }

  /// The scores `[B, …]` of inputs `[B, …]`, for any B.
  /// - Throws: `NetworkError.data`, `.interrupted`.
  package func predict(
    _ inputs: Tensor, monitor: Monitor = .silent
  ) throws(NetworkError) -> Tensor {
    try network.check(inputs: inputs)
    let whole = IntegerDesk.examples
    let size = inputs.shape[0] >= whole * workers.threads ? whole : whole / 2
    return try network.scores(inputs, inBlocksOf: size, on: workers, monitor: monitor) {
      desks[$0].run(chain, $1, $2, to: $3)
    }
  }
}

/// The working memory of one worker, and the work.
final class IntegerDesk: @unchecked Sendable {
  /// Examples that run together, at most: two blocks of lanes.
  static let examples = 16

  private let input: Memory
  private let lanes: [Memory]
  private let rows: [Memory]
  private let codes: CodeMemory
  private let scales = Memory(IntegerDesk.examples)
  private let greatest = Memory(Lanes.count)
  /// By step: the planes of codes of a convolution, whose borders stay zero.
  private let planes: [CodeMemory?]

  init(_ chain: IntegerChain) {
    input = Memory(chain.startsInLanes ? chain.inputCount * Lanes.count : 0)
    lanes = (0..<2).map { _ in Memory(chain.mostInLanes * Lanes.count) }
    rows = (0..<2).map { _ in Memory(chain.mostInRows * IntegerDesk.examples) }
    codes = CodeMemory(chain.mostCoded * IntegerDesk.examples)
    planes = chain.steps.map { step in
      guard case .convolution(let layer, _) = step.work else { return nil }
      return CodeMemory(layer.codeCount)
    }
  }

  /// Where the rows of a run are.
  private enum Place {
    /// In the inputs.
    case input
    /// In one of the two buffers.
    case rows(Int)
    /// Coded already; whether any code is negative.
    case codes(negative: Bool)
  }

  func run(_ chain: IntegerChain, _ x: [Float], _ examples: Range<Int>, to scores: Floats) {
    var place = Place.input
    var first = 0
    if chain.startsInLanes {
      first = chain.lanesEnd
      var negative = false
      for start in stride(from: 0, to: examples.count, by: Lanes.count) {
        let part = start..<min(examples.count, start + Lanes.count)
        let signs = runLanes(chain, x, from: examples.lowerBound, part, scores)
        negative = negative || signs
      }
      guard chain.lanesEnd < chain.steps.count else { return }
      place = chain.codesAfterLanes ? .codes(negative: negative) : .rows(0)
    }
    for step in chain.steps[first...] { runRows(step, x, examples, &place) }
    guard case .rows(let index) = place else {
      if case .input = place {
        scores.copy(from: x, at: examples.lowerBound * chain.inputCount)
      }
      return
    }
    scores.copy(from: rows[index].floats.slice(0, scores.count))
  }

  /// Up to eight examples through the steps in lanes, and out of the lanes.
  private func runLanes(
    _ chain: IntegerChain, _ x: [Float], from start: Int, _ part: Range<Int>, _ scores: Floats
  ) -> Bool {
    let images = input.floats.slice(0, part.count * chain.inputCount)
    images.copy(from: x, at: (start + part.lowerBound) * chain.inputCount)
    var now = lanes[0].floats.slice(0, chain.inputCount * Lanes.count)
    now.lanes(of: images, examples: part.count, each: chain.inputCount)
    Lanes.greatest(now, to: greatest.floats)
    var index = 0
    for (number, step) in chain.steps[..<chain.lanesEnd].enumerated() {
      let next = lanes[1 - index].floats.slice(0, step.outputCount * Lanes.count)
      switch step.work {
      case .convolution(let layer, let finish):
        guard let planes = planes[number] else { continue }
        layer.forward(now, greatest: greatest.floats, codes: planes.codes, finish, to: next)
      case .maxPool(let window): window.maxPoolLanes(now, to: next, places: nil)
      case .averagePool(let window): window.averagePoolLanes(now, to: next)
      case .activation(let activator): activator.forward(now, to: next)
      case .dense: continue
      }
      if !step.keepsGreatest { Lanes.greatest(next, to: greatest.floats) }
      now = next
      index = 1 - index
    }
    let each = now.count / Lanes.count
    guard chain.codesAfterLanes else {
      let isLast = chain.lanesEnd == chain.steps.count
      let target = isLast ? scores : rows[0].floats
      target.slice(part.lowerBound * each, part.count * each)
        .rows(of: now, examples: part.count, each: each)
      return false
    }
    let target = codes.codes.slice(part.lowerBound * each, part.count * each)
    return Lanes.code(
      now, examples: part.count, greatest: greatest.floats, to: target, stride: each,
      scales: scales.floats.slice(part.lowerBound, part.count))
  }

  private func runRows(
    _ step: IntegerStep, _ x: [Float], _ examples: Range<Int>, _ place: inout Place
  ) {
    let count = examples.count
    var index = 0
    if case .rows(let last) = place { index = 1 - last }
    let next = rows[index].floats.slice(0, count * step.outputCount)
    switch step.work {
    case .dense(let layer, let finish):
      let negative = code(place, x, examples, layer.depth)
      layer.forward(
        codes.codes, stride: layer.depth, scales: scales.floats, negative: negative, finish,
        to: Matrix(next, count, step.outputCount))
    case .activation(let activator):
      switch place {
      case .rows(let last):
        activator.forward(rows[last].floats.slice(0, next.count), to: next)
      case .input:
        next.copy(from: x, at: examples.lowerBound * step.outputCount)
        activator.forward(next, to: next)
      case .codes: return
      }
    default: return
    }
    place = .rows(index)
  }

  /// Makes sure that the rows are coded.
  private func code(
    _ place: Place, _ x: [Float], _ examples: Range<Int>, _ width: Int
  ) -> Bool {
    switch place {
    case .codes(let negative): return negative
    case .input:
      return codes.codes.code(
        x, at: examples.lowerBound * width, rows: examples.count, width: width, stride: width,
        scales: scales.floats)
    case .rows(let index):
      let matrix = Matrix(rows[index].floats, examples.count, width)
      return codes.codes.code(matrix, stride: width, scales: scales.floats)
    }
  }
}
