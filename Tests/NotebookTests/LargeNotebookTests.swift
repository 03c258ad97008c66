// Notebooks of hundreds of cells, and texts made to be slow: nothing grows faster than its input.

import Notebook
import Testing

@Suite struct LargeNotebookTests {
  @Test func hundredsOfCellsRunAndStayAsTheyAre() {
    let text = (0..<300).map { "Prose.\n\n```cnb #c\($0)\nprint \($0)\ntime\n```\n\n" }.joined()
    var runner = Runner(Document(text), FakeEvaluator(), RunSettings(engine: "1"))
    let (document, report) = runner.run()
    #expect(report.cells.count == 300)
    #expect(document.withoutOutputs().text == text)
    let status = Runner(document, FakeEvaluator(), RunSettings(engine: "1")).status()
    #expect(status.cells.allSatisfy { $0.state == .fresh })
  }

  @Test(arguments: [">", "- ", "[", "*a_", "```cnb\n", "<!--", "`", "![cnb ", "---\n", "\r", "\0"])
  func repetitionIsNoTrap(piece: String) {
    let text = String(repeating: piece, count: 5000)
    #expect(Document(text).bytes.count == text.utf8.count)
  }

  @Test(arguments: ["≈", "± ", "1 ± ", "1,", "-", "1e", "─", "≈1 ms "])
  func longLinesAreCompared(piece: String) {
    let line = String(repeating: piece, count: 3000)
    let stored = [Output(.text, lines: [line])]
    #expect(Comparison(stored: stored, new: [Output(.text, lines: [line + "x"])]) != .identical)
  }
}
