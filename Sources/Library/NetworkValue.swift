// A network as a value of the language.
import Charts
import Compression
import Encodings
import Formats
import Interpreter
import Networks
import Tensors

final class NetworkValue: Native, Bridged, Describable {
  static let kind = "a network"
  let network: Network
  /// What its last training met, row by row; it is not stored.
  let history: [Trained.Row]
  /// As it was in its last training when the validation loss was least; it is not stored.
  let best: Network?
  /// Of the random numbers that the last word drew, where it drew any: for its line on the receipt.
  let seed: UInt64?
  /// What the last word did in another way than asked: for its line on the receipt.
  let remarks: [Note]
  /// It is as a file has it, or coded from that: nothing about it follows from what this machine computed.
  let isRecorded: Bool

  init(
    _ network: Network, history: [Trained.Row] = [], best: Network? = nil, seed: UInt64? = nil,
    remarks: [Note] = [], isRecorded: Bool = false
  ) {
    self.network = network
    self.history = history
    self.best = best
    self.seed = seed
    self.remarks = remarks
    self.isRecorded = isRecorded
  }

  convenience init(from value: Value) throws(Mismatch) {
    guard case .native(let native) = value else { throw Mismatch(Self.kind) }
    if let allocation = native as? AllocationValue {
      self.init(allocation.allocation.network)
    } else if let own = native as? NetworkValue {
      self.init(
        own.network, history: own.history, best: own.best, seed: own.seed,
        isRecorded: own.isRecorded)
    } else {
      throw Mismatch(Self.kind)
    }
  }

  var bridged: Value { .native(self) }

  var summary: String {
    let count = Text.count(network.parameterCount, "parameter")
    return
      "network \(network.name) \(Text.shape(network.inputShape)) → \(Text.shape(network.outputShape)), \(count)"
  }

  func lines(_ style: DisplayStyle) -> [String] { [summary] }

  // MARK: Members

  let members = [
    "name", "input", "output", "layers", "parameters", "bytes", "gzip", "nonzeros", "sparsity",
    "bits_per_weight", "macs", "history", "best", "receipt",
  ]

  func member(_ name: String) -> Value? {
    switch name {
    case "name": .text(network.name)
    case "input": network.inputShape.bridged
    case "output": network.outputShape.bridged
    case "layers": .list(layerRows.map { .record($0) })
    case "parameters": .quantity(Double(network.parameterCount), .count(.plain))
    case "bytes": fileBytes(Container.bytes(of: network).count)
    case "gzip": gzipBytes(Deflate.gzip(Container.bytes(of: network)).count)
    case "nonzeros": nonZeros(Footprint(network))
    case "sparsity": sparsity
    case "bits_per_weight": bitsPerWeight(Footprint(network))
    case "macs":
      .quantity(Double(Footprint(network).multiplyAccumulates), .count(.operations))
    case "history": .list(history.map(NetworkValue.historyRow))
    case "best": bestNetwork
    case "receipt": .list(network.receipt.steps.map(NetworkValue.receiptRow))
    default: nil
    }
  }

  var keys: [String] { network.parameters.map(\.name) }

  func entry(_ key: Value) throws(Problem) -> Value? {
    guard case .text(let name) = key else {
      throw Problem(
        "E0308", "a network is indexed by the name of a parameter, got \(Text.brief(key))",
        help: keys.first.map { "such as \"\($0)\"" })
    }
    return network.parameters.first { $0.name == name }.map { .tensor($0.parameter.value) }
  }

  // MARK: Sizes

  /// Of the file that `save` would write. Where the size follows from trained values, another machine
  /// may come to a slightly different one.
  func fileBytes(_ count: Int) -> Value {
    let mark = sizeMark(Double(count))
    return .quantity(
      Double(count), .bytes(.file),
      mark: mark == .exact && isCalibrated && !isRecorded ? .within(32) : mark)
  }

  /// What calibration saw stands in the header, where a number takes as many bytes as it needs.
  private var isCalibrated: Bool {
    network.nodes.contains { ($0.layer as? ActivationQuantizer)?.observed != nil }
  }

  func gzipBytes(_ count: Int) -> Value {
    .quantity(Double(count), .bytes(.gzip), mark: .within(Double(count) * 0.02))
  }

  func sizeMark(_ size: Double) -> Quantity.Mark {
    // Bits that were allocated follow from trained values, too.
    guard !isRecorded else { return .exact }
    let depends =
      network.parameters.contains { $0.parameter.encoding.sizeDependsOnValues }
      || network.receipt.steps.contains { $0.word == SensitivityWords.allocate.name }
    return depends ? .within(size * 0.02) : .exact
  }

  func bitsPerWeight(_ footprint: Footprint) -> Value {
    .quantity(footprint.bitsPerWeight, .bits, mark: sizeMark(footprint.bitsPerWeight))
  }

  /// What pruning leaves is exact; how many weights fall on the code 0 is not.
  func nonZeros(_ footprint: Footprint) -> Value {
    let count = Double(footprint.nonZeros)
    return .quantity(count, .count(.nonzeros), mark: zerosVary ? .within(count * 0.02) : .exact)
  }

  private var sparsity: Value {
    .quantity(
      Footprint(network).sparsity, .fraction, mark: zerosVary ? .within(0.01) : .exact)
  }

  /// How many weights become 0 when they are rounded follows from trained values.
  var zerosVary: Bool { isQuantized && !isRecorded }

  /// The size of this parameter follows from trained values.
  func sizeVaries(_ parameter: Networks.Parameter) -> Bool {
    !isRecorded && parameter.encoding.sizeDependsOnValues
  }

  /// Some weights are stored as codes or as 16-bit floats.
  var isQuantized: Bool {
    network.parameters.contains { name, parameter in
      parameter.role == .weight && !parameter.encoding.summary.hasSuffix("fp32")
    }
  }

  // MARK: Rows

  private var layerRows: [[(name: String, value: Value)]] {
    let structures = network.sparseStructures
    return network.nodes.indices.map { i in
      let node = network.nodes[i]
      let inputs = network.inputShapes(of: i)
      let stored = Set(node.parameters.filter { $0.role == .weight }.map(\.encoding.summary))
      return [
        ("layer", .text(node.name)), ("settings", .text(Text.settings(node.layer))),
        ("output", .text(Text.shape(network.shapes[i]))),
        ("parameters", .quantity(Double(node.parameterCount), .count(.plain))),
        (
          "macs",
          .quantity(Double(node.layer.multiplyAccumulates(for: inputs)), .count(.operations))
        ),
        ("stored", .text(stored.sorted().joined(separator: ", "))),
      ] + (network.skipsZeros == nil ? [] : [("runs", .text(runs(i, structures[i])))])
    }
  }

  /// The network of early stopping, with the rows up to there; none without a validation.
  private var bestNetwork: Value {
    guard let best else { return .none }
    let least = history.compactMap(\.validationLoss).min()
    let end = history.firstIndex { $0.validationLoss == least } ?? history.count - 1
    return NetworkValue(best, history: Array(history.prefix(end + 1)), best: best).bridged
  }

  /// How a layer with weights runs where zeros are skipped.
  private func runs(_ n: Int, _ structure: SparseStructure?) -> String {
    structure?.summary ?? (network.sparseWeight(n) == nil ? "" : "dense")
  }

  /// What is said of a network whose zeros take as much as any weight; nil for any other.
  var storedZeros: String? {
    let zeros = network.nodes.filter { $0.parameters.contains(where: \.storesZeros) }.map(\.name)
    guard let first = zeros.first else { return nil }
    let others = zeros.count > 1 ? " and \(zeros.count - 1) more" : ""
    return "stored densely: \(first)\(others); each 0 takes 4 bytes, like any other weight"
  }

  private static func historyRow(_ row: Trained.Row) -> Value {
    var fields: [(name: String, value: Value)] = [
      ("epoch", .number(Double(row.epoch))), ("step", .number(Double(row.step))),
      ("loss", .quantity(row.loss, .count(.plain), mark: .loss(row.loss))),
      ("accuracy", .quantity(row.accuracy, .fraction, mark: .within(0.01))),
    ]
    if let loss = row.validationLoss {
      fields.append(("validation_loss", .quantity(loss, .count(.plain), mark: .loss(loss))))
    }
    if let accuracy = row.validationAccuracy {
      fields.append(("validation_accuracy", .quantity(accuracy, .fraction, mark: .within(0.01))))
    }
    return .record(fields)
  }

  private static func receiptRow(_ step: Receipt.Step) -> Value {
    let arguments = step.arguments.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
    return .record([("step", .text(step.word)), ("with", .text(arguments))])
  }

  func description(_ style: DisplayStyle) -> [String] {
    var lines = [summary]
    lines += Value.list(layerRows.map { .record($0) }).lines(style)
    if let storedZeros { lines += ["", storedZeros] }
    if !observations.isEmpty {
      lines += ["", "what flows, as it was observed"] + Value.list(observations).lines(style)
    }
    if !network.receipt.steps.isEmpty { lines += [""] + steps(style) }
    return lines
  }

  /// How the network came to be.
  func steps(_ style: DisplayStyle) -> [String] {
    ["how it came to be"]
      + network.receipt.steps.flatMap { step in
        let arguments = step.arguments.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
        return Help.folded("  \(step.word)  \(arguments)", style.width, indent: 4)
      }
  }

  /// What calibration saw at each quantizer, and the grid that followed.
  private var observations: [Value] {
    network.nodes.indices.compactMap { n -> Value? in
      let node = network.nodes[n]
      guard let layer = node.layer as? ActivationQuantizer, let seen = layer.observed,
        let step = node.parameters.first?.value.elements.first
      else { return nil }
      func rough(_ value: Double) -> Value {
        .quantity(value, .count(.plain), mark: .within(abs(value) * 0.05))
      }
      let codes = layer.codes
      return .record([
        ("quantizer", .text(node.name)),
        (
          "behind",
          .text(node.inputs[0] == Network.input ? "input" : network.nodes[node.inputs[0]].name)
        ),
        ("least", rough(seen.least)), ("greatest", rough(seen.greatest)),
        ("from", rough(Double(step) * Double(codes.lowerBound - layer.zero))),
        ("to", rough(Double(step) * Double(codes.upperBound - layer.zero))),
        ("step", rough(Double(step))), ("zero", .number(Double(layer.zero))),
        ("examples", .number(Double(seen.examples))),
      ])
    }
  }
}

extension Quantity.Mark {
  /// A trained loss follows from every rounding on the way: compared within a tenth, or a hundredth
  /// where it is close to 0.
  static func loss(_ loss: Double) -> Quantity.Mark { .within(Swift.max(0.01, loss * 0.1)) }
}

extension Text {
  static func shape(_ shape: [Int]) -> String {
    shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: "×")
  }

  /// `units 300`, `channels 12, kernel 3×3, stride 1×1`.
  static func settings(_ layer: any Layer) -> String {
    layer.attributes.compactMap { attribute -> String? in
      // What calibration saw has a table of its own.
      let isSeen =
        layer is ActivationQuantizer && !["bits", "grid", "range"].contains(attribute.name)
      return switch attribute.value {
      case _ where isSeen: nil
      case .integer(1) where attribute.name == "bias": nil
      case .integer(0) where attribute.name == "bias": "no bias"
      case .integer(1) where attribute.name == "groups": nil
      case .integer(1) where ["positions", "ceil", "keepdims"].contains(attribute.name):
        attribute.name
      case .integers(let sizes) where attribute.name == "padding" && Set(sizes) == [0]: nil
      case .integers(let sizes) where attribute.name == "stride" && Set(sizes) == [1]: nil
      case .integer(let value): "\(attribute.name) \(value)"
      case .number(let value): "\(attribute.name) \(Text.number(value))"
      case .text(let value): value
      case .integers(let values): "\(attribute.name) \(Text.shape(values))"
      }
    }.joined(separator: ", ")
  }
}
