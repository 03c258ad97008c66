// Quantizers put into a network: what flows is rounded as integer hardware would round it.
import Kernels
package import Networks
package import Tensors

/// The network with its activations on grids.
///
/// Static ranges are for everything that flows: batch normalization is folded first, and they come from
/// the first `samples` examples, before weights are rounded (but for grids that are not uniform). With
/// one bit, signs take the place of the activation functions before all layers with weights but the
/// first. Dynamic ranges, and signs, are for what the layers asked for read.
/// - Parameter inputs: examples `[B, …]`; nil where ranges are dynamic or signs have none.
/// - Throws: `CompressionError`: as `ActivationOptions.check`; `.nothing` for a network without
///   layers that multiply; `.setting` for one that is quantized so already; `.network`.
package func quantizeActivations(
  _ network: Network, _ options: ActivationOptions, weights: QuantizeOptions,
  on inputs: Tensor?, monitor: Monitor = .silent
) throws(CompressionError) -> Compressed {
  try options.check(examples: inputs?.shape.first)
  guard !network.nodes.contains(where: { $0.layer is ActivationQuantizer }) else {
    throw .setting(
      name: "activations", wanted: "left out: they are quantized already (`dequantize` first)",
      got: "\(options.bits)")
  }
  guard network.nodes.contains(where: { $0.layer.multipliesWeights }) else {
    throw .nothing(technique: "quantize", wanted: "dense or convolution layers")
  }
  // Where ranges are found while it runs, layers multiply whole numbers and hand on floats: nothing
  // needs to be folded.
  let isStatic = options.moment == .fixed && !options.isBinary
  let folded = isStatic ? try Compressed.folding(network) : Compressed(network)
  let plain = folded.network
  let placement = Placement(
    plain, onlyForWeights: options.moment != .fixed, signs: options.isBinary,
    layers: weights.layers)
  var observers: [Int: ActivationObserver] = [:]
  if options.moment == .fixed, !options.isBinary, let inputs {
    // Weights of two or three values are of another size than before: so is what flows.
    let seen = weights.grid.isUniform ? plain : try quantize(plain, weights).network
    observers = try seen.observed(
      at: placement.places, on: inputs, samples: options.samples,
      spread: options.range.name != RangeEstimator.minmax.name, monitor: monitor)
  }
  var rewriter = GraphRewriter(plain)
  var count = 0
  func name() -> String {
    count += 1
    return "quant\(count)"
  }
  var notes = folded.notes
  do throws(NetworkError) {
    if placement.places.contains(Network.input) {
      let (layer, parameters) = try quantizer(options, weights, observers[Network.input])
      note(observers[Network.input], at: "the input", in: &notes)
      rewriter.insert(name(), layer, parameters, after: Network.input)
    }
    for n in plain.nodes.indices {
      let isReplaced = placement.replaced.contains(n)
      guard isReplaced || placement.places.contains(n) else {
        rewriter.keep(n)
        continue
      }
      let (layer, parameters) = try quantizer(options, weights, observers[n])
      note(observers[n], at: plain.nodes[n].name, in: &notes)
      if isReplaced {
        notes.append(
          Note(
            plain.nodes[n].name, asked: "\(layer.bits) bit", got: "a sign in its place",
            why: "with one bit, the sign is the activation"))
        rewriter.keep(n, layer: layer, parameters: parameters)
      } else {
        rewriter.keep(n)
        rewriter.insert(name(), layer, parameters, after: n)
      }
    }
  } catch { throw .network(error) }
  return Compressed(try rewriter.network(), notes: notes)
}

private func note(_ observer: ActivationObserver?, at place: String, in notes: inout [Note]) {
  guard let observer, observer.least == 0, observer.greatest == 0 else { return }
  notes.append(Note(place, "was 0 in all examples: nothing is known of its range"))
}

/// The layer for one place, and its step.
private func quantizer(
  _ options: ActivationOptions, _ weights: QuantizeOptions, _ observer: ActivationObserver?
) throws(NetworkError) -> (ActivationQuantizer, [Parameter]) {
  guard !options.isBinary else {
    let grid: ActivationQuantizer.Grid = weights.grid.name == Grid.xnor.name ? .scaledSign : .sign
    return (try ActivationQuantizer(bits: 1, grid: grid, moment: .fixed), [])
  }
  let grid: ActivationQuantizer.Grid = options.grid.name == Grid.affine.name ? .affine : .symmetric
  guard let observer else {
    return (try ActivationQuantizer(bits: options.bits, grid: grid, moment: options.moment), [])
  }
  let step = observer.step(options)
  let layer = try ActivationQuantizer(
    bits: options.bits, grid: grid, moment: .fixed, zero: step.zeroPoint,
    observed: ActivationQuantizer.Observation(
      least: Double(observer.least), greatest: Double(observer.greatest),
      examples: observer.examples))
  var parameter = Parameter("step", role: .step, value: Tensor(vector: [step.scale]))
  parameter.frozen = true
  return (layer, [parameter])
}
