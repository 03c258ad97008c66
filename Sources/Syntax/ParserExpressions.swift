// The parser's expressions: pipelines and commands above, operators by precedence, calls below.

extension Parser {
  // MARK: Pipelines and commands

  mutating func pipeline() throws(Unreadable) -> Expression {
    var value = try stage()
    while at(.pipe) {
      try link()
      advance()
      value = piped(value, into: try stage())
    }
    return value
  }

  /// `x |> f(a)` is `f(x, a)`; `x |> f` is `f(x)`.
  private func piped(_ value: Expression, into stage: Expression) -> Expression {
    let span = value.span.through(stage.span)
    let first = Argument(label: nil, value: value)
    if case .call(let call) = stage.kind {
      let arguments = [first] + call.arguments
      let piped = Call(
        callee: call.callee, arguments: arguments, block: call.block, isCommand: call.isCommand)
      return Expression(.call(piped), span)
    }
    let call = Call(callee: stage, arguments: [first], block: nil, isCommand: false)
    return Expression(.call(call), span)
  }

  private mutating func stage() throws(Unreadable) -> Expression {
    let start = position
    if let callee = commandCallee() {
      return try command(callee)
    }
    position = start
    return try expression()
  }

  /// A name or members of it, a blank, and something that starts an expression: a call without
  /// parentheses. Otherwise nil.
  private mutating func commandCallee() -> Expression? {
    guard case .name(let text) = current.kind else { return nil }
    var callee = Expression(.name(text), current.span)
    advance()
    while at(.dot), !current.spaceBefore, case .name(let member) = next.kind, !next.spaceBefore {
      let name = Name(member, next.span)
      callee = Expression(.member(callee, name), callee.span.through(name.span))
      advance()
      advance()
    }
    return startsArgument ? callee : nil
  }

  private var startsArgument: Bool {
    guard !atLineEnd, current.spaceBefore else { return false }
    switch current.kind {
    case .number, .percent, .size, .time, .text, .choice: return true
    case .name: return true
    case .keyword(let word):
      return [.if, .for, .while, .not, .true, .false, .none].contains(word)
    case .symbol(.leftParen), .symbol(.leftBracket): return true
    case .symbol(.minus): return !next.spaceBefore
    default: return false
    }
  }

  private mutating func command(_ callee: Expression) throws(Unreadable) -> Expression {
    var arguments: [Argument] = []
    repeat {
      arguments.append(try argument())
    } while !atLineEnd && accept(.comma)
    let block = allowsBlocks && at(.leftBrace) && !atLineEnd ? try block() : nil
    let call = Call(callee: callee, arguments: arguments, block: block, isCommand: true)
    return Expression(.call(call), callee.span.through(previous.span))
  }

  mutating func argument() throws(Unreadable) -> Argument {
    if let text = current.kind.word, next.kind == .symbol(.colon) {
      let label = Name(text, current.span)
      advance()
      advance()
      return Argument(label: label, value: try expression())
    }
    return Argument(label: nil, value: try expression())
  }

  // MARK: Lambdas

  mutating func expression() throws(Unreadable) -> Expression {
    try enter()
    defer { depth -= 1 }
    let start = current.span
    if case .name(let text) = current.kind, next.kind == .symbol(.arrow) {
      let parameter = Lambda.Parameter(name: Name(text, start), fallback: nil)
      advance()
      return try lambda([parameter], from: start)
    }
    if at(.leftParen), isLambdaArrowAhead {
      advance()
      return try lambda(try parameters(), from: start)
    }
    return try disjunction()
  }

  private mutating func lambda(
    _ parameters: [Lambda.Parameter], from start: Span
  ) throws(Unreadable) -> Expression {
    try expect(.arrow, "`=>`")
    let body: Block
    if at(.leftBrace) {
      body = try block()
    } else {
      let value = try expression()
      let statement = Statement(kind: .expression(value), span: value.span)
      body = Block(statements: [statement], span: value.span)
    }
    let span = start.through(body.span)
    return Expression(.lambda(Lambda(parameters: parameters, body: body, span: span)), span)
  }

  /// Whether the parenthesis that opens here is a lambda's: `=>` follows the one that closes it.
  private var isLambdaArrowAhead: Bool {
    guard let close = closing[position] else { return false }
    return tokens[min(close + 1, tokens.count - 1)].kind == .symbol(.arrow)
  }

  // MARK: Operators

  private mutating func disjunction() throws(Unreadable) -> Expression {
    var left = try conjunction()
    while current.kind == .keyword(.or), !atLineEnd {
      try link()
      advance()
      let right = try conjunction()
      left = Expression(.logical(.or, left, right), left.span.through(right.span))
    }
    return left
  }

  private mutating func conjunction() throws(Unreadable) -> Expression {
    var left = try negation()
    while current.kind == .keyword(.and), !atLineEnd {
      try link()
      advance()
      let right = try negation()
      left = Expression(.logical(.and, left, right), left.span.through(right.span))
    }
    return left
  }

  private mutating func negation() throws(Unreadable) -> Expression {
    guard current.kind == .keyword(.not) else { return try comparison() }
    try enter()
    defer { depth -= 1 }
    let start = current.span
    advance()
    let value = try negation()
    return Expression(.unary(.not, value), start.through(value.span))
  }

  private mutating func comparison() throws(Unreadable) -> Expression {
    let left = try range()
    guard let symbol = operatorSymbol(in: Parser.comparisons),
      let comparison = BinaryOperator(rawValue: symbol.rawValue)
    else { return left }
    advance()
    let right = try range()
    if operatorSymbol(in: Parser.comparisons) != nil {
      report(
        "E0111", "comparisons do not chain", current.span,
        help: "write `a < b and b < c`")
      throw Unreadable()
    }
    return Expression(.binary(comparison, left, right), left.span.through(right.span))
  }

  private static let comparisons: [Symbol] = [
    .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual,
  ]

  private func operatorSymbol(in symbols: [Symbol]) -> Symbol? {
    guard !atLineEnd, case .symbol(let symbol) = current.kind, symbols.contains(symbol) else {
      return nil
    }
    return symbol
  }

  private mutating func range() throws(Unreadable) -> Expression {
    let lower = try sum()
    guard let symbol = operatorSymbol(in: [.closedRange, .halfOpenRange]) else { return lower }
    advance()
    let isOpen = at(.rightBracket) || at(.comma)
    let upper = isOpen ? nil : try sum()
    let kind = Expression.Kind.range(lower: lower, upper: upper, isClosed: symbol == .closedRange)
    return Expression(kind, lower.span.through(previous.span))
  }

  private mutating func sum() throws(Unreadable) -> Expression {
    var left = try product()
    while let symbol = operatorSymbol(in: [.plus, .minus]) {
      try link()
      advance()
      let right = try product()
      let operation: BinaryOperator = symbol == .plus ? .add : .subtract
      left = Expression(.binary(operation, left, right), left.span.through(right.span))
    }
    return left
  }

  private mutating func product() throws(Unreadable) -> Expression {
    var left = try prefix()
    while true {
      let operation: BinaryOperator
      if let symbol = operatorSymbol(in: [.times, .divide]) {
        operation = symbol == .times ? .multiply : .divide
      } else if current.kind == .keyword(.mod), !atLineEnd {
        operation = .modulo
      } else {
        return left
      }
      try link()
      advance()
      let right = try prefix()
      left = Expression(.binary(operation, left, right), left.span.through(right.span))
    }
  }

  private mutating func prefix() throws(Unreadable) -> Expression {
    guard at(.minus) else { return try power() }
    try enter()
    defer { depth -= 1 }
    let start = current.span
    advance()
    let value = try prefix()
    return Expression(.unary(.minus, value), start.through(value.span))
  }

  private mutating func power() throws(Unreadable) -> Expression {
    let base = try postfix()
    guard operatorSymbol(in: [.power]) != nil else { return base }
    advance()
    try enter()
    defer { depth -= 1 }
    let exponent = try prefix()
    return Expression(.binary(.power, base, exponent), base.span.through(exponent.span))
  }
}
