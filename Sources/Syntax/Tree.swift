// What the parser builds: statements and expressions, each with its place in the source.

package struct Name: Sendable, Hashable {
  package let text: String
  package let span: Span
  package init(_ text: String, _ span: Span) {
    self.text = text
    self.span = span
  }
}

package struct Statement: Sendable {
  package enum Kind: Sendable {
    case function(Name, Lambda)
    case binding(Name, Expression)
    case `import`(Name)
    case `return`(Expression?)
    case `break`
    case `continue`
    case expression(Expression)
  }
  package let kind: Kind
  package let span: Span

  package init(kind: Kind, span: Span) {
    self.kind = kind
    self.span = span
  }
}

package struct Block: Sendable {
  package let statements: [Statement]
  package let span: Span

  package init(statements: [Statement], span: Span) {
    self.statements = statements
    self.span = span
  }
}

package struct Lambda: Sendable {
  package struct Parameter: Sendable {
    package let name: Name
    package let fallback: Expression?
  }
  package let parameters: [Parameter]
  package let body: Block
  package let span: Span

  package init(parameters: [Parameter], body: Block, span: Span) {
    self.parameters = parameters
    self.body = body
    self.span = span
  }
}

package struct Argument: Sendable {
  package let label: Name?
  package let value: Expression
}

package struct Call: Sendable {
  package let callee: Expression
  /// A piped value comes first.
  package let arguments: [Argument]
  /// `{ … }` behind a call: the list of its values is the last argument.
  package let block: Block?
  /// Written without parentheses.
  package let isCommand: Bool
}

package enum UnaryOperator: String, Sendable {
  case minus = "-"
  case not
}

package enum BinaryOperator: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case power = "^"
  case modulo = "mod"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessEqual = "<="
  case greater = ">"
  case greaterEqual = ">="
}

package enum LogicalOperator: String, Sendable { case and, or }

package struct Expression: Sendable {
  package indirect enum Kind: Sendable {
    case number(Double)
    case percent(Double)
    case size(Double)
    case time(Double)
    case text([TextPiece])
    case boolean(Bool)
    case none
    case choice(String)
    case name(String)
    case list([Expression])
    case record([(name: Name, value: Expression)])
    case range(lower: Expression?, upper: Expression?, isClosed: Bool)
    case unary(UnaryOperator, Expression)
    case binary(BinaryOperator, Expression, Expression)
    case logical(LogicalOperator, Expression, Expression)
    case call(Call)
    case member(Expression, Name)
    case index(Expression, [Expression])
    /// A whole axis, `:` between brackets.
    case wholeAxis
    case lambda(Lambda)
    case conditional(test: Expression, then: Block, otherwise: Block?)
    case forLoop(Name, in: Expression, Block)
    case whileLoop(Expression, Block)
    /// What could not be read; a diagnostic says why.
    case missing
  }

  package enum TextPiece: Sendable {
    case plain(String)
    case code(Expression)
  }

  package let kind: Kind
  package let span: Span

  package init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }
}
