// What a cell shows of a value: tables for lists of records, a summary for tensors, one line for the rest.
import Charts
import Tensors

extension Value {
  /// The lines that show this value.
  package func lines(_ style: DisplayStyle) -> [String] {
    switch self {
    case .none: return []
    case .native(let native): return native.lines(style)
    case .tensor(let tensor): return tensor.described.split(separator: "\n").map(String.init)
    case .list(let list): return Display.list(list, style)
    case .record(let record) where !record.names.isEmpty: return Display.record(record, style)
    case .text(let text): return Display.wrapped(text)
    case .function(let function): return Help.lines(function, style)
    default: return [Text.plain(self)]
    }
  }
}

enum Display {
  static func wrapped(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  static func list(_ list: List, _ style: DisplayStyle) -> [String] {
    if let table = table(list) { return table.render(style) }
    guard list.items.contains(where: { $0.isTall }) else { return fitted(.list(list), style) }
    var lines: [String] = []
    for item in list.items where !item.isNone {
      if !lines.isEmpty { lines.append("") }
      lines += item.lines(style)
    }
    return lines
  }

  /// A list of records with the same names is a table.
  private static func table(_ list: List) -> Table? {
    guard case .record(let first) = list.items.first, !first.names.isEmpty else { return nil }
    var rows: [[String]] = []
    for item in list.items {
      guard case .record(let record) = item, record.names == first.names else { return nil }
      rows.append(record.values.map(cell))
    }
    let columns = first.names.indices.map { i in
      Table.Column(first.names[i], leastWidth: leastWidth(first.values[i]))
    }
    return Table(columns: columns, rows: rows)
  }

  /// A time takes as many columns as the longest would, `≈123.45 ms`, so that a slower machine breaks the
  /// table where this one does.
  private static func leastWidth(_ value: Value) -> Int {
    guard case .quantity(let quantity) = value, quantity.mark == .volatile else { return 0 }
    return quantity.unit == .seconds ? 10 : 8
  }

  static func cell(_ value: Value) -> String {
    switch value {
    case .none: return ""
    case .list(let list) where list.items.count > 4: return "[\(list.items.count)]"
    default: return Text.plain(value)
    }
  }

  /// A record whose values are short stands on lines of its own: name, value.
  static func record(_ record: Record, _ style: DisplayStyle) -> [String] {
    let width = record.names.map(TextWidth.columns).max() ?? 0
    var lines: [String] = []
    for (name, value) in record.fields {
      let label = TextWidth.leading(name, in: width)
      if value.isTall {
        let shown = value.lines(style)
        if shown.count == 1, TextWidth.columns(shown[0]) + width + 2 <= style.width {
          lines.append("\(label)  \(shown[0])")
          continue
        }
        lines.append(name)
        lines += shown.map { $0.isEmpty ? "" : "  " + $0 }
      } else {
        lines.append(TextWidth.cut("\(label)  \(Text.plain(value))", to: style.width))
      }
    }
    return lines
  }

  private static func fitted(_ value: Value, _ style: DisplayStyle) -> [String] {
    let text = Text.plain(value)
    guard TextWidth.columns(text) > style.width else { return [text] }
    var lines: [String] = []
    var line = ""
    for part in text.split(separator: " ") {
      if !line.isEmpty, TextWidth.columns(line) + 1 + TextWidth.columns(String(part)) > style.width
      {
        lines.append(line)
        line = " " + part
      } else {
        line += (line.isEmpty ? "" : " ") + part
      }
    }
    return lines + [line]
  }
}

extension Value {
  /// Shown on several lines.
  var isTall: Bool {
    switch self {
    case .native, .tensor: true
    case .record(let record): !record.names.isEmpty
    case .list(let list): list.items.contains { $0.isTall }
    case .text(let text): text.contains("\n")
    default: false
    }
  }
}
