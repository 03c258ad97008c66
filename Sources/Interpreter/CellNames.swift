// What the text of a cell says about itself without being run: its tokens, the names that it binds and
// reads, the modules and files that it names.
import Syntax

package struct CellNames: Sendable {
  /// The texts of the tokens: no comments, no spacing.
  package let tokens: [String]
  package let binds: [String]
  package let reads: [String]
  package let imports: [String]
  /// The plain strings that words take as their first argument: `load "weights.npy"`.
  package let files: [String]
  /// Nothing but functions, imports and names: what a module gives to who imports it.
  package let onlyDefines: Bool

  package init(of text: String) {
    let source = Source(name: "", text: text)
    tokens = Lexer.tokens(of: source).tokens.dropLast().map { source.text(in: $0.span) }
    let (statements, _) = Parser.parse(source)
    var binds: [String] = []
    var imports: [String] = []
    var onlyDefines = !statements.isEmpty
    for statement in statements {
      switch statement.kind {
      case .function(let name, _), .binding(let name, _): binds.append(name.text)
      case .import(let name): imports.append(name.text)
      default: onlyDefines = false
      }
    }
    let block = Block(statements: statements, span: Span(0, source.bytes.count))
    reads = FreeNames.of(
      Lambda(parameters: [], body: block, span: block.span), named: nil)
    files = LiteralArguments.of(statements, to: "load")
    self.binds = binds
    self.imports = imports
    self.onlyDefines = onlyDefines
  }
}

/// The plain strings that calls of a word have as their first argument.
private enum LiteralArguments {
  static func of(_ statements: [Statement], to word: String) -> [String] {
    var found: [String] = []
    for statement in statements {
      switch statement.kind {
      case .binding(_, let value), .expression(let value), .return(.some(let value)):
        collect(value, word, &found)
      case .function(_, let lambda): found += of(lambda.body.statements, to: word)
      default: break
      }
    }
    return found
  }

  private static func collect(_ value: Expression, _ word: String, _ found: inout [String]) {
    switch value.kind {
    case .call(let call):
      if case .name(word) = call.callee.kind, let first = call.arguments.first,
        case .text(let pieces) = first.value.kind, pieces.count == 1,
        case .plain(let text) = pieces[0]
      {
        found.append(text)
      }
      collect(call.callee, word, &found)
      for argument in call.arguments { collect(argument.value, word, &found) }
      if let block = call.block { found += of(block.statements, to: word) }
    case .unary(_, let inner), .member(let inner, _): collect(inner, word, &found)
    case .binary(_, let left, let right), .logical(_, let left, let right):
      collect(left, word, &found)
      collect(right, word, &found)
    case .index(let owner, let items):
      collect(owner, word, &found)
      for item in items { collect(item, word, &found) }
    case .list(let items): for item in items { collect(item, word, &found) }
    case .record(let fields): for field in fields { collect(field.value, word, &found) }
    case .lambda(let lambda): found += of(lambda.body.statements, to: word)
    case .conditional(let test, let then, let otherwise):
      collect(test, word, &found)
      found += of(then.statements, to: word) + of(otherwise?.statements ?? [], to: word)
    case .forLoop(_, let values, let body), .whileLoop(let values, let body):
      collect(values, word, &found)
      found += of(body.statements, to: word)
    default: break
    }
  }
}
