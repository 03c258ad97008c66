// How two networks differ, as a value: a table with a row for each tensor.
import Charts
import Compression
import Encodings
import Formats
import Interpreter
import Networks
import Tensors

/// A list of rows wherever a list is wanted.
final class DifferenceValue: Native, Bridged {
  static let kind = "a difference of networks"
  private let difference: NetworkDifference
  private let sizes: (before: Value, after: Value, won: Value)
  private let rows: [Value]
  /// Of each tensor, by column.
  private let fields: [[String: Value]]
  let isLoose: Bool

  private static let columns = [
    "tensor", "what", "numbers", "changed", "zeroed", "sqnr", "codes", "dead", "stored_before",
    "stored_after", "before", "after", "won",
  ]

  init(_ before: NetworkValue, _ after: NetworkValue, monitor: Monitor) throws {
    difference = try NetworkDifference(
      from: before.network, to: after.network, monitor: monitor)
    let isTrained = [before, after].contains { $0.isTrained && !$0.isRecorded }
    let (old, new) = (Self.bytes(before), Self.bytes(after))
    fields = difference.tensors.map { tensor in
      Self.fields(
        tensor, old[tensor.name] ?? 0, new[tensor.name] ?? 0, isTrained: isTrained,
        vary: (
          tensor.before.map(before.sizeVaries) ?? false, tensor.after.map(after.sizeVaries) ?? false
        ))
    }
    rows = fields.map { field in
      .record(Self.columns.map { ($0, field[$0] ?? .none) })
    }
    isLoose =
      isTrained || [before, after].contains { $0.sizeMark(1) != .exact }
    let files = (
      before.fileBytes(Int(old.values.reduce(0, +))), after.fileBytes(Int(new.values.reduce(0, +)))
    )
    sizes = (files.0, files.1, Self.won(files.0, files.1))
  }

  private init(_ other: DifferenceValue) {
    difference = other.difference
    sizes = other.sizes
    rows = other.rows
    fields = other.fields
    isLoose = other.isLoose
  }

  convenience init(from value: Value) throws(Mismatch) {
    guard case .native(let native) = value, let own = native as? DifferenceValue else {
      throw Mismatch(Self.kind)
    }
    self.init(own)
  }

  /// As far apart as the sizes may be.
  private static func won(_ before: Value, _ after: Value) -> Value {
    guard case .quantity(let a) = before, case .quantity(let b) = after else { return .none }
    return .quantity(a.value - b.value, .bytes(.file), mark: a.mark + b.mark)
  }

  /// Of the file, by part.
  private static func bytes(_ value: NetworkValue) -> [String: Double] {
    Container.ledger(of: value.network).reduce(into: [:]) { sums, row in
      sums[row.part, default: 0] += Double(row.bits) / 8
    }
  }

  /// What trained values decide is compared within some width.
  private static func fields(
    _ tensor: TensorDifference, _ before: Double, _ after: Double, isTrained: Bool,
    vary: (before: Bool, after: Bool)
  ) -> [String: Value] {
    func count(_ value: Int?, within share: Double, least: Double = 0) -> Value {
      guard let value else { return .none }
      let width = max(least, Double(value) * share)
      return .quantity(
        Double(value), .count(.plain), mark: isTrained && width > 0 ? .within(width) : .exact)
    }
    func bytes(_ value: Double, _ varies: Bool) -> Value {
      .quantity(value, .bytes(.file), mark: varies ? .within(abs(value) * 0.03) : .exact)
    }
    let use = tensor.after?.encoding.codeUse
    var fields: [String: Value] = [
      "tensor": .text(tensor.name), "what": .text(tensor.state.rawValue),
      "numbers": count((tensor.after ?? tensor.before)?.value.count, within: 0),
      "changed": count(tensor.changed, within: 0.02), "zeroed": count(tensor.zeroed, within: 0.02),
      "codes": count(use?.codes, within: 0), "dead": count(use?.dead, within: 0.1, least: 2),
      "stored_before": tensor.before.map { .text($0.encoding.summary) } ?? .none,
      "stored_after": tensor.after.map { .text($0.encoding.summary) } ?? .none,
      "before": bytes(before, vary.before), "after": bytes(after, vary.after),
      "won": won(bytes(before, vary.before), bytes(after, vary.after)),
    ]
    if let ratio = tensor.noiseRatio {
      let mark: Quantity.Mark = isTrained && ratio.isFinite ? .within(0.5) : .exact
      fields["sqnr"] = .quantity(ratio, .count(.plain), mark: mark)
    }
    return fields
  }

  var bridged: Value { .native(self) }
  var items: [Value]? { rows }
  var summary: String { "the difference of \(Text.count(rows.count, "tensor"))" }
  var members: [String] { ["rows", "remarks", "bytes"] + Self.columns }

  func member(_ name: String) -> Value? {
    switch name {
    case "rows": .list(rows)
    case "remarks": .list(difference.remarks.map { .text($0) })
    case "bytes":
      .record([("before", sizes.before), ("after", sizes.after), ("won", sizes.won)])
    default: Value.list(rows).member(name)
    }
  }

  func entry(_ key: Value) throws(Problem) -> Value? {
    guard let index = try? Int(from: key) else {
      throw Problem(
        "E0308", "a difference is indexed by a whole number, got \(Text.brief(key))",
        help: "its list is .rows")
    }
    let place = index < 0 ? index + rows.count : index
    return rows.indices.contains(place) ? rows[place] : nil
  }

  // MARK: Display

  func lines(_ style: DisplayStyle) -> [String] {
    var lines = table(
      ["tensor", "what", "changed", "zeroed", "sqnr", "before", "after"],
      ["tensor", "what", "changed", "zeroed", "SQNR dB", "before", "after"], fields, style)
    let restored = zip(difference.tensors, fields).filter { tensor, _ in
      guard let before = tensor.before, let after = tensor.after else { return false }
      return before.encoding.summary != after.encoding.summary
    }.map(\.1)
    if !restored.isEmpty {
      lines += ["", "stored another way"]
      lines += table(
        ["tensor", "stored_before", "stored_after", "codes", "dead"],
        ["tensor", "before", "after", "codes", "dead"], restored, style)
    }
    if !difference.remarks.isEmpty {
      lines.append("")
      for remark in difference.remarks { lines += Help.folded(remark, style.width, indent: 2) }
    }
    let text = [sizes.before, sizes.after, sizes.won].map { Text.plain($0) }
    return lines + ["", "file: \(text[0]) before, \(text[1]) after: \(text[2]) won"]
  }

  private func table(
    _ names: [String], _ headers: [String], _ fields: [[String: Value]], _ style: DisplayStyle
  ) -> [String] {
    Table(
      columns: headers.enumerated().map {
        Table.Column($1, alignment: $0 == 0 ? .leading : .automatic)
      },
      rows: fields.map { field in
        names.map { name in
          let value = field[name] ?? .none
          if name == "sqnr", case .quantity(let ratio) = value, ratio.value == .infinity {
            return "∞"
          }
          if name == "sqnr", case .quantity(let ratio) = value {
            return NumberText.fixed(ratio.value, decimals: 1)
          }
          return value.isNone ? "" : Text.plain(value)
        }
      }
    ).render(style)
  }
}

extension NetworkValue {
  /// Some step of its receipt saw data: another machine comes to slightly different values.
  var isTrained: Bool {
    network.receipt.steps.contains { step in step.arguments.contains { $0.name == "on" } }
  }
}
