// Lines in bytes: which bytes end one, and what a line is.

import Notebook
import Testing

@Suite struct LineTableTests {
  private func lines(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    return LineTable(bytes).lines.map { String(decoding: bytes[$0.content], as: UTF8.self) }
  }

  @Test(arguments: [
    ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\n\nb", ["a", "", "b"]), ("\n", [""]),
    ("x\r\ny\nz", ["x", "y", "z"]), ("x\ry\r", ["x", "y"]), ("\r\r\n\n", ["", "", ""]),
    ("a\u{2028}b\u{85}c\u{B}d\u{C}e", ["a\u{2028}b\u{85}c\u{B}d\u{C}e"]),
  ])
  func onlyThreeThingsEndALine(text: String, wanted: [String]) {
    #expect(lines(text) == wanted)
  }

  @Test func theFirstEndingIsThatOfTheFile() {
    #expect(LineTable(Array("a\r\nb\n".utf8)).ending == .crlf)
    #expect(LineTable(Array("a\nb\r\n".utf8)).ending == .lf)
    #expect(LineTable(Array("a\rb".utf8)).ending == .cr)
    #expect(LineTable(Array("a".utf8)).ending == .lf)
  }

  @Test func linesTileTheText() {
    let bytes = Array("a\r\n\rb\n\nc".utf8)
    var position = 0
    for line in LineTable(bytes).lines {
      #expect(line.start == position)
      position = line.next
    }
    #expect(position == bytes.count)
  }
}
