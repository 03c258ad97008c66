// Tokens to a tree. It returns every diagnostic it finds, recovers at line ends, and never throws past
// itself.
//
//   program    = { statement line-end }
//   statement  = "fn" name "(" parameters ")" block
//              | name "=" pipeline
//              | "import" name | "return" [ pipeline ] | "break" | "continue"
//              | pipeline
//   pipeline   = stage { "|>" stage }                     x |> f a   is   f(x, a)
//   stage      = command | expression
//   command    = callee argument { "," argument } [ block ]   on one line; the callee is a name or a
//                member, a blank follows it, and then something that starts an expression:
//                `f -1`, `f [1]`, `f (1)` are calls; `x - 1`, `x[1]`, `x-1` are not
//   argument   = [ name ":" ] expression
//   expression = name "=>" body | "(" [ parameters ] ")" "=>" body | disjunction
//   body       = block | expression
//   disjunction = conjunction { "or" conjunction }
//   conjunction = negation { "and" negation }
//   negation   = "not" negation | comparison
//   comparison = range [ ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) range ]
//   range      = sum [ ( "..." | "..<" ) sum ]
//   sum        = product { ( "+" | "-" ) product }
//   product    = prefix { ( "*" | "/" | "mod" ) prefix }
//   prefix     = "-" prefix | power
//   power      = postfix [ "^" prefix ]
//   postfix    = primary { "(" [ arguments ] ")" [ block ] | block | "[" items "]" | "." name }
//                (nothing but a blank-free "(" or "[" continues an expression; a block follows a call
//                or a name)
//   items      = item { "," item }     item = expression | ":" | bound "..." | "..." bound | "..<" bound
//   primary    = literal | name | "." name | "(" expression ")" | record | list
//              | if | for | while
//   record     = "(" [ name ":" expression { "," name ":" expression } ] ")"
//   list       = "[" [ expression { "," expression } ] "]"
//   if         = "if" expression block [ "else" ( block | if ) ]
//   for        = "for" name "in" expression block          its value is the list of the block's values
//   while      = "while" expression block
//   block      = "{" { statement line-end } "}"
//   parameters = [ name [ ":" expression ] { "," name [ ":" expression ] } ]
//   line-end   = the end of a line outside "( )" and "[ ]", or ";". A line that ends in an operator or
//                a comma, and a line that begins with "|>", go on.

package struct Parser {
  let source: Source
  var tokens: [Token]
  var position = 0
  package internal(set) var diagnostics: [Diagnostic] = []
  /// Line ends do not count inside "( )" and "[ ]".
  var ignoresLines = false
  /// `if x {` must not read `x {` as a call with a block.
  var allowsBlocks = true
  var depth = 0
  /// Operators chained so far in this statement.
  var links = 0
  /// For each token that opens a bracket, the one that closes it.
  let closing: [Int: Int]

  /// Deeper nesting would exhaust the machine's stack.
  package static let nestingLimit = 200
  package static let chainLimit = 5000

  /// Thrown inside the parser only: a diagnostic has been reported, go to the next statement.
  struct Unreadable: Error {}

  package static func parse(
    _ source: Source
  ) -> (statements: [Statement], diagnostics: [Diagnostic]) {
    let (tokens, lexical) = Lexer.tokens(of: source)
    var parser = Parser(source, tokens)
    let statements = parser.program()
    // A line with characters that could not be read says nothing about its grammar.
    let unreadable = Set(lexical.compactMap { $0.span.map { source.line(at: $0.start) } })
    let grammatical = parser.diagnostics.filter { diagnostic in
      diagnostic.span.map { !unreadable.contains(source.line(at: $0.start)) } ?? true
    }
    let all = (lexical + grammatical).sorted { ($0.span?.start ?? 0) < ($1.span?.start ?? 0) }
    return (statements, Array(all.prefix(diagnosticLimit)))
  }

  /// More of them help nobody.
  package static let diagnosticLimit = 50

  /// Whether the text is right so far and only not finished.
  package static func isIncomplete(_ text: String) -> Bool {
    let (_, diagnostics) = parse(Source(name: "", text: text))
    return !diagnostics.isEmpty && diagnostics.allSatisfy(\.isIncomplete)
  }

  init(_ source: Source, _ tokens: [Token]) {
    self.source = source
    self.tokens = tokens
    closing = Parser.brackets(tokens)
  }

  // MARK: Statements

  mutating func program() -> [Statement] {
    var statements: [Statement] = []
    while current.kind != .end {
      links = 0
      guard !at(.rightBrace) else {
        report("E0106", "here stands `}`", current.span, help: "nothing was opened here")
        advance()
        continue
      }
      if let statement = recovering({ parser throws(Unreadable) in try parser.statement() }) {
        statements.append(statement)
      }
      endOfStatement(closing: nil)
    }
    return statements
  }

  mutating func block() throws(Unreadable) -> Block {
    let open = current.span
    try expect(.leftBrace, "a block `{ … }`")
    let (lines, blocks) = (ignoresLines, allowsBlocks)
    defer { (ignoresLines, allowsBlocks) = (lines, blocks) }
    (ignoresLines, allowsBlocks) = (false, true)
    var statements: [Statement] = []
    while !at(.rightBrace), current.kind != .end {
      try enter()
      defer { depth -= 1 }
      if let statement = recovering({ parser throws(Unreadable) in try parser.statement() }) {
        statements.append(statement)
      }
      endOfStatement(closing: .rightBrace)
    }
    let close = current.span
    try expect(.rightBrace, "`}`", opened: open)
    return Block(statements: statements, span: open.through(close))
  }

  mutating func statement() throws(Unreadable) -> Statement {
    let start = current.span
    let kind: Statement.Kind
    switch current.kind {
    case .keyword(.fn): kind = try function()
    case .keyword(.import):
      advance()
      kind = .import(try name("the name of a module"))
    case .keyword(.return):
      advance()
      kind = .return(atLineEnd || at(.rightBrace) ? nil : try pipeline())
    case .keyword(.break):
      advance()
      kind = .break
    case .keyword(.continue):
      advance()
      kind = .continue
    case .name(let text) where next.kind == .symbol(.assign):
      let name = Name(text, current.span)
      advance()
      advance()
      kind = .binding(name, try pipeline())
    default: kind = .expression(try pipeline())
    }
    return Statement(kind: kind, span: start.through(previous.span))
  }

  private mutating func function() throws(Unreadable) -> Statement.Kind {
    let start = current.span
    advance()
    let name = try name("the function's name")
    try expect(.leftParen, "`(` and the parameters")
    let parameters = try parameters()
    let body = try block()
    return .function(
      name, Lambda(parameters: parameters, body: body, span: start.through(body.span)))
  }

  /// Behind the opening parenthesis, through the closing one.
  mutating func parameters() throws(Unreadable) -> [Lambda.Parameter] {
    let lines = ignoresLines
    defer { ignoresLines = lines }
    ignoresLines = true
    var parameters: [Lambda.Parameter] = []
    while !at(.rightParen) {
      let name = try name("a parameter's name")
      if parameters.contains(where: { $0.name.text == name.text }) {
        report("E0109", "two parameters are called `\(name.text)`", name.span)
      }
      let fallback = accept(.colon) ? try expression() : nil
      parameters.append(Lambda.Parameter(name: name, fallback: fallback))
      guard accept(.comma) else { break }
    }
    try expect(.rightParen, "`,` or `)`")
    return parameters
  }

  // MARK: Recovery

  private mutating func recovering(
    _ body: (inout Parser) throws(Unreadable) -> Statement
  ) -> Statement? {
    let (lines, blocks, level, start) = (ignoresLines, allowsBlocks, depth, position)
    do throws(Unreadable) {
      return try body(&self)
    } catch {
      (ignoresLines, allowsBlocks, depth) = (lines, blocks, level)
      skipStatement()
      return boundName(at: start).map { name in
        let missing = Expression(.missing, name.span)
        return Statement(kind: .binding(name, missing), span: name.span)
      }
    }
  }

  /// The name that an unreadable statement would have bound: later lines that use it are not wrong.
  private func boundName(at start: Int) -> Name? {
    let isFunction = tokens[start].kind == .keyword(.fn)
    let place = min(isFunction ? start + 1 : start, tokens.count - 1)
    let behind = tokens[min(place + 1, tokens.count - 1)].kind
    guard case .name(let text) = tokens[place].kind, isFunction || behind == .symbol(.assign) else {
      return nil
    }
    return Name(text, tokens[place].span)
  }

  /// To the next line at this level of brackets.
  private mutating func skipStatement() {
    var level = 0
    var isFirst = true
    while current.kind != .end {
      if !isFirst, current.lineBefore, level <= 0 { return }
      switch current.kind {
      case .symbol(.leftBrace), .symbol(.leftParen), .symbol(.leftBracket): level += 1
      case .symbol(.rightBrace) where level <= 0: return
      case .symbol(.rightBrace), .symbol(.rightParen), .symbol(.rightBracket): level -= 1
      default: break
      }
      isFirst = false
      advance()
    }
  }

  /// A statement ends with its line, a `;`, or the block.
  private mutating func endOfStatement(closing: Symbol?) {
    if accept(.semicolon) { return }
    if atLineEnd { return }
    if let closing, at(closing) { return }
    let found = describe(current)
    let help = missingParenthesesHelp
    report(
      "E0106", "a new statement wants a new line, and here stands \(found)", current.span,
      help: help)
    skipStatement()
  }

  private var missingParenthesesHelp: String? {
    switch current.kind {
    case .name, .number, .percent, .text, .choice: "is a comma, an operator or a line end missing?"
    case .symbol(.assign): "compare with ==; a name is bound with = at the beginning of a line"
    case .symbol(.rightParen), .symbol(.rightBracket), .symbol(.rightBrace):
      "nothing was opened here"
    default: nil
    }
  }
}
