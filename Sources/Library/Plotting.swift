// From values to the numbers, units and errors of a chart.
import Charts
import Interpreter
import Tensors

enum Plotting {
  /// Numbers of one kind.
  struct Numbers {
    var values: [Double] = []
    var errors: [Double]?
    var unit = AxisUnit.plain
    /// What they measure; nil for plain numbers.
    var measure: Quantity.Unit?
    /// What was measured or trained, and may differ elsewhere.
    var isLoose = false
  }

  static func numbers(_ value: Value) throws(Problem) -> Numbers {
    if case .tensor(let tensor) = value {
      // Most tensors come out of a training, and another machine trains slightly other ones.
      return Numbers(values: tensor.elements.map(Double.init), isLoose: true)
    }
    let items: [Value]
    do throws(Mismatch) { items = try value.sequence() } catch {
      throw Problem("E0310", "a chart is drawn from numbers, got \(Text.brief(value))")
    }
    return try numbers(items)
  }

  private static func numbers(_ items: [Value]) throws(Problem) -> Numbers {
    var result = Numbers()
    var unit: Quantity.Unit?
    var errors: [Double] = []
    for item in items {
      switch item {
      case .number(let number) where unit == nil || number == 0: result.values.append(number)
      case .quantity(let quantity):
        if let unit, unit != quantity.unit {
          throw Problem(
            "E0307",
            "\(unit.name) and \(quantity.unit.name) measure different things and do not share an axis",
            help: "plot them apart")
        }
        unit = quantity.unit
        result.values.append(quantity.value)
        if quantity.mark != .exact, quantity.mark != .estimated { result.isLoose = true }
        if case .within(let width) = quantity.mark {
          errors.append(width)
          continue
        }
      case .none: result.values.append(.nan)
      default: throw Problem("E0310", "a chart is drawn from numbers, got \(Text.brief(item))")
      }
      errors.append(0)
    }
    result.unit = unit.map(axisUnit) ?? .plain
    result.measure = unit
    // The tolerance of a size is not an error bar; the interval of an accuracy is one.
    if unit == .fraction, errors.contains(where: { $0 > 0 }) { result.errors = errors }
    return result
  }

  private static func axisUnit(_ unit: Quantity.Unit) -> AxisUnit {
    switch unit {
    case .fraction: .percent
    case .bytes: .bytes
    case .seconds: .seconds
    case .joules: .joules
    case .ratio: .ratio
    case .bits: .bits
    case .points, .count: .plain
    }
  }

  static func tensor(_ value: Value) throws(Problem) -> Tensor {
    if case .range = value, let items = try? value.sequence() {
      return Tensor(vector: items.compactMap { try? Float(Double(from: $0)) })
    }
    guard let tensor = try? Tensor(from: value) else {
      throw Problem(
        "E0310", "a chart is drawn from numbers or a table, got \(Text.brief(value))",
        help: "a table is a list of records")
    }
    return tensor
  }

  static func heatmap(_ matrix: Tensor, _ title: String) throws(Problem) -> Chart {
    guard matrix.rank == 2 else {
      throw Problem("E0310", "a heatmap is drawn from a matrix, got the shape \(matrix.shape)")
    }
    let cells = ChartMatrix(
      rows: matrix.shape[0], columns: matrix.shape[1], values: matrix.elements.map(Double.init))
    return Chart(.heatmap, title: title, matrix: cells)
  }

  // MARK: Tables

  private static func items(_ value: Value) -> [Value]? {
    switch value {
    case .list(let list): list.items
    case .native(let native): native.items
    default: nil
    }
  }

  static func table(_ value: Value) -> [Record]? {
    if case .record(let record) = value { return [record] }
    guard let items = items(value), !items.isEmpty else { return nil }
    var rows: [Record] = []
    for item in items {
      switch item {
      case .record(let record): rows.append(record)
      // A loop over `measure(a, b)` gives tables in a list: one after the other they are one table.
      case .list:
        guard let inner = table(item) else { return nil }
        rows += inner
      default: return nil
      }
    }
    return rows
  }

  static func chart(
    _ rows: [Record], x: String?, y: [String], kind: ChartKind, log: LogAxes, front: Bool,
    title: String
  ) throws(Problem) -> ChartValue {
    guard !y.isEmpty else {
      throw Problem(
        "E0206", "a table is plotted by its columns: `y` is missing",
        help: "the columns are " + (rows.first?.names.joined(separator: ", ") ?? ""))
    }
    var chart = Chart(kind, title: title)
    var isLoose = false
    var first: Numbers?
    let labels = try x.map { name throws(Problem) in try texts(rows, name, kind) } ?? nil
    var along: Numbers?
    for name in y {
      // In a scatter chart a row without a value has no point; elsewhere it leaves a gap.
      let own =
        kind == .scatter && x != nil && labels == nil ? try having(name, rows) : rows
      along = try x.map { name throws(Problem) in
        labels == nil ? try column(own, name) : Numbers()
      }
      let numbers = try column(own, name)
      if let first, first.measure != numbers.measure {
        throw Problem(
          "E0307",
          "\(first.measure?.name ?? "a plain number") and \(numbers.measure?.name ?? "a plain number") "
            + "measure different things and do not share an axis", help: "plot them apart")
      }
      first = first ?? numbers
      isLoose = isLoose || numbers.isLoose || along?.isLoose == true
      chart.series.append(
        Series(
          name: y.count > 1 ? name : "", x: along?.values ?? [], y: numbers.values,
          error: numbers.errors, labels: labels ?? (kind == .scatter ? names(own) : nil)))
    }
    if labels != nil, kind != .bars { chart.kind = .bars }
    chart.xAxis = AxisSpec(x ?? "", unit: along?.unit ?? .plain, isLogarithmic: log.x)
    chart.yAxis = AxisSpec(
      y.count == 1 ? y[0] : "", unit: first?.unit ?? .plain, isLogarithmic: log.y)
    if front { chart.front = ParetoFront() }
    return ChartValue(chart, isLoose: isLoose)
  }

  private static func column(_ rows: [Record], _ name: String) throws(Problem) -> Numbers {
    var items: [Value] = []
    for row in rows { items.append(try field(row, name)) }
    return try numbers(items)
  }

  /// The column as names: where it has strings, and always for bars.
  private static func texts(
    _ rows: [Record], _ name: String, _ kind: ChartKind
  ) throws(Problem) -> [String]? {
    var texts: [String] = []
    for row in rows {
      let value = try field(row, name)
      if case .text(let text) = value {
        texts.append(text)
      } else if kind == .bars {
        texts.append(Text.plain(value))
      } else {
        return nil
      }
    }
    return texts
  }

  private static func having(_ name: String, _ rows: [Record]) throws(Problem) -> [Record] {
    var found: [Record] = []
    for row in rows where try !field(row, name).isNone { found.append(row) }
    return found
  }

  private static func names(_ rows: [Record]) -> [String]? {
    let names = rows.compactMap { row -> String? in
      if case .text(let name) = row["network"] ?? row["name"] { return name }
      return nil
    }
    // Names that do not tell points apart say nothing.
    return names.count == rows.count && Set(names).count == names.count ? names : nil
  }

  private static func field(_ row: Record, _ name: String) throws(Problem) -> Value {
    if let value = row[name] { return value }
    throw Problem(
      "E0309", "the table has no column \"\(name)\"",
      help: Problem.suggestion(for: name, among: row.names)
        ?? "the columns are " + row.names.joined(separator: ", "))
  }
}
