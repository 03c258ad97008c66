// What a terminal would have shown, as plain lines.

import Notebook
import Testing

@Suite struct PlainTextTests {
  @Test(arguments: [
    ("a\nb\n", ["a", "b"]),
    ("a\r\nb\r\n", ["a", "b"]),
    ("10%\r 50%\r100%\ndone\n", ["100%", "done"]),
    ("abc\rx\n", ["xbc"]),
    ("abc\r\u{1B}[Kx\n", ["x"]),
    ("abc\u{1B}[2K\rx\n", ["x"]),
    ("ab\u{8}c\n", ["ac"]),
    ("\u{1B}[1;31mred\u{1B}[0m\n", ["red"]),
    ("\u{1B}]8;;http://a\u{1B}\\link\u{1B}]8;;\u{7}\n", ["link"]),
    ("\u{1B}[3Cx\n", ["   x"]),
    ("a  \t\n\n", ["a", ""]),
    ("a\0b\u{7}\n", ["a\\x00b\\x07"]),
    ("a\u{202E}b\u{2028}\u{85}\n", ["a\\u{202e}b\\u{2028}\\x85"]),
    ("<<<<<<< a\n", ["\\x3c<<<<<< a"]),
    ("e\u{301}é\t.\n", ["e\u{301}é\t."]),
    ("\u{1B}[999999999999999999999999Cx\u{1B}", [String(repeating: " ", count: 1) + "x"]),
    ("\u{1B}[", [""]),
    ("", []),
  ])
  func linesAreThoseOfATerminal(text: String, lines: [String]) {
    let plain = PlainText(text).lines
    #expect(plain.map { Array($0.utf8) } == lines.map { Array($0.utf8) })
  }

  @Test func aLineWithoutItsEndIsNoted() {
    #expect(PlainText("a").endsInMidLine)
    #expect(!PlainText("a\n").endsInMidLine)
    #expect(!PlainText("").endsInMidLine)
  }

  @Test func plainTextStaysAsItIs() {
    let once = PlainText("a\0\u{1B}[1m\u{202E}\n>>>>>>>\nb  \n").lines
    #expect(PlainText(once.map { $0 + "\n" }.joined()).lines == once)
  }
}
