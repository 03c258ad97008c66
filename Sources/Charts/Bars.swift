// Bar charts: one bar per name, always from zero, the value and its interval at the end.

extension ChartKind {
  package static let bars = ChartKind(
    name: "bars", summary: "A bar for each name, with its value, such as bytes of each network.",
    reads: "labels and y"
  ) { chart, style in BarDrawing(chart, style).rows() }
}

private struct BarDrawing {
  let chart: Chart
  let style: ChartStyle
  let names: [String]
  private var census = Census()
  private var lower = 0.0
  private var upper = 0.0
  private var nameColumns = 0
  private var columns = 1

  init(_ chart: Chart, _ style: ChartStyle) {
    self.chart = chart
    self.style = style
    let count = chart.series.reduce(0) { max($0, $1.y.count) }
    names = (0..<count).map { index in
      chart.series.lazy.compactMap { $0.label(index) }.first ?? "\(index + 1)"
    }
    var valueColumns = 0
    for series in chart.series {
      for (index, value) in series.y.enumerated() where census.admits(value, AxisSpec()) {
        let error = series.error(index) ?? 0
        census.stretch(value)
        lower = min(lower, value, (value - error).isFinite ? value - error : value)
        upper = max(upper, value, (value + error).isFinite ? value + error : value)
        valueColumns = max(valueColumns, TextWidth.columns(text(series, index)))
      }
    }
    let widest = names.reduce(0) { max($0, TextWidth.columns($1)) }
    nameColumns = min(widest, style.width / 3)
    columns = max(style.width - nameColumns - 3 - valueColumns, 1)
  }

  func rows() -> [Row] {
    guard census.range != nil else {
      return Caption.empty(chart, style, note: Census.note([census]))
    }
    let margin = nameColumns + 2
    var rows = Caption.title(chart.title, over: margin, columns, style)
    if chart.series.count > 1 {
      let entries = chart.series.enumerated().map {
        (String(repeating: style.glyphs.fill($0), count: 2), Ink.series($0), $1.name)
      }
      rows += Caption.legend(entries, columns: style.width - margin, style).map {
        Caption.indented($0, margin, style)
      }
    }
    let isSpaced = chart.series.count > 1
    for (index, name) in names.enumerated() {
      if isSpaced, index > 0 { rows.append(empty()) }
      rows += group(index, name)
    }
    if !chart.yAxis.label.isEmpty {
      rows.append(Caption.centred(chart.yAxis.label, .plain, margin, columns, style))
    }
    return rows + Caption.notes([Census.note([census])], style)
  }

  private func empty() -> Row {
    var row = Row(TextWidth.blanks(nameColumns + 1))
    row.add(TextWidth.blanks(zero))
    row.add(style.glyphs.vertical, .dim)
    return row
  }

  /// The bars of one name, one for each series that has it.
  private func group(_ index: Int, _ name: String) -> [Row] {
    var label = TextWidth.cut(name, to: nameColumns, ellipsis: style.glyphs.ellipsis)
    return chart.series.indices.compactMap { series in
      guard index < chart.series[series].y.count else { return nil }
      var row = Row(TextWidth.trailing(label, in: nameColumns) + " ")
      row.add(bar(series, index))
      label = ""
      return row
    }
  }

  /// The column, counted from 0, where bars begin.
  private var zero: Int { lower < 0 ? position(0) : 0 }

  private func share(_ value: Double) -> Double {
    let span = upper / 2 - lower / 2
    return span > 0 ? min(max((value / 2 - lower / 2) / span, 0), 1) : 0
  }

  private func position(_ value: Double) -> Int {
    Int((share(value) * Double(columns)).rounded())
  }

  private func bar(_ series: Int, _ index: Int) -> Row {
    let data = chart.series[series]
    let value = data.y[index]
    var cells: [(String, Ink)] = Array(repeating: (" ", .plain), count: columns)
    if value.isFinite { fill(&cells, value, series) }
    if value.isFinite, let error = data.error(index) { whisker(&cells, value, error) }
    var row = Row()
    for (column, cell) in cells.enumerated() {
      if column == zero { row.add(style.glyphs.vertical, .dim) }
      row.add(cell.0, cell.1)
    }
    if zero == columns { row.add(style.glyphs.vertical, .dim) }
    let used = (cells.lastIndex { $0.0 != " " } ?? -1) + 1
    return Self.ended(row, at: max(used, zero) + 2, text(data, index))
  }

  /// The bar up to its end, and the text one blank behind it.
  private static func ended(_ row: Row, at column: Int, _ text: String) -> Row {
    var kept = row.prefix(columns: column)
    kept.pad(to: column)
    kept.add(text)
    return kept
  }

  private func fill(_ cells: inout [(String, Ink)], _ value: Double, _ series: Int) {
    let glyphs = style.glyphs
    let ink = Ink.series(series)
    let full = glyphs.fill(series)
    if value < 0 {
      for column in min(position(value), zero)..<zero { cells[column] = (full, ink) }
      return
    }
    // The end of a solid bar is exact to an eighth of a column.
    let parts = full == glyphs.bars.last ? glyphs.bars.count : 1
    let reach = (share(value) - share(0)) * Double(columns) * Double(parts)
    let length = min(Int(reach.rounded()), (columns - zero) * parts)
    for column in 0..<length / parts { cells[zero + column] = (full, ink) }
    let rest = length % parts
    if rest > 0 { cells[zero + length / parts] = (glyphs.bars[rest - 1], ink) }
    if length == 0, value > 0, zero < columns { cells[zero] = (glyphs.bars[0], ink) }
  }

  private func whisker(_ cells: inout [(String, Ink)], _ value: Double, _ error: Double) {
    let start = min(position(value - error), columns - 1)
    let end = min(position(value + error), columns - 1)
    guard end - start >= 2 else { return }
    let glyphs = style.glyphs
    for column in start...end { cells[column] = (glyphs.horizontal, .plain) }
    cells[start] = (glyphs.whiskerLeft, .plain)
    cells[end] = (glyphs.whiskerRight, .plain)
  }

  private func text(_ series: Series, _ index: Int) -> String {
    let text = chart.yAxis.unit.text(series.y[index])
    guard series.y[index].isFinite, let error = series.error(index) else { return text }
    return text + " " + style.glyphs.plusMinus + " " + chart.yAxis.unit.text(error)
  }
}
