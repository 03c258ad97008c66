// What a chart is before it is drawn: its kind, its series, its axes; and the table of kinds.

/// Points with one name. `x` may be empty: points are then numbered from 1.
package struct Series: Sendable, Equatable {
  package var name: String
  package var x: [Double]
  package var y: [Double]
  /// Half the length of the interval around each `y`, in its unit: y ± error.
  package var error: [Double]?
  /// One for each point: names of bars, names beside the points of a scatter chart.
  package var labels: [String]?

  package init(
    name: String = "", x: [Double] = [], y: [Double], error: [Double]? = nil,
    labels: [String]? = nil
  ) {
    self.name = name
    self.x = x
    self.y = y
    self.error = error
    self.labels = labels
  }

  /// The points: as many as both coordinates have.
  var points: Int { x.isEmpty ? y.count : min(x.count, y.count) }

  func x(_ index: Int) -> Double { x.isEmpty ? Double(index + 1) : x[index] }

  /// A finite error above zero, or nil.
  func error(_ index: Int) -> Double? {
    guard let error, index < error.count, error[index].isFinite, error[index] > 0 else {
      return nil
    }
    return error[index]
  }

  func label(_ index: Int) -> String? {
    guard let labels, index < labels.count else { return nil }
    return labels[index]
  }
}

/// What an axis says and counts.
package struct AxisSpec: Sendable, Equatable {
  package var label: String
  package var unit: AxisUnit
  /// Logarithmic; numbers at or below zero are then skipped and counted in a note.
  package var isLogarithmic: Bool

  package init(_ label: String = "", unit: AxisUnit = .plain, isLogarithmic: Bool = false) {
    self.label = label
    self.unit = unit
    self.isLogarithmic = isLogarithmic
  }
}

/// A matrix for a heatmap, `[rows, columns]`, row-major, with names where there are any.
package struct ChartMatrix: Sendable, Equatable {
  package var rows: Int
  package var columns: Int
  package var values: [Double]
  package var rowNames: [String]?
  package var columnNames: [String]?

  package init(
    rows: Int, columns: Int, values: [Double], rowNames: [String]? = nil,
    columnNames: [String]? = nil
  ) {
    precondition(
      rows >= 0 && columns >= 0 && values.count == rows * columns, "a matrix is rows × columns")
    self.rows = rows
    self.columns = columns
    self.values = values
    self.rowNames = rowNames
    self.columnNames = columnNames
  }
}

/// Which of two numbers is better on an axis.
package enum Better: Sendable, Equatable { case smaller, larger }

/// The Pareto front to mark in a scatter chart: the points that no other beats on both axes.
package struct ParetoFront: Sendable, Equatable {
  package var x: Better
  package var y: Better
  package init(x: Better = .smaller, y: Better = .larger) {
    self.x = x
    self.y = y
  }
}

/// A kind of chart: one value in the table `all`.
package struct ChartKind: Sendable, Equatable {
  package let name: String
  /// One sentence: what it shows.
  package let summary: String
  /// What it reads from the chart: "y", "x and y", "labels and y", "matrix".
  package let reads: String
  let draw: @Sendable (Chart, ChartStyle) -> [Row]

  /// Every kind of chart.
  package static let all: [ChartKind] = [histogram, line, scatter, bars, heatmap]

  package static func named(_ name: String) -> ChartKind? { all.first { $0.name == name } }

  package static func == (left: ChartKind, right: ChartKind) -> Bool { left.name == right.name }
}

/// A chart, ready to be drawn on any page.
package struct Chart: Sendable, Equatable {
  package var kind: ChartKind
  package var title: String
  package var series: [Series]
  package var xAxis: AxisSpec
  package var yAxis: AxisSpec
  /// For heatmaps only.
  package var matrix: ChartMatrix?
  /// For scatter charts only.
  package var front: ParetoFront?
  /// For histograms only: how many bins at most; nil chooses.
  package var bins: Int?

  package init(
    _ kind: ChartKind, title: String = "", series: [Series] = [], xAxis: AxisSpec = AxisSpec(),
    yAxis: AxisSpec = AxisSpec(), matrix: ChartMatrix? = nil, front: ParetoFront? = nil,
    bins: Int? = nil
  ) {
    self.kind = kind
    self.title = title
    self.series = series
    self.xAxis = xAxis
    self.yAxis = yAxis
    self.matrix = matrix
    self.front = front
    self.bins = bins
  }

  /// The lines of the chart: none wider than the style, none with blanks at its end, none with
  /// escape codes unless color is allowed. The same chart and style always give the same lines.
  package func render(_ style: ChartStyle) -> [String] {
    kind.draw(self, style).map { $0.render(style) }
  }
}
