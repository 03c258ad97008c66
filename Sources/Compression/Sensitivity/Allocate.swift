// Chooses the bits of each layer so that the file fits a budget and the network suffers least.
import Encodings
package import Networks
import Tensors

package struct AllocateOptions: Sendable {
  /// What the file may take, in bytes.
  package var budget: Int
  package var estimator: SensitivityEstimator
  /// The choices of bits, and how scores are made; its estimators do not matter. 32 bits leave the
  /// layer as it is.
  package var sensitivity: SensitivityOptions
  /// The bytes that a parameter takes in the file that `save` writes.
  package var parameterBytes: @Sendable (Parameter) -> Int
  /// The length of that file.
  package var fileBytes: @Sendable (Network) -> Int
  /// Notes the chosen bits in the network, whose file is to fit.
  package var note: @Sendable (Network, [Allocation.Layer]) -> Network

  /// The number of bits that stands for a layer as it is.
  package static let whole = 32

  package init(
    budget: Int, using estimator: SensitivityEstimator, _ sensitivity: SensitivityOptions,
    parameterBytes: @escaping @Sendable (Parameter) -> Int,
    fileBytes: @escaping @Sendable (Network) -> Int,
    note: @escaping @Sendable (Network, [Allocation.Layer]) -> Network = { network, _ in network }
  ) {
    self.budget = budget
    self.estimator = estimator
    self.sensitivity = sensitivity
    self.parameterBytes = parameterBytes
    self.fileBytes = fileBytes
    self.note = note
  }
}

package struct Allocation: Sendable {
  package struct Layer: Sendable, Equatable {
    package let layer: String
    package let bits: Int
    package let weights: Int
    /// Of its parameters in the file.
    package let bytes: Int
    /// As it was counted: not below 0 for a trace that came out negative.
    package let score: Double
  }

  /// A file that no other beats.
  package struct Point: Sendable, Equatable {
    /// The length of the file; but for the chosen one, to the few bytes by which receipts differ.
    package let bytes: Int
    package let score: Double
    /// By layer.
    package let bits: [Int]
  }

  package let network: Network
  package let layers: [Layer]
  /// By rising bytes and falling scores.
  package let front: [Point]
  /// Where the chosen one is on it.
  package let chosen: Int
  package let fileBytes: Int
  package let budget: Int
  package let notes: [Note]
}

/// The network with as many bits in each layer as make the sum of the scores least within the budget.
///
/// Guaranteed: the file takes at most the budget; no assignment whose parameters take as many bytes or
/// fewer has a lower sum of scores; and the file of the next better assignment on the front does not
/// fit. (What a file holds beside its parameters differs by a few bytes from one receipt to another.)
///
/// Scores of single layers add up only as long as errors are small and layers do not answer each other:
/// measure the result.
///
/// - Throws: `CompressionError`: `.budget` below the smallest file; otherwise as `sensitivity`.
package func allocate(
  _ network: Network, _ options: AllocateOptions, on data: Dataset?, monitor: Monitor = .silent
) throws(CompressionError) -> Allocation {
  guard options.budget >= 0 else {
    throw .setting(name: "budget", wanted: "a size from 0", got: "\(options.budget)")
  }
  let search = try AllocationSearch(network, options, data, monitor)
  return try search.best()
}

/// The choices of every layer, and the way through them.
private struct AllocationSearch {
  let network: Network
  let options: AllocateOptions
  let layers: [WeightedLayer]
  let choices: [[AllocationChoice]]
  /// By layer and choice.
  let parameters: [[[Parameter]]]
  let front: AllocationFront
  let notes: [Note]

  init(
    _ network: Network, _ options: AllocateOptions, _ data: Dataset?, _ monitor: Monitor
  ) throws(CompressionError) {
    var looked = options.sensitivity
    looked.estimators = [options.estimator]
    try looked.check(whole: AllocateOptions.whole)
    looked.bits.removeAll { $0 == AllocateOptions.whole }
    let evidence = try Evidence(network, on: data, looked, technique: "allocate", monitor: monitor)
    var notes: [Note] = []
    var choices: [[AllocationChoice]] = []
    var parameters: [[[Parameter]]] = []
    for (l, layer) in evidence.layers.enumerated() {
      var own: [AllocationChoice] = []
      var stored: [[Parameter]] = []
      for bits in options.sensitivity.bits {
        let choice = looked.bits.firstIndex(of: bits)
        let parts =
          choice.map { evidence.parameters(l, $0) } ?? network.nodes[layer.node].parameters
        var score = 0.0
        if let choice { score = try options.estimator.score(evidence, l, choice).value }
        guard score.isFinite else {
          throw .setting(
            name: "using", wanted: "an estimator with finite scores for this network",
            got: "\(score) for `\(layer.name)` at \(bits) bits")
        }
        own.append(
          AllocationChoice(
            bits: bits, bytes: parts.reduce(0) { $0 + options.parameterBytes($1) }, score: score))
        stored.append(parts)
      }
      if monitor.isInterrupted() { throw .network(.interrupted) }
      choices.append(AllocationSearch.counted(own, layer, options.estimator, &notes))
      parameters.append(stored)
    }
    self.network = network
    self.options = options
    layers = evidence.layers
    self.choices = choices
    self.parameters = parameters
    self.notes = notes
    front = try AllocationFront(choices, monitor: monitor)
  }

  /// A trace below 0 is no reward for large errors: it comes of few samples, or of weights that are not
  /// at a minimum.
  private static func counted(
    _ choices: [AllocationChoice], _ layer: WeightedLayer, _ estimator: SensitivityEstimator,
    _ notes: inout [Note]
  ) -> [AllocationChoice] {
    guard estimator.name == SensitivityEstimator.hessian.name,
      choices.contains(where: { $0.score < 0 })
    else { return choices }
    notes.append(Note(layer.name, "the trace of its Hessian came out below 0, and counts as 0"))
    return choices.map { AllocationChoice(bits: $0.bits, bytes: $0.bytes, score: max(0, $0.score)) }
  }

  func best() throws(CompressionError) -> Allocation {
    var place = 0
    var (network, bytes) = file(at: place)
    guard bytes <= options.budget else {
      let bits = Set(layers(at: 0).map(\.bits))
      let fewest = bits.count == 1 ? "\(bits.min() ?? 0) bits" : "the fewest bits"
      throw .budget(options.budget, smallest: bytes, with: "\(fewest) in every layer")
    }
    // The file beside the parameters is nearly the same for all: first a guess, then the files.
    let room = options.budget - (bytes - front.bytes[0])
    let guess = front.bytes.lastIndex { $0 <= room } ?? 0
    for candidate in stride(from: guess, to: 0, by: -1) {
      let (larger, size) = file(at: candidate)
      guard size <= options.budget else { continue }
      (place, network, bytes) = (candidate, larger, size)
      break
    }
    while place + 1 < front.bytes.count {
      let (larger, size) = file(at: place + 1)
      guard size <= options.budget else { break }
      (place, network, bytes) = (place + 1, larger, size)
    }
    return allocation(place, network, bytes)
  }

  private func allocation(_ place: Int, _ network: Network, _ bytes: Int) -> Allocation {
    let rest = bytes - front.bytes[place]
    let points = front.bytes.indices.map { place in
      Allocation.Point(
        bytes: front.bytes[place] + rest, score: front.scores[place],
        bits: layers(at: place).map(\.bits))
    }
    return Allocation(
      network: network, layers: layers(at: place), front: points, chosen: place, fileBytes: bytes,
      budget: options.budget, notes: notes)
  }

  private func layers(at place: Int) -> [Allocation.Layer] {
    zip(front.assignment(place), choices).enumerated().map { layer, pair in
      let choice = pair.1[pair.0]
      return Allocation.Layer(
        layer: layers[layer].name, bits: choice.bits, weights: layers[layer].weights,
        bytes: choice.bytes, score: choice.score)
    }
  }

  /// The network of an assignment, and the length of its file.
  private func file(at place: Int) -> (network: Network, bytes: Int) {
    var replaced: [Int: [Parameter]] = [:]
    for (layer, choice) in front.assignment(place).enumerated() {
      replaced[layers[layer].node] = parameters[layer][choice]
    }
    let noted = options.note(network.replacing(replaced), layers(at: place))
    return (noted, options.fileBytes(noted))
  }
}
