// The tables of the number wing as choices of the language: one entry there is one `.name` here.
import Compression
import Interpreter
import Networks

/// An entry of a table that is chosen by name.
protocol TableEntry: Bridged {
  static var all: [Self] { get }
  /// In a sentence, with its article: "an optimizer".
  static var noun: String { get }
  var name: String { get }
  var summary: String { get }
}

extension TableEntry {
  package static var kind: String { noun }
  package static var choices: [Choice] { all.map { Choice($0.name, $0.summary) } }
  package init(from value: Value) throws(Mismatch) {
    guard case .choice(let name) = value, let entry = Self.all.first(where: { $0.name == name })
    else {
      throw Mismatch("one of " + Self.all.map { ".\($0.name)" }.joined(separator: " "))
    }
    self = entry
  }
  package var bridged: Value { .choice(name) }
}

/// One whose formula says more than its sentence: help and completion show both.
protocol FormulaEntry: TableEntry {
  var formula: String { get }
}

extension FormulaEntry {
  package static var choices: [Choice] {
    all.map { Choice($0.name, "\($0.formula): \($0.summary)") }
  }
}

extension Activation.Function: TableEntry { static var noun: String { "an activation" } }
extension Initialization: TableEntry {
  static var noun: String { "a distribution of first weights" }
}
extension Optimizer: TableEntry { static var noun: String { "an optimizer" } }
extension Schedule: TableEntry { static var noun: String { "a schedule of learning rates" } }
extension Grid: TableEntry { static var noun: String { "a grid" } }
extension RangeEstimator: TableEntry { static var noun: String { "a range estimator" } }
extension RoundingRule: TableEntry { static var noun: String { "a rounding rule" } }
extension Criterion: FormulaEntry { static var noun: String { "a pruning criterion" } }
extension PruningSchedule: FormulaEntry { static var noun: String { "a pruning schedule" } }
extension PruningScope: TableEntry { static var noun: String { "a scope" } }
extension Granularity: TableEntry { static var noun: String { "a granularity" } }
extension SensitivityEstimator: TableEntry { static var noun: String { "an estimator" } }
extension RankRule: TableEntry { static var noun: String { "a rank rule" } }
