// Data sets as values: the parts of one, and one part with its examples.
import Charts
import Formats
import Interpreter
import Networks
import Tensors

/// One part, such as the training examples.
final class DatasetValue: Native, Bridged, Describable {
  static let kind = "a data set"
  let dataset: Dataset

  init(_ dataset: Dataset) { self.dataset = dataset }

  convenience init(from value: Value) throws(Mismatch) {
    guard case .native(let native) = value else { throw Mismatch(Self.kind) }
    if let own = native as? DatasetValue {
      self.init(own.dataset)
    } else if native is DatasetParts {
      throw Mismatch("one part of a data set", help: "write data.train or data.test")
    } else {
      throw Mismatch(Self.kind)
    }
  }

  var bridged: Value { .native(self) }
  var fullName: String {
    let name = dataset.part.isEmpty ? dataset.name : "\(dataset.name).\(dataset.part)"
    guard let shift = dataset.augmentation?.shift, shift > 0 else { return name }
    return "\(name) shifted by up to \(shift)"
  }

  var summary: String {
    "\(fullName): \(Text.count(dataset.count, "example")) of \(Text.shape(dataset.exampleShape)), "
      + "\(dataset.classes) classes"
  }

  func lines(_ style: DisplayStyle) -> [String] { [summary] }

  let members = ["inputs", "labels", "count", "classes", "shape", "name"]

  func member(_ name: String) -> Value? {
    switch name {
    case "inputs": .tensor(dataset.inputs)
    case "labels": .tensor(Tensor(vector: dataset.labels.map(Float.init)))
    case "count": .number(Double(dataset.count))
    case "classes": .number(Double(dataset.classes))
    case "shape": dataset.exampleShape.bridged
    case "name": .text(fullName)
    default: nil
    }
  }

  /// `data.train[0..<100]`: some of the examples.
  func entry(_ key: Value) throws(Problem) -> Value? {
    guard case .range(let range) = key else {
      throw Problem(
        "E0308", "a data set is indexed by a range of examples, got \(Text.brief(key))",
        help: "such as [0..<100]")
    }
    let lower = range.lower ?? 0
    let end = range.end ?? dataset.count
    guard lower >= 0, lower <= end, end <= dataset.count else {
      throw Problem(
        "E0309", "the range \(Text.plain(key)) is outside the \(dataset.count) examples")
    }
    return DatasetValue(dataset.selecting(Array(lower..<end))).bridged
  }

  func description(_ style: DisplayStyle) -> [String] {
    var counts = [Int](repeating: 0, count: max(1, dataset.classes))
    for label in dataset.labels where counts.indices.contains(label) { counts[label] += 1 }
    let rows = counts.enumerated().map { label, count in
      Value.record([
        ("class", .number(Double(label))), ("examples", .quantity(Double(count), .count(.plain))),
        ("share", .quantity(Double(count) / Double(max(1, dataset.count)), .fraction)),
      ])
    }
    return [summary] + Value.list(rows).lines(style)
  }
}

/// A whole data set: its parts, and where it is from.
final class DatasetParts: Native, Bridged, Describable {
  static let kind = "a data set in parts"
  let source: DatasetSource
  let parts: [(name: String, dataset: Dataset)]

  init(_ source: DatasetSource, _ parts: [(name: String, dataset: Dataset)]) {
    self.source = source
    self.parts = parts
  }

  convenience init(from value: Value) throws(Mismatch) {
    guard case .native(let native) = value, let own = native as? DatasetParts else {
      throw Mismatch(Self.kind)
    }
    self.init(own.source, own.parts)
  }

  var bridged: Value { .native(self) }

  var summary: String {
    let sizes = parts.map { "\(Text.count($0.dataset.count, "example")) to \($0.name)" }
    return "\(source.name): " + sizes.joined(separator: ", ")
      + ", of \(Text.shape(source.exampleShape)), \(source.classes) classes"
  }

  func lines(_ style: DisplayStyle) -> [String] { [summary] }
  var members: [String] { parts.map(\.name) + ["name", "classes", "shape", "source"] }

  func member(_ name: String) -> Value? {
    if let part = parts.first(where: { $0.name == name }) {
      return DatasetValue(part.dataset).bridged
    }
    switch name {
    case "name": return .text(source.name)
    case "classes": return .number(Double(source.classes))
    case "shape": return source.exampleShape.bridged
    case "source": return .text(source.source)
    default: return nil
    }
  }

  func description(_ style: DisplayStyle) -> [String] {
    [summary] + Help.folded(source.summary, style.width, indent: 0)
      + Help.folded("Source: \(source.source)", style.width, indent: 2)
  }
}
