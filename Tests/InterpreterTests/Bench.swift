// A small language of a few words, and a session to try programs in.
import Charts
import Interpreter
import Syntax
import Tensors

struct Flavor: Bridged {
  let name: String
  static let kind = "a flavor"
  static let choices = [Choice("sweet", "like sugar"), Choice("sour", "like lemons")]
  init(from value: Value) throws(Mismatch) {
    guard case .choice(let name) = value, Self.choices.contains(where: { $0.name == name }) else {
      throw Mismatch(Self.kind)
    }
    self.name = name
  }
  init(_ name: String) { self.name = name }
  var bridged: Value { .choice(name) }
}

enum Bench {
  static let registry = Registry([
    Chapter("Numbers", [double, sum, vector, draw, ask]),
    Chapter("The rest", [map, cook, show, run]),
  ])

  private static let double = Builtin(
    "double", "Doubles a number.", Parameter<Double>("x", "a number", rule: .within(0...100)),
    examples: [Example("double 2", shows: "4")], seeAlso: ["sum"]
  ) { _, x in x * 2 }
  private static let sum = Builtin(
    "sum", "Adds numbers.", Parameter<Several<Double>>("numbers", "what to add"),
    examples: [Example("sum 1, 2", shows: "3")]
  ) { _, numbers in numbers.items.reduce(0, +) }
  private static let vector = Builtin(
    "vector", "Makes a tensor.", Parameter<Tensor>("values", "numbers"), examples: []
  ) { _, values in values }
  private static let draw = Builtin("draw", "Draws a random number.", examples: []) { context in
    var stream = context.randomStream()
    return Double(stream.next() >> 12)
  }
  private static let ask = Builtin(
    "ask", "Fails.", Parameter<Int>("x", "a number"), examples: []
  ) { _, x -> Int in throw Problem("E0399", "asked \(x)", parameter: "x") }
  private static let map = Builtin(
    "map", "Applies a function to each item.", Parameter<[Value]>("list", "the items"),
    Parameter<Function>("function", "what to apply"), examples: []
  ) { context, list, function -> [Value] in
    var results: [Value] = []
    for item in list { results.append(try context.call(function, [item])) }
    return results
  }
  private static let cook = Builtin(
    "cook",
    "Cooks a dish, slowly, with more words than fit into one line of a terminal that is narrow.",
    Parameter<String>("dish", "its name"),
    Parameter<Flavor>("by", "how it tastes", default: Flavor("sweet")),
    Parameter<Int>("minutes", "how long it stands on the fire", default: 5, rule: .within(1...90)),
    Parameter<Bool>("hot", "whether it is served hot", default: true, rule: nil), examples: []
  ) { _, dish, flavor, minutes, hot in
    "\(flavor.name) \(dish), \(minutes) min\(hot ? "" : ", cold")"
  }
  private static let show = Builtin(
    "show", "Shows values.", Parameter<Several<Value>>("values", "what to show"), examples: []
  ) { context, values in
    context.emit(.text(values.items.map { Text.plain($0) }.joined(separator: " ")))
    return Nothing()
  }
  private static let run = Builtin(
    "run", "Evaluates an expression.", Parameter<Deferred>("expression", "what to evaluate"),
    examples: []
  ) { context, expression -> Value in try context.call(expression.function, []) }

  static let modules = Modules(
    cells: { name in
      switch name {
      case "shapes": [Source(name: "shapes", text: "fn area(a) { a ^ 2 }\nside = 3")]
      case "a": [Source(name: "a", text: "import b")]
      case "b": [Source(name: "b", text: "import a")]
      case "broken": [Source(name: "broken", text: "x = 1 / 0")]
      default: throw Problem("E0211", "there is no module `\(name)`")
      }
    }, provider: { $0 == "area" ? "shapes" : nil }, provided: { ["area"] })

  static func session(seed: UInt64 = 0) -> Session {
    Session(
      registry: registry, surroundings: Surroundings(folder: "."), modules: modules, seed: seed)
  }
}

/// What a cell showed and said: its lines, then codes such as "!E0201".
func outcome(
  _ text: String, in session: Session = Bench.session(), parameters: [String: Value] = [:],
  identity: String = "cell"
) -> String {
  var lines: [String] = []
  let input = CellInput(
    source: Source(name: "", text: text), identity: identity, parameters: parameters)
  let result = session.run(input) { output in
    switch output {
    case .value(let value): lines += value.lines(ChartStyle(width: 80))
    case .text(let text), .warning(let text): lines.append(text)
    }
  }
  return (lines + result.diagnostics.map { "!" + $0.code }).joined(separator: "\n")
}
