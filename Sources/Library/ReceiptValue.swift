// What a network's receipt shows: how it came to be, and for every tensor what was got for it.
import Charts
import Compression
import Encodings
import Interpreter
import Networks
import Tensors

/// The steps that led to a network, and a row for each of its tensors.
final class ReceiptValue: Native, Bridged {
  static let kind = "a receipt"
  private let value: NetworkValue

  init(_ value: NetworkValue) { self.value = value }

  convenience init(from value: Value) throws(Mismatch) {
    guard case .native(let native) = value, let own = native as? ReceiptValue else {
      throw Mismatch(Self.kind)
    }
    self.init(own.value)
  }

  var bridged: Value { .native(self) }
  var summary: String { "the receipt of \(value.network.name)" }
  let members = ["steps", "tensors", "plain"]

  func member(_ name: String) -> Value? {
    switch name {
    case "steps": value.member("receipt")
    case "tensors": .list(rows)
    case "plain": .list(plain)
    default: nil
    }
  }

  func lines(_ style: DisplayStyle) -> [String] {
    var lines = value.steps(style)
    lines += ["", "what each tensor is stored as"] + Value.list(rows).lines(style)
    if !plain.isEmpty {
      lines += ["", "what is not compressed, and why"] + Value.list(plain).lines(style)
    }
    return lines
  }

  /// Effective bits: the tensor's share of the file, with scales, zero points and padding.
  private var rows: [Value] {
    value.network.parameters.map { name, parameter in
      let count = parameter.value.count
      let bits = Double(parameter.encoding.ledger.bits) / Double(max(1, count))
      let mark: Quantity.Mark =
        value.sizeVaries(parameter) ? .within(bits * 0.02) : .exact
      return .record([
        ("tensor", .text(name)), ("numbers", .quantity(Double(count), .count(.plain))),
        ("stored", .text(parameter.encoding.summary)),
        ("nominal_bits", .quantity(parameter.encoding.nominalBits, .bits)),
        ("effective_bits", .quantity(bits, .bits, mark: mark)),
      ])
    }
  }

  private var plain: [Value] {
    value.network.parameters.compactMap { name, parameter -> Value? in
      guard parameter.encoding.isPlain, parameter.pruned == nil else { return nil }
      return .record([("tensor", .text(name)), ("why", .text(why(parameter)))])
    }
  }

  private func why(_ parameter: Networks.Parameter) -> String {
    switch parameter.role {
    case .weight:
      "no word stored it in fewer bits, or the last one left it out"
    case .bias: "biases are few: only with biases: true"
    case .scale: "of a normalization: fold it"
    case .statistic: "of a normalization: fold it"
    case .step: "the step of quantized activations"
    }
  }
}

extension Encoding {
  /// Bits of one number as the type's name says them: without scales, positions and padding.
  var nominalBits: Double {
    switch self {
    case let dense as Encodings.Dense: Double(dense.format.bits)
    case let affine as Affine: Double(affine.bits)
    case let levels as Levels: levels.table.nominalBits
    case let codebook as Codebook: Double(codebook.bits) / Double(codebook.block)
    default: nested?.nominalBits ?? 32
    }
  }
}
