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
    let span = wordSpan
    if let builtin = function.builtin {
      return try call(builtin, Machine.positional(builtin, arguments), at: span, spans: [])
    }
    guard let code = function.code else { return .none }
    guard arguments.count <= code.parameters.count else {
      throw Problem.tooMany(function, arguments.count)
    }
    let mark = top
    do throws(Failure) {
      for argument in arguments { try push(argument) }
    } catch {
      unwind(to: mark)
      throw error
    }
    return try enter(function, code, at: mark, missing: code.missing(behind: arguments.count), span)
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

  /// Runs a closure whose arguments stand on the stack from `place`: what it captured and itself come
  /// behind them, then its own names.
  /// - Parameter missing: the parameters without an argument, where the stack may end before or holds
  ///   anything.
  func enter(
    _ function: Function, _ code: FunctionCode, at place: Place, missing: [Int], _ span: Span
  ) throws(Failure) -> Value {
    if !missing.isEmpty, let i = missing.first(where: { code.parameters[$0].fallback == nil }) {
      unwind(to: place)
      throw fail(
        Problem(
          "E0206", "`\(function.name)` needs `\(code.parameters[i].name)`",
          help: "it is declared \(function.signature)"), span)
    }
    let outer: Place
    do throws(Failure) { outer = try enterFrame(at: place, span) } catch {
      unwind(to: place)
      throw error
    }
    defer { leaveFrame(to: outer) }
    do throws(Failure) {
      try layOut(function, code)
      for i in missing {
        if let fallback = code.parameters[i].fallback { self[i] = try fallback.evaluate(self) }
      }
      let value = try code.body.evaluate(self)
      guard jump == .return else { return value }
      jump = .none
      return takeOther()
    } catch {
      throw error.leaving(code.source, function: function.name, calledAt: span)
    }
  }

  /// The slots behind the arguments.
  @inline(__always)
  private func layOut(_ function: Function, _ code: FunctionCode) throws(Failure) {
    while top - frame < code.parameters.count { try push(.none) }
    for i in function.captures.indices { try push(function.captures[i]) }
    while top - frame < code.slotCount { try push(.none) }
    if let own = code.selfSlot { self[own] = .function(function) }
  }
}

extension FunctionCode {
  /// The parameters from a position on.
  @inline(__always)
  func missing(behind given: Int) -> [Int] {
    given == parameters.count ? [] : Array(given..<parameters.count)
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
