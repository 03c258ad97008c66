// How the parser looks at tokens and reports what it misses.

extension Parser {
  var current: Token { tokens[position] }
  var next: Token { tokens[min(position + 1, tokens.count - 1)] }
  var previous: Token { tokens[max(position - 1, 0)] }

  /// Whether the current token begins a new line that counts.
  var atLineEnd: Bool { current.kind == .end || (current.lineBefore && !ignoresLines) }

  func at(_ symbol: Symbol) -> Bool { current.kind == .symbol(symbol) }

  /// An operator that belongs to this expression: on its line, or inside brackets.
  func continues(with symbol: Symbol) -> Bool { at(symbol) && !atLineEnd }

  /// Brackets of every kind count alike here: which one is wrong, parsing finds out.
  static func brackets(_ tokens: [Token]) -> [Int: Int] {
    var open: [Int] = []
    var closing: [Int: Int] = [:]
    for (i, token) in tokens.enumerated() {
      switch token.kind {
      case .symbol(.leftParen), .symbol(.leftBracket), .symbol(.leftBrace): open.append(i)
      case .symbol(.rightParen), .symbol(.rightBracket), .symbol(.rightBrace):
        if let start = open.popLast() { closing[start] = i }
      default: break
      }
    }
    return closing
  }

  mutating func advance() {
    if position < tokens.count - 1 { position += 1 }
  }

  mutating func accept(_ symbol: Symbol) -> Bool {
    guard at(symbol) else { return false }
    advance()
    return true
  }

  mutating func expect(
    _ symbol: Symbol, _ wanted: String, opened: Span? = nil
  ) throws(Unreadable) {
    guard !accept(symbol) else { return }
    if let opened, current.kind == .end {
      var diagnostic = Diagnostic(
        "E0107", "this `\(source.text(in: Span(opened.start, opened.start + 1)))` is not closed",
        source: source, at: opened, help: "\(wanted) is missing")
      diagnostic.isIncomplete = true
      diagnostics.append(diagnostic)
      throw Unreadable()
    }
    throw missing(wanted, help: callInBracketsHelp)
  }

  /// `prune(mlp [64, 10], 50%)`: a call without parentheses stands where only whole statements may.
  private var callInBracketsHelp: String? {
    guard ignoresLines, case .name(let name) = previous.kind, current.spaceBefore else {
      return nil
    }
    switch current.kind {
    case .symbol(.leftBracket), .symbol(.leftParen), .number, .percent, .text, .name, .choice:
      return "inside brackets a call takes its parentheses: \(name)(…)"
    default: return nil
    }
  }

  mutating func name(_ wanted: String) throws(Unreadable) -> Name {
    guard case .name(let text) = current.kind else { throw missing(wanted) }
    defer { advance() }
    return Name(text, current.span)
  }

  /// Reports that something is missing here; the caller throws what it returns.
  mutating func missing(_ wanted: String, help: String? = nil) -> Unreadable {
    let atEnd = current.kind == .end
    let found = atEnd ? "the text ends" : "here stands \(describe(current))"
    let span = atEnd ? previous.span.after : current.span
    var diagnostic = Diagnostic(
      "E0108", "\(wanted) is missing: \(found)", source: source, at: span, help: help)
    diagnostic.isIncomplete = atEnd
    diagnostics.append(diagnostic)
    return Unreadable()
  }

  mutating func report(_ code: String, _ message: String, _ span: Span, help: String? = nil) {
    diagnostics.append(Diagnostic(code, message, source: source, at: span, help: help))
  }

  /// One level deeper; the caller lowers `depth` again.
  mutating func enter() throws(Unreadable) {
    depth += 1
    guard depth <= Parser.nestingLimit else {
      depth -= 1
      report(
        "E0110", "this is nested more than \(Parser.nestingLimit) levels deep", current.span,
        help: "bind the inner parts to names")
      position = tokens.count - 1
      throw Unreadable()
    }
  }

  /// One more operator in a chain: chains make deep trees too, without nesting.
  mutating func link() throws(Unreadable) {
    links += 1
    guard links <= Parser.chainLimit else {
      report(
        "E0110", "this statement chains more than \(Parser.chainLimit) operators", current.span,
        help: "bind parts of it to names")
      position = tokens.count - 1
      throw Unreadable()
    }
  }

  func describe(_ token: Token) -> String {
    switch token.kind {
    case .end: "the end"
    case .keyword(let word): "the word `\(word.rawValue)`"
    case .text: "a string"
    default: "`\(source.text(in: token.span))`"
    }
  }
}
