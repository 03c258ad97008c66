// Words that draw. A chart reads its numbers from values, and its units with them: two kinds of ratio on
// one axis are refused.
import Charts
import Interpreter
import Tensors

enum ChartWords {
  static let all = [plot, histogram, line, scatter, bars, heatmap]

  static let plot = Builtin(
    "plot",
    "Draws a value: a table by its columns, a matrix as a heatmap, a list or vector as a line.",
    Parameter<Value>("value", "a table, a tensor, a list of numbers, or a chart"),
    Parameter<String?>("x", "the column of a table along the x axis"),
    Parameter<Columns>(
      "y", "the column, or a list of columns, along the y axis", default: Columns([])),
    Parameter<ChartKind>("as", "how to draw a table", default: .line),
    Parameter<LogAxes>("log", "which axes are logarithmic", default: .neither),
    Parameter<Bool>("front", "mark the Pareto front: small x, large y", default: false),
    Parameter<String>("title", "what stands above", default: ""),
    examples: [
      Example("plot [(n: 1, s: 4), (n: 2, s: 9)], x: \"n\", y: \"s\""),
      Example("plot histogram([1, 2, 2, 3])"),
    ], seeAlso: ["histogram", "line", "scatter", "bars", "heatmap"]
  ) { _, value, x, y, kind, log, front, title -> ChartValue in
    if case .native(let native) = value {
      if let chart = native as? ChartValue { return chart }
      if let confusion = native as? ConfusionValue {
        return ChartValue(confusion.chart, isLoose: true)
      }
    }
    if let table = Plotting.table(value) {
      return try Plotting.chart(
        table, x: x, y: y.names, kind: kind, log: log, front: front, title: title)
    }
    let tensor = try Plotting.tensor(value)
    if tensor.rank == 2 { return ChartValue(try Plotting.heatmap(tensor, title)) }
    let numbers = try Plotting.numbers(value)
    var chart = Chart(
      kind, title: title, series: [Series(y: numbers.values, error: numbers.errors)])
    chart.yAxis = AxisSpec(unit: numbers.unit, isLogarithmic: log.y)
    chart.xAxis = AxisSpec(isLogarithmic: log.x)
    return ChartValue(chart, isLoose: numbers.isLoose)
  }

  static let histogram = Builtin(
    "histogram", "Draws how often values occur, with their mean, spread and share of zeros.",
    Parameter<Value>("values", "a tensor or a list of numbers"),
    Parameter<Int?>(
      "bins", "how many bars at most",
      rule: .init("from 1 to 1000") { $0.map { (1...1000).contains($0) } ?? true }),
    Parameter<String>("title", "what stands above", default: ""),
    examples: [Example("histogram [1, 2, 2, 3, 3, 3]")], seeAlso: ["plot", "bars"]
  ) { _, values, bins, title -> ChartValue in
    let numbers = try Plotting.numbers(values)
    let chart = Chart(
      .histogram, title: title, series: [Series(y: numbers.values)],
      xAxis: AxisSpec(unit: numbers.unit), bins: bins)
    return ChartValue(chart, isLoose: numbers.isLoose)
  }

  static let line = pointed(.line, "Draws points joined by a line.")
  static let scatter = pointed(.scatter, "Draws points, each by itself.")

  private static func pointed(_ kind: ChartKind, _ summary: String) -> Builtin {
    Builtin(
      kind.name, summary,
      Parameter<Value>("x", "numbers along the x axis"),
      Parameter<Value>("y", "as many along the y axis"),
      Parameter<LogAxes>("log", "which axes are logarithmic", default: .neither),
      Parameter<String>("title", "what stands above", default: ""),
      examples: [Example("\(kind.name)([1, 2, 3], [1, 4, 9])")], seeAlso: ["plot"]
    ) { _, x, y, log, title -> ChartValue in
      let (x, y) = (try Plotting.numbers(x), try Plotting.numbers(y))
      guard x.values.count == y.values.count else {
        throw Problem(
          "E0310", "x has \(x.values.count) numbers, and y has \(y.values.count)", parameter: "y")
      }
      let chart = Chart(
        kind, title: title, series: [Series(x: x.values, y: y.values, error: y.errors)],
        xAxis: AxisSpec(unit: x.unit, isLogarithmic: log.x),
        yAxis: AxisSpec(unit: y.unit, isLogarithmic: log.y))
      return ChartValue(chart, isLoose: x.isLoose || y.isLoose)
    }
  }

  static let bars = Builtin(
    "bars", "Draws a bar for each value, with its name and its number.",
    Parameter<[String]>("names", "one for each bar"), Parameter<Value>("values", "as many numbers"),
    Parameter<String>("title", "what stands above", default: ""),
    examples: [Example("bars([\"a\", \"b\"], [3, 5])")], seeAlso: ["plot", "histogram"]
  ) { _, names, values, title -> ChartValue in
    let numbers = try Plotting.numbers(values)
    guard names.count == numbers.values.count else {
      throw Problem(
        "E0310", "there are \(names.count) names, and \(numbers.values.count) values",
        parameter: "values")
    }
    let chart = Chart(
      .bars, title: title,
      series: [Series(y: numbers.values, error: numbers.errors, labels: names)],
      yAxis: AxisSpec(unit: numbers.unit))
    return ChartValue(chart, isLoose: numbers.isLoose)
  }

  static let heatmap = Builtin(
    "heatmap", "Draws a matrix in shades, or as numbers where it is small.",
    Parameter<Tensor>("matrix", "shape [rows, columns]"),
    Parameter<String>("title", "what stands above", default: ""),
    examples: [Example("heatmap [[1, 2], [3, 4]]")], seeAlso: ["plot", "confusion"]
  ) { _, matrix, title in ChartValue(try Plotting.heatmap(matrix, title)) }
}

extension ChartKind: TableEntry { static var noun: String { "a kind of chart" } }

/// Which axes are logarithmic.
struct LogAxes: TableEntry, Equatable {
  let name: String
  let summary: String
  static let noun = "axes"
  static let neither = LogAxes(name: "none", summary: "neither axis")
  static let xAxis = LogAxes(name: "x", summary: "the x axis")
  static let yAxis = LogAxes(name: "y", summary: "the y axis")
  static let both = LogAxes(name: "both", summary: "both axes")
  static let all = [neither, xAxis, yAxis, both]
  var x: Bool { self == .xAxis || self == .both }
  var y: Bool { self == .yAxis || self == .both }
}

/// The name of a column, or several.
struct Columns: Bridged {
  let names: [String]
  init(_ names: [String]) { self.names = names }
  static var kind: String { "the name of a column, or a list of names" }
  init(from value: Value) throws(Mismatch) {
    if case .text(let name) = value { names = [name] } else { names = try [String](from: value) }
  }
  var bridged: Value { names.count == 1 ? .text(names[0]) : names.bridged }
}

/// A chart as a value; it is drawn for the width it is shown in.
final class ChartValue: Native, Bridged {
  static let kind = "a chart"
  let chart: Chart
  /// Drawn from values that another machine may come to slightly differently.
  let isLoose: Bool

  init(_ chart: Chart, isLoose: Bool = false) {
    self.chart = chart
    self.isLoose = isLoose
  }

  convenience init(from value: Value) throws(Mismatch) {
    guard case .native(let native) = value, let own = native as? ChartValue else {
      throw Mismatch(Self.kind)
    }
    self.init(own.chart, isLoose: own.isLoose)
  }

  var bridged: Value { .native(self) }
  func lines(_ style: DisplayStyle) -> [String] { chart.render(style) }
  var summary: String {
    chart.title.isEmpty ? "a \(chart.kind.name)" : "\(chart.kind.name) \(chart.title)"
  }
}
