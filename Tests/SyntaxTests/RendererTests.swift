// Diagnostics as they are printed.
import Syntax
import Testing

@Suite struct RendererTests {
  private static func lines(_ text: String, color: Bool = false) -> String {
    let diagnostics = Parser.parse(Source(name: "cell 3", text: text)).diagnostics
    return diagnostics.flatMap { Renderer(color: color).lines($0) }.joined(separator: "\n")
  }

  @Test func sentenceExcerptCaretsSuggestion() {
    #expect(
      Self.lines("x = 1\ny = x @ 2") == """
        E0101: the language has no character `@`
          in cell 3
         2 | y = x @ 2
           |       ^ matrix products are `matmul(a, b)`
        """)
  }

  @Test func wideCharactersTakeTwoColumns() {
    #expect(
      Self.lines("\"数\" @").hasSuffix(
        " 1 | \"数\" @\n   |      ^ matrix products are `matmul(a, b)`"))
    #expect(Renderer.width("e\u{301}") == 1)
    #expect(Renderer.width("数🙂") == 4)
  }

  @Test func controlCharactersDoNotReachTheTerminal() {
    let shown = Self.lines("x = \u{1B}[31m\u{202E} @")
    #expect(!shown.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
  }

  @Test func colorIsOnlyPaint() {
    let painted = Self.lines("x @", color: true)
    #expect(painted.contains("\u{1B}[31m^\u{1B}[0m"))
  }

  @Test func notesHaveTheirOwnPlaces() {
    let source = Source(name: "", text: "f(1)\ng(2)")
    var diagnostic = Diagnostic("E0306", "a number", source: source, at: Span(5, 9), help: "help")
    diagnostic.notes = [Diagnostic.Note("called here", source: source, span: Span(0, 4))]
    #expect(
      Renderer().lines(diagnostic) == [
        "E0306: a number", " 2 | g(2)", "   | ^^^^ help", "  note: called here", " 1 | f(1)",
        "   | ^^^^",
      ])
    #expect(
      Renderer().lines(Diagnostic("E0701", "there is no file", help: "look")) == [
        "E0701: there is no file", "  look",
      ])
  }
}
