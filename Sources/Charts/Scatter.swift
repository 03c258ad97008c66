// Scatter charts: few points as markers with names beside them, many as dots; Pareto fronts.

extension ChartKind {
  package static let scatter = ChartKind(
    name: "scatter", summary: "Points by two numbers, such as accuracy against bytes.",
    reads: "x and y"
  ) { chart, style in ScatterDrawing(chart, style).rows() }
}

private struct ScatterDrawing {
  let chart: Chart
  let style: ChartStyle
  let view: PointView
  let front: [PointPlace]
  /// Whether points are single dots, because there are too many for markers.
  let isDotted: Bool

  init(_ chart: Chart, _ style: ChartStyle) {
    self.chart = chart
    self.style = style
    view = PointView(chart)
    front = chart.front.map { $0.points(of: chart) } ?? []
    let points = chart.series.reduce(0) { $0 + $1.points }
    isDotted = chart.series.count == 1 && points > style.width * 2
  }

  func rows() -> [Row] {
    guard let x = view.x.range, let y = view.y.range else {
      return Caption.empty(chart, style, note: view.note)
    }
    var plane = Plane(x: x, chart.xAxis, widened: true, y: y, chart.yAxis, style)
    join(in: &plane)
    for (index, series) in chart.series.enumerated() { draw(series, index, in: &plane) }
    for place in front { mark(place.point, place.series, in: &plane) }
    let unnamed = isDotted ? 0 : name(in: &plane)
    let legend = Caption.legend(entries(), columns: plane.canvas.columns, style)
    let note = unnamed > 0 ? "\(unnamed) of the names found no room" : nil
    return plane.framed(chart, style, legend: legend, notes: [view.note, note])
  }

  private func join(in plane: inout Plane) {
    var step = 0
    for (place, next) in zip(front, front.dropFirst()) {
      guard let start = plane.dot(place.x, place.y), let end = plane.dot(next.x, next.y) else {
        continue
      }
      plane.canvas.line(from: start, to: end, .dim, Dash.all[2], step: &step)
    }
  }

  private func draw(_ series: Series, _ index: Int, in plane: inout Plane) {
    for point in 0..<series.points {
      if isDotted {
        if let dot = plane.dot(series.x(point), series.y[point]) {
          plane.canvas.dot(dot.x, dot.y, .series(index))
        }
      } else {
        mark(point, index, in: &plane)
      }
    }
  }

  private func mark(_ point: Int, _ index: Int, in plane: inout Plane) {
    let series = chart.series[index]
    guard let cell = plane.cell(series.x(point), series.y[point]) else { return }
    if let error = series.error(point) {
      plane.whisker(series.x(point), series.y[point], error, .series(index))
    }
    plane.canvas.glyph(
      marker(point, index), column: cell.column, row: cell.row, .series(index))
  }

  /// In a single series with a front, points on the front are full and others hollow.
  private func marker(_ point: Int, _ index: Int) -> String {
    guard chart.front != nil, chart.series.count == 1 else { return style.glyphs.marker(index) }
    let isOnFront = front.contains { $0.point == point && $0.series == index }
    return style.glyphs.marker(isOnFront ? 0 : 1)
  }

  /// Writes names beside their points where there is room; how many found none.
  private func name(in plane: inout Plane) -> Int {
    var unnamed = 0
    for series in chart.series {
      for point in 0..<series.points {
        guard let name = series.label(point), !name.isEmpty,
          let cell = plane.cell(series.x(point), series.y[point])
        else { continue }
        if !write(name, beside: cell, in: &plane) { unnamed += 1 }
      }
    }
    return unnamed
  }

  private func write(
    _ name: String, beside cell: (column: Int, row: Int), in plane: inout Plane
  ) -> Bool {
    let width = TextWidth.columns(name)
    let middle = cell.column - width / 2
    let places = [
      (cell.column + 2, cell.row, 1, 2), (cell.column - width - 1, cell.row, 2, 1),
      (middle, cell.row - 1, 2, 2), (middle, cell.row + 1, 2, 2),
      (cell.column + 1, cell.row - 1, 1, 2), (cell.column + 1, cell.row + 1, 1, 2),
      (cell.column - width, cell.row - 1, 2, 1), (cell.column - width, cell.row + 1, 2, 1),
    ]
    for (column, row, before, behind) in places
    where column >= 0 && column + width <= plane.canvas.columns {
      // Blanks on both sides, so that a name is not taken for that of its neighbor.
      let start = max(column - before, 0)
      let end = min(column + width + behind, plane.canvas.columns)
      guard plane.canvas.isFree(columns: start..<end, row: row) else { continue }
      plane.canvas.text(name, column: column, row: row, .plain)
      return true
    }
    return false
  }

  private func entries() -> [(sample: String, ink: Ink, name: String)] {
    var entries: [(sample: String, ink: Ink, name: String)] = []
    if chart.series.count > 1 {
      entries = chart.series.enumerated().map {
        (style.glyphs.marker($0), .series($0), $1.name)
      }
    }
    if chart.front != nil {
      let sample = chart.series.count == 1 && !isDotted ? style.glyphs.marker(0) : ""
      entries.append((sample + style.glyphs.dashes[2], .dim, "Pareto front"))
    }
    return entries
  }
}

/// A point of a chart, by series and position, with its coordinates.
struct PointPlace {
  let series: Int
  let point: Int
  let x: Double
  let y: Double
}

extension ParetoFront {
  /// The points that no other point beats on one axis without losing on the other, by rising x.
  func points(of chart: Chart) -> [PointPlace] {
    var all: [PointPlace] = []
    for (index, series) in chart.series.enumerated() {
      for point in 0..<series.points where series.x(point).isFinite && series.y[point].isFinite {
        all.append(PointPlace(series: index, point: point, x: series.x(point), y: series.y[point]))
      }
    }
    all.sort { first, second in
      if first.x != second.x { return isBetter(first.x, second.x, x) }
      if first.y != second.y { return isBetter(first.y, second.y, y) }
      return (first.series, first.point) < (second.series, second.point)
    }
    var kept: [PointPlace] = []
    for place in all where kept.last.map({ isBetter(place.y, $0.y, y) }) ?? true {
      kept.append(place)
    }
    return kept.sorted { $0.x < $1.x }
  }

  private func isBetter(_ first: Double, _ second: Double, _ better: Better) -> Bool {
    better == .smaller ? first < second : first > second
  }
}
