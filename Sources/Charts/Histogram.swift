// Histograms: how often numbers fall into equal bins, with a line of statistics below.

private import Glibc

extension ChartKind {
  package static let histogram = ChartKind(
    name: "histogram",
    summary: "How often numbers fall into equal bins, such as the weights of a layer. "
      + "Exact zeros are not drawn where they are a quarter or more of all.",
    reads: "y"
  ) { chart, style in HistogramDrawing(chart, style).rows() }
}

/// Count, mean, standard deviation (divided by n), extremes and zeros of the finite numbers.
package struct Summary: Sendable, Equatable {
  package private(set) var count = 0
  package private(set) var zeros = 0
  package private(set) var mean = 0.0
  package private(set) var minimum = Double.infinity
  package private(set) var maximum = -Double.infinity
  /// Whether all numbers are whole.
  package private(set) var isWhole = true
  private var squares = 0.0

  /// One pass, stable for any offset (Welford 1962, doi:10.1080/00401706.1962.10490022).
  package init(of numbers: [Double]) {
    for number in numbers where number.isFinite {
      count += 1
      if number == 0 { zeros += 1 }
      let before = number - mean
      mean += before / Double(count)
      squares += before * (number - mean)
      minimum = min(minimum, number)
      maximum = max(maximum, number)
      if isWhole, number.rounded() != number { isWhole = false }
    }
  }

  package var deviation: Double { count > 0 ? (squares / Double(count)).squareRoot() : 0 }
  package var zeroShare: Double { count > 0 ? Double(zeros) / Double(count) : 0 }

  /// The line below a histogram.
  package func line(_ unit: AxisUnit) -> String {
    func text(_ number: Double) -> String {
      unit == .plain ? NumberText.significant(number, digits: 3, grouped: true) : unit.text(number)
    }
    return "n \(NumberText.grouped(count)) · mean \(text(mean)) · sd \(text(deviation)) · "
      + "min \(text(minimum)) · max \(text(maximum)) · "
      + "zeros \(NumberText.percent(zeroShare))"
  }
}

private struct HistogramDrawing {
  let chart: Chart
  let style: ChartStyle
  let summaries: [Summary]
  private var census = Census()
  /// Numbers that are drawn: zeros that crowd out all others are not.
  private var hidesZeros = false
  private let gutter: Int

  init(_ chart: Chart, _ style: ChartStyle) {
    self.chart = chart
    self.style = style
    summaries = chart.series.map { Summary(of: $0.y) }
    let count = summaries.reduce(0) { $0 + $1.count }
    let zeros = summaries.reduce(0) { $0 + $1.zeros }
    hidesZeros = !summaries.allSatisfy(\.isWhole) && zeros * 4 >= count
    gutter = min(max(TextWidth.columns(NumberText.grouped(count)), 4), 9) + 1
    for series in chart.series {
      for number in series.y where census.admits(number, AxisSpec()) && !(hidesZeros && number == 0)
      {
        census.stretch(number)
      }
    }
  }

  private var columns: Int { max(style.width - gutter - 3, 2) }

  func rows() -> [Row] {
    guard let range = census.range else {
      return Caption.empty(chart, style, note: Census.note([census]))
    }
    let bins = self.bins(range)
    let each = max(columns / bins.count, 1)
    let counts = chart.series.map { series in
      bins.counts(series.y, skippingZeros: hidesZeros)
    }
    var rows = Caption.title(chart.title, over: gutter + 1, bins.count * each, style)
    for (index, series) in chart.series.enumerated() {
      if chart.series.count > 1 {
        rows.append(Caption.indented(Row(series.name, .series(index)), gutter + 1, style))
      }
      rows += panel(counts[index], each, .series(index))
      rows += base(bins, each, isLabelled: index == chart.series.count - 1)
      if chart.series.count > 1 { rows += statistics(index) }
    }
    if !chart.xAxis.label.isEmpty {
      let label = chart.xAxis.label
      rows.append(Caption.centred(label, .plain, gutter + 1, bins.count * each, style))
    }
    if chart.series.count == 1 { rows += statistics(0) }
    return rows + Caption.notes([note(bins), Census.note([census])], style)
  }

  private func statistics(_ index: Int) -> [Row] {
    Caption.notes([summaries[index].line(chart.xAxis.unit)], style)
  }

  private func note(_ bins: Bins) -> String? {
    guard hidesZeros else { return nil }
    return "exact zeros are not drawn"
  }

  /// How many bins at most: what was asked, or enough for the numbers there are.
  private var limit: Int {
    if let bins = chart.bins { return min(max(bins, 1), columns) }
    let count = summaries.reduce(0) { max($0, $1.count) }
    return min(max(Int(Double(count).squareRoot().rounded(.up)) + 1, 8), columns, 100)
  }

  /// Among fewer and more bins, those that fill the page best.
  private func bins(_ range: ClosedRange<Double>) -> Bins {
    let isWhole = summaries.allSatisfy(\.isWhole)
    let fewest = chart.bins == nil ? max(limit * 2 / 3, 1) : limit
    let choices = (fewest...limit).reversed().map {
      Bins(range, isWhole: isWhole, atMost: $0)
    }
    var best = Bins(range, isWhole: isWhole, atMost: limit)
    var used = 0
    for bins in choices where columns / bins.count * bins.count > used {
      (best, used) = (bins, columns / bins.count * bins.count)
    }
    return best
  }

  private func panel(_ counts: [Int], _ each: Int, _ ink: Ink) -> [Row] {
    let share = max(chart.series.count, 1)
    let most = Double(max(counts.max() ?? 0, 1))
    var height = max(style.rows / share, 4)
    let isLogarithmic = chart.yAxis.isLogarithmic
    let axis = AxisSpec(unit: .plain, isLogarithmic: isLogarithmic)
    let range = isLogarithmic ? 0.5...max(most, 1) : 0...most
    let scale = AxisScale(
      range, axis, maximumTicks: max(height / 4 + 1, 2), widened: !isLogarithmic)
    if style.height == nil { height = scale.evenRows(atMost: height) }
    var labels: [Int: String] = [:]
    for tick in scale.ticks where !tick.label.contains(".") {
      labels[height - 1 - Int((tick.fraction * Double(height - 1)).rounded())] = tick.label
    }
    let parts = style.glyphs.columns.count
    let heights = counts.map { count in
      count == 0
        ? 0 : max(Int(((scale.fraction(Double(count)) ?? 0) * Double(height * parts)).rounded()), 1)
    }
    return (0..<height).map { index in
      var row = Row(TextWidth.trailing(labels[index] ?? "", in: gutter - 1) + " ")
      row.add(labels[index] == nil ? style.glyphs.vertical : style.glyphs.tickLeft, .dim)
      let floor = (height - 1 - index) * parts
      for height in heights {
        let part = min(max(height - floor, 0), parts)
        let glyph = part == 0 ? " " : style.glyphs.columns[part - 1]
        row.add(String(repeating: glyph, count: each), ink)
      }
      return row
    }
  }

  private func base(_ bins: Bins, _ each: Int, isLabelled: Bool) -> [Row] {
    let width = bins.count * each
    var axis = chart.xAxis
    axis.isLogarithmic = false
    for ticks in stride(from: max(width / 8, 2), through: 2, by: -1) {
      let scale = AxisScale(bins.lower...bins.upper, axis, maximumTicks: ticks, widened: false)
      let marks = scale.ticks.map { (Int(($0.fraction * Double(width)).rounded()), $0.label) }
      guard let labels = labels(marks, width) else { continue }
      var line = Row(TextWidth.blanks(gutter))
      let marked = Set(marks.map(\.0))
      for column in 0...width {
        let blank = column == 0 ? style.glyphs.corner : style.glyphs.horizontal
        let isTick = marked.contains(column) && column > 0
        line.add(isTick ? style.glyphs.tickBelow : blank, .dim)
      }
      return isLabelled ? [line, Row(labels)] : [line]
    }
    return [Row(TextWidth.blanks(gutter) + style.glyphs.corner, .dim)]
  }

  private func labels(_ marks: [(Int, String)], _ width: Int) -> String? {
    var text = ""
    var used = 0
    for (column, label) in marks {
      let wide = TextWidth.columns(label)
      let start = max(0, min(gutter + column - wide / 2, style.width - wide))
      guard used == 0 || start >= used + 2 else { return nil }
      text += TextWidth.blanks(start - used) + label
      used = start + wide
    }
    return text
  }
}

/// Equal bins over a range, each with its lower edge; the last has both.
package struct Bins: Sendable, Equatable {
  package let lower: Double
  package let upper: Double
  package let count: Int

  /// Edges at multiples of a nice step; around whole numbers where all numbers are whole and few.
  package init(_ range: ClosedRange<Double>, isWhole: Bool, atMost limit: Int) {
    let low = range.lowerBound
    let high = range.upperBound
    if isWhole, high - low < Double(limit) {
      (lower, upper, count) = (low - 0.5, high + 0.5, Int(high - low) + 1)
      return
    }
    var size = (high / 2 - low / 2) / Double(max(limit, 1)) * 2
    while let step = TickStep(atLeast: size, from: TickStep.fine)?.size, step.isFinite {
      size = step * 1.01
      if isWhole, step.rounded() != step { continue }
      let first = floor(low / step + 1e-9)
      let last = max(ceil(high / step - 1e-9), first + 1)
      let edges = (first * step, last * step)
      guard edges.0 < edges.1, edges.0.isFinite, edges.1.isFinite else { break }
      guard last - first <= Double(max(limit, 2)) else { continue }
      (lower, upper, count) = (min(edges.0, low), max(edges.1, high), Int(last - first))
      return
    }
    let margin = low < high ? 0 : max(abs(low) * 0.1, low == 0 ? 1 : 0)
    let most = Double.greatestFiniteMagnitude
    (lower, upper) = (max(low - margin, -most), min(high + margin, most))
    count = low < high ? max(limit, 1) : 1
  }

  /// How many of the finite numbers are in each bin; what is outside counts at the nearer end.
  package func counts(_ numbers: [Double], skippingZeros: Bool = false) -> [Int] {
    var counts = Array(repeating: 0, count: count)
    let span = upper / 2 - lower / 2
    for number in numbers where number.isFinite && !(skippingZeros && number == 0) {
      let place = span > 0 ? (number / 2 - lower / 2) / span * Double(count) : 0
      counts[min(max(Int((place + 1e-9).rounded(.down)), 0), count - 1)] += 1
    }
    return counts
  }
}
