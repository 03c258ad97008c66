// The whole cell is checked before anything of it runs; diagnostics name the place.
import Interpreter
import Syntax
import Testing

@Suite struct CheckerTests {
  @Test(arguments: [
    ("show 1\nlost", "E0201", "lost"), ("doubel 2", "E0201", "doubel"),
    ("cook \"a\", by: .swet", "E0203", ".swet"),
    ("cook \"a\", minuts: 3", "E0204", "minuts"),
    ("cook \"a\", \"b\"", "E0205", "cook \"a\", \"b\""),
    ("cook(by: .sour)", "E0206", "cook(by: .sour)"), ("double \"a\"", "E0207", "\"a\""),
    ("double 101", "E0207", "101"), ("double -1", "E0207", "-1"),
    ("cook \"a\", by: \"sour\"", "E0207", "\"sour\""),
    ("cook \"a\", minutes: 1 + 99", "E0207", "1 + 99"), ("sum 1, \"a\", 2", "E0207", "\"a\""),
    ("break", "E0208", "break"), ("return 1", "E0208", "return 1"),
    ("x = for i in [1] { break }\n1", "", ""),
    ("fn f() { x = if true { return 1 } }", "E0208", "return 1"),
    ("fn f() { break }", "E0208", "break"),
    ("fn f(a) { a }\nf()", "E0206", "f()"), ("fn f(a) { a }\nf(1, 2)", "E0205", "f(1, 2)"),
    ("fn f(a) { a }\nf(b: 1)", "E0204", "b"), ("cook(\"a\", dish: \"b\")", "E0205", "dish"),
    ("sum = 3", "E0209", "sum"), ("cook \"a\", hot: sour", "E0201", "sour"),
    ("f = x => lost", "E0201", "lost"),
    ("x = 1\nmap([1], y => y + z)", "E0201", "z"),
  ])
  func nothingRuns(text: String, code: String, marked: String) {
    let source = Source(name: "", text: "show \"ran\"\n" + text)
    var shown = 0
    let result = Bench.session().run(CellInput(source: source, identity: "")) { _ in shown += 1 }
    #expect(result.diagnostics.map(\.code) == (code.isEmpty ? [] : [code]), "\(text)")
    guard let span = result.diagnostics.first?.span else { return }
    #expect(shown == 0)
    #expect(source.text(in: span) == marked)
  }

  @Test func severalErrorsAtOnce() {
    #expect(outcome("lost\ndouble \"a\"\ncook()\n1 2") == "!E0201\n!E0207\n!E0206\n!E0106")
    #expect(outcome("x = (1\ny = x") == "!E0108")
  }

  @Test func suggestionsNameTheNearest() {
    func help(_ text: String) -> String? {
      Bench.session().run(CellInput(source: Source(name: "", text: text), identity: "")) { _ in }
        .diagnostics.first?.help
    }
    #expect(help("doubel 2") == "did you mean double?")
    #expect(help("cook \"a\", by: .swet") == "did you mean .sweet?")
    #expect(help("cook \"a\", minuts: 3") == "did you mean minutes?")
    #expect(help("cook \"a\", by: \"sour\"") == "write .sour")
    #expect(help("cook \"a\", hot: sour") == "a choice is written with a dot: .sour")
    #expect(help("(minutes: 1).minuts") == "did you mean minutes?")
    #expect(help("x = 3\nx -1") == "is an operator or a line end missing?")
  }

  @Test func failuresInFunctionsShowTheWayThere() throws {
    let source = Source(name: "", text: "fn g(x) { 1 / x }\nfn f(x) { g(x) }\nf 0")
    let result = Bench.session().run(CellInput(source: source, identity: "")) { _ in }
    let diagnostic = try #require(result.diagnostics.first)
    #expect(source.text(in: try #require(diagnostic.span)) == "1 / x")
    #expect(diagnostic.notes.map(\.text) == ["called as `g` here", "called as `f` here"])
    let places = diagnostic.notes.compactMap { note in note.span.map { source.text(in: $0) } }
    #expect(places == ["g(x)", "f 0"])
  }

  @Test func failuresFromOtherCellsShowThatCell() throws {
    let session = Bench.session()
    _ = outcome("fn g(x) { ask x }", in: session)
    let source = Source(name: "second", text: "map([5], g)")
    let result = session.run(CellInput(source: source, identity: "")) { _ in }
    let diagnostic = try #require(result.diagnostics.first)
    #expect(diagnostic.message == "asked 5")
    #expect(diagnostic.source?.text == "fn g(x) { ask x }")
    #expect(diagnostic.notes.first?.source?.name == "second")
  }
}
