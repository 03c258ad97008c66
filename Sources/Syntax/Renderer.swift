// Diagnostics as text: the sentence, an excerpt with carets, one suggestion. The only place that does it.

package struct Renderer: Sendable {
  /// Colour escapes for a terminal; never in a notebook.
  package var color: Bool

  package init(color: Bool = false) { self.color = color }

  package func lines(_ diagnostic: Diagnostic) -> [String] {
    var lines: [String] = []
    let word = diagnostic.severity == .warning ? "warning \(diagnostic.code)" : diagnostic.code
    lines.append(paint("\(word): ", bold) + Self.visible(diagnostic.message))
    if let source = diagnostic.source, let span = diagnostic.span {
      lines += excerpt(source, span, help: diagnostic.help)
    } else if let help = diagnostic.help {
      lines.append("  \(Self.visible(help))")
    }
    for note in diagnostic.notes {
      lines.append("  note: \(Self.visible(note.text))")
      if let source = note.source, let span = note.span {
        lines += excerpt(source, span, help: nil)
      }
    }
    return lines
  }

  /// ` 3 | prune net, by: .magnitud` and carets below, with the suggestion behind them.
  private func excerpt(_ source: Source, _ span: Span, help: String?) -> [String] {
    let line = source.line(at: span.start)
    let whole = source.lineSpan(line)
    let number = String(line)
    let place = source.name.isEmpty ? "" : "  in \(source.name)"
    let before = Span(whole.start, min(span.start, whole.end))
    let marked = Span(before.end, min(max(span.end, before.end), whole.end))
    let gutter = String(repeating: " ", count: number.count)
    let carets = String(repeating: "^", count: max(1, Self.width(source.text(in: marked))))
    let indent = String(repeating: " ", count: Self.width(source.text(in: before)))
    var caretLine = " \(gutter) | \(indent)" + paint(carets, red)
    if let help { caretLine += " " + Self.visible(help) }
    let text = Self.visible(source.text(in: whole))
    return (place.isEmpty ? [] : [place]) + [" \(number) | \(text)", caretLine]
  }

  private static func visible(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0 == "\t" ? " " : isControl($0) ? "\u{FFFD}" : $0 }))
  }

  /// Columns that a text takes: wide East Asian and emoji scalars take two, combining marks none.
  package static func width(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + width($1) }
  }

  private static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || scalar.value == 0x7F || (0x202A...0x202E).contains(scalar.value)
      || (0x2066...0x2069).contains(scalar.value)
  }

  private var bold: String { "1" }
  private var red: String { "31" }

  private func paint(_ text: String, _ style: String) -> String {
    color ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text
  }
}
