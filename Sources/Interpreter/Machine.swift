// Where evaluation happens: a stack of slots, the current function's text, and the limits.
import Syntax

final class Machine {
  /// Calls in calls; deeper ones would exhaust the machine's stack.
  static let callLimit = 1000
  private static let slotLimit = 1 << 20

  private(set) var slots: UnsafeMutablePointer<Value>
  private var capacity = 1 << 12
  /// The first slot of the current function.
  var base = 0
  private var top = 0
  private var calls = 0
  var source: Source
  var jump = Jump.none
  let context: Context
  /// The slots of the cell's own names that have been bound so far.
  var bound: Set<Int> = []

  enum Jump { case none, `break`, `continue`, `return`(Value) }

  init(source: Source, context: Context) {
    self.source = source
    self.context = context
    slots = .allocate(capacity: capacity)
    slots.initialize(repeating: .none, count: capacity)
    context.apply = { [unowned self] function, arguments in
      try self.apply(function, arguments, at: Span(0, 0))
    }
  }

  deinit {
    slots.deinitialize(count: capacity)
    slots.deallocate()
  }

  func fail(_ problem: Problem, _ span: Span) -> Failure {
    Failure(problem, source: source, at: span)
  }

  func checkInterrupt(_ span: Span) throws(Failure) {
    if context.interrupt.isSet { throw fail(.interrupt, span) }
  }

  func checked(_ value: Value, _ span: Span) throws(Failure) -> Value {
    guard value.depth <= nestingLimit else {
      throw fail(
        Problem(
          "E0903", "this value is nested more than \(nestingLimit) levels deep",
          help: "build a flat list instead"), span)
    }
    return value
  }

  /// Makes room for a function's slots, runs the body there, and takes them away again.
  func withFrame(
    _ count: Int, _ span: Span, _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    guard calls < Machine.callLimit, top + count <= Machine.slotLimit else {
      throw fail(
        Problem(
          "E0902", "calls are nested more than \(Machine.callLimit) deep",
          help: "does the recursion end?"), span)
    }
    try checkInterrupt(span)
    let outer = base
    base = top
    top += count
    calls += 1
    if top > capacity { grow() }
    defer {
      for i in base..<top { slots[i] = .none }
      top = base
      base = outer
      calls -= 1
    }
    return try body()
  }

  private func grow() {
    let larger = max(capacity * 2, top)
    let new = UnsafeMutablePointer<Value>.allocate(capacity: larger)
    new.moveInitialize(from: slots, count: capacity)
    (new + capacity).initialize(repeating: .none, count: larger - capacity)
    slots.deallocate()
    slots = new
    capacity = larger
  }
}

extension Machine {
  /// Calls a function with positional arguments: how words call functions back.
  func apply(_ function: Function, _ arguments: [Value], at span: Span) throws(Failure) -> Value {
    switch function.body {
    case .builtin(let builtin):
      return try call(builtin, Machine.positional(builtin, arguments), at: span, spans: [])
    case .closure(let code, let captures):
      guard arguments.count <= code.parameters.count else {
        throw fail(.tooMany(function, arguments.count), span)
      }
      let padded =
        arguments.map(Optional.some)
        + Array(repeating: nil, count: code.parameters.count - arguments.count)
      return try enter(function, code, captures, padded, at: span)
    }
  }

  private static func positional(_ builtin: Builtin, _ arguments: [Value]) -> [Value?] {
    if builtin.parameters.first?.isVariadic == true { return [.list(arguments)] }
    return arguments
  }

  func call(
    _ builtin: Builtin, _ arguments: [Value?], at span: Span, spans: [Span?]
  ) throws(Failure) -> Value {
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

  /// Runs a closure: its arguments in its first slots, then what it captured, then itself.
  func enter(
    _ function: Function, _ code: FunctionCode, _ captures: [Value], _ arguments: [Value?],
    at span: Span
  ) throws(Failure) -> Value {
    let caller = source
    do throws(Failure) {
      return try withFrame(code.slotCount, span) { () throws(Failure) -> Value in
        source = code.source
        defer { source = caller }
        var next = code.parameters.count
        for capture in captures {
          slots[base + next] = capture
          next += 1
        }
        if let own = code.selfSlot { slots[base + own] = .function(function) }
        for (i, parameter) in code.parameters.enumerated() {
          if let value = arguments[i] {
            slots[base + i] = value
          } else if let fallback = parameter.fallback {
            slots[base + i] = try fallback.evaluate(self)
          } else {
            source = caller
            throw fail(
              Problem(
                "E0206", "`\(function.name)` needs `\(parameter.name)`",
                help: "it is declared \(function.signature)"), span)
          }
        }
        let value = try code.body.evaluate(self)
        if case .return(let returned) = jump {
          jump = .none
          return returned
        }
        return value
      }
    } catch {
      throw error.isInterrupt ? error : error.called(from: caller, at: span, function: function.name)
    }
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
