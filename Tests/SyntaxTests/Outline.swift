// A tree as one line of text, for tests that compare trees.
import Syntax

enum Outline {
  static func of(_ text: String) -> String {
    let (statements, diagnostics) = Parser.parse(Source(name: "", text: text))
    let codes = diagnostics.map { "!" + $0.code }
    return (statements.map(statement) + codes).joined(separator: " ; ")
  }

  private static func statement(_ statement: Statement) -> String {
    switch statement.kind {
    case .function(let name, let lambda): "fn \(name.text)\(self.lambda(lambda))"
    case .binding(let name, let value): "\(name.text) = \(expression(value))"
    case .import(let name): "import \(name.text)"
    case .return(let value): "return" + (value.map { " " + expression($0) } ?? "")
    case .break: "break"
    case .continue: "continue"
    case .expression(let value): expression(value)
    }
  }

  private static func block(_ block: Block) -> String {
    "{" + block.statements.map(statement).joined(separator: "; ") + "}"
  }

  private static func lambda(_ lambda: Lambda) -> String {
    let parameters = lambda.parameters.map { parameter in
      parameter.name.text + (parameter.fallback.map { ": " + expression($0) } ?? "")
    }
    return "(\(parameters.joined(separator: ", ")))\(block(lambda.body))"
  }

  private static func argument(_ argument: Argument) -> String {
    (argument.label.map { $0.text + ": " } ?? "") + expression(argument.value)
  }

  private static func list(_ items: [Expression]) -> String {
    items.map(expression).joined(separator: ", ")
  }

  private static func expression(_ value: Expression) -> String {
    switch value.kind {
    case .number(let number):
      "\(number)".hasSuffix(".0") ? String("\(number)".dropLast(2)) : "\(number)"
    case .percent(let percent): "\(percent)%"
    case .size(let bytes): "\(bytes)B"
    case .time(let seconds): "\(seconds)s"
    case .text(let pieces): "\"" + pieces.map(piece).joined() + "\""
    case .boolean(let bool): "\(bool)"
    case .none: "none"
    case .choice(let name): ".\(name)"
    case .name(let name): name
    case .list(let items): "[\(list(items))]"
    case .record(let fields):
      "(" + fields.map { "\($0.name.text): \(expression($0.value))" }.joined(separator: ", ") + ")"
    case .range(let lower, let upper, let isClosed):
      (lower.map(expression) ?? "") + (isClosed ? "..." : "..<") + (upper.map(expression) ?? "")
    default: compound(value)
    }
  }

  private static func piece(_ piece: Expression.TextPiece) -> String {
    switch piece {
    case .plain(let text): text
    case .code(let value): "{\(expression(value))}"
    }
  }

  private static func compound(_ value: Expression) -> String {
    switch value.kind {
    case .unary(let sign, let inner): "(\(sign.rawValue) \(expression(inner)))"
    case .binary(let sign, let a, let b): "(\(expression(a)) \(sign.rawValue) \(expression(b)))"
    case .logical(let sign, let a, let b): "(\(expression(a)) \(sign.rawValue) \(expression(b)))"
    case .call(let call):
      expression(call.callee) + "(" + call.arguments.map(argument).joined(separator: ", ") + ")"
        + (call.block.map(block) ?? "")
    case .member(let owner, let name): "\(expression(owner)).\(name.text)"
    case .index(let owner, let items): "\(expression(owner))[\(list(items))]"
    case .wholeAxis: ":"
    case .lambda(let lambda): self.lambda(lambda)
    case .conditional(let test, let then, let otherwise):
      "if \(expression(test)) \(block(then))" + (otherwise.map { " else " + block($0) } ?? "")
    case .forLoop(let name, let values, let body):
      "for \(name.text) in \(expression(values)) \(block(body))"
    case .whileLoop(let test, let body): "while \(expression(test)) \(block(body))"
    default: "?"
    }
  }
}
