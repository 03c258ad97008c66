// What of a network, or of a plan to quantize it, a machine cannot run as it is: every tensor with
// the reason and what would be legal.
import Encodings
package import Networks
import Tensors

package struct Objection: Sendable, Equatable {
  /// A parameter or a layer with its full name, such as "dense1.weight".
  package let subject: String
  /// What it is, such as "int8 in groups of 64".
  package let asked: String
  /// Lower case, without a final full stop.
  package let reason: String
  /// In the words of `quantize`, where they lead there.
  package let legal: String
  /// It runs nevertheless, unpacked to fp32: right, and not faster than fp32.
  package let isEmulated: Bool
}

/// How a machine multiplies the weights of a layer.
enum Treatment {
  case native(ComputeFormat)
  /// Unpacked to fp32 on the way.
  case emulated(ComputeFormat, reason: String, nearest: ComputeFormat)
  case illegal(reason: String, nearest: ComputeFormat?)
}

extension Target {
  /// The fastest format that reads these; the nearest and why not where there is none.
  /// - Parameter shape: of the weights, where it is known.
  func treatment(
    _ weight: WeightFormat, _ activation: ActivationFormat, shape: [Int]? = nil
  ) -> Treatment {
    var best: ComputeFormat?
    var nearest: (format: ComputeFormat, refusal: (passed: Int, reason: String))?
    for format in formats {
      guard let refusal = format.refusal(weight, activation, shape: shape) else {
        if best.map({ format.perCycle.value > $0.perCycle.value }) ?? true { best = format }
        continue
      }
      if nearest.map({ refusal.passed > $0.refusal.passed }) ?? true { nearest = (format, refusal) }
    }
    if let best { return .native(best) }
    let reason = nearest?.refusal.reason ?? "it multiplies nothing"
    guard let emulation, let nearest else {
      return .illegal(reason: reason, nearest: nearest?.format)
    }
    return .emulated(emulation, reason: reason, nearest: nearest.format)
  }

  /// What this machine says to a plan before any work is done; nil where it runs natively.
  /// - Parameters:
  ///   - subject: what it is about, such as a parameter with its full name.
  ///   - shape: of the weights `[O, I, …]`; without it they are taken for a matrix of any size.
  package func objection(
    to plan: QuantizationPlan, of subject: String = "every layer", shape: [Int]? = nil
  ) -> Objection? {
    let activations = plan.activations ?? .fp32
    return objection(
      subject, "\(plan.weights.name) weights, \(activations.name) activations",
      treatment(plan.weights, activations, shape: shape), to: plan.weights)
  }

  /// Every tensor and layer that does not run there as it is, in the order of the network.
  /// - Parameter activations: their formats, as the network has them without.
  package func objections(
    to network: Network, activations: ActivationFormats? = nil
  ) -> [Objection] {
    let formats = activations ?? ActivationFormats(of: network)
    return network.nodes.flatMap { objections(to: $0, formats.read(by: $0)) }
  }

  func objections(to node: Node, _ activation: ActivationFormat) -> [Objection] {
    var found = limits.flatMap { $0.objection(to: node, in: self) }.map { [$0] } ?? []
    var adder: ComputeFormat?
    for weight in node.parameters where weight.role == .weight {
      let format = WeightFormat(weight)
      let treatment = treatment(format, activation, shape: weight.value.shape)
      if case .native(let native) = treatment, case .integer = native.activations { adder = native }
      let asked =
        activation == .fp32 ? format.name : "\(format.name), activations \(activation.name)"
      if let refused = objection("\(node.name).\(weight.name)", asked, treatment, to: format) {
        found.append(refused)
      }
    }
    guard let adder else { return found }
    for bias in node.parameters where bias.role == .bias {
      let stored = WeightFormat(bias).number
      guard case .integer(let bits, _) = stored, bits < 32 else { continue }
      found.append(
        Objection(
          subject: "\(node.name).\(bias.name)", asked: stored.name,
          reason: "\(adder.library) adds biases of 32 bits", legal: "biases: false",
          isEmulated: false))
    }
    return found
  }

  private func objection(
    _ subject: String, _ asked: String, _ treatment: Treatment, to weight: WeightFormat
  ) -> Objection? {
    switch treatment {
    case .native: nil
    case .emulated(_, let reason, let nearest):
      Objection(
        subject: subject, asked: asked, reason: reason, legal: advice(nearest, for: weight),
        isEmulated: true)
    case .illegal(let reason, let nearest):
      Objection(
        subject: subject, asked: asked, reason: reason,
        legal: nearest.map { advice($0, for: weight) } ?? "another machine", isEmulated: false)
    }
  }
}

extension Target {
  /// Some kernel there reads weights of which the pruned ones are left out.
  package var readsPacked: Bool { formats.contains { $0.wantsTwoOfFour } }

  /// Refuses what the machine cannot run natively, before any work: weights as they are to be
  /// quantized, with activations as they are to flow.
  /// - Throws: `CompressionError.illegal` with the first objection.
  package func check(
    _ network: Network, _ options: QuantizeOptions, _ activations: ActivationOptions?
  ) throws(CompressionError) {
    let plan = QuantizationPlan(
      weights: WeightFormat(options), activations: activations.map { ActivationFormat($0) })
    for node in network.nodes where options.layers.contains(node.name) {
      for weight in node.parameters where weight.role == .weight {
        let found = objection(
          to: plan, of: "\(node.name).\(weight.name)", shape: weight.value.shape)
        if let found { throw .illegal(machine: machine, found) }
      }
    }
  }

  /// Refuses what the machine cannot run natively.
  /// - Throws: `CompressionError.illegal` with the first objection.
  package func check(_ network: Network) throws(CompressionError) {
    if let first = objections(to: network).first { throw .illegal(machine: machine, first) }
  }

  /// What would be legal. Who leaves zeros out hears where they may be left out.
  private func advice(_ format: ComputeFormat, for weight: WeightFormat) -> String {
    let sparse = formats.filter(\.wantsTwoOfFour).map(\.weights.name)
    guard weight.packing != nil, !sparse.isEmpty else { return format.advice(for: weight) }
    return format.advice(for: weight) + "; or 2:4 zeros in " + sparse.joined(separator: ", ")
  }
}

extension LayerLimits {
  fileprivate func objection(to node: Node, in target: Target) -> Objection? {
    func refused(_ asked: String, _ reason: String, _ legal: String) -> Objection {
      Objection(
        subject: node.name, asked: asked, reason: reason, legal: legal, isEmulated: false)
    }
    let kind = type(of: node.layer).kind
    let function = (node.layer as? Activation)?.function.name
    if let missing = [kind, function].compactMap({ $0 }).first(where: missing.contains) {
      let isNorm = kind == BatchNorm.kind
      return refused(
        missing, "\(target.machine) has no \(missing) layer",
        isNorm ? "fold it into the layer before" : "another layer, or the processor beside it")
    }
    guard let conv = node.layer as? Conv2D else { return nil }
    let (high, wide) = (conv.kernel[0], conv.kernel[1])
    if conv.stride.contains(where: { $0 > stride }) {
      return refused(
        "stride \(conv.stride.max() ?? 0)", "strides go to \(stride)", "stride: \(stride)")
    }
    if high > kernel || high * wide > kernelArea {
      return refused(
        "kernel \(high)×\(wide)",
        "kernels go to a height of \(kernel) and \(kernelArea) positions", "a smaller kernel")
    }
    return nil
  }
}
