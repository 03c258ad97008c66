// Quantization as a whole: weights, what flows between them, and training on the way.
import Encodings
package import Networks
import Tensors

/// A network after quantization, and what a training on the way met.
package struct Quantized: Sendable {
  package let network: Network
  package let notes: [Note]
  /// Nil where nothing was trained.
  package let trained: Trained?
}

/// Quantizes weights and, where asked to, activations: after training (statically or dynamically),
/// or by training with straight-through gradients, the network rounding as it will later.
///
/// - Parameters:
///   - activations: nil to leave them as floats.
///   - training: nil to quantize what is there. Scales follow the weights in each step, or are
///     learned with the range `learned`.
///   - data: to calibrate and to train on.
///   - samples: the first examples, for rounding that looks at the inputs of layers.
///   - isInteger: the network is to run in whole numbers.
/// - Throws: `CompressionError`: as `quantize(_:_:)` and `quantizeActivations`; `.setting` for
///   settings that only training, or only no training, has a use for; `.network` for what cannot run
///   in whole numbers, before any training.
package func quantize(
  _ network: Network, _ options: QuantizeOptions, activations: ActivationOptions?,
  training: Training?, on data: Dataset?, samples: Int = ActivationOptions.usualSamples,
  isInteger: Bool = false, monitor: Monitor = .silent
) throws(CompressionError) -> Quantized {
  try checkMoment(options, activations, isTraining: training != nil, hasData: data != nil)
  if let data {
    do { try network.check(inputs: data.inputs) } catch { throw .network(error) }
  }
  // Whatever is wrong with the weights shows before the work.
  var plain = options
  if training != nil || options.rounding?.needsExamples == true { plain.rounding = nil }
  try plain.check(network)
  var base = network
  var notes: [Note] = []
  if let activations {
    let result = try quantizeActivations(
      network, activations, weights: plain, on: data?.inputs, monitor: monitor)
    base = result.network
    notes = result.notes
  }
  guard let training, let data else {
    var rounded: [String: any Encoding] = [:]
    if let data {
      rounded = try options.roundedByLayer(
        base, on: data.inputs.first(samples), notes: &notes, monitor: monitor)
    }
    let result = try quantize(base, plain, rounded: rounded)
    return Quantized(
      network: try result.network.finished(isInteger), notes: notes + result.notes, trained: nil)
  }
  // What could not be stored or run in the end is refused before the training.
  try options.checkGroups(ofPruned: base)
  let asked = try quantize(base, plain)
  _ = try asked.network.finished(isInteger)
  let learns = activations?.range.use == .training
  let trained = try train(base, options, training, learnsSteps: learns, on: data, monitor)
  return Quantized(
    network: try trained.network.finished(isInteger), notes: notes + asked.notes, trained: trained)
}

extension Network {
  fileprivate func finished(_ isInteger: Bool) throws(CompressionError) -> Network {
    let made = roundingBiases()
    guard isInteger else { return made }
    do { return try made.inIntegers() } catch { throw .network(error) }
  }
}

extension QuantizeOptions {
  /// Groups of a training are neighbors in a row, those of a pruned weight without zeros are neighbors
  /// among what is kept.
  fileprivate func checkGroups(ofPruned network: Network) throws(CompressionError) {
    guard !grid.holdsZero, case .group(let size) = quantizer.granularity else { return }
    for node in network.nodes where layers.contains(node.name) {
      for parameter in node.parameters
      where takes(parameter.role) && parameter.pruned?.contains(true) == true {
        throw .setting(
          name: "group",
          wanted: "left out with `epochs` for `\(node.name).\(parameter.name)`: "
            + "it is pruned, and \(grid.name) has no 0", got: "\(size)")
      }
    }
  }
}

private func checkMoment(
  _ options: QuantizeOptions, _ activations: ActivationOptions?, isTraining: Bool, hasData: Bool
) throws(CompressionError) {
  let learned = RangeEstimator.learned.name
  if isTraining, !hasData {
    throw .setting(name: "on", wanted: "examples to train on", got: "none")
  }
  if let rounding = options.rounding, rounding.needsExamples, !hasData {
    throw .setting(
      name: "on", wanted: "examples for the rounding \(rounding.name)", got: "none")
  }
  if options.range?.use == .training, !options.grid.isUniform || options.grid.takesFraction {
    throw .setting(
      name: "range",
      wanted: "another one with the grid \(options.grid.name): "
        + (options.grid.isUniform ? "its scale is given" : "its scales follow"), got: learned)
  }
  for (name, range) in [("range", options.range), ("activation_range", activations?.range)]
  where range?.use == .training && !isTraining {
    throw .setting(
      name: name, wanted: "one that needs no training, or `epochs` given: steps are learned",
      got: learned)
  }
  guard isTraining, let rounding = options.rounding, options.grid.isUniform else {
    if options.rounding != nil, !options.grid.isUniform, !isTraining {
      throw .setting(
        name: "rounding", wanted: "left out with the grid \(options.grid.name) without `epochs`",
        got: options.rounding?.name ?? "")
    }
    return
  }
  throw .setting(
    name: "rounding", wanted: "left out with `epochs`: training rounds to the nearest",
    got: rounding.name)
}

/// Trains a network that sees its weights on their grid.
private func train(
  _ network: Network, _ options: QuantizeOptions, _ training: Training, learnsSteps: Bool,
  on data: Dataset, _ monitor: Monitor
) throws(CompressionError) -> Trained {
  var training = training
  training.projections = network.quantizedProjections
  let quantizer = options.quantizer
  for node in network.nodes where options.layers.contains(node.name) {
    for parameter in node.parameters where options.takes(parameter.role) {
      let name = "\(node.name).\(parameter.name)"
      training.projections[name] = try quantizer.projection(
        of: parameter, name, isStochastic: options.rounding?.isRandom == true)
    }
  }
  var start = network.withSteps(frozen: !learnsSteps)
  if options.rounding?.isRandom == true {
    start = start.mapParameters { node, parameter in
      options.layers.contains(node.name) && options.takes(parameter.role)
        ? parameter.spread : parameter
    }
  }
  let trained: Trained
  do { trained = try start.trained(on: data, training, monitor: monitor) } catch {
    throw .network(error)
  }
  return trained.mapNetworks { $0.withSteps(frozen: true) }
}

extension Quantizer {
  /// How a parameter is trained on this grid.
  fileprivate func projection(
    of parameter: Parameter, _ name: String, isStochastic: Bool
  ) throws(CompressionError) -> any Projection {
    let learns = range.use == .training
    if let hashed = parameter.encoding as? Hashed {
      guard !learns else {
        throw .setting(
          name: "range", wanted: "another one for `\(name)`: the scales of hashed values follow",
          got: range.name)
      }
      let values = GridProjection(
        self, .follow, shape: hashed.values.shape, isStochastic: isStochastic)
      return HashedGridProjection(hashed, on: values)
    }
    if case .points = grid.kind { return PointProjection(parameter.value, self) }
    return GridProjection(
      self, learns ? .learned(steps(for: parameter.value)) : .follow,
      shape: parameter.value.shape, isStochastic: isStochastic)
  }
}

extension Network {
  fileprivate func withSteps(frozen: Bool) -> Network {
    mapParameters { _, parameter in
      guard parameter.role == .step else { return parameter }
      var copy = parameter
      copy.frozen = frozen
      return copy
    }
  }
}

/// The network as plain numbers: weights fp32 with the values that their codes had, nothing rounded
/// between layers. What was folded or trained stays so.
package func dequantized(_ network: Network) throws(CompressionError) -> Network {
  var rewriter = GraphRewriter(network)
  for (n, node) in network.nodes.enumerated() {
    guard node.layer is ActivationQuantizer else {
      rewriter.keep(n, parameters: node.parameters.map { $0.with(value: $0.value) })
      continue
    }
    rewriter.drop(n, for: node.inputs[0])
  }
  return try rewriter.network()
}

extension Parameter {
  /// Numbers that are drawn as signs, over all of -1...1: close to 0, all of them would be chance.
  fileprivate var spread: Parameter {
    let greatest = value.elements.reduce(0) { max($0, abs($1)) }
    return greatest > 0 ? with(value: value.map { $0 / greatest }) : self
  }
}

extension Tensor {
  /// The first examples `[B, …]`, as many as there are.
  func first(_ count: Int) -> Tensor {
    let examples = min(count, shape.first ?? 0)
    let size = shape.dropFirst().reduce(1, *)
    return Tensor(
      trusted: [examples] + shape.dropFirst(), Array(elements.prefix(examples * size)))
  }
}
