// A machine, and what it objects to, as values of the language.
import Charts
import Compression
import Interpreter

final class TargetValue: Native, Bridged, Describable {
  static let kind = "a machine"
  let target: Target

  init(_ target: Target) { self.target = target }

  convenience init(from value: Value) throws(Mismatch) {
    guard case .native(let native) = value, let own = native as? TargetValue else {
      throw Mismatch(Self.kind)
    }
    self.init(own.target)
  }

  var bridged: Value { .native(self) }
  var summary: String { "target \(target.name): \(target.machine)" }
  func isEqual(to other: any Native) -> Bool { (other as? TargetValue)?.target.name == target.name }

  // MARK: Members

  let members = [
    "name", "machine", "summary", "cores", "clock", "formats", "memories", "facts", "notes",
  ]

  func member(_ name: String) -> Value? {
    switch name {
    case "name": .choice(target.name)
    case "machine": .text(target.machine)
    case "summary": .text(target.summary)
    case "cores": .number(target.cores.value)
    case "clock": .quantity(target.clock.value, .count(.plain))
    case "formats": .list(target.formats.map { .record(formatRow($0)) })
    case "memories": .list(memories.map { .record(memoryRow($0)) })
    case "facts": .list(target.facts.map { .record(factRow($0)) })
    case "notes": .list(target.notes.map { .text($0) })
    default: nil
    }
  }

  private var memories: [Store] {
    [target.weights] + (target.hasOneMemory ? [] : [target.activations])
      + (target.cache.map { [$0] } ?? [])
  }

  private func formatRow(_ format: ComputeFormat) -> [(name: String, value: Value)] {
    [
      ("format", .text(format.name)),
      ("macs_per_second", .quantity(target.peak(format), .count(.operations))),
      ("scales", .text(format.scales.map(\.name).joined(separator: ", "))),
      ("row", .number(Double(format.alignment.row))),
      ("outputs", .number(Double(format.alignment.outputs))),
      ("dynamic", .boolean(format.allowsDynamic)), ("library", .text(format.library)),
    ]
  }

  private func memoryRow(_ store: Store) -> [(name: String, value: Value)] {
    [
      ("memory", .text(store.name)), ("bytes", .quantity(store.bytes.value, .bytes(.plain))),
      ("bytes_per_second", .quantity(store.bandwidth.value, .bytes(.plain))),
    ]
  }

  private func factRow(_ fact: Target.Fact) -> [(name: String, value: Value)] {
    [
      ("fact", .text(fact.what)), ("value", .text(fact.text)),
      ("source", .text(fact.figure.citation)),
    ]
  }

  // MARK: Shown

  func lines(_ style: DisplayStyle) -> [String] {
    var lines = Help.folded("\(summary), \(target.summary)", style.width, indent: 2)
    lines.append("")
    if target.cores.value > 1 { lines.append("MACs are those of one core.") }
    let facts = target.facts
    let names = facts.map { TextWidth.columns($0.what) }.max() ?? 0
    let values = facts.map { TextWidth.columns($0.text) }.max() ?? 0
    for fact in facts {
      let name = TextWidth.leading(fact.what, in: names)
      let value = TextWidth.leading(fact.text, in: values)
      lines += Help.folded(
        "\(name)  \(value)  \(fact.figure.citation)", style.width, indent: names + values + 4)
    }
    lines.append("")
    for format in target.formats {
      var text = "kernels: \(format.library) for \(format.name)"
      if format.wantsMatrix { text += " in dense layers" }
      if !format.scales.isEmpty {
        text += ", scales " + format.scales.map(\.name).joined(separator: " or ")
      }
      let lengths = format.alignment
      text += ", rows of \(lengths.row) by \(lengths.outputs) outputs"
      text += lengths.isRequired ? " (others are illegal)" : ""
      text += " (\(lengths.source)\(lengths.isChecked ? "" : ", not verified"))"
      lines += Help.folded(text, style.width, indent: 2)
    }
    for note in target.notes { lines += Help.folded("note: \(note)", style.width, indent: 2) }
    return lines
  }

  func description(_ style: DisplayStyle) -> [String] { lines(style) }
}

extension Target.Fact {
  /// The figure with its unit.
  fileprivate var text: String {
    let value = figure.value
    switch unit {
    case .count: return Text.number(value)
    case .perCycle: return "\(Text.number(value))/cycle"
    case .hertz:
      return value < 1e9
        ? "\(NumberText.significant(value / 1e6)) MHz"
        : "\(NumberText.significant(value / 1e9)) GHz"
    case .bytes: return NumberText.bytes(value)
    case .bytesPerSecond: return NumberText.bytes(value) + "/s"
    case .watts: return "\(NumberText.significant(value, digits: 3)) W"
    case .joules: return "\(NumberText.significant(value * 1e12, digits: 3)) pJ"
    }
  }
}

/// What a machine says to a network.
final class ObjectionsValue: Native, Bridged {
  static let kind = "objections"
  let objections: [Objection]
  let target: Target

  init(_ objections: [Objection], _ target: Target) {
    self.objections = objections
    self.target = target
  }

  convenience init(from value: Value) throws(Mismatch) {
    guard case .native(let native) = value, let own = native as? ObjectionsValue else {
      throw Mismatch(Self.kind)
    }
    self.init(own.objections, own.target)
  }

  var bridged: Value { .native(self) }
  func isEqual(to other: any Native) -> Bool {
    (other as? ObjectionsValue).map { $0.objections == objections && $0.target.name == target.name }
      ?? false
  }

  var summary: String {
    objections.isEmpty
      ? "\(target.machine) runs all of it as it is"
      : "\(target.machine) has \(Text.count(objections.count, "objection"))"
  }

  let members = ["count", "illegal", "emulated", "rows"]

  func member(_ name: String) -> Value? {
    switch name {
    case "count": .number(Double(objections.count))
    case "illegal": .number(Double(objections.count { !$0.isEmulated }))
    case "emulated": .number(Double(objections.count { $0.isEmulated }))
    case "rows": .list(objections.map { .record(row($0)) })
    default: nil
    }
  }

  private func row(_ objection: Objection) -> [(name: String, value: Value)] {
    [
      ("subject", .text(objection.subject)), ("asked", .text(objection.asked)),
      ("why", .text(objection.reason)), ("legal", .text(objection.legal)),
      ("emulated", .boolean(objection.isEmulated)),
    ]
  }

  /// Those with one reason stand together.
  func lines(_ style: DisplayStyle) -> [String] {
    var lines = [summary]
    var told: [Objection] = []
    for objection in objections {
      guard !told.contains(where: { $0.tellsTheSame(as: objection) }) else { continue }
      told.append(objection)
      let subjects = objections.filter { $0.tellsTheSame(as: objection) }.map(\.subject)
      let standing = objection.isEmulated ? "emulated" : "illegal"
      lines.append("")
      lines += Help.folded(
        "\(standing)  \(subjects.joined(separator: ", "))", style.width, indent: 10)
      for (label, text) in [
        ("is", objection.asked), ("why", objection.reason), ("legal", objection.legal),
      ] {
        lines += Help.folded(TextWidth.leading(label, in: 10) + text, style.width, indent: 10)
      }
    }
    return lines
  }
}

extension Objection {
  fileprivate func tellsTheSame(as other: Objection) -> Bool {
    asked == other.asked && reason == other.reason && legal == other.legal
      && isEmulated == other.isEmulated
  }
}
