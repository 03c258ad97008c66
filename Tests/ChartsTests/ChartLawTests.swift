// What every chart keeps to, whatever the data: the width, the character set, the same lines twice.
import Charts
import Testing

@Suite struct ChartLaws {
  static let hostile: [[Double]] = [
    [], [0], [5], [-5], [.nan], [.infinity, -.infinity], [1, .nan, 3, .infinity, 2], [7, 7, 7],
    [-1e308, 1e308], [.leastNonzeroMagnitude, .leastNonzeroMagnitude * 99],
    [.leastNonzeroMagnitude, 0], [1e16, 1e16 + 2], [1e300, 1e-300, 1],
    [-0.001, -0.002], [0.1 + 0.2, 0.3], [1_000_000.001, 1_000_000.002], [1, -1, 0, 0, 0, 0],
    [-.greatestFiniteMagnitude, .greatestFiniteMagnitude, 0], [1e15, -1e15], [3, 2, 1, 0],
  ]

  static func charts(of kind: ChartKind) -> [Chart] {
    let specimens = Specimens.all.filter { $0.kind == kind }.prefix(2)
    let units = AxisUnit.all.map { AxisSpec("名前 \u{1B}[31m\n\tlabel", unit: $0) }
    let logarithmic = AxisSpec("logarithmic", isLogarithmic: true)
    return specimens
      + hostile.enumerated().flatMap { index, y in
        [units[index % units.count], logarithmic].map { axis in
          let names = y.indices.map { $0 == 0 ? "é👩‍🔬\u{7}量子化" : "name \($0)" }
          let series = [
            Series(name: "one", y: y, error: y.map { abs($0) / 3 }, labels: names),
            Series(name: String(repeating: "long ", count: 20), x: y, y: y.reversed()),
          ]
          return Chart(
            kind, title: "A title with 漢字 and \u{1B}]0;trick\u{7}",
            series: index % 3 == 0 ? [series[0]] : series, xAxis: axis, yAxis: axis,
            matrix: ChartMatrix(rows: 1, columns: y.count, values: y),
            front: index % 2 == 0 ? ParetoFront() : nil)
        }
      }
  }

  static let styles: [ChartStyle] = [1, 9, 30, 80, 250].flatMap { width in
    [false, true].flatMap { color in
      [false, true].map { ChartStyle(width: width, color: color, unicode: $0) }
    }
  }

  /// The text without escape codes for colors.
  static func stripped(_ line: String) -> String {
    var kept = ""
    var isInCode = false
    for scalar in line.unicodeScalars {
      if scalar == "\u{1B}" { isInCode = true }
      if !isInCode { kept.unicodeScalars.append(scalar) }
      if isInCode, scalar == "m" { isInCode = false }
    }
    return kept
  }

  /// Expects that the lines keep to the page.
  static func check(_ lines: [String], _ style: ChartStyle, _ name: String) {
    let problems = lines.compactMap { problem($0, style) }
    #expect(problems.isEmpty, "\(name) \(style)")
  }

  private static func problem(_ line: String, _ style: ChartStyle) -> String? {
    let text = stripped(line)
    if TextWidth.columns(text) > style.width { return "too wide: " + text }
    if line.last == " " { return "blanks at the end: " + text }
    if !style.color, line.unicodeScalars.contains("\u{1B}") { return "an escape code: " + text }
    if !style.unicode, !line.utf8.allSatisfy({ $0 < 0x80 }) { return "not ASCII: " + line }
    if text.unicodeScalars.contains(where: { $0.value < 0x20 }) { return "control: " + text }
    return nil
  }

  @Test(arguments: ChartKind.all.map(\.name))
  func keepsToThePage(_ name: String) throws {
    let kind = try #require(ChartKind.named(name))
    for chart in Self.charts(of: kind) {
      for style in Self.styles {
        let lines = chart.render(style)
        #expect(!lines.isEmpty)
        Self.check(lines, style, name)
      }
    }
  }

  @Test func theSameChartGivesTheSameLines() {
    for chart in Specimens.all { #expect(chart.render(.notebook) == chart.render(.notebook)) }
  }

  /// Color only adds codes; only heatmaps use it to say more.
  @Test(arguments: ChartKind.all.map(\.name).filter { $0 != "heatmap" })
  func colorChangesNoText(_ name: String) throws {
    let kind = try #require(ChartKind.named(name))
    for chart in Self.charts(of: kind) {
      let plain = chart.render(ChartStyle())
      #expect(chart.render(ChartStyle(color: true)).map(Self.stripped) == plain)
    }
  }

  @Test func kindsHaveNamesAndSentences() {
    #expect(Set(ChartKind.all.map(\.name)).count == ChartKind.all.count)
    for kind in ChartKind.all { #expect(kind.summary.hasSuffix(".") && !kind.reads.isEmpty) }
    #expect(Set(AxisUnit.all.map(\.name)).count == AxisUnit.all.count)
    for unit in AxisUnit.all {
      #expect(unit.summary.hasSuffix(".") && unit.scales.first?.threshold == 0)
      #expect(unit.scales.map(\.threshold) == unit.scales.map(\.threshold).sorted())
    }
  }

  @Test func leftOutNumbersAreCounted() throws {
    let y: [Double] = [1, .nan, .nan, .infinity, 2, -3]
    let axis = AxisSpec(isLogarithmic: true)
    let lines = Chart(.line, series: [Series(y: y)], yAxis: axis).render(ChartStyle(width: 120))
    let note = try #require(lines.last)
    #expect(note.hasPrefix("left out: 2 not a number, 1 infinite, 1 zero or less"))
    #expect(Chart(.line).render(.notebook) == ["nothing to draw"])
  }

  /// The rows, from the top, in which a column of the plotting area shows something.
  private static func marked(_ lines: [String], _ isMark: (Character) -> Bool) -> [[Int]] {
    let rows = lines.map(Array.init)
    let width = rows.map(\.count).max() ?? 0
    return (0..<width).map { column in
      rows.indices.filter { column < rows[$0].count && isMark(rows[$0][column]) }
    }.filter { !$0.isEmpty }
  }

  private static func isBraille(_ character: Character) -> Bool {
    character.unicodeScalars.allSatisfy { (0x2801...0x28FF).contains($0.value) }
  }

  @Test(arguments: [30, 80, 200], [false, true])
  func risingDataRise(_ width: Int, _ isLogarithmic: Bool) {
    let y = (1...500).map { Double($0 * $0) }
    let axis = AxisSpec(isLogarithmic: isLogarithmic)
    let lines = Chart(.line, series: [Series(y: y)], xAxis: axis, yAxis: axis)
      .render(ChartStyle(width: width))
    let columns = Self.marked(lines, Self.isBraille)
    #expect(columns.count > width / 2)
    for (left, right) in zip(columns, columns.dropFirst()) {
      #expect((left.first ?? 0) >= (right.first ?? 0) && (left.last ?? 0) >= (right.last ?? 0))
    }
  }

  @Test(arguments: [40, 80, 120])
  func everyPointIsInside(_ width: Int) {
    // Points on a diagonal are never in the same cell.
    let diagonal = (0..<8).map { Double($0) - 3.5 }
    let chart = Chart(.scatter, series: [Series(x: diagonal, y: diagonal)])
    let marks = chart.render(ChartStyle(width: width)).joined().filter { $0 == "●" }
    #expect(marks.count == 8)
  }

  @Test func aMillionPoints() {
    var noise = Noise(1)
    let y = (0..<1_000_000).map { _ in noise.next() }
    for kind in ChartKind.all where kind != .bars && kind != .heatmap {
      let lines = Chart(kind, series: [Series(y: y)]).render(.notebook)
      Self.check(lines, .notebook, kind.name)
      #expect(lines.count > 10)
    }
  }

  @Test func heightIsKept() {
    for kind in [ChartKind.line, .scatter] {
      let chart = Chart(kind, series: [Series(y: [1, 2, 3])])
      #expect(chart.render(ChartStyle(height: 7)).count == 9)
    }
  }

  @Test(arguments: [1, 7, 50, 200])
  func binsHoldEveryNumberOnce(_ limit: Int) {
    for numbers in Self.hostile + [(0..<999).map { Double($0 % 37) / 7 }] {
      let finite = numbers.filter(\.isFinite)
      guard let low = finite.min(), let high = finite.max() else { continue }
      for isWhole in [false, true] {
        let bins = Bins(low...high, isWhole: isWhole, atMost: limit)
        #expect(bins.counts(numbers).reduce(0, +) == finite.count)
        #expect(bins.lower <= low && bins.upper >= high && bins.count <= max(limit, 2))
      }
    }
  }

  @Test func summaryAgreesWithDirectFormulas() {
    // NumPy 1.x: np.mean([0,1,2,3,4]) = 2, np.std(…) = 1.4142135623730951
    let summary = Summary(of: [0, 1, 2, 3, 4, .nan])
    #expect(summary.count == 5 && summary.zeros == 1 && summary.mean == 2)
    #expect(abs(summary.deviation - 1.4142135623730951) < 1e-15)
    #expect(summary.minimum == 0 && summary.maximum == 4 && summary.zeroShare == 0.2)
  }

  @Test func paretoFrontIsMarked() {
    let lines = Specimens.tradeOff.render(.notebook)
    // Five of seven: fp16 beats the baseline, svd 20 and svd 10 are beaten by int8.
    #expect(lines.joined().filter { $0 == "●" }.count == 4 + 1, "and the legend")
    #expect(lines.joined().filter { $0 == "○" }.count == 3)
  }
}

@Suite struct PaletteLaws {
  /// The relative luminance of an entry of the 6 × 6 × 6 cube or of the grays (WCAG 2).
  static func luminance(_ color: UInt8) -> Double {
    let levels: [Double] = [0, 95, 135, 175, 215, 255]
    func linear(_ level: Double) -> Double {
      let share = level / 255
      return share <= 0.04 ? share / 12.92 : power((share + 0.055) / 1.055, 2.4)
    }
    if color >= 232 { return linear(Double(color - 232) * 10 + 8) }
    let place = Int(color) - 16
    return 0.2126 * linear(levels[place / 36]) + 0.7152 * linear(levels[place / 6 % 6])
      + 0.0722 * linear(levels[place % 6])
  }

  /// x^2.4 as x² · (x²)^(1/5), the root by Newton.
  static func power(_ x: Double, _ exponent: Double) -> Double {
    let square = x * x
    var root = 1.0
    for _ in 0..<100 {
      root -= (root * root * root * root * root - square) / (5 * root * root * root * root)
    }
    return square * root
  }

  @Test func everyColorIsReadableOnBlackAndOnWhite() {
    for color in Palette.all + [Palette.gray] {
      let luminance = Self.luminance(color)
      #expect((luminance + 0.05) / 0.05 >= 3, "\(color) on black")
      #expect(1.05 / (luminance + 0.05) >= 3, "\(color) on white")
    }
    #expect(Set(Palette.all).count == Palette.all.count)
  }
}
