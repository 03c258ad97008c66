// Words for numbers agree with those for tensors: one table, two arithmetics.
import Interpreter
import Tensors
import Testing

@Suite struct NumberWordsTests {
  static let lists = [
    [3.0, 1, 2], [0.5], [-1, -2.5, 7, 7, 0], [1e6, 1, -1e6], Array(repeating: 0.1, count: 1000),
    (0..<257).map { Double($0 * 7919 % 263) - 100 },
  ]

  @Test(arguments: Reduction.all.map(\.name)) func listsAgreeWithTensors(name: String) throws {
    for list in Self.lists {
      let bench = Workbench()
      bench.session.bind("list", .list(list.map { .number($0) }))
      let here = try #require(try bench.value("\(name) list").amount)
      let there = try #require(try bench.value("\(name) tensor(list)").amount)
      #expect(abs(here - there) <= 1e-4 * max(1, abs(here), abs(there)), "\(list.prefix(5))")
      // A list keeps the unit of its quantities; positions have none.
      let sized = try bench.value("\(name)(for x in list { x * 1KB })")
      let isPosition = name.hasPrefix("arg")
      #expect(sized.kind == (isPosition ? "a number" : "bytes"))
    }
  }

  @Test(arguments: ["abs", "exp", "log", "sqrt", "tanh", "sign", "floor", "ceil", "round"])
  func numbersAgreeWithElements(name: String) throws {
    let bench = Workbench()
    for x in [0.3, 1, 2.5, 3.5, 17] {
      let here = try #require(try bench.value("\(name) \(x)").amount)
      let there = try #require(try bench.value("sum(\(name)(tensor([\(x)])))").amount)
      #expect(abs(here - there) <= 1e-6 * max(1, abs(here)), "\(name) \(x)")
    }
  }

  /// Some words know their result at once where the call names them; by another name they go the long way.
  @Test func aWordGivesTheSameByAnotherName() {
    let bench = Workbench()
    let values = [
      "3", "-2.5", "0", "1 / 0.1", "50%", "2KB", "tensor([1, -2])", "\"a\"", "[1, -2]", "[]",
      "none",
      "0..<3", "(a: 1)", "true", "abs", "[[1], 2]",
    ]
    for word in ElementOperation.all.map(\.name) + ["count", "round", "sum", "max"] {
      for value in values {
        let direct = bench.run("\(word)(\(value))")
        let renamed = bench.run("other = \(word)\nother(\(value))")
        #expect(direct.text == renamed.text, "\(word) of \(value)")
        #expect(direct.code == renamed.code, "\(word) of \(value)")
        #expect(direct.message == renamed.message, "\(word) of \(value)")
      }
    }
  }

  @Test(arguments: PairOperation.all.compactMap(\.symbol)) func operatorsAgree(symbol: String)
    throws
  {
    let bench = Workbench()
    for (a, b) in [(3.0, 2.0), (0.5, 4), (7, 7)] {
      let here = try bench.value("\(a) \(symbol) \(b)")
      let there = try #require(try bench.value("sum(tensor([\(a)]) \(symbol) \(b))").amount)
      switch here {
      case .boolean(let truth): #expect((there != 0) == truth)
      default: #expect(abs((here.amount ?? .nan) - there) <= 1e-5 * max(1, abs(there)))
      }
    }
  }
}
