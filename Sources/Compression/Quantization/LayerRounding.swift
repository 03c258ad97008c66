// Rounding that looks at what a layer does with its inputs: learned (AdaRound) and second-order
// (GPTQ). The inputs are those of the network before quantization.
import Encodings
import Kernels
import Networks
import Tensors

/// A layer that multiplies: its weights, and the products of its inputs.
struct LayerRounding {
  let weight: Tensor
  /// True where a weight stays 0; nil for none.
  let pruned: [Bool]?
  let steps: [Step]
  let quantizer: Quantizer
  let products: InputProducts
  let monitor: Monitor

  /// Steps of AdaRound.
  static let adaptiveSteps = 400
  /// Of the mean of the diagonal, as GPTQ's authors have it.
  static let damping = 0.01

  /// One problem per group of outputs.
  private var problems: [ColumnRounding] {
    let groups = products.groups.count
    let rows = weight.shape[0] / groups
    let size = rows * products.columns
    var scales = [Float](repeating: 1, count: weight.count)
    var zeros = [Int](repeating: 0, count: weight.count)
    for (step, run) in zip(steps, Affine.slices(of: weight.shape, quantizer.granularity)) {
      for i in run { (scales[i], zeros[i]) = (step.scale, step.zeroPoint) }
    }
    let codes = steps.first?.codes ?? 0...0
    return (0..<groups).map { group in
      let part = group * size..<(group + 1) * size
      return ColumnRounding(
        rows: rows, columns: products.columns, weights: Array(weight.elements[part]),
        scales: Array(scales[part]), zeros: Array(zeros[part]), codes: codes,
        pruned: pruned.map { Array($0[part]) })
    }
  }

  func secondOrder() throws(CompressionError) -> [Int] {
    var codes: [Int] = []
    for (problem, gram) in zip(problems, products.groups) {
      if monitor.isInterrupted() { throw .network(.interrupted) }
      do throws(LinearAlgebraError) {
        codes += try problem.errorFeedback(products: gram, damping: LayerRounding.damping)
      } catch {
        throw .setting(
          name: "rounding", wanted: "another one: the products of the inputs have no inverse",
          got: "gptq")
      }
    }
    return codes
  }

  func adaptive() throws(CompressionError) -> [Int] {
    var codes: [Int] = []
    for (problem, gram) in zip(problems, products.groups) {
      guard
        let part = problem.adaptive(
          products: gram, count: products.count, steps: LayerRounding.adaptiveSteps,
          isInterrupted: monitor.isInterrupted)
      else { throw .network(.interrupted) }
      codes += part
    }
    return codes
  }
}

extension QuantizeOptions {
  /// The codes of every weight that is rounded by what its layer does, by parameter.
  /// - Throws: `CompressionError.setting` where a weight cannot be rounded so, unless not strict.
  func roundedByLayer(
    _ network: Network, on inputs: Tensor, notes: inout [Note], monitor: Monitor
  ) throws(CompressionError) -> [String: any Encoding] {
    guard let rounding, case .layer(let way) = rounding.way else { return [:] }
    var encodings: [String: any Encoding] = [:]
    var found: [Note] = []
    let wanted = network.nodes.indices.filter { n in
      layers.contains(network.nodes[n].name)
        && network.nodes[n].parameters.contains { takes($0.role) }
    }
    try network.inputProducts(
      of: wanted, on: inputs, monitor: monitor, trouble: { CompressionError.network($0) },
      visit: { n, products throws(CompressionError) in
        for parameter in network.nodes[n].parameters where takes(parameter.role) {
          let name = "\(network.nodes[n].name).\(parameter.name)"
          if parameter.role == .weight, !(parameter.encoding is Hashed), let products {
            encodings[name] = try encoding(of: parameter, name, products, way, monitor)
            continue
          }
          let why = "only dense and conv weights that are not hashed can look at inputs"
          guard !strict else {
            throw .setting(
              name: "rounding", wanted: "half_even for `\(name)`: \(why)", got: rounding.name)
          }
          found.append(
            Note(name, asked: rounding.name, got: RoundingRule.halfEven.name, why: why))
        }
      })
    notes += found
    return encodings
  }

  private func encoding(
    of parameter: Parameter, _ name: String, _ products: InputProducts,
    _ way: (LayerRounding) throws(CompressionError) -> [Int], _ monitor: Monitor
  ) throws(CompressionError) -> any Encoding {
    let quantizer = quantizer
    let pruned = parameter.pruned.flatMap { $0.contains(true) ? $0 : nil }
    let layer = LayerRounding(
      weight: parameter.value, pruned: pruned, steps: quantizer.steps(for: parameter.value),
      quantizer: quantizer, products: products, monitor: monitor)
    let whole = try quantizer.affine(
      of: parameter.value.shape, layer.steps, name, .codes(try way(layer)))
    return pruned.map { quantizer.smallest(whole, without: $0) } ?? whole
  }
}
