// What estimators look at, gathered when the first of them asks: quantized layers, the answers of the
// network with one of them in it, gradients and curvature.
private import Glibc
import Networks
import Tensors

final class Evidence {
  let network: Network
  let layers: [WeightedLayer]
  let options: SensitivityOptions
  /// The examples that were drawn; nil where no estimator wants any.
  let examples: Dataset?
  private let monitor: Monitor
  /// By choice of bits: the whole network quantized so.
  private let quantized: [Network]
  private var scores: [Float] = []
  private var losses: [Double] = []
  private var answers: [[Answer?]]
  private var layerSlopes: [Double]?
  private var fisherDiagonals: [[Double]]?
  private var layerTraces: [LayerTrace]?

  /// What changes when one layer alone is quantized.
  struct Answer {
    /// The mean squared change of an output.
    let outputError: Double
    /// Of each example's loss.
    let lossChanges: [Double]
  }

  /// - Throws: `CompressionError` as `quantize` does, and for data that does not fit.
  init(
    _ network: Network, on data: Dataset?, _ options: SensitivityOptions, technique: String,
    monitor: Monitor
  ) throws(CompressionError) {
    self.network = network
    self.options = options
    self.monitor = monitor
    let all = try WeightedLayer.all(of: network, technique: technique)
    try options.weights.layers.check(known: all.map(\.name))
    layers = all.filter { options.weights.layers.contains($0.name) }
    guard !layers.isEmpty else {
      throw .nothing(technique: technique, wanted: "a layer that is not left out")
    }
    examples = try Evidence.drawn(data, for: network, options)
    var quantized: [Network] = []
    for bits in options.bits {
      quantized.append(try quantize(network, options.quantization(bits: bits)).network)
    }
    self.quantized = quantized
    answers = layers.map { _ in options.bits.map { _ in nil } }
  }

  /// Some of the examples, without repetition, in the order in which they stand.
  private static func drawn(
    _ data: Dataset?, for network: Network, _ options: SensitivityOptions
  ) throws(CompressionError) -> Dataset? {
    guard let data, options.estimators.contains(where: \.needsData) else {
      if let estimator = options.estimators.first(where: \.needsData) {
        throw .setting(
          name: "on", wanted: "examples, for the estimator \(estimator.name)", got: "none")
      }
      return nil
    }
    do throws(NetworkError) { try network.check(data) } catch { throw .network(error) }
    return try data.drawn(
      options.examples, usually: SensitivityOptions.usualExamples,
      RandomStream(seed: options.seed).split("examples"))
  }

  // MARK: Weights

  /// The parameters of a layer at a choice of bits.
  func parameters(_ layer: Int, _ choice: Int) -> [Parameter] {
    quantized[choice].nodes[layers[layer].node].parameters
  }

  /// The sum over a layer's weights, by their position and the change of their value.
  func sum(_ layer: Int, _ choice: Int, _ term: (Int, Double) -> Double) -> Double {
    let own = layers[layer]
    let changed = WeightedLayer.values(of: parameters(layer, choice), own.parameters)
    var sum = 0.0
    for i in changed.indices { sum += term(i, Double(changed[i]) - Double(own.values[i])) }
    return sum
  }

  /// ‖Q(W) − W‖².
  func squaredError(_ layer: Int, _ choice: Int) -> Double { sum(layer, choice) { $1 * $1 } }

  /// The network with one layer quantized.
  private func variant(_ layer: Int, _ choice: Int) -> Network {
    network.replacing([layers[layer].node: parameters(layer, choice)])
  }

  // MARK: Examples

  private func data() throws(CompressionError) -> Dataset {
    guard let examples else {
      throw .setting(name: "on", wanted: "examples", got: "none")
    }
    return examples
  }

  func answer(_ layer: Int, _ choice: Int) throws(CompressionError) -> Answer {
    if let known = answers[layer][choice] { return known }
    let data = try data()
    if scores.isEmpty {
      scores = try outputs(of: network, data)
      losses = try crossEntropies(scores, data)
    }
    let changed = try outputs(of: variant(layer, choice), data)
    var squares = 0.0
    for (after, before) in zip(changed, scores) {
      squares += (Double(after) - Double(before)) * (Double(after) - Double(before))
    }
    let answer = Answer(
      outputError: squares / Double(max(1, scores.count)),
      lossChanges: zip(try crossEntropies(changed, data), losses).map { $0 - $1 })
    answers[layer][choice] = answer
    return answer
  }

  /// The mean loss of the network as it is.
  func meanLoss() throws(CompressionError) -> Double? {
    guard examples != nil else { return nil }
    let data = try data()
    if losses.isEmpty {
      scores = try outputs(of: network, data)
      losses = try crossEntropies(scores, data)
    }
    return losses.reduce(0, +) / Double(losses.count)
  }

  private func outputs(of network: Network, _ data: Dataset) throws(CompressionError) -> [Float] {
    do throws(NetworkError) { return try network.scores(on: data, monitor: monitor) } catch {
      throw .network(error)
    }
  }

  /// −log softmax of the label's output, for each example, in double precision.
  private func crossEntropies(
    _ scores: [Float], _ data: Dataset
  ) throws(CompressionError) -> [Double] {
    let classes = scores.count / data.count
    return data.labels.enumerated().map { example, label in
      let row = scores[example * classes..<(example + 1) * classes]
      let top = Double(row.max() ?? 0)
      let sum = row.reduce(0.0) { $0 + exp(Double($1) - top) }
      return log(sum) + top - Double(row[row.startIndex + label])
    }
  }

  // MARK: Slopes and curvature

  /// For each layer, the length of the gradient of the mean loss by its weights.
  func gradientNorms() throws(CompressionError) -> [Double] {
    if let layerSlopes { return layerSlopes }
    let data = try data()
    do throws(NetworkError) {
      let gradient = try LossGradient(network, on: data)
      let norms = try LayerGradient(gradient, layers).norms(of: layers.count, monitor: monitor)
      layerSlopes = norms
      return norms
    } catch { throw .network(error) }
  }

  func fisher() throws(CompressionError) -> [[Double]] {
    if let fisherDiagonals { return fisherDiagonals }
    let data = try data()
    do throws(NetworkError) {
      let found = try FisherDiagonal.measured(network, layers, on: data, monitor: monitor)
      fisherDiagonals = found
      return found
    } catch { throw .network(error) }
  }

  func traces() throws(CompressionError) -> [LayerTrace] {
    if let layerTraces { return layerTraces }
    let data = try data()
    do throws(NetworkError) {
      let found = try HessianTrace.measured(
        network, layers, on: data, samples: options.samples,
        random: RandomStream(seed: options.seed).split("vectors"), monitor: monitor)
      layerTraces = found
      return found
    } catch { throw .network(error) }
  }

  /// Where they were asked for.
  var knownTraces: [LayerTrace] { layerTraces ?? [] }
}

extension Network {
  /// The same network with the parameters of these nodes replaced; shapes stay.
  func replacing(_ parameters: [Int: [Parameter]]) -> Network {
    var next: [Parameter] = []
    for (n, node) in nodes.enumerated() { next += parameters[n] ?? node.parameters }
    var index = 0
    return mapParameters { _, _ in
      defer { index += 1 }
      return next[index]
    }
  }

  /// The outputs for all examples, one after the other.
  fileprivate func scores(on data: Dataset, monitor: Monitor) throws(NetworkError) -> [Float] {
    try predict(data.inputs, monitor: monitor).elements
  }
}
