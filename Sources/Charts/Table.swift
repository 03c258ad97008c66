// Tables as aligned text: numbers by their decimal point, wide tables in blocks of columns, long
// ones by head and tail.

/// Rows of text under a header.
package struct Table: Sendable, Equatable {
  /// Where the text of a column stands.
  package enum Alignment: Sendable, Equatable {
    case leading, trailing
    /// At the decimal point, or where it would be: before the unit.
    case decimal
    /// Decimal where every cell with text begins like a number, else leading.
    case automatic
  }

  package struct Column: Sendable, Equatable {
    package var header: String
    /// Shown under the header, such as "KB"; empty where the cells say it.
    package var unit: String
    package var alignment: Alignment
    /// Columns of text that it takes at least: what changes from run to run must not move the others.
    package var leastWidth: Int

    package init(
      _ header: String, unit: String = "", alignment: Alignment = .automatic, leastWidth: Int = 0
    ) {
      self.header = header
      self.unit = unit
      self.alignment = alignment
      self.leastWidth = leastWidth
    }
  }

  package var title: String
  package var columns: [Column]
  /// Missing cells are blank; cells beyond the columns are not shown.
  package var rows: [[String]]

  package init(title: String = "", columns: [Column], rows: [[String]]) {
    self.title = title
    self.columns = columns
    self.rows = rows
  }

  /// The lines of the table: none wider than the style. Of more than `rowLimit` rows (at least 2),
  /// the first and last are shown. Columns that do not fit follow below, with the first column again.
  package func render(_ style: ChartStyle, rowLimit: Int = 40) -> [String] {
    lines(style, max(rowLimit, 2)).map { $0.render(style) }
  }

  private func lines(_ style: ChartStyle, _ limit: Int) -> [Row] {
    let heading = title.isEmpty ? [] : [Row(TextWidth.cut(title, to: style.width), .bold)]
    guard !columns.isEmpty else { return heading + [Row("no columns", .dim)] }
    let head = rows.count > limit ? (limit + 1) / 2 : rows.count
    let tail = rows.count > limit ? limit / 2 : 0
    let shown = Array(rows.prefix(head)) + Array(rows.suffix(tail))
    let hidden = rows.count - shown.count
    let laid = columns.indices.map { LaidColumn(columns[$0], Self.cells($0, shown), style) }
    var lines = heading
    for (index, block) in Self.blocks(laid.map(\.width), style.width).enumerated() {
      if index > 0 { lines.append(Row()) }
      let note = hidden > 0 ? Self.note(hidden, style) : nil
      lines += Self.block(block.map { laid[$0] }, shown.count, head, note, style)
    }
    return lines
  }

  private static func note(_ hidden: Int, _ style: ChartStyle) -> String {
    "\(style.glyphs.ellipsis) \(NumberText.grouped(hidden)) \(hidden == 1 ? "row" : "rows") more"
  }

  private static func cells(_ column: Int, _ rows: [[String]]) -> [String] {
    rows.map { column < $0.count ? $0[column] : "" }
  }

  /// Which columns stand together: as many as fit, the first in each block.
  private static func blocks(_ widths: [Int], _ room: Int) -> [[Int]] {
    var blocks: [[Int]] = []
    var block = [0]
    var used = widths.first ?? 0
    for index in widths.indices.dropFirst() {
      if used + 2 + widths[index] > room, block.count > 1 {
        blocks.append(block)
        block = [0]
        used = widths.first ?? 0
      }
      block.append(index)
      used += 2 + widths[index]
    }
    return blocks + [block]
  }

  private static func block(
    _ columns: [LaidColumn], _ count: Int, _ head: Int, _ note: String?, _ style: ChartStyle
  ) -> [Row] {
    var lines = [joined(columns.map(\.header), .bold)]
    if columns.contains(where: { !$0.unit.allSatisfy { $0 == " " } }) {
      lines.append(joined(columns.map(\.unit), .dim))
    }
    let width = columns.reduce(-2) { $0 + 2 + $1.width }
    let rule = String(repeating: style.glyphs.horizontal, count: min(max(width, 1), style.width))
    lines.append(Row(rule, .dim))
    for row in 0..<count {
      if row == head, let note { lines.append(Row(note, .dim)) }
      lines.append(joined(columns.map { $0.cells[row] }, .plain))
    }
    return lines
  }

  private static func joined(_ cells: [String], _ ink: Ink) -> Row {
    var row = Row()
    for (index, cell) in cells.enumerated() {
      if index > 0 { row.add("  ") }
      row.add(cell, ink)
    }
    return row
  }
}

/// A column whose cells all have the same width.
private struct LaidColumn {
  let width: Int
  let header: String
  let unit: String
  let cells: [String]

  init(_ column: Table.Column, _ texts: [String], _ style: ChartStyle) {
    let alignment = Self.alignment(column, texts)
    // Two columns and the gap between them must fit, or a block would not help.
    let most = max((style.width - 2) / 2, 1)
    let ellipsis = style.glyphs.ellipsis
    let cut = { (text: String) in TextWidth.cut(text, to: most, ellipsis: ellipsis) }
    let flat = texts.map { text in
      let shown = style.unicode ? text : text.withPlainIntervals
      return cut(alignment == .decimal ? shown.trimmed : shown)
    }
    let lined = alignment == .decimal ? Self.byPoint(flat, most) : flat
    let names = [cut(column.header), cut(column.unit)]
    let width = (lined + names).reduce(min(column.leastWidth, most)) {
      max($0, TextWidth.columns($1))
    }
    let isLeading = alignment == .leading
    let fill = { (text: String) in
      isLeading ? TextWidth.leading(text, in: width) : TextWidth.trailing(text, in: width)
    }
    self.width = width
    header = fill(names[0])
    unit = fill(names[1])
    cells = lined.map(fill)
  }

  private static func alignment(
    _ column: Table.Column, _ texts: [String]
  ) -> Table.Alignment {
    guard column.alignment == .automatic else { return column.alignment }
    let filled = texts.filter { !$0.trimmed.isEmpty }
    let isNumeric = !filled.isEmpty && filled.allSatisfy { looksNumeric($0.trimmed) }
    return isNumeric ? .decimal : .leading
  }

  private static func looksNumeric(_ text: String) -> Bool {
    if ["nan", "inf", "-inf", "-", "–", "—"].contains(text) { return true }
    let unsigned = text.first.map { "+-−±≈×<>".contains($0) } == true ? text.dropFirst() : text[...]
    return unsigned.first?.isASCII == true && unsigned.first?.isNumber == true
  }

  /// Cells padded on both sides so that their decimal points stand below each other.
  private static func byPoint(_ cells: [String], _ most: Int) -> [String] {
    let parts = cells.map(split)
    let before = parts.reduce(0) { max($0, TextWidth.columns($1.0)) }
    let behind = parts.reduce(0) { max($0, TextWidth.columns($1.1)) }
    guard before + behind <= most else { return cells }
    return parts.map { TextWidth.trailing($0.0, in: before) + TextWidth.leading($0.1, in: behind) }
  }

  /// The whole part of a number, and the rest: point, decimals, unit.
  private static func split(_ cell: String) -> (String, String) {
    guard looksNumeric(cell), let digit = cell.firstIndex(where: \.isNumber) else {
      return (cell, "")
    }
    let end = cell[digit...].firstIndex { !$0.isNumber && $0 != "," } ?? cell.endIndex
    return (String(cell[..<end]), String(cell[end...]))
  }
}

extension String {
  /// "±" as "+-", before widths are measured.
  fileprivate var withPlainIntervals: String {
    split(separator: "±", omittingEmptySubsequences: false).joined(separator: "+-")
  }

  fileprivate var trimmed: String {
    guard let first = firstIndex(where: { $0 != " " }), let last = lastIndex(where: { $0 != " " })
    else { return "" }
    return String(self[first...last])
  }
}
