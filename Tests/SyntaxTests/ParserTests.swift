// The grammar, rule by rule: a text and the tree that it means.
import Syntax
import Testing

@Suite struct ParserTests {
  @Test(arguments: [
    // Precedence and association
    ("1 + 2 * 3", "(1 + (2 * 3))"), ("1 - 2 - 3", "((1 - 2) - 3)"),
    ("-x ^ 2", "(- (x ^ 2))"), ("2 ^ 3 ^ 2", "(2 ^ (3 ^ 2))"), ("2 ^ -1", "(2 ^ (- 1))"),
    ("8 / 4 mod 3", "((8 / 4) mod 3)"), ("a or b and not c == d", "(a or (b and (not (c == d))))"),
    ("1 + 1 ... 2 * 3", "(1 + 1)...(2 * 3)"), ("(1 + 2) * 3", "((1 + 2) * 3)"),
    ("a < b + 1", "(a < (b + 1))"), ("- - 1", "(- (- 1))"),
    // Literals
    ("90%", "90.0%"), ("4KiB", "4096.0B"), ("5ms", "0.005s"), ("1_000", "1000"),
    ("1.5e-3", "0.0015"),
    ("true", "true"), ("none", "none"), (".magnitude", ".magnitude"), ("1...8", "1...8"),
    ("0..<8", "0..<8"), ("[]", "[]"), ("()", "()"), ("(a: 1, b: x => x)", "(a: 1, b: (x){x})"),
    ("[1,\n 2,\n]", "[1, 2]"), ("größe = 1", "größe = 1"), ("数 + π", "(数 + π)"),
    ("_ + 1", "(_ + 1)"),
    // Strings
    (#""a{1 + "b{c}"}d""#, #""a{(1 + "b{c}")}d""#), (#""\{x\} \n""#, "\"{x} \n\""),
    (#""""#, "\"\""),
    // Blanks decide what is a call
    ("f -1", "f((- 1))"), ("x - 1", "(x - 1)"), ("x-1", "(x - 1)"), ("x[1]", "x[1]"),
    ("f [1]", "f([1])"), ("f (1)", "f(1)"), ("f (1) + 2", "f((1 + 2))"), ("f(1) + 2", "(f(1) + 2)"),
    ("a.b c", "a.b(c)"), ("f .x", "f(.x)"), ("f.x", "f.x"), ("f not x", "f((not x))"), ("f", "f"),
    ("f a, b: 2", "f(a, b: 2)"), ("f a,\n  b", "f(a, b)"), ("y = f 1", "y = f(1)"),
    ("f \"a\"", "f(\"a\")"), ("f if a { 1 } else { 2 }", "f(if a {1} else {2})"),
    // Calls, members and indices
    ("f(1)(2)[3].m", "f(1)(2)[3].m"), ("t[:, 1...]", "t[:, 1...]"), ("t[..<3]", "t[..<3]"),
    ("n { dense 1 }", "n(){dense(1)}"), ("n(a: 1) { b }", "n(a: 1){b}"),
    ("n a: 1 {\n b\n c\n}", "n(a: 1){b; c}"),
    // Pipelines
    ("x |> f", "f(x)"), ("x |> f 1, k: 2", "f(x, 1, k: 2)"), ("x |> f(1) |> g", "g(f(x, 1))"),
    ("x\n  |> f\n  |> g 1", "g(f(x), 1)"), ("load \"a\" |> f", "f(load(\"a\"))"),
    ("y = (a |> f)", "y = f(a)"),
    // Functions
    ("fn f(a, b: 2) { a\n return b }", "fn f(a, b: 2){a; return b}"), ("fn f() {}", "fn f(){}"),
    ("x => y => x", "(x){(y){x}}"), ("(a, b: 1) => a", "(a, b: 1){a}"), ("() => 1", "(){1}"),
    ("x => { return x }", "(x){return x}"), ("(a) + (b)", "(a + b)"),
    // Control
    ("if a { b } else if c { d } else { e }", "if a {b} else {if c {d} else {e}}"),
    ("for i in 1...3 { break }", "for i in 1...3 {break}"),
    ("while x < 3 { x = x + 1; continue }", "while (x < 3) {x = (x + 1); continue}"),
    ("if x { y }", "if x {y}"), ("if f(x) { y }", "if f(x) {y}"),
    ("import charts", "import charts"),
    // Lines
    ("a; b", "a ; b"), ("a\nb # c\n\n", "a ; b"), ("a +\n b", "(a + b)"), ("(a\n + b)", "(a + b)"),
    ("f(\n1\n)", "f(1)"), ("", ""), ("# only", ""), ("a\r\nb", "a ; b"),
  ])
  func trees(text: String, tree: String) {
    #expect(Outline.of(text) == tree)
  }

  @Test(arguments: [
    ("\n}\n}", "!E0106 ; !E0106"), ("x = (1\ny = 2", "x = ? ; !E0108"),
    ("1 2\nx = 3", "1 ; x = 3 ; !E0106"),
    ("a = 1 +\n\nb = = 2\nc = 3", "a = (1 + b) ; c = 3 ; !E0106"), ("fn (x) {}\ny", "y ; !E0108"),
    ("x = $\ny = 'a'", "x = y ; !E0101 ; !E0101 ; !E0101"),
  ])
  func goesOnBehindWhatItCannotRead(text: String, tree: String) {
    #expect(Outline.of(text) == tree)
  }

  @Test(arguments: [
    ("", false), ("x = 1", false), ("x = ", true), ("f(", true), ("f(1,", true),
    ("fn f(x) {", true),
    ("if x {\n y", true), ("\"abc", true), ("\"a {b", true), ("x |>", true), ("1 +", true),
    ("[1,\n2", true),
    (")", false), ("x = ]", false), ("1 2", false), ("for i in 1...3", true),
    ("if a { b } else", true),
    ("(1, 2", false), ("a = $ +", false),
  ])
  func knowsWhatIsOnlyNotFinished(text: String, isIncomplete: Bool) {
    #expect(Parser.isIncomplete(text) == isIncomplete)
  }

  @Test func nestingAndChainsHaveLimits() {
    func codes(_ text: String) -> [String] {
      Parser.parse(Source(name: "", text: text)).diagnostics.map(\.code)
    }
    func brackets(_ count: Int) -> String {
      String(repeating: "(", count: count) + "1" + String(repeating: ")", count: count)
    }
    #expect(codes(brackets(150)).isEmpty)
    #expect(codes(brackets(201)) == ["E0110"])
    #expect(codes("1" + String(repeating: " + 1", count: 5000)).isEmpty)
    #expect(codes("1" + String(repeating: " + 1", count: 5001)) == ["E0110"])
  }

  @Test(arguments: [
    "(", "[", "{", "\"{", "-", "not ", "x => ", "if x { ", "f(", "(a b\n", "(\n", "{\n", "1 ^ ",
    "a.b.", "x[",
    "fn f() { ", "}", ")\n", "x |> ", ".", "\"", "\\", "€", "1,", "a = ", "for i in ", "else ",
  ])
  func hostileRepetitionEnds(piece: String) {
    let text = String(repeating: piece, count: 100_000 / piece.utf8.count)
    let source = Source(name: "", text: text)
    let (_, diagnostics) = Parser.parse(source)
    #expect(!diagnostics.isEmpty || piece == "-" || piece == "not ")
    #expect(diagnostics.count <= Parser.diagnosticLimit)
  }
}
