// How words and functions are called, and how what goes wrong in them finds its place.
import Syntax

extension Machine {
  /// A failure in the function that is running; who leaves the function says in which text that is.
  func fail(_ problem: Problem, _ span: Span) -> Failure { Failure(problem, at: span) }

  /// A value that is new: neither nested too deep nor too large.
  func checked(_ value: Value, _ span: Span) throws(Failure) -> Value {
    guard let problem = Limits.problem(of: value) else { return value }
    throw fail(problem, span)
  }

  /// Calls a function with positional arguments: how words call functions back.
  func apply(_ function: Function, _ arguments: [Value]) throws -> Value {
    if let builtin = function.builtin {
      return try call(builtin, Machine.positional(builtin, arguments), at: wordSpan, spans: [])
    }
    guard arguments.count <= function.parameterCount else {
      throw Problem.tooMany(function, arguments.count)
    }
    let mark = top
    do throws(Failure) {
      for argument in arguments { try push(argument) }
    } catch {
      unwind(to: mark)
      throw error
    }
    guard arguments.count < function.parameterCount else {
      return try enter(function, at: mark, wordSpan)
    }
    let missing = Array(arguments.count..<function.parameterCount)
    return try enter(function, at: mark, missing: missing, wordSpan)
  }

  /// The same with one argument: what words call once for every item.
  func apply(_ function: Function, to argument: Value) throws -> Value {
    guard function.parameterCount == 1 else { return try apply(function, [argument]) }
    let mark = top
    try push(argument)
    return try enter(function, at: mark, wordSpan)
  }

  private static func positional(_ builtin: Builtin, _ arguments: [Value]) -> [Value?] {
    if builtin.parameters.first?.isVariadic == true { return [.list(arguments)] }
    return arguments
  }

  func call(
    _ builtin: Builtin, _ arguments: [Value?], at span: Span, spans: [Span?]
  ) throws(Failure) -> Value {
    let outer = wordSpan
    wordSpan = span
    defer { wordSpan = outer }
    do {
      return try checked(try builtin.call(context, arguments), span)
    } catch let failure as Failure {
      throw failure
    } catch {
      let problem = Problem(error)
      var place = span
      if let name = problem.parameter,
        let i = builtin.parameters.firstIndex(where: { $0.name == name }), i < spans.count,
        let argument = spans[i]
      {
        place = argument
      }
      throw fail(problem, place)
    }
  }

  /// Runs a function whose arguments stand on the stack from `place`: what it captured and itself come
  /// behind them, then its own names.
  func enter(_ function: Function, at place: Place, _ span: Span) throws(Failure) -> Value {
    guard let code = function.heldCode else { return .none }
    return try code.use { code throws(Failure) in
      try run(function, code, at: place, span) { _ throws(Failure) in }
    }
  }

  /// The same where arguments are missing.
  /// - Parameter missing: the parameters without an argument, where the stack may end before or holds
  ///   anything.
  func enter(
    _ function: Function, at place: Place, missing: [Int], _ span: Span
  ) throws(Failure) -> Value {
    guard let code = function.code else { return .none }
    if let i = missing.first(where: { code.parameters[$0].fallback == nil }) {
      unwind(to: place)
      throw fail(
        Problem(
          "E0206", "`\(function.name)` needs `\(code.parameters[i].name)`",
          help: "it is declared \(function.signature)"), span)
    }
    return try run(function, code, at: place, span) { inner throws(Failure) in
      for i in missing {
        if let fallback = code.parameters[i].fallback { inner[i] = try fallback.evaluate(inner) }
      }
    }
  }

  @inline(__always)
  private func run(
    _ function: Function, _ code: FunctionCode, at place: Place, _ span: Span,
    prepare: (_ inner: Machine) throws(Failure) -> Void
  ) throws(Failure) -> Value {
    let call: Call
    do throws(Failure) { call = try enterFrame(of: function, at: place, span) } catch {
      unwind(to: place)
      throw error
    }
    defer { leaveFrame(call) }
    do throws(Failure) {
      try layOut(function, code, from: place)
      if let own = code.selfSlot { call.machine[own] = .function(function) }
      try prepare(call.machine)
      let value = try code.body.evaluate(call.machine)
      guard jump == .return else { return value }
      jump = .none
      return takeReturned()
    } catch {
      throw error.leaving(code.source, function: function.name, calledAt: span)
    }
  }

  /// The slots behind the arguments.
  @inline(__always)
  private func layOut(
    _ function: Function, _ code: FunctionCode, from place: Place
  ) throws(Failure) {
    if !function.captures.isEmpty {
      try fill(to: function.parameterCount, behind: place)
      for capture in function.captures { try push(capture) }
    }
    try fill(to: code.slotCount, behind: place)
  }

  private func takeReturned() -> Value {
    defer { returned = .none }
    return returned
  }
}

extension Problem {
  static func tooMany(_ function: Function, _ count: Int) -> Problem {
    let wanted = function.parameterNames.count
    return Problem(
      "E0205", "`\(function.name)` takes \(Text.count(wanted, "argument")), got \(count)",
      help: "it is declared \(function.signature)")
  }
}
