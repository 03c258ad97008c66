// Nothing that is typed may exhaust the stack or the memory: each limit has its code.
import Interpreter
import Syntax
import Testing

@Suite struct LimitTests {
  private static func nested(_ count: Int, _ open: String, _ inside: String, _ close: String)
    -> String
  {
    String(repeating: open, count: count) + inside + String(repeating: close, count: count)
  }

  @Test(arguments: [
    ("fn f(n) { f(n + 1) }\nf 0", "!E0902"),
    ("fn f(n) { \(nested(150, "(", "if n > 0 { f(n + 1) } else { 0 }", ")")) }\nf 1", "!E0902"),
    ("fn f(n) { \(nested(90, "double(", "f(n + 1)", ")")) }\nf 1", "!E0902"),
    ("fn f(n) { \(nested(60, "[", "f(n + 1)", "]")) }\nf 1", "!E0902"),
    ("fn f(n) { \(nested(30, "if true { ", "f(n + 1)", " }")) }\nf 1", "!E0902"),
    ("fn f(n) { map([n], f) }\nf 1", "!E0902"),
    ("fn f(n, m: f(n)) { 1 }\nf 1", "!E0902"),
    ("fn f(n) { 1\(String(repeating: " + 1", count: 4000)) + f(n) }\nf 1", "!E0902"),
    ("x = []\nfor i in 0..<2000 { x = [x] }", "!E0903"),
    ("x = []\nfor i in 0..<2000 { x = (a: x) }", "!E0903"),
    ("x = 1\nfor i in 0..<2000 { x = () => x }", "!E0903"),
    ("x = [1]\nfor i in 0..<99 { x = [x, x] }", "!E0904"),
    ("x = (0..<4000000)[0..<4000000]\ny = for i in x { none }\ny = [x]\n1", "1"),
    ("s = \"ab\"\nwhile true { s = s + s }", "!E0904"),
    ("s = \"ab\"\nwhile true { s = \"{s}{s}\" }", "!E0904"),
    ("1\(String(repeating: " + 1", count: 4999))", "5000"),
    (nested(150, "[", "1", "]") + "[0]", nested(149, "[", "1", "]")),
  ])
  func limits(text: String, shown: String) {
    #expect(outcome(text) == shown)
  }

  @Test func deepValuesShowAndCompare() {
    let program = "x = []\ny = []\nfor i in 0..<900 { x = [x]\n y = [y] }\nx == y"
    let session = Bench.session()
    #expect(outcome(program, in: session) == "true")
    #expect(outcome("x", in: session).hasPrefix("[[["))
  }
}
