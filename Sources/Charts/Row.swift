// One line of output under construction: pieces of text with ink, and where the next piece starts.

/// A line of colored pieces. It knows its columns, and is cut to the style's width when rendered.
struct Row: Sendable {
  private var pieces: [(text: String, ink: Ink)] = []
  private(set) var columns = 0

  init() {}

  init(_ text: String, _ ink: Ink = .plain) { add(text, ink) }

  /// Adds text; control characters become blanks, so that no label can break a line or a color.
  mutating func add(_ text: String, _ ink: Ink = .plain) {
    guard !text.isEmpty else { return }
    let clean = text.unicodeScalars.contains { Self.isControl($0) } ? Self.cleaned(text) : text
    columns += TextWidth.columns(clean)
    if let last = pieces.last, last.ink == ink {
      pieces[pieces.count - 1].text += clean
    } else {
      pieces.append((clean, ink))
    }
  }

  mutating func add(_ row: Row) {
    for piece in row.pieces { add(piece.text, piece.ink) }
  }

  /// The row up to this column.
  func prefix(columns limit: Int) -> Row {
    var kept = Row()
    for piece in pieces where kept.columns < limit {
      kept.add(TextWidth.cut(piece.text, to: limit - kept.columns, ellipsis: ""), piece.ink)
    }
    return kept
  }

  /// Adds blanks up to the column.
  mutating func pad(to column: Int) { add(TextWidth.blanks(column - columns)) }

  /// The finished line: no wider than the style, no trailing blanks, colors only where allowed.
  func render(_ style: ChartStyle) -> String {
    var kept: [(text: String, ink: Ink)] = []
    var room = style.width
    for piece in pieces where room > 0 {
      let text = TextWidth.cut(piece.text, to: room, ellipsis: "")
      room = text == piece.text ? room - TextWidth.columns(text) : 0
      kept.append((text, piece.ink))
    }
    while let last = kept.popLast() {
      guard let end = last.text.lastIndex(where: { $0 != " " }) else { continue }
      kept.append((String(last.text[...end]), last.ink))
      break
    }
    return kept.map { Self.painted($0.text, $0.ink, style) }.joined()
  }

  private static func painted(_ text: String, _ ink: Ink, _ style: ChartStyle) -> String {
    let plain = style.unicode ? text : ascii(text)
    guard style.color, let code = ink.code, text.contains(where: { $0 != " " }) else {
      return plain
    }
    return code + plain + Ink.reset
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return scalar.value < 0x20 }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }

  private static func cleaned(_ text: String) -> String {
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { clean.append(isControl(scalar) ? " " : scalar) }
    return String(clean)
  }

  /// Foreign characters as "?", one for each of their columns; the few of our own have a likeness.
  private static func ascii(_ text: String) -> String {
    guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
    var plain = ""
    for character in text {
      if character.isASCII {
        plain.append(character)
      } else if let likeness = likenesses[character] {
        plain.append(likeness)
      } else {
        plain += String(repeating: "?", count: TextWidth.columns(character))
      }
    }
    return plain
  }

  private static let likenesses: [Character: Character] = [
    "µ": "u", "μ": "u", "×": "x", "…": "~", "−": "-", "–": "-", "—": "-", "─": "-", "│": "|",
    "·": ".", "∞": "i", "±": "~", "≈": "~", "≤": "<", "≥": ">", "→": ">", "‘": "'", "’": "'",
    "“": "\"", "”": "\"",
  ]
}
