// Rounding that looks at what a layer does with its inputs: learned (AdaRound) and second-order
// (GPTQ). The inputs are those of the network before quantization.
import Encodings
import Kernels
import Networks
import Tensors

/// A layer that multiplies: its weights, and the products of its inputs.
struct LayerRounding {
  let weight: Tensor
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
        scales: Array(scales[part]), zeros: Array(zeros[part]), codes: codes)
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
    let quantizer = quantizer
    for (n, node) in network.nodes.enumerated() where layers.contains(node.name) {
      for parameter in node.parameters where takes(parameter.role) {
        let name = "\(node.name).\(parameter.name)"
        guard parameter.role == .weight, parameter.pruned?.contains(true) != true,
          let products = try QuantizeOptions.products(network, n, inputs, monitor)
        else {
          guard !strict else {
            throw .setting(
              name: "rounding",
              wanted:
                "half_even for `\(name)` (only unpruned dense and conv weights look at inputs)",
              got: rounding.name)
          }
          notes.append(
            Note(
              name, asked: rounding.name, got: RoundingRule.halfEven.name,
              why: "only unpruned dense and conv weights can look at inputs"))
          continue
        }
        let layer = LayerRounding(
          weight: parameter.value, steps: quantizer.steps(for: parameter.value),
          quantizer: quantizer, products: products, monitor: monitor)
        encodings[name] = try quantizer.affine(
          of: parameter.value.shape, layer.steps, name, .codes(try way(layer)))
      }
    }
    return encodings
  }

  private static func products(
    _ network: Network, _ n: Int, _ inputs: Tensor, _ monitor: Monitor
  ) throws(CompressionError) -> InputProducts? {
    do { return try network.inputProducts(of: n, on: inputs, monitor: monitor) } catch {
      throw .network(error)
    }
  }
}
