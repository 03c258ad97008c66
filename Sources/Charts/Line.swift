// Line charts: points joined in order, several series told apart by dashes, markers and color.

extension ChartKind {
  package static let line = ChartKind(
    name: "line", summary: "Points joined by lines, such as a loss over epochs.",
    reads: "x and y"
  ) { chart, style in LineDrawing(chart, style).rows() }
}

private struct LineDrawing {
  let chart: Chart
  let style: ChartStyle
  let view: PointView

  init(_ chart: Chart, _ style: ChartStyle) {
    self.chart = chart
    self.style = style
    view = PointView(chart)
  }

  func rows() -> [Row] {
    guard let x = view.x.range, let y = view.y.range else {
      return Caption.empty(chart, style, note: view.note)
    }
    var plane = Plane(
      x: x, chart.xAxis, widened: false, y: y, chart.yAxis, style)
    for index in chart.series.indices { draw(index, in: &plane) }
    for index in chart.series.indices where isMarked(index, plane) { mark(index, in: &plane) }
    let legend = Caption.legend(entries(plane), columns: plane.canvas.columns, style)
    return plane.framed(chart, style, legend: legend, notes: [view.note])
  }

  private func draw(_ index: Int, in plane: inout Plane) {
    let series = chart.series[index]
    let dash = Dash.of(series: style.unicode ? index : 0)
    var previous: (x: Int, y: Int)?
    var step = 0
    for point in 0..<series.points {
      let dot = plane.dot(series.x(point), series.y[point])
      if let dot, previous.map({ $0 != dot }) ?? true {
        plane.canvas.line(from: previous ?? dot, to: dot, .series(index), dash, step: &step)
      }
      previous = dot
    }
  }

  /// Few points are marked one by one, and so are those with an interval.
  private func isMarked(_ index: Int, _ plane: Plane) -> Bool {
    let series = chart.series[index]
    return series.error != nil || !style.unicode && chart.series.count > 1
      || series.points * 4 <= plane.canvas.columns
  }

  private func mark(_ index: Int, in plane: inout Plane) {
    let series = chart.series[index]
    let ink = Ink.series(index)
    for point in 0..<series.points {
      guard let cell = plane.cell(series.x(point), series.y[point]) else { continue }
      if let error = series.error(point) {
        plane.whisker(series.x(point), series.y[point], error, ink)
      }
      plane.canvas.glyph(
        style.glyphs.marker(index), column: cell.column, row: cell.row, ink)
    }
  }

  private func entries(_ plane: Plane) -> [(sample: String, ink: Ink, name: String)] {
    guard chart.series.count > 1 else { return [] }
    return chart.series.enumerated().map { index, series in
      let marker = isMarked(index, plane) ? style.glyphs.marker(index) : ""
      return (marker + style.glyphs.dash(index), .series(index), series.name)
    }
  }
}

/// The ranges that all points of a chart need, and what cannot be drawn.
struct PointView {
  private(set) var x = Census()
  private(set) var y = Census()

  init(_ chart: Chart) {
    for series in chart.series {
      for point in 0..<series.points {
        let (right, up) = (series.x(point), series.y[point])
        guard x.admits(right, chart.xAxis), y.admits(up, chart.yAxis) else { continue }
        x.stretch(right)
        y.stretch(up)
        guard let error = series.error(point) else { continue }
        for end in [up - error, up + error]
        where end.isFinite && (end > 0 || !chart.yAxis.isLogarithmic) { y.stretch(end) }
      }
    }
  }

  var note: String? { Census.note([x, y]) }
}
