// Shortcuts that a program must not be able to notice: names that grow in place, calls that know their
// function, functions that end without a jump.
import Interpreter
import Syntax
import Testing

@Suite struct ShortcutTests {
  /// What grows is nobody else's.
  @Test(arguments: [
    ("a = [1]\nb = a\na = a + [2]\nb\na", "[1]\n[1, 2]"),
    ("a = \"x\"\nb = a\na = a + \"y\"\nb\na", "x\nxy"),
    ("fn f(a) { b = a\n a = a + [2]\n a = a + [3]\n [a, b] }\nf [1]", "[[1, 2, 3], [1]]"),
    ("fn f(a) { b = [a, a]\n a = a + \"y\"\n b + [a] }\nf \"x\"", "[\"x\", \"x\", \"xy\"]"),
    ("fn f(a) { g = () => a\n a = a + [2]\n [g(), a] }\nf [1]", "[[1], [1, 2]]"),
    ("x = [1]\nfn f(a) { a = a + [2]\n a }\nf x\nx", "[1, 2]\n[1]"),
    ("fn f() { a = [1, 2]\n for x in a { a = a + [x] }\n a }\nf()", "[1, 2, 1, 2]"),
    ("fn f() { a = [1]\n a = a + a\n a = a + a\n a }\nf()", "[1, 1, 1, 1]"),
    ("fn f() { a = \"ab\"\n a = a + a\n a = a + a\n a }\nf()", "abababab"),
    ("fn f() { a = [1]\n a = a + [a]\n a = a + [a]\n a }\nf()", "[1, [1], [1, [1]]]"),
    ("fn f() { a = [1]\n a = a + (if true { a = [5]\n [6] } else { [] })\n a }\nf()", "[1, 6]"),
    ("fn f() { a = 1\n a = a + (if true { a = 5\n 6 } else { 0 })\n a }\nf()", "7"),
    ("fn f() { a = [1]\n a = a + [for i in 1...2 { a = a + [i]\n i }]\n a }\nf()", "[1, [1, 2]]"),
    ("fn f() { a = []\n for i in 0..<3 { a = a + [i, i] }\n a.count }\nf()", "6"),
    (
      "fn f() { a = [[0, 1], [2]]\n b = a[0]\n b = b + [9]\n [a, b] }\nf()",
      "[[[0, 1], [2]], [0, 1, 9]]"
    ),
    ("fn f() { a = [7, 8]\n a[(if true { a = [1, 2]\n 0 } else { 1 })] }\nf()", "7"),
    ("a = [1]\na = a + 1", "!E0301"), ("a = \"x\"\na = a + 1", "!E0301"),
    ("x = []\nfor i in 0..<2000 { x = [x] + [1]\n x = x + [1] }", "!E0903"),
    ("fn f() { x = [1]\n for i in 0..<99 { x = x + [x] } }\nf()", "!E0904"),
    ("fn f() { x = [1]\n for i in 0..<99 { x = x + x } }\nf()", "!E0904"),
  ])
  func growing(text: String, shown: String) {
    #expect(outcome(text) == shown, "\(text)")
  }

  @Test func whatOtherCellsHoldDoesNotGrow() {
    let session = Bench.session()
    _ = outcome("a = [1]\ntext = \"x\"", in: session)
    let before = session.value(of: "a")
    #expect(
      outcome("b = a\nfor i in 0..<3 { a = a + [i]\n text = text + \"y\" }", in: session) == "")
    #expect(outcome("a\nb\ntext", in: session) == "[1, 0, 1, 2]\n[1]\nxyyy")
    #expect(before == .list([.number(1)]))
    #expect(outcome("a = a + [9]\na = a + nothing", in: session) == "!E0201")
    #expect(outcome("a = a + [9]\na = a + 1", in: session) == "!E0301")
    #expect(outcome("a.count", in: session) == "5")
  }

  /// A function may call itself by its name, hand itself on, or let the name go.
  @Test(arguments: [
    ("fn f(n) { if n == 0 { 0 } else { 1 + f(n - 1) } }\nf 5", "5"),
    ("fn f(n) { g = f\n if n == 0 { 0 } else { 1 + g(n - 1) } }\nf 5", "5"),
    ("fn f(n) { f = x => 10 * x\n f(n) }\nf 5", "50"),
    ("fn f(n) { for i in 0..<2 { if i == 1 { return f(n) }\n f = x => 10 * x } }\nf 5", "50"),
    ("fn f(f) { f(2) }\nf(double)", "4"),
    ("fn f(n) { for f in [double] { return f(n) } }\nf 4", "8"),
    ("fn f(n) { map([n], x => if x == 0 { 0 } else { 1 + f(x - 1)[0] }) }\nf(3)[0]", "3"),
    ("fn f(n) { fn f(n) { 7 }\n f(n) }\nf 4", "7"),
    ("fn f(n, d: 1) { if n == 0 { d } else { f(n - 1, d: d + 1) } }\nf 3", "4"),
    ("fn f(n, d: 1) { if n == 0 { d } else { f(n - 1) } }\nf(3, 9)", "1"),
    ("fn f(n) { if n == 0 { return 0 }\n f(n - 1, 2) }\nf 3", "!E0205"),
    ("fn f(n) { if n == 0 { return 0 }\n f() }\nf 3", "!E0206"),
    ("fn f(n) { if n == 0 { return 0 }\n f(m: 2) }\nf 3", "!E0204"),
    ("fn f(n) { f }\nf 1", "f(n)"), ("fn f() { [f, f] }\nx = f()\nx[0] == x[1]", "true"),
    ("fn f(n) { g = () => f\n g() }\nf(1)(2)", "f()"),
    ("fn f(g) { g(1, 2) }\nf(x => x)", "!E0205"), ("fn f(g) { g() }\nf(x => x)", "!E0206"),
    ("fn f(g) { g(1) }\nf(3)", "!E0304"), ("fn f(g) { g(\"a\") }\nf(double)", "!E0207"),
    ("fn f(g) { g(1) }\nf(x => x + 1)\nf(double)\nf((a, b: 5) => a + b)", "2\n2\n6"),
    ("fn f(g) { g(if true { g = double\n 4 } else { 0 }) }\nf(x => x + 1)", "5"),
    ("fn f(g) { h = g\n h(1) }\nf(x => x + 1)", "2"),
    (
      "fn even(n, odd) { if n == 0 { true } else { odd(n - 1, even) } }\n"
        + "fn odd(n, even) { if n == 0 { false } else { even(n - 1, odd) } }\neven(10, odd)", "true"
    ),
    ("fn f(n) { f(n) + 1 }\nf 1", "!E0902"), ("fn f(g) { g(g) }\nf(f)", "!E0902"),
  ])
  func calls(text: String, shown: String) {
    let shown = shown == "f()" ? "f(n)" : shown
    #expect(outcome(text) == shown, "\(text)")
  }

  /// Early returns in every place.
  @Test(arguments: [
    ("if n > 5 { return 1 }\nif n > 3 { return 2 }\n3", "3 3 3 3 2 2 1"),
    ("if n > 5 { return 1 }\nshow n\n3", "0 3 1 3 2 3 3 3 4 3 5 3 1"),
    ("if n > 3 { if n > 5 { return 1 }\n return 2 }\n3", "3 3 3 3 2 2 1"),
    ("if n > 3 { if n > 5 { return 1 }\n show n }\n3", "3 3 3 3 4 3 5 3 1"),
    ("if n > 3 { return }\nn", "0 1 2 3"), ("if n > 3 { 8 }\nn", "0 1 2 3 8 4 8 5 8 6"),
    ("if n > 3 { 8\n return 9 }\nn", "0 1 2 3 8 9 8 9 8 9"),
    ("if n > 3 { return 1 } else { return 2 }\n7", "2 2 2 2 1 1 1"),
    ("if n > 3 { return 1 } else { show n }\n7", "0 7 1 7 2 7 3 7 1 1 1"),
    ("for i in 0..<n { if i == 3 { return i } }\nn", "0 1 2 3 3 3 3"),
    (
      "for i in 0..<n { if i == 3 { break }\n i }\nn",
      "[] 0 [0] 1 [0, 1] 2 [0, 1, 2] 3 [0, 1, 2] 4 [0, 1, 2] 5 [0, 1, 2] 6"
    ),
    ("if n > 3 { for i in 0..<n { if i == 4 { return i } } }\nn", "0 1 2 3 4 4 4"),
    ("while true { n = n + 1\n if n mod 4 == 0 { return n } }", "4 4 4 4 8 8 8"),
    ("while true { n = n + 1\n if n mod 4 > 0 { continue }\n break }\nn", "4 4 4 4 8 8 8"),
    ("while n < 4 { n = n + 1\n if n == 2 { n } }\nn", "2 4 2 4 4 4 4 5 6"),
    ("return n\n7", "0 1 2 3 4 5 6"), ("return (if n > 3 { 1 } else { 2 })", "2 2 2 2 1 1 1"),
    ("x = if n > 3 { 1 } else { 2 }\nx", "2 2 2 2 1 1 1"), ("if n > 3 { return none }", ""),
  ])
  func endings(body: String, shown: String) {
    let text = "fn f(n) { \(body) }\nfor k in 0..<7 { x = f(k)\n if x != none { show x } }"
    #expect(outcome(text).split(separator: "\n").joined(separator: " ") == shown, "\(body)")
  }

  @Test func aLongChainOfReturnsEnds() {
    let chain = (0..<3000).map { "if n == \($0) { return \($0 + 1) }" }.joined(separator: "\n")
    #expect(outcome("fn f(n) { \(chain)\n 0 }\nf 0\nf 70\nf 2999\nf 3000") == "1\n71\n3000\n0")
  }

  @Test func anInterruptStopsCallsToo() {
    let flag = InterruptFlag()
    flag.set()
    let session = Session(
      registry: Bench.registry, surroundings: Surroundings(folder: "."), interrupt: flag)
    #expect(outcome("fn f(n) { if n == 0 { 0 } else { f(n - 1) } }\nf 9", in: session) == "!E0901")
    #expect(outcome("x = 0\nwhile true { x = x + 1 }", in: session) == "!E0901")
    #expect(outcome("map(0..<9, x => x)", in: session) == "!E0901")
  }
}
