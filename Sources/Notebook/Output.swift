// What stands after a cell: the text it printed, the error it ended with, a figure. As data, and as
// Markdown.

/// One fence or figure line in the run of outputs after a cell.
package struct Output: Sendable {
  package enum Kind: Sendable { case text, error, figure }

  package var kind: Kind
  /// The id that was written with it, which is the cell's unless someone edited it.
  package var id: String?
  /// The first eight digits of the key of the cell that printed it.
  package var key: String?
  /// Its text is a user's: the marks ≈ and ± mean nothing in it.
  package var isRaw = false
  /// It was drawn from inexact values: only its words are compared.
  package var isLoose = false
  /// The last line was printed without a line ending.
  package var endsInMidLine = false
  /// The digest of the whole, when only its head and tail are kept.
  package var cut: String?
  /// The lines, or the one line of a figure.
  package var lines: [String]

  package init(_ kind: Kind, lines: [String], id: String? = nil, key: String? = nil) {
    self.kind = kind
    self.lines = lines
    self.id = id
    self.key = key
  }

  /// An output as it stands in a document: nil when the info string is not that of an output.
  init?(fence: Fence, lines: [String]) {
    guard let info = try? InfoString(parsing: fence.info) else { return nil }
    switch info.name {
    case "cnb-out": self.init(.text, lines: lines, id: info.id)
    case "cnb-err": self.init(.error, lines: lines, id: info.id)
    default: return nil
    }
    key = info.value(of: "k")
    cut = info.value(of: "cut")
    isRaw = info.has("raw")
    isLoose = info.has("loose")
    endsInMidLine = info.has("nonl")
  }

  /// Its lines in the document.
  var markdown: [String] {
    guard kind != .figure else { return lines }
    var info = kind == .error ? "cnb-err" : "cnb-out"
    if let id { info += " #\(id)" }
    if let key { info += " k=\(key)" }
    if endsInMidLine { info += " nonl" }
    if isRaw { info += " raw" }
    if isLoose { info += " loose" }
    if let cut { info += " cut=\(cut)" }
    let fence = Fence.adaptive(for: lines)
    return [fence + info] + lines + [fence]
  }

  /// Whether a line of a document is a figure of a cell.
  static func isFigure(_ line: ArraySlice<UInt8>) -> Bool {
    let text = line.trimmed
    return text.starts(with: "![cnb ".utf8) && text.last == 0x29 && text.contains(0x5D)
  }

  /// A figure line: `![cnb #id.n: alt](path)`.
  package static func figure(id: String?, number: Int, alt: String, path: String) -> Output {
    let name = id.map { "#\($0)." } ?? ""
    let plain = alt.filter { !"[]\\`&\n\r".contains($0) }
    return Output(.figure, lines: ["![cnb \(name)\(number): \(plain)](\(path))"], id: id)
  }
}

extension Output: Equatable {
  /// Byte for byte: `==` of strings would take é and e + ́ for one.
  package static func == (left: Output, right: Output) -> Bool {
    left.kind == right.kind && left.id == right.id && left.key == right.key
      && left.hasSameMarks(as: right) && left.cut == right.cut
      && left.lines.elementsEqual(right.lines) { $0.utf8.elementsEqual($1.utf8) }
  }

  func hasSameMarks(as other: Output) -> Bool {
    isRaw == other.isRaw && isLoose == other.isLoose && endsInMidLine == other.endsInMidLine
  }
}
