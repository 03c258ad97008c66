// The words around a chart: title, legend, notes, and what is said when there is nothing to draw.

enum Caption {
  /// Text in the middle of `columns` columns that start after `margin`.
  static func centred(
    _ text: String, _ ink: Ink, _ margin: Int, _ columns: Int, _ style: ChartStyle
  ) -> Row {
    let kept = TextWidth.cut(text, to: style.width, ellipsis: style.glyphs.ellipsis)
    let width = TextWidth.columns(kept)
    let start = max(0, min(margin + (columns - width) / 2, style.width - width))
    var row = Row(TextWidth.blanks(start))
    row.add(kept, ink)
    return row
  }

  static func title(
    _ text: String, over margin: Int, _ columns: Int, _ style: ChartStyle
  ) -> [Row] {
    text.isEmpty ? [] : [centred(text, .bold, margin, columns, style)]
  }

  static func indented(_ row: Row, _ margin: Int, _ style: ChartStyle) -> Row {
    var indented = Row(TextWidth.blanks(min(margin, max(style.width - row.columns, 0))))
    indented.add(row)
    return indented
  }

  /// Samples with names, as many on a row as fit.
  static func legend(
    _ entries: [(sample: String, ink: Ink, name: String)], columns: Int, _ style: ChartStyle
  ) -> [Row] {
    var rows: [Row] = []
    for entry in entries {
      let room = max(columns - TextWidth.columns(entry.sample) - 1, 1)
      let name = TextWidth.cut(entry.name, to: room, ellipsis: style.glyphs.ellipsis)
      var piece = Row(entry.sample, entry.ink)
      piece.add(" " + name)
      if var last = rows.last, last.columns + 3 + piece.columns <= columns {
        last.add("   ")
        last.add(piece)
        rows[rows.count - 1] = last
      } else {
        rows.append(piece)
      }
    }
    return rows
  }

  /// Notes, broken between words to the width of the page.
  static func notes(_ notes: [String?], _ style: ChartStyle) -> [Row] {
    notes.compactMap(\.self).flatMap { note in
      var lines: [String] = []
      for word in note.split(separator: " ", omittingEmptySubsequences: false).map(String.init) {
        if let last = lines.last, TextWidth.columns(last + " " + word) <= style.width {
          lines[lines.count - 1] = last + " " + word
        } else {
          lines.append(word)
        }
      }
      return lines.map { Row(TextWidth.cut($0, to: style.width), .dim) }
    }
  }

  /// A chart without anything to draw.
  static func empty(_ chart: Chart, _ style: ChartStyle, note: String?) -> [Row] {
    title(chart.title, over: 0, style.width, style) + notes(["nothing to draw", note], style)
  }
}
