// Functions as values: words of the library, and those that the language defines.
import Syntax

package final class Function: @unchecked Sendable {
  /// A word of the library; nil for what the language defines.
  package var builtin: Builtin? { word?.builtin }
  private let word: Word?
  /// What the language defines; nil for a word.
  let code: FunctionCode?
  /// The same, for calls that count no references.
  let heldCode: Unmanaged<FunctionCode>?
  let captures: [Value]
  /// Of what the language defines; -1 for a word.
  let parameterCount: Int
  let depth: Int
  let weight: Int

  init(builtin: Builtin) {
    word = Word(builtin)
    code = nil
    heldCode = nil
    captures = []
    parameterCount = -1
    depth = 0
    weight = 1
  }

  init(code: FunctionCode, captures: [Value]) {
    word = nil
    self.code = code
    heldCode = .passUnretained(code)
    self.captures = captures
    parameterCount = code.parameters.count
    (depth, weight) = Value.extent(of: captures)
  }

  init(_ other: Function) {
    word = other.word
    code = other.code
    heldCode = other.heldCode
    captures = other.captures
    parameterCount = other.parameterCount
    depth = other.depth
    weight = other.weight
  }

  package var name: String { builtin?.name ?? code?.name ?? "a function" }

  /// `sweep(net, levels: …)`.
  package var signature: String { builtin?.signature ?? code?.signature ?? "" }

  /// The names of the parameters, for completion.
  package var parameterNames: [String] {
    builtin?.parameters.map(\.name) ?? code?.parameters.map(\.name) ?? []
  }
}

/// A word in a box, so that a function stays small.
private final class Word: Sendable {
  let builtin: Builtin
  init(_ builtin: Builtin) { self.builtin = builtin }
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
