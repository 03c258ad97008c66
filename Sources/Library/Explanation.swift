// What a figure of a network is made of: a table of explanations, one for each figure that has parts.
import Charts
import Compression
import Encodings
import Formats
import Interpreter
import Networks
import Tensors

/// How one figure of a network is explained.
struct Explanation: Sendable {
  /// The member of a network, such as "bytes".
  let name: String
  let summary: String
  let explain: @Sendable (NetworkValue) -> ExplanationValue

  static let all = [bytes, parameters, macs, sparsity]

  static let bytes = Explanation(
    name: "bytes", summary: "the file: layers, their tensors, and what the bits of each are for"
  ) { value in
    let root = SizeTree.root(of: value)
    return ExplanationValue(
      figure: "bytes", columns: ["part", "bytes", "share", "file_bits_per_weight"],
      rows: root.rows(limit: ExplanationValue.rowLimit), chart: root.chart)
  }

  static let parameters = perLayer(
    "parameters", "the numbers that are learned, layer by layer", .count(.plain)
  ) { network, n in Double(network.nodes[n].parameterCount) }

  static let macs = perLayer(
    "macs", "multiply-accumulates for one example, layer by layer", .count(.operations)
  ) { network, n in
    Double(network.nodes[n].layer.multiplyAccumulates(for: network.inputShapes(of: n)))
  }

  static let sparsity = Explanation(
    name: "sparsity", summary: "the weights that are 0, layer by layer"
  ) { value in
    let layers = value.network.nodes.compactMap { node -> (String, Int, Int)? in
      let weights = node.parameters.filter { $0.role == .weight }
      let count = weights.reduce(0) { $0 + $1.value.count }
      let zeros = weights.reduce(0) { $0 + $1.value.elements.count { $0 == 0 } }
      return count == 0 ? nil : (node.name, count, zeros)
    }
    let isLoose = value.zerosVary
    func row(_ name: String, _ count: Int, _ zeros: Int, _ depth: Int) -> ExplanationValue.Row {
      let share = Double(zeros) / Double(max(1, count))
      let mark: Quantity.Mark = isLoose ? .within(Double(zeros) * 0.02) : .exact
      return ExplanationValue.Row(
        depth: depth, part: name,
        values: [
          .quantity(Double(count), .count(.plain)),
          .quantity(Double(zeros), .count(.plain), mark: mark),
          .quantity(share, .fraction, mark: isLoose ? .within(0.01) : .exact),
        ])
    }
    let all = layers.reduce((0, 0)) { ($0.0 + $1.1, $0.1 + $1.2) }
    return ExplanationValue(
      figure: "sparsity", columns: ["part", "weights", "zeros", "share"],
      rows: [row(value.network.name, all.0, all.1, 0)] + layers.map { row($0, $1, $2, 1) },
      chart: Chart(
        .bars, title: "share of zeros",
        series: [
          Series(y: layers.map { Double($0.2) / Double($0.1) }, labels: layers.map(\.0))
        ], yAxis: AxisSpec(unit: .percent)))
  }

  /// A sum over the layers, without those that add nothing.
  private static func perLayer(
    _ name: String, _ summary: String, _ unit: Quantity.Unit,
    _ figure: @escaping @Sendable (Network, Int) -> Double
  ) -> Explanation {
    Explanation(name: name, summary: summary) { value in
      let network = value.network
      let layers = network.nodes.indices.map { (network.nodes[$0].name, figure(network, $0)) }
        .filter { $0.1 > 0 }
      let total = layers.reduce(0) { $0 + $1.1 }
      func row(_ part: String, _ number: Double, _ depth: Int) -> ExplanationValue.Row {
        ExplanationValue.Row(
          depth: depth, part: part,
          values: [.quantity(number, unit), .quantity(number / max(1, total), .fraction)])
      }
      return ExplanationValue(
        figure: name, columns: ["part", name, "share"],
        rows: [row(network.name, total, 0)] + layers.map { row($0.0, $0.1, 1) },
        chart: ExplanationValue.bars(name, layers))
    }
  }
}

/// Parts within parts, with a bar for each part of the first level.
final class ExplanationValue: Native, Bridged {
  static let kind = "an explanation"
  /// More rows than a projector shows leave out the deepest ones.
  static let rowLimit = 30
  private static let barLimit = 16

  struct Row: Sendable {
    /// 0 for the whole.
    let depth: Int
    let part: String
    let values: [Value]
  }

  private let figure: String
  private let columns: [String]
  private let rows: [Row]
  private let chart: Chart
  private let records: [Value]
  /// The bars say no intervals.
  let isLoose: Bool

  init(figure: String, columns: [String], rows: [Row], chart: Chart) {
    self.figure = figure
    self.columns = columns
    self.rows = rows
    self.chart = chart
    isLoose = rows.contains { row in
      row.values.contains {
        if case .quantity(let figure) = $0 { figure.mark != .exact } else { false }
      }
    }
    records = rows.map { row in
      let names = [columns[0], "depth"] + columns.dropFirst()
      return .record(
        Array(zip(names, [.text(row.part), .number(Double(row.depth))] + row.values)))
    }
  }

  convenience init(from value: Value) throws(Mismatch) {
    guard case .native(let native) = value, let own = native as? ExplanationValue else {
      throw Mismatch(Self.kind)
    }
    self.init(figure: own.figure, columns: own.columns, rows: own.rows, chart: own.chart)
  }

  var bridged: Value { .native(self) }
  var items: [Value]? { records }
  var summary: String { "what \(figure) is made of, in \(Text.count(rows.count, "row"))" }
  var members: [String] { ["rows", "chart", "depth"] + columns }

  func member(_ name: String) -> Value? {
    switch name {
    case "rows": .list(records)
    case "chart": ChartValue(chart, isLoose: isLoose).bridged
    default: Value.list(records).member(name)
    }
  }

  func lines(_ style: DisplayStyle) -> [String] {
    let table = Table(
      columns: columns.enumerated().map { i, name in
        Table.Column(
          name.replacing("_per_", with: "/").replacing("_", with: " "),
          alignment: i == 0 ? .leading : .automatic)
      },
      rows: rows.map { row in
        let part = String(repeating: "  ", count: row.depth) + row.part
        return [TextWidth.cut(part, to: style.width / 2 - 2)]
          + row.values.enumerated().map(ExplanationValue.cell)
      })
    return table.render(style) + [""] + chart.render(style)
  }

  /// The first figure with its interval; what follows from it without, so that all fits one line.
  private static func cell(_ column: Int, _ value: Value) -> String {
    guard column > 0, case .quantity(let figure) = value, case .within = figure.mark else {
      return value.isNone ? "" : Text.plain(value)
    }
    return figure.unit == .fraction
      ? NumberText.percent(figure.value) : NumberText.significant(figure.value, digits: 3)
  }

  /// A bar for each part; beyond what a page shows, the largest ones and the rest.
  static func bars(
    _ title: String, _ parts: [(name: String, value: Double)], unit: AxisUnit = .plain
  ) -> Chart {
    var shown = parts
    if parts.count > barLimit {
      let least = parts.map(\.value).sorted(by: >)[barLimit - 1]
      let large = parts.filter { $0.value >= least }.prefix(barLimit)
      let rest = parts.reduce(0) { $0 + $1.value } - large.reduce(0) { $0 + $1.value }
      shown = large + [("\(parts.count - large.count) others", rest)]
    }
    return Chart(
      .bars, title: title, series: [Series(y: shown.map(\.value), labels: shown.map(\.name))],
      yAxis: AxisSpec(unit: unit))
  }
}
