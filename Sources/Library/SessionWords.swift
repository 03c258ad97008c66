// Words about the session itself: printing, help, the seed, the clock, refusing.
import Glibc
import Interpreter

enum SessionWords {
  static let all = [print, help, describe, seed, time, kind, require]

  static let print = Builtin(
    "print", "Shows values as text, on one line.",
    Parameter<Several<Value>>("values", "what to show; strings stand without quotes"),
    examples: [
      Example("print \"two plus two is {2 + 2}\"", shows: "two plus two is 4"),
      Example("print 1, \"and\", [2, 3]", shows: "1 and [2, 3]"),
    ], seeAlso: ["describe"]
  ) { context, values in
    context.emit(.text(values.items.map { Text.plain($0) }.joined(separator: " ")))
    return Nothing()
  }

  static let help = Builtin(
    "help",
    "Says what a word does, what it takes, and gives an example; without a word, lists all.",
    Parameter<Value?>(positional: "word", "a word, or its name as a string"),
    examples: [Example("help count"), Example("help")], seeAlso: ["describe"], runsAlone: true
  ) { context, word -> Page in
    let registry = context.registry
    guard let word else {
      let provided = context.provided()
      return Page { Help.index(registry, provided: provided, $0) }
    }
    switch word {
    case .function(let function): return Page { Help.lines(function, $0) }
    case .text(let name), .choice(let name):
      guard let function = context.registry[name] else { throw unknown(name, context) }
      return Page { Help.lines(function, $0) }
    default: return Page { word.lines($0) }
    }
  }

  private static func unknown(_ name: String, _ context: Context) -> Problem {
    Problem(
      "E0201", "there is no word `\(name)`",
      help: Problem.suggestion(for: name, among: context.registry.names) ?? "`help` lists all words"
    )
  }

  static let describe = Builtin(
    "describe",
    "Shows what a value is made of: a network's layers, a data set's classes, a tensor's spread.",
    Parameter<Value>("value", "any value"),
    examples: [
      Example("describe [3, 1, 2]", shows: "list of 3\n[3, 1, 2]"),
      Example("describe tensor([1, 2, 3])"),
    ], seeAlso: ["print", "ledger"]
  ) { _, value in Page { Describing.lines(value, $0) } }

  static let seed = Builtin(
    "seed", "Sets where random numbers start; the same seed gives the same cells the same numbers.",
    Parameter<Int>("number", "any whole number", rule: .atLeast(0)),
    details: "Each cell draws from a stream of its own that follows from the seed and the cell, so "
      + "that running one cell again changes no other.",
    examples: [Example("seed 7")], seeAlso: ["random"]
  ) { context, number in
    context.setSeed(UInt64(number))
    return Nothing()
  }

  static let time = Builtin(
    "time", "Evaluates an expression and shows how long it took; gives its value.",
    Parameter<Deferred>("expression", "what to time: an expression, or a block { … }"),
    examples: [Example("time sum(1...1000)")], seeAlso: ["measure"]
  ) { context, expression -> Value in
    var start = timespec()
    clock_gettime(CLOCK_MONOTONIC, &start)
    let value = try context.call(expression.function, [])
    var end = timespec()
    clock_gettime(CLOCK_MONOTONIC, &end)
    let seconds =
      Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) * 1e-9
    context.emit(.text("time \(Text.quantity(Quantity(seconds, .seconds, mark: .volatile)))"))
    return value
  }

  static let kind = Builtin(
    "kind", "Says what kind of value something is.",
    Parameter<Value>("value", "any value"),
    examples: [
      Example("kind 90%", shows: "a fraction"), Example("kind [1, 2]", shows: "a list"),
    ]
  ) { _, value in value.kind }

  static let require = Builtin(
    "require", "Stops with an error of your own where a condition does not hold.",
    Parameter<Bool>("condition", "what must be true"),
    Parameter<String>("message", "the sentence of the error: what is wanted, and what was found"),
    details: "For functions: a bad argument is then found before any work is done, and the error "
      + "shows where the function was called.",
    examples: [
      Example(
        "fn half(x) {\n  require x > 0, \"`x` must be above 0, got {x}\"\n  x / 2\n}\nhalf 3",
        shows: "1.5")
    ], seeAlso: ["print"]
  ) { _, condition, message in
    guard condition else {
      var problem = Problem("E0340", message)
      problem.blamesCaller = true
      throw problem
    }
    return Nothing()
  }
}
