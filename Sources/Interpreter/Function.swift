// Functions as values: words of the library, and those that the language defines.
import Syntax

package final class Function: Sendable {
  enum Body: Sendable {
    case builtin(Builtin)
    case closure(FunctionCode, captures: [Value])
  }

  let body: Body
  let depth: Int
  let weight: Int

  init(builtin: Builtin) {
    body = .builtin(builtin)
    depth = 0
    weight = 1
  }

  init(code: FunctionCode, captures: [Value]) {
    body = .closure(code, captures: captures)
    (depth, weight) = Value.extent(of: captures)
  }

  init(_ other: Function) {
    body = other.body
    depth = other.depth
    weight = other.weight
  }

  package var name: String {
    switch body {
    case .builtin(let builtin): builtin.name
    case .closure(let code, _): code.name ?? "a function"
    }
  }

  package var builtin: Builtin? {
    if case .builtin(let builtin) = body { return builtin }
    return nil
  }

  /// `sweep(net, levels: …)`.
  package var signature: String {
    switch body {
    case .builtin(let builtin): builtin.signature
    case .closure(let code, _): code.signature
    }
  }

  /// The names of the parameters, for completion.
  package var parameterNames: [String] {
    switch body {
    case .builtin(let builtin): builtin.parameters.map(\.name)
    case .closure(let code, _): code.parameters.map(\.name)
    }
  }
}

/// What the checker makes of a function's text.
package final class FunctionCode: Sendable {
  struct Parameter: Sendable {
    let name: String
    let fallback: Node?
  }

  let name: String?
  let parameters: [Parameter]
  let source: Source
  let span: Span
  /// Parameters first, then what it captured, then its own names.
  let slotCount: Int
  /// Where the function finds itself, for recursion.
  let selfSlot: Int?
  let body: Node
  /// The text above it, where comments document it.
  let documentation: String

  init(
    name: String?, parameters: [Parameter], source: Source, span: Span, slotCount: Int,
    selfSlot: Int?, body: Node, documentation: String
  ) {
    self.name = name
    self.parameters = parameters
    self.source = source
    self.span = span
    self.slotCount = slotCount
    self.selfSlot = selfSlot
    self.body = body
    self.documentation = documentation
  }

  var signature: String {
    let list = parameters.map { $0.fallback == nil ? $0.name : "\($0.name): …" }
    return "\(name ?? "")(\(list.joined(separator: ", ")))"
  }
}
