// However an operator's operands are written — as names, as literals, as the values of blocks — the value
// is the same, and so are the code of an error and its place: what the interpreter does for plain numbers
// at once differs from the general way by its speed only.
import Glibc
import Interpreter
import Syntax
import Tensors
import Testing

/// What a program came to: its value, or the code of its error and the text that it marks.
struct Ending: Equatable, CustomStringConvertible {
  let value: String
  let code: String?
  let marked: String?
  var description: String { "\(value) \(code ?? "") \(marked ?? "")" }

  init(_ text: String, _ session: Session) {
    let source = Source(name: "", text: text)
    let result = session.run(CellInput(source: source, identity: "")) { _ in }
    let diagnostic = result.diagnostics.first
    code = diagnostic?.code
    marked = diagnostic?.span.map { source.text(in: $0) }
    value = diagnostic == nil ? Ending.exactly(result.last) : ""
  }

  /// Numbers by their bits.
  static func exactly(_ value: Value) -> String {
    switch value {
    case .number(let number): "number \(number.isNaN ? 0 : number.bitPattern)"
    case .tensor(let tensor): "tensor \(tensor.shape) \(tensor.elements.map(\.bitPattern))"
    case .quantity(let quantity):
      "quantity \(quantity.value.bitPattern) \(quantity.unit) \(quantity.mark)"
    default: value.kind + " " + Text.literal(value)
    }
  }
}

@Suite struct SpellingLawTests {
  private static let operators = [
    "+", "-", "*", "/", "^", "mod", "==", "!=", "<", "<=", ">", ">=",
  ]
  private static let numbers = ["0", "7", "-2.25", "1e300", "9007199254740993"]
  private static let others = [
    "50%", "1KB", "2KB / 1KB", "vector([1, 2])", "\"a\"", "none", "true", "[1, 2]", "(a: 1)",
    "0..<3",
    ".sweet", "double",
  ]
  /// The operands as they are written, around `a` and `b` or in place of them.
  private static func spellings(_ a: String, _ b: String) -> [(left: String, right: String)] {
    let block = { (name: String) in "(if true { \(name) } else { 0 })" }
    return [
      ("a", block("b")), (block("a"), "b"), ("(\(a))", "b"), ("a", "(\(b))"),
      (block("a"), "(\(b))"), ("(\(a))", block("b")),
    ]
  }

  @Test(arguments: operators)
  func everySpellingHasOneValueAndOneError(symbol: String) {
    let session = Bench.session()
    let all = Self.numbers + Self.others
    for a in all {
      for b in all {
        let general = Ending("f = (a, b) => a \(symbol) b\nf(\(a), \(b))", session)
        #expect(general.code == nil || general.marked == "a \(symbol) b")
        let isGeneral = Self.others.contains(a) && Self.others.contains(b)
        for (left, right) in Self.spellings(a, b).prefix(isGeneral ? 2 : 6) {
          let text = "\(left) \(symbol) \(right)"
          let ending = Ending("fn f(a, b) { \(text) }\nf(\(a), \(b))", session)
          #expect(ending.value == general.value, "\(text) of \(a) and \(b)")
          #expect(ending.code == general.code, "\(text) of \(a) and \(b)")
          #expect(ending.code == nil || ending.marked == text, "\(text) of \(a) and \(b)")
        }
      }
    }
  }

  @Test(arguments: operators)
  func aConditionIsTheValue(symbol: String) {
    let session = Bench.session()
    let all = Self.numbers + Self.others
    for a in all {
      for b in all {
        let choice = "{ 1 } else { 2 }"
        let text = "a \(symbol) b"
        let direct = Ending("fn f(a, b) { if \(text) \(choice) }\nf(\(a), \(b))", session)
        let named = Ending("fn f(a, b) { c = \(text)\n if c \(choice) }\nf(\(a), \(b))", session)
        #expect(direct.value == named.value, "\(text) of \(a) and \(b)")
        #expect(direct.code == named.code, "\(text) of \(a) and \(b)")
      }
    }
  }

  @Test func numbersCalculateAsDoubles() {
    let session = Bench.session()
    var stream = RandomStream(seed: 3)
    for _ in 0..<300 {
      let (x, y) = (Self.draw(&stream), Self.draw(&stream))
      session.bind("x", .number(x))
      session.bind("y", .number(y))
      let rest = fmod(x, y)
      let modulo = rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest
      let twins: [(String, Double)] = [
        ("+", x + y), ("-", x - y), ("*", x * y), ("/", x / y), ("mod", modulo), ("^", pow(x, y)),
      ]
      for (symbol, twin) in twins {
        let ending = Ending("fn f(a, b) { a \(symbol) b }\nf(x, y)", session)
        if y == 0, symbol == "/" || symbol == "mod" {
          #expect(ending.code == "E0306")
        } else {
          #expect(ending.value == Ending.exactly(.number(twin)), "\(x) \(symbol) \(y)")
        }
      }
    }
  }

  /// Small and large, whole and not, of both signs, and 0.
  private static func draw(_ stream: inout RandomStream) -> Double {
    let bits = stream.next()
    let whole = Double(Int64(truncatingIfNeeded: bits) >> Int64(bits % 60))
    return bits % 3 == 0 ? whole / 64 : bits % 7 == 0 ? 0 : whole
  }

  @Test func addingToANameIsAddingAndBinding() {
    let session = Bench.session()
    let all = Self.numbers + Self.others
    for a in all {
      for b in all {
        let general = Ending("fn f(a, b) { a + b }\nf(\(a), \(b))", session)
        for right in ["b", "(if true { b } else { 0 })", "(\(b))"] {
          let text = "x + \(right)"
          let ending = Ending("fn f(a, b) { x = a\n x = \(text)\n x }\nf(\(a), \(b))", session)
          #expect(ending.value == general.value, "\(text) of \(a) and \(b)")
          #expect(ending.code == general.code, "\(text) of \(a) and \(b)")
          #expect(ending.code == nil || ending.marked == text)
        }
      }
    }
  }

  @Test func anEntryIsTheSameHoweverTheKeyIsWritten() {
    let session = Bench.session()
    let keys =
      Self.numbers + ["2", "-1", "-2", "0...1", "50%", "\"a\"", "none", "[0]", "1e18"]
    let owners = Self.others + ["3", "vector([[1, 2], [3, 4]])", "vector(3)", "[[1], [2]]"]
    func same(_ direct: String, _ general: String, _ marked: [String]) {
      let (one, other) = (Ending(direct, session), Ending(general, session))
      #expect(one.value == other.value, "\(direct)")
      #expect(one.code == other.code, "\(direct)")
      #expect(one.marked.map(marked.contains) ?? true, "\(direct) marks \(one.marked ?? "")")
    }
    for owner in owners {
      for key in keys {
        same(
          "fn f(a, k) { a[k] }\nf(\(owner), \(key))",
          "fn f(a, k) { (if true { a } else { 0 })[k] }\nf(\(owner), \(key))", ["k"])
        same(
          "fn f(a) { a[\(key)] }\nf(\(owner))", "(\(owner))[\(key)]", [key])
        for second in ["0", "1", "-1", "2", "0.5", "none", "0...0"] {
          same(
            "fn f(a, k) { a[k, \(second)] }\nf(\(owner), \(key))",
            "fn f(a, k) { (if true { a } else { 0 })[k, \(second)] }\nf(\(owner), \(key))", ["k"])
        }
      }
    }
  }
}
