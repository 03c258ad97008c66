// Heatmaps: a matrix as numbers where it is small, as shades where it is not.

extension ChartKind {
  package static let heatmap = ChartKind(
    name: "heatmap",
    summary: "A matrix: small ones as numbers, such as a confusion matrix, large ones as shades.",
    reads: "matrix"
  ) { chart, style in
    guard let matrix = chart.matrix, matrix.rows > 0, matrix.columns > 0 else {
      return Caption.empty(chart, style, note: nil)
    }
    return HeatmapDrawing(chart, matrix, style).rows()
  }
}

private struct HeatmapDrawing {
  let chart: Chart
  let style: ChartStyle
  let matrix: ChartMatrix
  private var census = Census()
  private let rowNames: [String]
  private let columnNames: [String]

  init(_ chart: Chart, _ matrix: ChartMatrix, _ style: ChartStyle) {
    self.chart = chart
    self.style = style
    self.matrix = matrix
    for number in matrix.values where census.admits(number, AxisSpec()) { census.stretch(number) }
    rowNames = Self.names(matrix.rowNames, matrix.rows)
    columnNames = Self.names(matrix.columnNames, matrix.columns)
  }

  private static func names(_ given: [String]?, _ count: Int) -> [String] {
    (0..<count).map { index in
      if let given, index < given.count { return given[index] }
      return "\(index)"
    }
  }

  func rows() -> [Row] {
    guard let range = census.range else {
      return Caption.empty(chart, style, note: Census.note([census]))
    }
    let ramp = Ramp(range, style)
    return numbers(ramp) ?? shades(ramp)
  }

  // MARK: Numbers

  /// The matrix as numbers, or nil when it is too wide or too high for that.
  private func numbers(_ ramp: Ramp) -> [Row]? {
    guard matrix.rows <= 30, matrix.columns <= 60 else { return nil }
    let texts = matrix.values.map(text)
    let nameColumns = rowNames.reduce(0) { max($0, TextWidth.columns($1)) }
    let cell = (texts + columnNames).reduce(1) { max($0, TextWidth.columns($1)) } + 1
    let width = nameColumns + 2 + (cell + 1) * matrix.columns
    guard width <= style.width else { return nil }
    var rows = Caption.title(chart.title, over: nameColumns + 2, width - nameColumns - 2, style)
    if !chart.xAxis.label.isEmpty {
      let inner = width - nameColumns - 2
      rows.append(Caption.centred(chart.xAxis.label, .plain, nameColumns + 2, inner, style))
    }
    var header = Row(TextWidth.blanks(nameColumns + 2))
    for name in columnNames { header.add(TextWidth.trailing(name, in: cell) + " ", .dim) }
    rows.append(header)
    for index in 0..<matrix.rows {
      var row = Row(TextWidth.trailing(rowNames[index], in: nameColumns) + " ", .dim)
      row.add(style.glyphs.vertical, .dim)
      for column in 0..<matrix.columns {
        let place = index * matrix.columns + column
        row.add(ramp.cell(TextWidth.trailing(texts[place], in: cell), matrix.values[place]))
      }
      rows.append(row)
    }
    let side = chart.yAxis.label.isEmpty ? nil : "rows: " + chart.yAxis.label
    return rows + Caption.notes([side, Census.note([census])], style)
  }

  private func text(_ number: Double) -> String {
    if number == 0 { return style.glyphs.dot }
    guard chart.yAxis.unit == .plain, chart.xAxis.unit == .plain else {
      return (chart.xAxis.unit == .plain ? chart.yAxis.unit : chart.xAxis.unit).text(number)
    }
    guard number.isFinite else { return style.glyphs.ellipsis }
    let isWhole = matrix.values.allSatisfy { !$0.isFinite || $0.rounded() == $0 }
    let largest = max(abs(census.lower), abs(census.upper))
    if isWhole || largest >= 1e4 || largest < 0.01 {
      return NumberText.significant(number, digits: 3, grouped: true)
    }
    return NumberText.fixed(number, decimals: largest < 10 ? 2 : largest < 100 ? 1 : 0)
  }

  // MARK: Shades

  private func shades(_ ramp: Ramp) -> [Row] {
    let nameColumns =
      matrix.rowNames == nil
      ? TextWidth.columns("\(matrix.rows - 1)")
      : min(rowNames.reduce(0) { max($0, TextWidth.columns($1)) }, style.width / 4)
    let room = max(style.width - nameColumns - 3, 1)
    let columns = min(matrix.columns, room)
    let rowCount = min(matrix.rows, style.height ?? max(style.rows * 3 / 2, 12))
    let each = columns * 2 <= room ? 2 : 1
    let margin = nameColumns + 2
    var rows = Caption.title(chart.title, over: margin, columns * each, style)
    if !chart.yAxis.label.isEmpty {
      rows.append(Row(TextWidth.cut(chart.yAxis.label, to: style.width)))
    }
    for row in 0..<rowCount {
      let first = row * matrix.rows / rowCount
      let isNamed =
        matrix.rowNames != nil && rowCount == matrix.rows
        || row == 0 || row == rowCount - 1
      let last = row == rowCount - 1 ? matrix.rows - 1 : first
      let name = isNamed ? rowNames[last] : ""
      let cut = TextWidth.cut(name, to: nameColumns, ellipsis: style.glyphs.ellipsis)
      var line = Row(TextWidth.trailing(cut, in: nameColumns) + " ", .dim)
      line.add(style.glyphs.vertical, .dim)
      for column in 0..<columns {
        line.add(ramp.block(mean(row, rowCount, column, columns), columns: each))
      }
      line.add(style.glyphs.vertical, .dim)
      rows.append(line)
    }
    rows.append(ends(margin, columns * each))
    if !chart.xAxis.label.isEmpty {
      rows.append(Caption.centred(chart.xAxis.label, .plain, margin, columns * each, style))
    }
    rows.append(Caption.indented(ramp.legend(unit), margin, style))
    let note =
      columns < matrix.columns || rowCount < matrix.rows
      ? "\(matrix.rows) × \(matrix.columns), averaged to \(rowCount) × \(columns)" : nil
    return rows + Caption.notes([note, Census.note([census])], style)
  }

  private var unit: AxisUnit { chart.yAxis.unit == .plain ? chart.xAxis.unit : chart.yAxis.unit }

  /// The first and the last column under the matrix.
  private func ends(_ margin: Int, _ columns: Int) -> Row {
    let first = columnNames.first ?? ""
    let last = columnNames.last ?? ""
    var row = Row(TextWidth.blanks(margin))
    guard TextWidth.columns(first) + TextWidth.columns(last) + 1 <= columns else { return row }
    row.add(first, .dim)
    row.pad(to: margin + columns - TextWidth.columns(last))
    row.add(last, .dim)
    return row
  }

  /// The mean of the finite numbers of a block; not a number where there are none.
  private func mean(_ row: Int, _ rows: Int, _ column: Int, _ columns: Int) -> Double {
    var sum = 0.0
    var count = 0.0
    for row in row * matrix.rows / rows..<(row + 1) * matrix.rows / rows {
      for column in column * matrix.columns / columns..<(column + 1) * matrix.columns / columns {
        let number = matrix.values[row * matrix.columns + column]
        guard number.isFinite else { continue }
        count += 1
        // A running mean: a sum over large numbers could overflow.
        sum += (number - sum) / count
      }
    }
    return count > 0 ? sum : .nan
  }
}

/// From numbers to shades: in steps from low to high, around zero where both signs occur.
private struct Ramp {
  private let lower: Double
  private let upper: Double
  private let style: ChartStyle
  private let colors: [UInt8]

  init(_ range: ClosedRange<Double>, _ style: ChartStyle) {
    self.style = style
    let isDiverging = range.lowerBound < 0 && range.upperBound > 0
    let largest = max(-range.lowerBound, range.upperBound)
    let start = range.lowerBound >= 0 ? 0 : range.lowerBound
    lower = isDiverging ? -largest : start
    upper = isDiverging ? largest : max(range.upperBound, start)
    colors = isDiverging ? Palette.diverging : Palette.rising
  }

  private func share(_ number: Double) -> Double {
    let span = upper / 2 - lower / 2
    return span > 0 ? min(max((number / 2 - lower / 2) / span, 0), 1) : 0
  }

  private func step(_ number: Double, of count: Int) -> Int {
    min(Int(share(number) * Double(count)), count - 1)
  }

  /// A cell of a map without numbers.
  func block(_ number: Double, columns: Int) -> Row {
    guard number.isFinite else { return Row(String(repeating: "?", count: columns), .dim) }
    guard style.color, style.unicode else {
      let shades = style.glyphs.shades
      return Row(String(repeating: shades[step(number, of: shades.count)], count: columns))
    }
    let color = colors[step(number, of: colors.count)]
    return Row(String(repeating: "█", count: columns), .shade(color, on: nil))
  }

  /// A cell with a number: on its color, or with its shade behind it.
  func cell(_ text: String, _ number: Double) -> Row {
    guard number.isFinite else { return Row(text + " ") }
    guard style.color else {
      let shades = style.glyphs.shades
      return Row(text + shades[step(number, of: shades.count)])
    }
    // Zeros of counts stay without color, so that the others stand out on any background.
    guard number != 0 || lower != 0 else { return Row(text + " ", .dim) }
    let level = step(number, of: colors.count)
    let isLight = colors.count == Palette.rising.count ? level > 4 : (2...8).contains(level)
    var row = Row(text, .shade(isLight ? 16 : 231, on: colors[level]))
    row.add(" ")
    return row
  }

  func legend(_ unit: AxisUnit) -> Row {
    func text(_ number: Double) -> String {
      unit == .plain ? NumberText.significant(number, digits: 3, grouped: true) : unit.text(number)
    }
    var row = Row(text(lower) + " ")
    let count = style.color && style.unicode ? colors.count : style.glyphs.shades.count
    for level in 0..<count {
      let share = (Double(level) + 0.5) / Double(count)
      row.add(block(lower * (1 - share) + upper * share, columns: 2))
    }
    row.add(" " + text(upper))
    return row
  }
}
