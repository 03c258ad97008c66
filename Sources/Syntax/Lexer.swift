// Text to tokens. It never throws: what it cannot read becomes a diagnostic, and it goes on behind it.

package struct Lexer {
  private let source: Source
  private let bytes: [UInt8]
  private var offset = 0
  private let end: Int
  private var tokens: [Token] = []
  package private(set) var diagnostics: [Diagnostic] = []
  private var depth = 0

  package static func tokens(of source: Source) -> (tokens: [Token], diagnostics: [Diagnostic]) {
    var lexer = Lexer(source, from: 0, to: source.bytes.count)
    lexer.run(untilBrace: false)
    return (lexer.tokens, lexer.diagnostics)
  }

  private init(_ source: Source, from start: Int, to end: Int) {
    self.source = source
    bytes = source.bytes
    offset = start
    self.end = end
  }

  /// Reads to the end, or in an interpolation to the `}` that closes it.
  private mutating func run(untilBrace: Bool) {
    var braces = 0
    while true {
      let (space, line) = skipBlanks()
      guard offset < end else { break }
      if untilBrace, bytes[offset] == UInt8(ascii: "}"), braces == 0 { break }
      let start = offset
      guard let kind = next(spaceBefore: space || line || start == 0) else { continue }
      if kind == .symbol(.leftBrace) { braces += 1 }
      if kind == .symbol(.rightBrace) { braces -= 1 }
      let span = Span(start, offset)
      tokens.append(Token(kind: kind, span: span, spaceBefore: space || line, lineBefore: line))
    }
    let point = Span(offset, offset)
    tokens.append(Token(kind: .end, span: point, spaceBefore: true, lineBefore: true))
  }

  /// Blanks, line ends and comments; says whether there were any, and whether a line ended.
  private mutating func skipBlanks() -> (space: Bool, line: Bool) {
    var space = false
    var line = false
    while offset < end {
      switch bytes[offset] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"): space = true
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): line = true
      case UInt8(ascii: "#"):
        while offset < end, bytes[offset] != UInt8(ascii: "\n") { offset += 1 }
        continue
      default: return (space, line)
      }
      offset += 1
    }
    return (space, line)
  }

  private mutating func next(spaceBefore: Bool) -> Token.Kind? {
    let byte = bytes[offset]
    if Self.isDigit(byte) { return number() }
    if startsName(at: offset) { return word() }
    if byte == UInt8(ascii: "\"") { return text() }
    if byte == UInt8(ascii: "."), spaceBefore || !followsExpression, let name = choiceName() {
      return .choice(name)
    }
    return symbol()
  }

  /// Whether the last token can end an expression, so that a dot behind it asks for a member.
  private var followsExpression: Bool {
    switch tokens.last?.kind {
    case .name, .text, .number, .percent, .size, .time, .choice, .symbol(.rightParen),
      .symbol(.rightBracket), .symbol(.rightBrace):
      true
    default: false
    }
  }

  private mutating func choiceName() -> String? {
    guard startsName(at: offset + 1) else { return nil }
    offset += 1
    return takeName()
  }

  private mutating func takeName() -> String {
    let start = offset
    while offset < end {
      let length = nameLength(at: offset, first: false)
      guard length > 0 else { break }
      offset += length
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func word() -> Token.Kind {
    let name = takeName()
    return Keyword(rawValue: name).map(Token.Kind.keyword) ?? .name(name)
  }

  private mutating func symbol() -> Token.Kind? {
    for length in [3, 2, 1] where offset + length <= end {
      let text = String(decoding: bytes[offset..<offset + length], as: UTF8.self)
      guard let symbol = Symbol(rawValue: text) else { continue }
      offset += length
      return .symbol(symbol)
    }
    let start = offset
    offset += 1
    while offset < end, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
    let span = Span(start, offset)
    let found = source.text(in: span)
    report("E0101", "the language has no character `\(found)`", span, help: Self.advice[found])
    return nil
  }

  /// What people from other languages mean by characters that this one does not have.
  private static let advice: [String: String] = [
    "'": "strings are written in double quotes",
    "%": "write `mod` for the remainder, or 90% without a space",
    "&": "write `and`", "|": "write `or`, or `|>` for a pipeline", "!": "write `not`",
    "@": "matrix products are `matmul(a, b)`", "“": "use straight quotes \"",
    "”": "use straight quotes \"", "‘": "use straight quotes \"", "’": "use straight quotes \"",
    "−": "use the hyphen - as minus", "–": "use the hyphen - as minus", "×": "write *",
    "÷": "write /", "≤": "write <=", "≥": "write >=", "≠": "write !=", "→": "write =>",
    "…": "write ... for a range",
  ]

  private mutating func number() -> Token.Kind? {
    let start = offset
    skipDigits()
    if offset + 1 < end, bytes[offset] == UInt8(ascii: "."), Self.isDigit(bytes[offset + 1]) {
      offset += 1
      skipDigits()
    }
    skipExponent()
    let digits = bytes[start..<offset].filter { $0 != UInt8(ascii: "_") }
    guard let value = Double(String(decoding: digits, as: UTF8.self)), value.isFinite else {
      report(
        "E0103", "this number is too large", Span(start, offset), help: "the largest is 1.8e308")
      return .number(0)
    }
    if offset < end, bytes[offset] == UInt8(ascii: "%") {
      offset += 1
      return .percent(value)
    }
    guard startsName(at: offset) else { return .number(value) }
    return unit(behind: value, from: start)
  }

  private mutating func unit(behind value: Double, from start: Int) -> Token.Kind? {
    let unit = takeName()
    if let bytes = UnitSuffix.sizes[unit] { return .size(value * bytes) }
    if let seconds = UnitSuffix.times[unit] { return .time(value * seconds) }
    let known = Array(UnitSuffix.sizes.keys) + Array(UnitSuffix.times.keys)
    let near = Spelling.nearest(unit, among: known.sorted()).map { "did you mean \($0)?" }
    report(
      "E0104", "`\(unit)` is not a unit", Span(start, offset),
      help: near ?? "sizes are B KB MB GB KiB MiB GiB, times ns us ms s min h")
    return .number(value)
  }

  private mutating func skipDigits() {
    while offset < end, Self.isDigit(bytes[offset]) || bytes[offset] == UInt8(ascii: "_") {
      offset += 1
    }
  }

  /// `e-3`, only where digits follow: `2e` is a number and a unit that does not exist.
  private mutating func skipExponent() {
    guard offset < end, bytes[offset] | 0x20 == UInt8(ascii: "e") else { return }
    var next = offset + 1
    if next < end, bytes[next] == UInt8(ascii: "+") || bytes[next] == UInt8(ascii: "-") {
      next += 1
    }
    guard next < end, Self.isDigit(bytes[next]) else { return }
    offset = next
    skipDigits()
  }

  private mutating func text() -> Token.Kind {
    let start = offset
    offset += 1
    var pieces: [Token.Piece] = []
    var plain: [UInt8] = []
    func flush() -> [Token.Piece] {
      plain.isEmpty ? [] : [.plain(String(decoding: plain, as: UTF8.self))]
    }
    while offset < end {
      let byte = bytes[offset]
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        return .text(pieces + flush())
      case UInt8(ascii: "\\"): plain += escape()
      case UInt8(ascii: "{"):
        pieces += flush()
        plain = []
        pieces.append(interpolation(from: start))
      default:
        plain.append(byte)
        offset += 1
      }
    }
    // Where strings nest too deeply, that is what is wrong.
    guard diagnostics.last?.code != "E0110" else { return .text(pieces + flush()) }
    report(
      "E0102", "this string is not closed", Span(start, min(start + 1, end)),
      help: "close it with \"", incomplete: true)
    return .text(pieces + flush())
  }

  private mutating func interpolation(from start: Int) -> Token.Piece {
    let open = offset
    guard depth < 16 else {
      report("E0110", "strings are nested too deeply here", Span(open, open + 1))
      offset = end
      return .code([])
    }
    var inner = Lexer(source, from: offset + 1, to: end)
    inner.depth = depth + 1
    inner.run(untilBrace: true)
    diagnostics += inner.diagnostics
    offset = inner.offset
    if offset < end {
      offset += 1
    } else if inner.diagnostics.isEmpty {
      report(
        "E0102", "this `{` in a string is not closed", Span(open, open + 1),
        help: "close it with }, or write \\{ for the character", incomplete: true)
    }
    return .code(inner.tokens)
  }

  private mutating func escape() -> [UInt8] {
    let start = offset
    offset += 1
    guard offset < end else { return [] }
    let byte = bytes[offset]
    offset += 1
    switch byte {
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"): return [byte]
    default:
      while offset < end, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
      report(
        "E0105", "`\(source.text(in: Span(start, offset)))` is not an escape", Span(start, offset),
        help: "the escapes are \\n \\t \\\" \\\\ \\{ \\}")
      return []
    }
  }

  private mutating func report(
    _ code: String, _ message: String, _ span: Span, help: String? = nil, incomplete: Bool = false
  ) {
    var diagnostic = Diagnostic(code, message, source: source, at: span, help: help)
    diagnostic.isIncomplete = incomplete
    diagnostics.append(diagnostic)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  /// The length in bytes of the name character at an offset: letters of any script, `_`, and behind
  /// the first also digits; 0 where there is none.
  private func nameLength(at i: Int, first: Bool) -> Int {
    let byte = bytes[i]
    if byte < 0x80 {
      let letter = (97...122).contains(byte | 0x20) || byte == UInt8(ascii: "_")
      return letter || (!first && Self.isDigit(byte)) ? 1 : 0
    }
    var decoder = UTF8()
    var rest = bytes[i..<min(i + 4, end)].makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&rest) else { return 0 }
    let fits = first ? scalar.properties.isXIDStart : scalar.properties.isXIDContinue
    return fits ? String(scalar).utf8.count : 0
  }

  private func startsName(at i: Int) -> Bool { i < end && nameLength(at: i, first: true) > 0 }
}
