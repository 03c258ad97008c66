// Tensors as text: the elements in aligned columns, and one line of statistics.
import Kernels

extension Tensor {
  /// A few lines: the elements in brackets, four significant digits, at most eight rows and columns
  /// (first and last ones, with `…` between), then the shape.
  package var described: String {
    var lines: [String] = []
    if rank == 0 {
      lines.append(SignificantDigits.text(Double(elements[0])))
    } else if count == 0 {
      lines.append("[]")
    } else {
      var printer = ElementPrinter(self)
      printer.lay(axis: 0, from: 0, opening: "", closing: "")
      lines = printer.lines
    }
    return (lines + ["shape \(shape)"]).joined(separator: "\n")
  }

  /// One line: the shape, and what its elements are like.
  package var summary: String {
    var words = ["tensor \(shape)"]
    let finite = isFinite ? elements : elements.filter { $0.isFinite }
    if !finite.isEmpty {
      let values = Tensor(vector: finite)
      let facts = [
        ("mean", Reduction.mean), ("sd", .deviation), ("min", .min), ("max", .max),
      ]
      for (name, reduction) in facts {
        guard let value = try? reduction(values) else { continue }
        words.append("\(name) \(SignificantDigits.text(value, digits: 3))")
      }
      let zeros = finite.count - Count.nonZeros(in: finite)
      words.append("zeros \(SignificantDigits.percent(Double(zeros) / Double(count)))")
    }
    if finite.count < count { words.append("not finite \(count - finite.count)") }
    return words.joined(separator: "  ")
  }
}

/// Prints the elements of a tensor that has some, row by row.
private struct ElementPrinter {
  /// How an element is written: split at the decimal point, so that columns align there.
  private struct Cell {
    let whole: String
    let rest: String

    init(_ value: Float) {
      let text = SignificantDigits.text(Double(value))
      whole = String(text.prefix { $0.isNumber || $0 == "-" || $0.isLetter && $0 != "e" })
      rest = String(text.dropFirst(whole.count))
    }
  }

  private let tensor: Tensor
  private let strides: [Int]
  private var wholeWidth = 0
  private var restWidth = 0
  private(set) var lines: [String] = []

  init(_ tensor: Tensor) {
    self.tensor = tensor
    strides = Shape.strides(of: tensor.shape)
    measure(axis: 0, from: 0)
  }

  /// Which entries of an axis are shown; nil stands for those between. Outer axes show fewer.
  private func entries(of axis: Int) -> [Int?] {
    let size = tensor.shape[axis]
    let limit = [8, 8, 2, 1][min(tensor.rank - 1 - axis, 3)]
    if size <= limit { return Array(0..<size) }
    if limit == 1 { return [0, nil] }
    return Array(0..<limit / 2) + [nil] + Array(size - limit / 2..<size)
  }

  private mutating func measure(axis: Int, from start: Int) {
    for case .some(let entry) in entries(of: axis) {
      let at = start + entry * strides[axis]
      if axis < tensor.rank - 1 {
        measure(axis: axis + 1, from: at)
      } else {
        let cell = Cell(tensor.elements[at])
        wholeWidth = max(wholeWidth, cell.whole.count)
        restWidth = max(restWidth, cell.rest.count)
      }
    }
  }

  mutating func lay(axis: Int, from start: Int, opening: String, closing: String) {
    if axis == tensor.rank - 1 {
      let indent = String(repeating: " ", count: axis - opening.count)
      lines.append("\(indent)\(opening)[\(row(from: start))]\(closing)")
      return
    }
    let entries = entries(of: axis)
    for (i, entry) in entries.enumerated() {
      let isFirst = i == 0
      let isLast = i == entries.count - 1
      if !isFirst, axis < tensor.rank - 2 { lines.append("") }
      if let entry {
        lay(
          axis: axis + 1, from: start + entry * strides[axis],
          opening: isFirst ? opening + "[" : "", closing: isLast ? "]" + closing : "")
      } else {
        lines.append(String(repeating: " ", count: axis + 1) + "…")
      }
    }
  }

  private func row(from start: Int) -> String {
    let axis = tensor.rank - 1
    return entries(of: axis).map { entry in
      guard let entry else { return "…" }
      let cell = Cell(tensor.elements[start + entry * strides[axis]])
      return String(repeating: " ", count: wholeWidth - cell.whole.count) + cell.whole
        + cell.rest + String(repeating: " ", count: restWidth - cell.rest.count)
    }.joined(separator: "  ")
  }
}
