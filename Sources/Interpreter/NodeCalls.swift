// Calls, members and indices as nodes.
import Syntax

/// A call of a word that the checker knows: each argument stands at its parameter.
final class WordNode: Node, @unchecked Sendable {
  let builtin: Builtin
  /// One entry per parameter; for a variadic parameter the list of its arguments.
  let arguments: [Node?]
  private let spans: [Span?]
  private let texts: [String]
  /// The only argument, where the word may know its result at once.
  private let only: Node?
  init(_ builtin: Builtin, _ arguments: [Node?], texts: [String], _ span: Span) {
    self.builtin = builtin
    self.arguments = arguments
    self.texts = texts
    spans = arguments.map { $0?.span }
    let isAlone = builtin.atOnce != nil && arguments.dropFirst().allSatisfy { $0 == nil }
    only = isAlone ? arguments.first ?? nil : nil
    super.init(span)
  }

  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    guard let only, let atOnce = builtin.atOnce else { return try general(machine) }
    let value = try only.evaluate(machine)
    if let result = atOnce(value) { return result }
    let rest = [Value?](repeating: nil, count: arguments.count - 1)
    return try machine.call(builtin, [value] + rest, at: span, spans: spans)
  }

  private func general(_ machine: Machine) throws(Failure) -> Value {
    var values: [Value?] = []
    values.reserveCapacity(arguments.count)
    for argument in arguments { values.append(try argument?.evaluate(machine)) }
    if !texts.isEmpty { machine.context.argumentTexts = texts }
    return try machine.call(builtin, values, at: span, spans: spans)
  }
}

/// A call of whatever the callee is when it runs.
final class CallNode: Node, @unchecked Sendable {
  let callee: Node
  private let labels: [Name?]
  private let arguments: [Node]
  private let isPositional: Bool
  /// Written without parentheses.
  private let isCommand: Bool
  init(
    _ callee: Node, _ arguments: [(label: Name?, value: Node)], isCommand: Bool, _ span: Span
  ) {
    self.isCommand = isCommand
    self.callee = callee
    labels = arguments.map(\.label)
    self.arguments = arguments.map(\.value)
    isPositional = arguments.allSatisfy { $0.label == nil }
    super.init(span)
  }

  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    let value = try callee.evaluate(machine)
    guard case .function(let function) = value else {
      throw machine.fail(notAFunction(value), callee.span)
    }
    if let code = function.code { return try callClosure(function, code, machine) }
    guard let builtin = function.builtin else { return .none }
    let places = try places(CallSignature(builtin), machine)
    return try callWord(builtin, places, machine)
  }

  private func places(
    _ signature: CallSignature, _ machine: Machine
  ) throws(Failure) -> [Int] {
    do throws(CallProblem) {
      return try Call.places(of: labels, parameters: signature)
    } catch { throw machine.fail(error.problem, error.span ?? span) }
  }

  private func callWord(
    _ builtin: Builtin, _ places: [Int], _ machine: Machine
  ) throws(Failure) -> Value {
    var values = [Value?](repeating: nil, count: builtin.parameters.count)
    var spans = [Span?](repeating: nil, count: builtin.parameters.count)
    var several: [Value] = []
    for (argument, place) in zip(arguments, places) {
      let value = try argument.evaluate(machine)
      spans[place] = spans[place] ?? argument.span
      if builtin.parameters[place].isVariadic {
        several.append(value)
        values[place] = .list(several)
      } else {
        values[place] = value
      }
    }
    return try machine.call(builtin, values, at: span, spans: spans)
  }

  private func callClosure(
    _ function: Function, _ code: FunctionCode, _ machine: Machine
  ) throws(Failure) -> Value {
    let mark = machine.top
    let missing: [Int]
    do throws(Failure) {
      if isPositional, arguments.count <= code.parameters.count {
        for argument in arguments { try machine.push(try argument.evaluate(machine)) }
        let count = function.parameterCount
        missing = arguments.count == count ? [] : Array(arguments.count..<count)
      } else {
        missing = try pushByLabel(code, machine)
      }
    } catch {
      machine.unwind(to: mark)
      throw error
    }
    if missing.isEmpty { return try machine.enter(function, at: mark, span) }
    return try machine.enter(function, at: mark, missing: missing, span)
  }

  /// Puts the arguments on the stack; gives the parameters without one.
  private func pushByLabel(_ code: FunctionCode, _ machine: Machine) throws(Failure) -> [Int] {
    let places = try places(CallSignature(code), machine)
    var values = [Value?](repeating: nil, count: code.parameters.count)
    for (argument, place) in zip(arguments, places) {
      values[place] = try argument.evaluate(machine)
    }
    for value in values { try machine.push(value ?? .none) }
    return values.indices.filter { values[$0] == nil }
  }

  private func notAFunction(_ value: Value) -> Problem {
    Problem(
      "E0304", "\(Text.brief(value)) cannot be called: it is \(value.kind)",
      help: isCommand ? "is an operator or a line end missing?" : nil)
  }
}

/// A call with plain arguments of a function that nothing lets go meanwhile: the one that is running, or
/// the one in a slot that is never bound anew. Whatever else turns out to stand there is called in general.
final class HeldCallNode: Node, @unchecked Sendable {
  /// The slot that holds the function; nil for the one that is running.
  private let slot: Int?
  private let arguments: Children
  private let general: CallNode
  init(_ slot: Int?, _ arguments: [Node], general: CallNode) {
    self.slot = slot
    self.arguments = Children(arguments)
    self.general = general
    super.init(general.span)
  }

  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    let count = arguments.count
    let found =
      if let slot { machine.function(in: slot, taking: count) } else {
        machine.itself(taking: count)
      }
    guard let function = found else { return try general.evaluate(machine) }
    let mark = machine.top
    do throws(Failure) {
      for i in 0..<count { try machine.push(try arguments.evaluate(i, machine)) }
    } catch {
      machine.unwind(to: mark)
      throw error
    }
    return try function.use { function throws(Failure) in
      try machine.enter(function, at: mark, span)
    }
  }
}

/// The function that is running, as a value.
final class ItselfNode: Node, @unchecked Sendable {
  override func evaluate(_ machine: Machine) throws(Failure) -> Value { machine.itself }
}

/// Names and labels of what is called, as far as placing arguments needs it.
struct CallSignature {
  struct Parameter {
    let name: String
    /// What a word says of it.
    let doc: String?
    let isNamed: Bool
    let isVariadic: Bool
    let isRequired: Bool
  }
  let name: String
  let text: String
  let parameters: [Parameter]

  init(_ builtin: Builtin) {
    name = builtin.name
    text = builtin.signature
    parameters = builtin.parameters.map {
      Parameter(
        name: $0.name, doc: $0.doc, isNamed: $0.isNamed, isVariadic: $0.isVariadic,
        isRequired: $0.isRequired)
    }
  }

  init(_ code: FunctionCode) {
    name = code.name ?? "the function"
    text = code.signature
    parameters = code.parameters.map {
      Parameter(
        name: $0.name, doc: nil, isNamed: false, isVariadic: false, isRequired: $0.fallback == nil)
    }
  }
}

/// A call whose arguments do not go with the parameters, and where.
struct CallProblem: Error {
  let problem: Problem
  let span: Span?
}

extension Call {
  /// The parameter of each argument. One rule for words and functions, before and while running.
  static func places(
    of labels: [Name?], parameters signature: CallSignature
  ) throws(CallProblem) -> [Int] {
    let parameters = signature.parameters
    var taken = [Bool](repeating: false, count: parameters.count)
    var places: [Int] = []
    var next = 0
    for label in labels {
      let place: Int
      if let label {
        place = try labelled(label, signature)
        guard !taken[place] else {
          throw CallProblem(
            problem: Problem("E0205", "`\(label.text)` is given twice"), span: label.span)
        }
      } else {
        while next < parameters.count, taken[next] && !parameters[next].isVariadic { next += 1 }
        guard next < parameters.count, !parameters[next].isNamed else {
          throw CallProblem(problem: surplus(signature, at: next), span: nil)
        }
        place = next
      }
      taken[place] = true
      places.append(place)
    }
    if let missing = parameters.indices.first(where: { parameters[$0].isRequired && !taken[$0] }) {
      let name = parameters[missing].name
      let doc = parameters[missing].doc.map { ": \($0)" } ?? ""
      throw CallProblem(
        problem: Problem(
          "E0206", "`\(signature.name)` needs `\(name)`\(doc)", help: "it is \(signature.text)"),
        span: nil)
    }
    return places
  }

  private static func labelled(
    _ label: Name, _ signature: CallSignature
  ) throws(CallProblem) -> Int {
    if let i = signature.parameters.firstIndex(where: { $0.name == label.text }) { return i }
    let names = signature.parameters.map(\.name)
    let near = Spelling.suggestion(for: label.text, among: names)
    throw CallProblem(
      problem: Problem(
        "E0204", "`\(signature.name)` has no parameter `\(label.text)`",
        help: near ?? "it is \(signature.text)"),
      span: label.span)
  }

  private static func surplus(_ signature: CallSignature, at next: Int) -> Problem {
    if next < signature.parameters.count {
      return Problem(
        "E0205", "`\(signature.name)` takes its further arguments by label",
        help: "write `\(signature.parameters[next].name): …`")
    }
    return Problem(
      "E0205",
      "`\(signature.name)` takes \(Text.count(signature.parameters.count, "argument")) at most",
      help: "it is \(signature.text)")
  }
}
