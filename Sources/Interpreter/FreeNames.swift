// The names that a function's text mentions: those that are bound outside are what it takes along.
import Syntax

enum FreeNames {
  /// Every name mentioned in the function, once, in order; parameters and the function itself are not.
  static func of(_ lambda: Lambda, named name: String?) -> [String] {
    walk(lambda, named: name).free
  }

  /// The same, and the names that the function or one inside it binds.
  static func walk(
    _ lambda: Lambda, named name: String?
  ) -> (free: [String], bound: Set<String>) {
    var walk = Walk()
    walk.lambda(lambda)
    let own = Set(lambda.parameters.map(\.name.text) + (name.map { [$0] } ?? []))
    return (walk.names.filter { !own.contains($0) }, walk.bound)
  }

  private struct Walk {
    var names: [String] = []
    var bound: Set<String> = []
    private var seen: Set<String> = []

    mutating func mention(_ name: String) {
      if seen.insert(name).inserted { names.append(name) }
    }

    mutating func lambda(_ lambda: Lambda) {
      for parameter in lambda.parameters { optional(parameter.fallback) }
      block(lambda.body)
    }

    mutating func block(_ block: Block) {
      for statement in block.statements {
        switch statement.kind {
        case .function(let name, let inner):
          bound.insert(name.text)
          lambda(inner)
        case .binding(let name, let value):
          expression(value)
          mention(name.text)
          bound.insert(name.text)
        case .return(let value): optional(value)
        case .expression(let value): expression(value)
        case .import, .break, .continue: break
        }
      }
    }

    mutating func optional(_ value: Expression?) {
      if let value { expression(value) }
    }

    mutating func expression(_ value: Expression) {
      switch value.kind {
      case .name(let name): mention(name)
      case .text(let pieces):
        for case .code(let inner) in pieces { expression(inner) }
      case .list(let items): for item in items { expression(item) }
      case .record(let fields): for field in fields { expression(field.value) }
      case .range(let lower, let upper, _):
        optional(lower)
        optional(upper)
      case .unary(_, let inner), .member(let inner, _): expression(inner)
      case .binary(_, let left, let right), .logical(_, let left, let right):
        expression(left)
        expression(right)
      case .call(let call):
        expression(call.callee)
        for argument in call.arguments { expression(argument.value) }
        if let inner = call.block { block(inner) }
      case .index(let owner, let items):
        expression(owner)
        for item in items { expression(item) }
      case .lambda(let inner): lambda(inner)
      case .conditional(let test, let then, let otherwise):
        expression(test)
        block(then)
        if let otherwise { block(otherwise) }
      case .forLoop(let name, let values, let body):
        bound.insert(name.text)
        expression(values)
        block(body)
      case .whileLoop(let test, let body):
        expression(test)
        block(body)
      default: break
      }
    }
  }
}
