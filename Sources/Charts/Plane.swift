// The plane of a line or scatter chart: canvas, two axes with ticks, and the frame around them.

private import Glibc

/// Numbers seen, and numbers that cannot be drawn, for the note below a chart.
struct Census {
  private(set) var lower = Double.infinity
  private(set) var upper = -Double.infinity
  private(set) var nans = 0
  private(set) var infinities = 0
  private(set) var notPositive = 0

  /// Nil when no number can be drawn.
  var range: ClosedRange<Double>? { lower <= upper ? lower...upper : nil }

  /// Whether the number can be drawn on the axis; if not, it is counted.
  mutating func admits(_ number: Double, _ axis: AxisSpec) -> Bool {
    if number.isNaN {
      nans += 1
    } else if number.isInfinite {
      infinities += 1
    } else {
      if !axis.isLogarithmic || number > 0 { return true }
      notPositive += 1
    }
    return false
  }

  mutating func stretch(_ number: Double) {
    lower = min(lower, number)
    upper = max(upper, number)
  }

  /// What was left out, or nil.
  static func note(_ censuses: [Census]) -> String? {
    let parts = [
      (censuses.reduce(0) { $0 + $1.nans }, "not a number"),
      (censuses.reduce(0) { $0 + $1.infinities }, "infinite"),
      (censuses.reduce(0) { $0 + $1.notPositive }, "zero or less on a logarithmic axis"),
    ].filter { $0.0 > 0 }
    guard !parts.isEmpty else { return nil }
    return "left out: "
      + parts.map { NumberText.grouped($0.0) + " " + $0.1 }.joined(separator: ", ")
  }
}

struct Plane {
  var canvas: Canvas
  let x: AxisScale
  let y: AxisScale
  private let xLabels: String
  private let gutter: Int
  private let glyphs: Glyphs

  /// The plane that shows these ranges on the page.
  init(
    x xRange: ClosedRange<Double>, _ xAxis: AxisSpec, widened: Bool,
    y yRange: ClosedRange<Double>, _ yAxis: AxisSpec, _ style: ChartStyle
  ) {
    var rows = style.rows
    y = AxisScale(yRange, yAxis, maximumTicks: max(rows / 3 + 2, 3), widened: true)
    if style.height == nil { rows = y.evenRows(atMost: rows) }
    let widest = y.ticks.reduce(0) { max($0, TextWidth.columns($1.label)) }
    gutter = min(widest, style.width / 2) + 1
    let columns = max(style.width - gutter - 3, 1)
    canvas = Canvas(columns: columns, rows: rows, unicode: style.unicode)
    glyphs = style.glyphs
    (x, xLabels) = Self.labelled(xRange, xAxis, widened, columns: columns, margin: gutter + 1)
  }

  /// The x axis with as many ticks as have room for their labels.
  private static func labelled(
    _ range: ClosedRange<Double>, _ axis: AxisSpec, _ widened: Bool, columns: Int, margin: Int
  ) -> (AxisScale, String) {
    for ticks in stride(from: max(columns / 7, 2), through: 2, by: -1) {
      let scale = AxisScale(range, axis, maximumTicks: ticks, widened: widened)
      let labels = labels(scale, columns: columns, margin: margin)
      if let labels { return (scale, labels) }
    }
    return (AxisScale(range, axis, maximumTicks: 2, widened: widened), "")
  }

  /// The labels under their ticks, or nil when they would touch.
  private static func labels(_ scale: AxisScale, columns: Int, margin: Int) -> String? {
    var text = ""
    var used = 0
    for tick in scale.ticks {
      let width = TextWidth.columns(tick.label)
      let centre = margin + column(tick.fraction, of: columns)
      let start = max(0, min(centre - width / 2, margin + columns + 2 - width))
      guard used == 0 || start >= used + 2 else { return nil }
      text += TextWidth.blanks(start - used) + tick.label
      used = start + width
    }
    return text
  }

  private static func column(_ fraction: Double, of columns: Int) -> Int {
    Int((fraction * Double(columns - 1)).rounded())
  }

  /// The dot of a point, or nil where it cannot be shown.
  func dot(_ x: Double, _ y: Double) -> (x: Int, y: Int)? {
    guard let right = self.x.fraction(x), let up = self.y.fraction(y) else { return nil }
    return (
      Int((right * Double(canvas.dotsAcross - 1)).rounded()),
      Int((up * Double(canvas.dotsUp - 1)).rounded())
    )
  }

  /// The cell of a point: its column, and its row from the top.
  func cell(_ x: Double, _ y: Double) -> (column: Int, row: Int)? {
    dot(x, y).map { ($0.x / canvas.across, canvas.row(ofDot: $0.y)) }
  }

  /// A vertical whisker from `y - error` to `y + error`.
  mutating func whisker(_ x: Double, _ y: Double, _ error: Double, _ ink: Ink) {
    guard let middle = cell(x, y) else { return }
    // On a logarithmic axis an interval may reach below zero: it then ends at the axis.
    let top = cell(x, y + error)?.row ?? 0
    let bottom = cell(x, y - error)?.row ?? canvas.rows - 1
    guard top < bottom else { return }
    for row in top...bottom {
      let glyph =
        row == top
        ? glyphs.whiskerTop : row == bottom ? glyphs.whiskerBottom : glyphs.vertical
      canvas.glyph(glyph, column: middle.column, row: row, ink)
    }
  }

  /// The plane with its frame, without titles.
  func frame() -> [Row] {
    var labels: [Int: String] = [:]
    for tick in y.ticks {
      let dot = Int((tick.fraction * Double(canvas.dotsUp - 1)).rounded())
      labels[canvas.row(ofDot: dot)] = tick.label
    }
    var rows = (0..<canvas.rows).map { index in
      let label = TextWidth.cut(labels[index] ?? "", to: gutter - 1, ellipsis: glyphs.ellipsis)
      var row = Row(TextWidth.trailing(label, in: gutter - 1) + " ")
      row.add(labels[index] == nil ? glyphs.vertical : glyphs.tickLeft, .dim)
      row.add(canvas.line(index))
      return row
    }
    rows += base()
    return rows
  }

  private func base() -> [Row] {
    let marked = Set(
      x.ticks.map { Self.column($0.fraction, of: canvas.columns) })
    var line = Row(TextWidth.blanks(gutter))
    line.add(glyphs.corner, .dim)
    for column in 0..<canvas.columns {
      line.add(marked.contains(column) ? glyphs.tickBelow : glyphs.horizontal, .dim)
    }
    return [line, Row(xLabels)]
  }

  /// Title and name of the y axis above; name of the x axis and notes below.
  func framed(_ chart: Chart, _ style: ChartStyle, legend: [Row], notes: [String?]) -> [Row] {
    var rows = Caption.title(chart.title, over: gutter + 1, canvas.columns, style)
    rows += legend.map { Caption.indented($0, gutter + 1, style) }
    if !chart.yAxis.label.isEmpty {
      rows.append(Row(TextWidth.cut(chart.yAxis.label, to: style.width, ellipsis: glyphs.ellipsis)))
    }
    rows += frame()
    if !chart.xAxis.label.isEmpty {
      rows.append(Caption.centred(chart.xAxis.label, .plain, gutter + 1, canvas.columns, style))
    }
    return rows + Caption.notes(notes, style)
  }
}
