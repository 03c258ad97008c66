// The parser's operands: literals, brackets, calls and members, and the three control expressions.

extension Parser {
  // MARK: What follows an operand

  mutating func postfix() throws(Unreadable) -> Expression {
    var value = try primary()
    while true {
      if at(.leftParen), !current.spaceBefore {
        value = try call(value)
      } else if at(.leftBracket), !current.spaceBefore {
        value = try index(value)
      } else if at(.dot), !atLineEnd {
        advance()
        let member = try name("the name of a member")
        value = Expression(.member(value, member), value.span.through(member.span))
      } else if at(.leftBrace), allowsBlocks, !atLineEnd, value.isCallable {
        let block = try block()
        let call = Call(callee: value, arguments: [], block: block, isCommand: false)
        return Expression(.call(call), value.span.through(block.span))
      } else {
        return value
      }
      try link()
    }
  }

  private mutating func call(_ callee: Expression) throws(Unreadable) -> Expression {
    let open = current.span
    advance()
    let arguments: [Argument] = try bracketed(until: .rightParen, opened: open) {
      parser throws(Unreadable) in try parser.argument()
    }
    let block = allowsBlocks && at(.leftBrace) && !atLineEnd ? try block() : nil
    let call = Call(callee: callee, arguments: arguments, block: block, isCommand: false)
    return Expression(.call(call), callee.span.through(previous.span))
  }

  private mutating func index(_ value: Expression) throws(Unreadable) -> Expression {
    let open = current.span
    advance()
    let items: [Expression] = try bracketed(until: .rightBracket, opened: open) {
      parser throws(Unreadable) in try parser.indexItem()
    }
    if items.isEmpty {
      report("E0108", "an index is missing between the brackets", open.through(previous.span))
    }
    return Expression(.index(value, items), value.span.through(previous.span))
  }

  private mutating func indexItem() throws(Unreadable) -> Expression {
    let start = current.span
    if accept(.colon) { return Expression(.wholeAxis, start) }
    if at(.closedRange) || at(.halfOpenRange) {
      let isClosed = at(.closedRange)
      advance()
      let upper = try expression()
      let kind = Expression.Kind.range(lower: nil, upper: upper, isClosed: isClosed)
      return Expression(kind, start.through(upper.span))
    }
    return try expression()
  }

  /// Items with commas between them, behind the opening bracket and through the closing one.
  private mutating func bracketed<T>(
    until close: Symbol, opened: Span, _ item: (inout Parser) throws(Unreadable) -> T
  ) throws(Unreadable) -> [T] {
    let (lines, blocks) = (ignoresLines, allowsBlocks)
    defer { (ignoresLines, allowsBlocks) = (lines, blocks) }
    (ignoresLines, allowsBlocks) = (true, true)
    var items: [T] = []
    while !at(close), current.kind != .end {
      items.append(try item(&self))
      guard accept(.comma) else { break }
    }
    try expect(close, "`,` or `\(close.rawValue)`", opened: opened)
    return items
  }

  // MARK: Operands

  private mutating func primary() throws(Unreadable) -> Expression {
    let span = current.span
    let literal: Expression.Kind
    switch current.kind {
    case .number(let value): literal = .number(value)
    case .percent(let value): literal = .percent(value)
    case .size(let value): literal = .size(value)
    case .time(let value): literal = .time(value)
    case .choice(let name): literal = .choice(name)
    case .name(let text): literal = .name(text)
    case .text(let pieces): literal = .text(try textPieces(pieces))
    case .keyword(.true): literal = .boolean(true)
    case .keyword(.false): literal = .boolean(false)
    case .keyword(.none): literal = .none
    case .keyword(.if): return try conditional()
    case .keyword(.for): return try forLoop()
    case .keyword(.while): return try whileLoop()
    case .symbol(.leftParen): return try group()
    case .symbol(.leftBracket): return try list()
    default: throw missing("an expression")
    }
    advance()
    return Expression(literal, span)
  }

  private mutating func textPieces(
    _ pieces: [Token.Piece]
  ) throws(Unreadable) -> [Expression.TextPiece] {
    var result: [Expression.TextPiece] = []
    for piece in pieces {
      switch piece {
      case .plain(let text): result.append(.plain(text))
      case .code(let tokens):
        guard tokens.count > 1 else {
          report(
            "E0108", "an expression is missing between { and }", current.span,
            help: "write \\{ for the character")
          continue
        }
        result.append(.code(try interpolated(tokens)))
      }
    }
    return result
  }

  private mutating func interpolated(_ tokens: [Token]) throws(Unreadable) -> Expression {
    var inner = Parser(source, tokens)
    inner.depth = depth
    inner.ignoresLines = true
    defer { diagnostics += inner.diagnostics }
    let value = try inner.expression()
    if inner.current.kind != .end { throw inner.missing("`}`") }
    return value
  }

  /// `(a + b)`, or a record `(name: value, …)`.
  private mutating func group() throws(Unreadable) -> Expression {
    let open = current.span
    advance()
    if case .name = current.kind, next.kind == .symbol(.colon) {
      return try record(from: open)
    }
    if accept(.rightParen) { return Expression(.record([]), open.through(previous.span)) }
    let (lines, blocks) = (ignoresLines, allowsBlocks)
    defer { (ignoresLines, allowsBlocks) = (lines, blocks) }
    (ignoresLines, allowsBlocks) = (true, true)
    let value = try pipeline()
    if at(.comma) {
      report(
        "E0112", "parentheses hold one value, or a record of named ones", current.span,
        help: "lists are written [1, 2], records (a: 1, b: 2)")
      // The rest is read on, for what may be wrong behind it.
      while accept(.comma), !at(.rightParen) { _ = try pipeline() }
    }
    try expect(.rightParen, "`)`", opened: open)
    return Expression(value.kind, open.through(previous.span))
  }

  private mutating func record(from open: Span) throws(Unreadable) -> Expression {
    let fields: [(name: Name, value: Expression)] = try bracketed(until: .rightParen, opened: open)
    {
      parser throws(Unreadable) in
      let name = try parser.name("the name of a field")
      try parser.expect(.colon, "`:` and the field's value")
      return (name, try parser.expression())
    }
    for (i, field) in fields.enumerated() {
      if fields[..<i].contains(where: { $0.name.text == field.name.text }) {
        report("E0109", "two fields are called `\(field.name.text)`", field.name.span)
      }
    }
    return Expression(.record(fields), open.through(previous.span))
  }

  private mutating func list() throws(Unreadable) -> Expression {
    let open = current.span
    advance()
    let items: [Expression] = try bracketed(until: .rightBracket, opened: open) {
      parser throws(Unreadable) in try parser.expression()
    }
    return Expression(.list(items), open.through(previous.span))
  }

  // MARK: Control

  private mutating func condition() throws(Unreadable) -> Expression {
    let blocks = allowsBlocks
    defer { allowsBlocks = blocks }
    allowsBlocks = false
    return try expression()
  }

  private mutating func conditional() throws(Unreadable) -> Expression {
    try enter()
    defer { depth -= 1 }
    let start = current.span
    advance()
    let test = try condition()
    let then = try block()
    var otherwise: Block?
    if current.kind == .keyword(.else) {
      advance()
      if current.kind == .keyword(.if) {
        let nested = try conditional()
        let statement = Statement(kind: .expression(nested), span: nested.span)
        otherwise = Block(statements: [statement], span: nested.span)
      } else {
        otherwise = try block()
      }
    }
    let kind = Expression.Kind.conditional(test: test, then: then, otherwise: otherwise)
    return Expression(kind, start.through(previous.span))
  }

  private mutating func forLoop() throws(Unreadable) -> Expression {
    let start = current.span
    advance()
    let name = try name("the loop's variable")
    guard current.kind == .keyword(.in) else { throw missing("the word `in`") }
    advance()
    let values = try condition()
    let body = try block()
    return Expression(.forLoop(name, in: values, body), start.through(body.span))
  }

  private mutating func whileLoop() throws(Unreadable) -> Expression {
    let start = current.span
    advance()
    let test = try condition()
    let body = try block()
    return Expression(.whileLoop(test, body), start.through(body.span))
  }
}

extension Expression {
  /// Whether a block may follow: `network { … }`, `kit.residual { … }`.
  fileprivate var isCallable: Bool {
    switch kind {
    case .name: true
    case .member(let owner, _): owner.isCallable
    default: false
    }
  }
}
