// A way to multiply that a machine has: which weights, which activations, how fast, and what it
// wants of their shapes.
package import Encodings

/// Types of numbers that a kernel reads.
package enum Operand: Sendable, Equatable {
  case float(FloatFormat)
  case integer(bits: [Int], allowsZeroPoint: Bool)

  /// Such as "fp16", "int4 or int8".
  package var name: String {
    switch self {
    case .float(let format): format.name
    case .integer(let bits, _): bits.map { "int\($0)" }.joined(separator: " or ")
    }
  }

  /// The type and the width, whatever the zero point.
  func hasType(_ number: NumberFormat) -> Bool {
    switch (self, number) {
    case (.float(let own), .float(let format)): own == format
    case (.integer(let own, _), .integer(let bits, _)): own.contains(bits)
    default: false
    }
  }

  func allowsZeroPoint(of number: NumberFormat) -> Bool {
    guard case .integer(_, false) = number, case .integer(_, let allows) = self else { return true }
    return allows
  }
}

/// Who may share a scale.
package enum ScaleRule: Sendable, Equatable {
  case tensor, channel
  /// Groups of one of these sizes.
  case groups([Int])

  func allows(_ granularity: Affine.Granularity) -> Bool {
    switch (self, granularity) {
    case (.tensor, .tensor), (.channel, .channel): true
    case (.groups(let sizes), .group(let size)): sizes.contains(size)
    default: false
    }
  }

  package var name: String {
    switch self {
    case .tensor: "per tensor"
    case .channel: "per channel"
    case .groups(let sizes): "in groups of " + sizes.map(String.init).joined(separator: " or ")
    }
  }
}

/// Lengths that kernels work in. Shorter rests take as long as whole ones.
package struct Alignment: Sendable {
  /// Weights of one output: inputs × kernel.
  package let row: Int
  package let outputs: Int
  /// Other lengths cannot run at all, and are not only slower.
  package let isRequired: Bool
  package let source: String
  package let isChecked: Bool

  package init(
    row: Int, outputs: Int, isRequired: Bool = false, _ source: String, checked: Bool = true
  ) {
    self.row = row
    self.outputs = outputs
    self.isRequired = isRequired
    self.source = source
    isChecked = checked
  }
}

package struct ComputeFormat: Sendable {
  package let weights: Operand
  package let activations: Operand
  /// Ranges of activations may be found while it runs.
  package let allowsDynamic: Bool
  package let scales: [ScaleRule]
  /// Reads 2:4 sparse weights only, half of them.
  package let wantsTwoOfFour: Bool
  /// Multiplies the matrices of dense layers, and no filters of convolutions.
  package let wantsMatrix: Bool
  /// Multiply-accumulates of one core in one cycle, at most. Those with a weight that 2:4 leaves out
  /// count: the work is the same, the time is not.
  package let perCycle: Figure
  package let alignment: Alignment
  /// Who has kernels for it.
  package let library: String

  package init(
    _ weights: Operand, _ activations: Operand, allowsDynamic: Bool = false,
    scales: [ScaleRule] = [], wantsTwoOfFour: Bool = false, wantsMatrix: Bool = false,
    perCycle: Figure,
    alignment: Alignment,
    library: String
  ) {
    self.weights = weights
    self.activations = activations
    self.allowsDynamic = allowsDynamic
    self.scales = scales
    self.wantsTwoOfFour = wantsTwoOfFour
    self.wantsMatrix = wantsMatrix
    self.perCycle = perCycle
    self.alignment = alignment
    self.library = library
  }

  /// Weights × activations, such as "int8 × int8", "2:4 fp16 × fp16".
  package var name: String {
    let inputs: String
    // Activations come as fp32 and are converted on the way.
    if case .float = weights { inputs = weights.name } else { inputs = activations.name }
    return (wantsTwoOfFour ? "2:4 " : "") + weights.name + " × " + inputs
  }

  var isFP32: Bool { weights == .float(.fp32) }

  /// Why this cannot multiply these, in the order in which it is looked at; nil where it can.
  /// `passed` counts what was in order before: the format with the most is the nearest.
  /// - Parameter shape: of the weights `[O, I, …]`, where it is known.
  func refusal(
    _ weight: WeightFormat, _ activation: ActivationFormat, shape: [Int]?
  ) -> (passed: Int, reason: String)? {
    let isMatrix = shape.map { $0.count == 2 } ?? true
    let row = shape.map { $0.dropFirst().reduce(1, *) }
    let checks: [(holds: Bool, reason: String)] = [
      (isMatrix || !wantsMatrix, "\(library) has these kernels for dense layers only"),
      (
        weights.hasType(weight.number),
        "\(library) has no kernel for \(weight.number.name) weights"
          + (isMatrix ? "" : " of convolutions")
      ),
      (
        activations.hasType(activation.number),
        "\(library) multiplies \(weights.name) weights by \(activations.name) activations, "
          + "not by \(activation.number.name) ones"
      ),
      (
        weights.allowsZeroPoint(of: weight.number),
        "weights have no zero point in \(library)"
      ),
      (
        allowsScales(of: weight),
        "scales are \(scales.map(\.name).joined(separator: " or ")) in \(library)"
      ),
      (
        activations.allowsZeroPoint(of: activation.number),
        "\(activations.name) activations have no zero point in \(library)"
      ),
      (
        allowsDynamic || !activation.isDynamic,
        "\(library) wants ranges of activations that are fixed before it runs"
      ),
      (
        !wantsTwoOfFour || weight.isTwoOfFour,
        "2:4 kernels want at least two zeros among four weights along the inputs"
      ),
      (
        wantsTwoOfFour || weight.packing == nil,
        "\(library) reads every weight, and \(weight.packing ?? "packed") ones must be unpacked first"
      ),
      (
        !alignment.isRequired || row.map { $0 % alignment.row == 0 } ?? true,
        "rows must be multiples of \(alignment.row) weights, and this one has \(row ?? 0)"
      ),
    ]
    guard let failed = checks.firstIndex(where: { !$0.holds }) else { return nil }
    return (failed, checks[failed].reason)
  }

  private func allowsScales(of weight: WeightFormat) -> Bool {
    guard case .integer = weight.number else { return true }
    return scales.contains { $0.allows(weight.granularity) }
  }

  /// The settings of `quantize` that lead here.
  func advice(for weight: WeightFormat) -> String {
    var words: [String]
    switch weights {
    case .float(.fp32): return "fp32 weights" + (weight.packing == nil ? "" : ", zeros and all")
    case .float(let format): words = ["grid: .\(format.name)"]
    case .integer(let bits, _):
      let asked = Int(weight.number.bits)
      let near = bits.sorted().first { $0 >= asked } ?? bits.max() ?? 8
      words = ["bits: \(near)", "grid: .symmetric"]
      switch scales.last {
      case .channel: words.append("per: .channel")
      case .tensor: words.append("per: .tensor")
      case .groups(let sizes): words.append("group: \(sizes.first ?? 32)")
      case nil: break
      }
    }
    if case .integer(let bits, _) = activations, let most = bits.max() {
      words.append("\(allowsDynamic ? "" : "static ")activations of \(most) bits")
      if !activations.allowsZeroPoint(of: .integer(bits: most, isSymmetric: false)) {
        words.append("activation_grid: .symmetric")
      }
    }
    if wantsTwoOfFour { words.append("pruned 2:4") }
    return words.joined(separator: ", ")
  }
}
