// A confusion matrix as a value: counts, recall and precision, drawn as a heatmap.
import Charts
import Compression
import Interpreter
import Tensors

/// Which class was taken for which.
final class ConfusionValue: Native, Bridged {
  static let kind = "a confusion matrix"
  let matrix: Tensor
  let classes: Int

  init(labels: [Int], predictions: [Int], classes: Int) {
    let size = max(classes, (predictions.max() ?? 0) + 1, (labels.max() ?? 0) + 1)
    var counts = [Float](repeating: 0, count: size * size)
    for (label, prediction) in zip(labels, predictions) { counts[label * size + prediction] += 1 }
    matrix = Tensor(trusted: [size, size], counts)
    self.classes = size
  }

  private init(_ matrix: Tensor) {
    self.matrix = matrix
    classes = matrix.shape[0]
  }

  convenience init(from value: Value) throws(Mismatch) {
    guard case .native(let native) = value, let own = native as? ConfusionValue else {
      throw Mismatch(Self.kind)
    }
    self.init(own.matrix)
  }

  var bridged: Value { .native(self) }
  /// Single answers may differ on another machine.
  var isLoose: Bool { true }
  var summary: String { "confusion matrix of \(classes) classes" }
  let members = ["matrix", "classes"]

  func member(_ name: String) -> Value? {
    switch name {
    case "matrix": .tensor(matrix)
    case "classes": .list((0..<classes).map { .record(row($0)) })
    default: nil
    }
  }

  /// Recall: of those that are it, how many were found. Precision: of those found, how many are it.
  private func row(_ label: Int) -> [(name: String, value: Value)] {
    let right = Int(matrix.elements[label * classes + label])
    let own = (0..<classes).reduce(0) { $0 + Int(matrix.elements[label * classes + $1]) }
    let found = (0..<classes).reduce(0) { $0 + Int(matrix.elements[$1 * classes + label]) }
    func share(_ whole: Int) -> Value {
      whole == 0 ? .none : Proportion(successes: right, trials: whole).quantity.bridged
    }
    return [
      ("class", .number(Double(label))), ("recall", share(own)), ("precision", share(found)),
    ]
  }

  var chart: Chart {
    let names = (0..<classes).map(String.init)
    return Chart(
      .heatmap, title: "true class (rows) by answer (columns)",
      matrix: ChartMatrix(
        rows: classes, columns: classes, values: matrix.elements.map(Double.init), rowNames: names,
        columnNames: names))
  }

  func lines(_ style: DisplayStyle) -> [String] { chart.render(style) }
}
