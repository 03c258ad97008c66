// Generated programs over all words but the slow ones and those that write: they end, with a value or
// with a code, and never trap.
import Charts
import Interpreter
import Library
import Syntax
import Testing

@Suite struct EvaluatorFuzzTests {
  private static let left = [
    "train", "finetune", "distill", "save", "time", "load", "measure", "latency",
  ]
  private static let words = Library.registry.words.filter { !left.contains($0.name) }

  /// Writes a program of random expressions, mostly of fitting kinds.
  private struct Writer {
    var random: Lot

    mutating func expression(_ depth: Int) -> String {
      guard depth > 0 else { return leaf() }
      switch random.below(12) {
      case 0...4: return call(depth)
      case 5:
        let sign = random.pick(["+", "-", "*", "/", "^", "mod", "==", "<", "and", "or"])
        return "(\(expression(depth - 1)) \(sign) \(expression(depth - 1)))"
      case 6: return "[\(expression(depth - 1)), \(expression(depth - 1))]"
      case 7: return "(a: \(expression(depth - 1)), b: \(leaf()))"
      case 8: return "\(expression(depth - 1))[\(leaf())]"
      case 9: return "(x => \(expression(depth - 1)))"
      case 10: return "(if \(leaf()) { \(expression(depth - 1)) } else { \(leaf()) })"
      default:
        let items = random.pick(["0...3", "[1, \"a\"]", "5...1", "tensor([1, 2])", "3", "[]"])
        return "(for i in \(items) { \(expression(depth - 1)) })"
      }
    }

    private mutating func call(_ depth: Int) -> String {
      let word = random.pick(EvaluatorFuzzTests.words)
      var arguments: [String] = []
      for parameter in word.parameters where parameter.isRequired || random.below(4) == 0 {
        var value = random.below(3) == 0 ? expression(depth - 1) : fitting(parameter, depth)
        if random.below(12) == 0 { value = leaf() }
        arguments.append(parameter.isNamed ? "\(parameter.name): \(value)" : value)
      }
      return "\(word.name)(\(arguments.joined(separator: ", ")))"
    }

    private mutating func fitting(_ parameter: ParameterInfo, _ depth: Int) -> String {
      if let choice = parameter.choices.first, random.below(8) > 0 {
        return "." + random.pick(parameter.choices.map(\.name) + [choice.name])
      }
      switch parameter.kind {
      case "a number", "a whole number":
        return random.pick(["0", "1", "2", "3", "-1", "0.5", "1e300"])
      case "a function": return random.pick(["x => x", "x => x > 1", "(a, b) => a", "abs"])
      case "a string": return random.pick(["\"a\"", "\"\"", "\"x,y\""])
      case "a network": return "network(input: 4) { dense 3, .relu\n dense 2 }"
      case "a tensor":
        return random.pick(["tensor([[1, 2], [3, 4]])", "[1, 2, 3]", "zeros([0, 3])"])
      default: return expression(depth - 1)
      }
    }

    private mutating func leaf() -> String {
      random.pick([
        "0", "1", "-1", "2.5", "1e308", "log(-1)", "1 / 3", "90%", "3KB", "5ms", "\"a\"",
        "\"é{1}\"", "true",
        "none", "[]", "[3, 1, 2]", "[\"b\", \"a\"]", "()", "(n: 2)", "[(n: 1), (n: 2)]", "0...3",
        "0..<0",
        "5...1", "-2...2", ".l2", "tensor([1, 2])", "tensor([[1, 2], [3, 4]])", "zeros([2, 0])",
        "random([3])",
        "x => x", "abs", "dense(3)", "4503599627370495", "-9007199254740992",
        "1...4503599627370495",
      ])
    }
  }

  @Test(arguments: 0..<8)
  func programsEnd(round: Int) {
    var writer = Writer(random: Lot(seed: UInt64(round)))
    let known = Set(Catalog.all.map(\.code))
    let session = Session(
      registry: Library.registry, surroundings: Surroundings(folder: "/nowhere"))
    for i in 0..<150 {
      let text = writer.expression(3)
      let input = CellInput(source: Source(name: "", text: text), identity: "\(i)")
      let result = session.run(input) { output in
        if case .value(let value) = output { _ = value.lines(ChartStyle(width: 80)) }
      }
      for diagnostic in result.diagnostics {
        #expect(known.contains(diagnostic.code), "\(diagnostic.code) \(diagnostic.message)")
        #expect(diagnostic.code != "E0399", "\(diagnostic.message): \(text)")
        #expect((diagnostic.span?.end ?? 0) <= text.utf8.count)
      }
    }
  }
}

/// Random numbers that follow from a seed (Steele, Lea and Flood 2014, SplitMix64).
struct Lot {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func below(_ limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(max(1, limit)))
  }

  mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }
}
