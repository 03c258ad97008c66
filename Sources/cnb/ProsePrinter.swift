// A notebook on a terminal, as it runs: headings stand out, paragraphs take the width of the window,
// cells have a bar at their side, and outputs stand as they come.

internal import Charts
internal import Interpreter
internal import Notebook

final class ProsePrinter {
  private let lines: [String]
  private let cells: [Cell]
  private let width: Int
  private var next = 0
  private var lastWasBlank = true

  init(_ document: Document) {
    let bare = document.withoutOutputs()
    lines = bare.text.split(separator: "\n", omittingEmptySubsequences: false).map {
      String($0.last == "\r" ? $0.dropLast() : $0)
    }
    cells = bare.cells
    width = max(20, min(Terminal.width, 100))
    skipFrontMatter(document.frontMatter.title)
  }

  private func skipFrontMatter(_ title: String?) {
    guard lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") else { return }
    next = end + 1
    let heading = lines[next...].first { !$0.isEmpty }
    if let title, heading != "# \(title)" { show("# \(title)") }
  }

  /// Everything up to and including the cell that begins.
  func prose(before cell: Cell) {
    guard cell.index < cells.count else { return }
    let own = cells[cell.index]
    show(upTo: min(lines.count, own.line - 1))
    blank()
    for line in own.source.split(separator: "\n", omittingEmptySubsequences: false) {
      put(Terminal.dimmed("│") + (line.isEmpty ? "" : " \(line)"))
    }
    let count =
      own.source.isEmpty
      ? 0
      : own.source.split(
        separator: "\n", omittingEmptySubsequences: false
      ).count
    next = max(next, min(lines.count, own.line + count + 1))
  }

  func outputs(_ outputs: [Notebook.Output]) {
    guard !outputs.isEmpty else { return }
    for output in outputs {
      blank()
      for line in output.lines { put(line) }
    }
    blank()
  }

  func rest() {
    show(upTo: lines.count)
  }

  // MARK: - Prose

  private func show(upTo end: Int) {
    var paragraph: [String] = []
    func flush() {
      if !paragraph.isEmpty { fold(paragraph.joined(separator: " ")) }
      paragraph = []
    }
    var fence: String?
    for line in lines[min(next, end)..<end] {
      if let open = fence {
        put(line)
        if line.hasPrefix(open) { fence = nil }
      } else if line.hasPrefix("```") || line.hasPrefix("~~~") {
        flush()
        fence = String(line.prefix(3))
        put(line)
      } else if line.allSatisfy({ $0 == " " || $0 == "\t" }) {
        flush()
        blank()
      } else if let first = line.first, "#|<>".contains(first) || line.hasPrefix("    ") {
        flush()
        show(line)
      } else {
        if Self.startsItem(line) { flush() }
        paragraph.append(paragraph.isEmpty ? line : String(line.drop { $0 == " " }))
      }
    }
    flush()
    next = max(next, end)
  }

  private static func startsItem(_ line: String) -> Bool {
    let text = line.drop { $0 == " " }
    return ["- ", "* ", "+ "].contains { text.hasPrefix($0) }
      || text.drop { $0.isASCII && $0.isNumber }.hasPrefix(". ")
  }

  /// A heading, or a line that stays as it is.
  private func show(_ line: String) {
    let isHeading = line.drop { $0 == "#" }.hasPrefix(" ") && line.hasPrefix("#")
    put(isHeading && Terminal.hasColor ? "\u{1B}[1m\(line)\u{1B}[0m" : line)
  }

  private func fold(_ paragraph: String) {
    let text = Self.withoutClaims(paragraph)
    let indent = text.prefix { $0 == " " }.count + (Self.startsItem(text) ? 2 : 0)
    for line in Interpreter.Help.folded(text, width, indent: indent) { put(line) }
  }

  /// Of `[text](claim:…)` the text.
  private static func withoutClaims(_ text: String) -> String {
    var result = text
    while let link = result.firstRange(of: "](claim:"),
      let open = result[..<link.lowerBound].lastIndex(of: "["),
      let close = closing(result[link.upperBound...])
    {
      let words = result[result.index(after: open)..<link.lowerBound]
      result = "\(result[..<open])\(words)\(result[close.upperBound...])"
    }
    return result
  }

  /// Where a claim's expression ends: at a quotation mark that no backslash stands before.
  private static func closing(_ text: Substring) -> Range<String.Index>? {
    var rest = text
    while let found = rest.firstRange(of: "\")") {
      guard rest[..<found.lowerBound].last == "\\" else { return found }
      rest = rest[found.upperBound...]
    }
    return nil
  }

  private func put(_ line: String) {
    print(line)
    lastWasBlank = line.isEmpty
  }

  private func blank() { if !lastWasBlank { put("") } }
}
