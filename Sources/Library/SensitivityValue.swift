// How sensitive layers are, as a value: a table of scores, and how well each estimator knows the truth.
import Charts
import Compression
import Interpreter

/// A list of rows wherever a list is wanted: one for each layer and number of bits.
final class SensitivityValue: Native, Bridged {
  static let kind = "a table of sensitivities"
  let sensitivity: Sensitivity
  private let rows: [Value]

  init(_ sensitivity: Sensitivity) {
    self.sensitivity = sensitivity
    rows = sensitivity.rows.map { row in
      var fields: [(name: String, value: Value)] = [
        ("layer", .text(row.layer)), ("bits", .number(Double(row.bits))),
        ("weights", .quantity(Double(row.weights), .count(.plain))),
      ]
      for (estimator, score) in zip(sensitivity.estimators, row.scores) {
        fields.append((estimator.name, score.value(.count(.plain))))
      }
      return .record(fields)
    }
  }

  convenience init(from value: Value) throws(Mismatch) {
    guard case .native(let native) = value, let own = native as? SensitivityValue else {
      throw Mismatch(Self.kind)
    }
    self.init(own.sensitivity)
  }

  var bridged: Value { .native(self) }
  /// Everything here follows from trained weights.
  var isLoose: Bool { true }
  var items: [Value]? { rows }

  var summary: String { "sensitivities of \(rows.count) layers and bits" }

  var members: [String] {
    ["rows", "correlations", "traces", "examples", "count", "layer", "bits", "weights"]
      + sensitivity.estimators.map(\.name)
  }

  func member(_ name: String) -> Value? {
    switch name {
    case "rows": .list(rows)
    case "correlations": .list(sensitivity.agreements.map(row))
    case "traces": .list(sensitivity.traces.map(SensitivityValue.row))
    case "examples": .number(Double(sensitivity.examples))
    case "count": .number(Double(rows.count))
    default: Value.list(rows).member(name)
    }
  }

  func entry(_ key: Value) throws(Problem) -> Value? {
    guard let index = try? Int(from: key) else {
      throw Problem(
        "E0308", "a table of sensitivities is indexed by a whole number, got \(Text.brief(key))",
        help: "its list is .rows")
    }
    let place = index < 0 ? index + rows.count : index
    return rows.indices.contains(place) ? rows[place] : nil
  }

  private func row(_ agreement: Sensitivity.Agreement) -> Value {
    // One layer in another place, and it is another number.
    func correlation(_ value: Double?) -> Value {
      value.map { .quantity($0, .count(.plain), mark: .volatile) } ?? .none
    }
    let each = zip(sensitivity.bits, agreement.byBits).map { ("at_\($0)", correlation($1)) }
    return .record(
      [("estimator", .text(agreement.estimator.name))] + each
        + [("overall", correlation(agreement.overall))])
  }

  private static func row(_ trace: LayerTrace) -> Value {
    .record([
      ("layer", .text(trace.layer)), ("weights", .quantity(Double(trace.weights), .count(.plain))),
      ("trace", trace.trace.value(.count(.plain))), ("mean", trace.mean.value(.count(.plain))),
      ("samples", .number(Double(trace.samples))),
    ])
  }

  // MARK: Display

  func lines(_ style: DisplayStyle) -> [String] {
    var lines = table.render(style)
    if let first = sensitivity.traces.first {
      lines += [""]
      lines += Help.folded(
        "The Hessian's trace by \(Text.count(first.samples, "random vector")), ± 95% over the vectors",
        style.width, indent: 0)
      lines += traces.render(style)
    }
    guard !sensitivity.agreements.isEmpty else { return lines }
    return lines + [""] + agreement(style)
  }

  private func agreement(_ style: DisplayStyle) -> [String] {
    let layers = rows.count / max(1, sensitivity.bits.count)
    guard rows.count >= RankCorrelation.fewest else {
      let words =
        "Rank correlation with the loss: unknown, for the order of fewer than "
        + "\(RankCorrelation.fewest) says nothing"
      return Help.folded(words, style.width, indent: 0)
    }
    let heading = "Rank correlation (Spearman) of the layers' scores with the measured loss"
    let counts = zip(sensitivity.certain, sensitivity.bits).map { "\($0) at \($1) bits" }
    let note =
      "Of \(Text.count(layers, "layer")), the loss moves beyond its interval for "
      + counts.joined(separator: ", ") + "; the order of the others is chance."
    return Help.folded(heading, style.width, indent: 0) + correlations.render(style)
      + Help.folded(note, style.width, indent: 0)
  }

  /// Three digits, so that all columns stand beside each other; the intervals are in the rows.
  private var table: Table {
    let names = sensitivity.estimators.map(\.name)
    return Table(
      columns: (["layer", "bits"] + names).map { Table.Column($0) },
      rows: sensitivity.rows.map { row in
        [row.layer, "\(row.bits)"]
          + zip(sensitivity.estimators, row.scores).map { estimator, score in
            estimator.name == SensitivityEstimator.loss.name
              ? Text.plain(score.value(.count(.plain)))
              : NumberText.significant(score.value, digits: 3)
          }
      })
  }

  private var traces: Table {
    Table(
      columns: ["layer", "weights", "trace", "mean eigenvalue"].map { Table.Column($0) },
      rows: sensitivity.traces.map { trace in
        [
          trace.layer, NumberText.grouped(trace.weights),
          Text.plain(trace.trace.value(.count(.plain))),
          NumberText.significant(trace.mean.value, digits: 3),
        ]
      })
  }

  private var correlations: Table {
    func text(_ value: Double?) -> String {
      value.map { NumberText.fixed($0, decimals: 2) } ?? "unknown"
    }
    let bits = sensitivity.bits.map { "\($0) bits" }
    return Table(
      columns: (["estimator"] + bits + ["all rows"]).map { Table.Column($0) },
      rows: sensitivity.agreements.map { agreement in
        [agreement.estimator.name] + (agreement.byBits + [agreement.overall]).map(text)
      })
  }
}

extension MeanEstimate {
  /// With its interval; a number that was computed from trained weights is known within a tenth.
  func value(_ unit: Quantity.Unit) -> Value {
    let width = halfWidth ?? abs(value) * 0.1
    return .quantity(value, unit, mark: width > 0 ? .within(width) : .exact)
  }
}
