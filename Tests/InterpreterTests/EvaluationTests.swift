// Programs and what they show: values, operators, control flow, functions, scopes.
import Interpreter
import Syntax
import Testing

@Suite struct EvaluationTests {
  @Test(arguments: [
    // Numbers and strings
    ("1 + 2 * 3 - 4 / 8", "6.5"), ("2 ^ 10", "1024"), ("-7 mod 3", "2"), ("7 mod -3", "-2"),
    ("1 / 0", "!E0306"), ("1 mod 0", "!E0306"), ("\"a\" + \"b\"", "ab"),
    ("\"{1 + 1} {[1]}\"", "2 [1]"),
    ("\"a\" * 3", "!E0301"), ("1 + \"a\"", "!E0301"), ("\"a\" < \"b\"", "true"),
    ("- \"a\"", "!E0301"),
    ("not 1", "!E0301"), ("1 < 2 and 2 < 3", "true"), ("false and 1", "false"),
    ("true or 1", "true"),
    ("true and 1", "!E0302"), ("1 == \"1\"", "false"), ("none == none", "true"),
    ("[1, 2] == [1, 2]", "true"),
    ("(a: 1) == (a: 1)", "true"), ("(a: 1) == (b: 1)", "false"), ("1...3 == 1...3", "true"),
    // Lists, records, indices
    ("[1, 2] + [3]", "[1, 2, 3]"), ("[1, 2, 3][-1]", "3"), ("[1, 2, 3][3]", "!E0309"),
    ("[][0]", "!E0309"),
    ("[1, 2, 3][1...]", "[2, 3]"), ("[1, 2, 3][0..<2]", "[1, 2]"), ("[1, 2][2..<2]", "[]"),
    ("[1, 2][1..<9]", "!E0309"), ("[1][0.5]", "!E0308"), ("[1][1e300]", "!E0308"),
    ("[1][0, 0]", "!E0308"),
    ("(0..<1000000000)[5]", "5"), ("(10...20)[1..<3]", "11..<13"), ("(5...1).count", "0"),
    ("\"abc\"[1]", "b"), ("(a: 1, b: 2).b", "2"), ("(a: 1)[\"a\"]", "1"), ("(a: 1).c", "!E0305"),
    ("[(a: 1), (a: 2)].a", "[1, 2]"), ("3[0]", "!E0308"), ("x = 0.5...2", "!E0301"),
    ("1...1e300", "!E0301"),
    // Control
    ("if 1 < 2 { 3 } else { 4 }", "3"), ("if 1 { 2 }", "!E0302"),
    ("for i in 1...3 { i * i }", "[1, 4, 9]"),
    ("for i in 5...1 { i }", "[]"), ("for i in [] { }", ""),
    ("for i in [1, 2] { show i }", "1\n2"),
    ("for i in 3 { i }", "!E0303"), ("1...-(2^63)", "!E0301"), ("-(2^63)..<3", "!E0301"),
    ("for i in 1...9 { if i == 3 { break }\n i }", "[1, 2]"),
    ("for i in 1...4 { if i == 2 { continue }\n i }", "[1, 3, 4]"),
    ("for i in 1...3 { if i == 2 { i } }", "[none, 2, none]"),
    ("i = 0\nwhile i < 3 { i = i + 1 }\ni", "3"), ("while true { break }", ""),
    ("for x in vector([1, 2]) { x + 1 }", "[2, 3]"),
    ("for i in 1...2 { for j in 1...2 { if j == 2 { break }\n show i, j } }", "1 1\n2 1"),
    // Functions
    ("fn f(a, b: 2) { a * b }\nf(3)\nf(3, b: 4)\nf 3, 5", "6\n12\n15"),
    ("fn f(n) { if n < 2 { return n }\n f(n - 1) + f(n - 2) }\nf 15", "610"),
    ("fn f() { for i in 1...9 { if i == 4 { return i } } }\nf()", "4"),
    ("fn f() { while true { return 7 } }\nf()", "7"), ("fn f() {}\nf()", ""),
    ("(x => x + 1)(2)", "3"),
    ("add = a => b => a + b\nadd(1)(2)", "3"), ("map([1, 2], x => x * 10)", "[10, 20]"),
    ("fn f(a, b: a + 1) { b }\nf 1", "2"), ("x = 3\nx(1)", "!E0304"), ("f = 3 + 1\nf(1)", "!E0304"),
    ("map([1, 2], double)", "[2, 4]"), ("run 1 + 1", "2"), ("run { a = 1\n a + 1 }", "2"),
    ("[1, 2] |> map x => x + 1", "[2, 3]"), ("fn f(g, x) { g(x) }\nf(double, 4)", "8"),
    ("fn f(n) { f(n + 1) }\nf 0", "!E0902"), ("map([1], (a, b) => a)", "!E0206"),
    ("map([1], () => 1)", "!E0205"),
    // Shown and not shown
    ("x = 1", ""), ("1\n2", "1\n2"), ("if true { 1\n 2 }", "1\n2"), ("none", ""),
    ("_ = 3\n_ + 1", "4"),
  ])
  func programs(text: String, shown: String) {
    #expect(outcome(text) == shown, "\(text)")
  }

  @Test(arguments: [
    ("x = 1\nif true { x = 2 }\nx", "2"), ("if true { y = 2 }\ny", "!E0201"),
    ("for i in 1...2 { }\ni", "!E0201"), ("s = 0\nfor i in 1...4 { s = s + i }\ns", "10"),
    ("x = 1\nf = () => x\nx = 2\nf()", "1"), ("x = 1\nfn f() { x = 5\n x }\nf()\nx", "5\n1"),
    ("i = 9\nfor i in 1...2 { }\ni", "9"),
    ("fs = for i in 1...2 { () => i }\nfs[0]() + fs[1]()", "3"),
    ("y = x\nx = 1", "!E0201"), ("fn f(x) { x }\nx", "!E0201"), ("import shapes\narea(side)", "9"),
    ("area 4", "16"), ("import shapes\nside = 5\narea side", "25"), ("side", "!E0201"),
    ("import nowhere", "!E0211"), ("import a", "!E0212"), ("import broken", "!E0306"),
    ("if true { import shapes }", "!E0210"), ("sum = 3", "!E0209"), ("fn sum(a) { a }", "!E0209"),
    ("fn f(sum) { sum }\nf 3", "3"),
  ])
  func scopes(text: String, shown: String) {
    #expect(outcome(text) == shown, "\(text)")
  }

  @Test func cellsSeeTheNewestBindingAbove() {
    let session = Bench.session()
    #expect(outcome("x = 1\nf = () => x", in: session) == "")
    #expect(outcome("x = x + 1\nx", in: session) == "2")
    #expect(outcome("f()\nx", in: session) == "1\n2")
    #expect(outcome("for i in 1...3 { x = x + i }\nx", in: session) == "8")
    #expect(outcome("x = 100\nx / 0", in: session) == "!E0306")
    #expect(outcome("x", in: session) == "100")
    #expect(outcome("x = 7\ny = lost", in: session) == "!E0201")
    #expect(outcome("x", in: session) == "100")
    session.bind("_", .number(3))
    #expect(outcome("_ * 2", in: session) == "6")
    #expect(outcome("n = 1\nn", in: session, parameters: ["n": .number(4)]) == "4")
  }

  @Test func resultsSayWhatWasBoundAndRead() {
    let session = Bench.session()
    _ = outcome("a = 1", in: session)
    let source = Source(name: "", text: "b = a + 1\nfor i in 1...2 { c = i }\nb\nb * 2")
    let result = session.run(CellInput(source: source, identity: "x")) { _ in }
    #expect(result.bound == ["b"])
    #expect(result.reads == ["a"])
    #expect(result.last == .number(4))
    #expect(result.isFinished)
  }

  @Test func randomNumbersFollowFromSeedAndCellAlone() {
    let first = outcome("draw()\ndraw()", identity: "a")
    let session = Bench.session()
    _ = outcome("draw()", in: session, identity: "b")
    #expect(outcome("draw()\ndraw()", in: session, identity: "a") == first)
    #expect(outcome("draw()\ndraw()", identity: "b") != first)
    #expect(outcome("draw()\ndraw()", in: Bench.session(seed: 1), identity: "a") != first)
    #expect(first.split(separator: "\n")[0] != first.split(separator: "\n")[1])
  }

  @Test func anInterruptStopsALoopAndKeepsWhatWasBound() async {
    let flag = InterruptFlag()
    flag.set()
    let session = Session(
      registry: Bench.registry, surroundings: Surroundings(folder: "."), interrupt: flag)
    #expect(outcome("x = 1\nwhile true {}", in: session) == "!E0901")
    #expect(outcome("for i in 0..<1000000000000 {}", in: session) == "!E0901")
    flag.clear()
    #expect(outcome("x", in: session) == "1")
  }
}
