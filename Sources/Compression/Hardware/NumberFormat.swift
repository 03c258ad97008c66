// What weights and activations are made of, as a machine sees it: the type of the numbers, who
// shares a scale, and whether zeros are left out.
package import Encodings
package import Networks
import Tensors

/// The type of the numbers of a tensor.
package enum NumberFormat: Sendable, Equatable {
  case float(FloatFormat)
  /// Whole numbers times a scale; without symmetry they have a zero point.
  case integer(bits: Int, isSymmetric: Bool)
  /// Any other one, by its name.
  case other(String, bits: Double)

  package static let fp32 = NumberFormat.float(.fp32)

  /// Such as "fp32", "int8", "int8 with a zero point".
  package var name: String {
    switch self {
    case .float(let format): format.name
    case .integer(let bits, let isSymmetric):
      "int\(bits)" + (isSymmetric ? "" : " with a zero point")
    case .other(let name, _): name
    }
  }

  /// Bits that one number takes.
  package var bits: Double {
    switch self {
    case .float(let format): Double(format.bits)
    case .integer(let bits, _): Double(bits)
    case .other(_, let bits): bits
    }
  }
}

/// How the weights of a layer are stored.
package struct WeightFormat: Sendable, Equatable {
  package let number: NumberFormat
  /// Who shares a scale; floating-point numbers have none.
  package let granularity: Affine.Granularity
  /// What must be undone before a kernel can read them, such as "sparse"; nil where nothing must.
  package let packing: String?
  /// Of four weights that follow each other along the input axis, at most two are not 0.
  package let isTwoOfFour: Bool

  package init(
    _ number: NumberFormat, _ granularity: Affine.Granularity = .tensor, packing: String? = nil,
    isTwoOfFour: Bool = false
  ) {
    self.number = number
    self.granularity = granularity
    self.packing = packing
    self.isTwoOfFour = isTwoOfFour
  }

  /// As a parameter is stored.
  package init(_ parameter: Parameter) {
    let plain = WeightFormat(parameter.encoding)
    self.init(
      plain.number, plain.granularity, packing: plain.packing,
      isTwoOfFour: WeightFormat.isTwoOfFour(parameter.value))
  }

  /// As `quantize` is asked for them.
  init(_ options: QuantizeOptions) {
    let quantizer = options.quantizer
    switch options.grid.kind {
    case .uniform:
      self.init(
        .integer(bits: options.width, isSymmetric: quantizer.isSigned), quantizer.granularity)
    case .float(let format): self.init(.float(format))
    case .levels(let table, _):
      self.init(.other(table.name, bits: table.nominalBits), quantizer.granularity)
    case .points: self.init(.other(options.grid.name, bits: Double(options.width)))
    }
  }

  private init(_ encoding: any Encoding) {
    switch encoding {
    case let dense as Dense: self.init(.float(dense.format))
    case let affine as Affine:
      self.init(
        .integer(bits: affine.bits, isSymmetric: affine.isSymmetric), affine.granularity)
    default:
      guard let nested = encoding.nested else {
        let count = max(1, encoding.shape.reduce(1, *))
        self.init(.other(encoding.summary, bits: Double(encoding.ledger.bits) / Double(count)))
        return
      }
      let inner = WeightFormat(nested)
      self.init(inner.number, inner.granularity, packing: type(of: encoding).name)
    }
  }

  /// Whether a weight `[O, I, …]` has the 2:4 pattern along I, and I is a multiple of 4.
  /// Mishra et al. 2021, arXiv:2104.08378.
  static func isTwoOfFour(_ weight: Tensor) -> Bool {
    guard weight.rank >= 2, weight.shape[1] >= 4, weight.shape[1] % 4 == 0 else { return false }
    let inputs = weight.shape[1]
    let stride = weight.shape[2...].reduce(1, *)
    let values = weight.elements
    for output in 0..<weight.shape[0] {
      for position in 0..<stride {
        let start = output * inputs * stride + position
        for group in Swift.stride(from: 0, to: inputs, by: 4) {
          var kept = 0
          for i in group..<group + 4 where values[start + i * stride] != 0 { kept += 1 }
          if kept > 2 { return false }
        }
      }
    }
    return true
  }

  /// Such as "int8 per channel", "sparse fp32".
  package var name: String {
    let type = packing.map { "\($0) \(number.name)" } ?? number.name
    guard case .integer = number else { return type }
    return switch granularity {
    case .tensor: "\(type) per tensor"
    case .channel: "\(type) per channel"
    case .group(let size): "\(type) in groups of \(size)"
    }
  }
}

/// How the values between layers exist while a network runs.
package struct ActivationFormat: Sendable, Equatable {
  package let number: NumberFormat
  /// The range is found anew for each input, and not fixed beforehand.
  package let isDynamic: Bool

  package init(_ number: NumberFormat, isDynamic: Bool = false) {
    self.number = number
    self.isDynamic = isDynamic
  }

  package static let fp32 = ActivationFormat(.fp32)

  /// As a quantizer leaves them.
  init(_ quantizer: ActivationQuantizer) {
    self.init(
      quantizer.grid.isBinary
        ? .other("signs", bits: 1)
        : .integer(bits: quantizer.bits, isSymmetric: quantizer.grid == .symmetric),
      isDynamic: quantizer.moment != .fixed)
  }

  /// As `quantize` is asked for them.
  init(_ options: ActivationOptions) {
    self.init(
      options.isBinary
        ? .other("signs", bits: 1)
        : .integer(bits: options.bits, isSymmetric: options.grid.name != Grid.affine.name),
      isDynamic: options.moment != .fixed)
  }

  /// Such as "fp32", "int8 with a zero point, dynamic".
  package var name: String { number.name + (isDynamic ? ", dynamic" : "") }

  /// Whole bytes of so many values.
  package func bytes(_ count: Int) -> Int { Int((Double(count) * number.bits / 8).rounded(.up)) }
}

/// The format of every tensor between the layers of a network.
package struct ActivationFormats: Sendable {
  /// Of the network's input, then of each node's output.
  private let formats: [ActivationFormat]

  /// As the network has them.
  package init(of network: Network) {
    let readers = Readers(network)
    formats = (Network.input..<network.nodes.count).map {
      ActivationFormats.stored($0, in: network, readers) ?? .fp32
    }
  }

  /// The same one everywhere.
  package init(_ format: ActivationFormat, in network: Network) {
    formats = [ActivationFormat](repeating: format, count: network.nodes.count + 1)
  }

  /// Of a node's output; of the network's input for `Network.input`.
  package subscript(node: Int) -> ActivationFormat { formats[node + 1] }

  /// Of what a node reads: fp32 where one of its inputs is.
  func read(by node: Node) -> ActivationFormat {
    let formats = node.inputs.map { self[$0] }
    return formats.first { $0 == .fp32 } ?? formats.first ?? .fp32
  }

  /// The format in which the output of a node exists, `Network.input` for the network's own input; nil
  /// where it is fp32. For a node whose only reader quantizes its output it is the reader's: the
  /// numbers in between never reach memory.
  private static func stored(
    _ node: Int, in network: Network, _ readers: Readers
  ) -> ActivationFormat? {
    handedOn(node, in: network) ?? awaited(node, in: network, readers)
  }

  /// What only hands values on has them as it got them from a quantizer.
  private static func handedOn(_ node: Int, in network: Network) -> ActivationFormat? {
    guard node != Network.input else { return nil }
    let layer = network.nodes[node].layer
    if let quantizer = layer as? ActivationQuantizer { return ActivationFormat(quantizer) }
    guard layer.handsOnValues else { return nil }
    return handedOn(network.nodes[node].inputs[0], in: network)
  }

  /// The quantizer that a node's values go to next, perhaps through what is rounded with them.
  private static func awaited(
    _ node: Int, in network: Network, _ readers: Readers
  ) -> ActivationFormat? {
    guard let reader = readers.only(of: node) else { return nil }
    let layer = network.nodes[reader].layer
    if let quantizer = layer as? ActivationQuantizer { return ActivationFormat(quantizer) }
    return layer.roundsForItsInput ? awaited(reader, in: network, readers) : nil
  }
}

/// What `quantize` is about to do with a network: enough to say whether a machine could run it.
package struct QuantizationPlan: Sendable, Equatable {
  package let weights: WeightFormat
  /// Nil where activations stay fp32.
  package let activations: ActivationFormat?

  package init(weights: WeightFormat, activations: ActivationFormat? = nil) {
    self.weights = weights
    self.activations = activations
  }
}
