// Typing at the prompt, key by key: each test is something that went wrong in some line editor.

import Testing

@Suite struct LineEditorTests {
  private let left = "\u{1B}[D"
  private let up = "\u{1B}[A"
  private let down = "\u{1B}[B"

  @Test func wideCharactersAreTypedAndDeletedWhole() throws {
    let terminal = try PseudoTerminal()
    try terminal.send("\"é漢x😀\"", until: "the text") { $0.cursorLine == "cnb> \"é漢x😀\"" }
    #expect(terminal.screen.x == 13)
    try terminal.send(left + left + "\u{7F}", until: "x is gone") {
      $0.cursorLine == "cnb> \"é漢😀\""
    }
    #expect(terminal.screen.x == 9)
    try terminal.send("\r", until: "the value") { $0.cursorLine == "cnb>" && $0.y > 1 }
    #expect(terminal.screen.lines[1].contains("é漢😀"))
  }

  @Test func aLongLineWrapsAndIsEditedAtItsStart() throws {
    let terminal = try PseudoTerminal(columns: 40)
    let digits = String(repeating: "1234567890", count: 5)
    try terminal.send(digits, until: "two rows") { $0.cursorLine == String(digits.suffix(15)) }
    try terminal.send("\u{1B}[H9", until: "one more in front") {
      $0.lines == ["cnb> 9" + digits.prefix(34), String(digits.suffix(16))]
    }
    #expect(terminal.screen.y == 0 && terminal.screen.x == 6)
  }

  @Test(arguments: [40, 30, 25, 80])
  func aNewWindowSizeLaysTheLineOutAnew(columns: Int) throws {
    let terminal = try PseudoTerminal(columns: 60)
    let digits = String(repeating: "1234567890", count: 4)
    try terminal.send(digits, until: "one row") { $0.cursorLine == "cnb> " + digits }
    terminal.resize(columns: columns)
    terminal.send("+1")
    let text = "cnb> " + digits + "+1"
    try terminal.wait("the whole text") { $0.lines.joined() == text }
    #expect(terminal.screen.lines.count == (text.count + columns - 1) / columns)
  }

  @Test func anOpenBracketGoesOnInANewLine() throws {
    let terminal = try PseudoTerminal()
    try terminal.send("[\r1,\r2\r]", until: "four lines") {
      $0.lines == ["cnb> [", "  1,", "  2", "]"]
    }
    try terminal.send(up + up + "\u{5}0", until: "a change in the middle") {
      $0.lines == ["cnb> [", "  1,0", "  2", "]"] || $0.lines == ["cnb> [", "  10,", "  2", "]"]
    }
    try terminal.send("\r", until: "a value, from the middle") { $0.cursorLine == "cnb>" }
    try terminal.send(up, until: "the whole entry again") { $0.cursorLine == "]" }
    #expect(terminal.screen.lines.suffix(4).first == "cnb> [")
  }

  @Test func controlCDropsTheLineAndKeepsTheSession() throws {
    let terminal = try PseudoTerminal()
    try terminal.send("[\r12", until: "two lines") { $0.cursorLine == "  12" }
    try terminal.send("\u{3}", until: "a new prompt below") { $0.cursorLine == "cnb>" && $0.y == 2 }
    try terminal.send("1234\r", until: "a value") { $0.cursorLine == "cnb>" && $0.y >= 4 }
    #expect(terminal.screen.lines[3].contains("1234"))
  }

  @Test func controlCLeavesASearch() throws {
    let terminal = try PseudoTerminal()
    try terminal.send("1111\r", until: "a value") { $0.cursorLine == "cnb>" && $0.y >= 2 }
    try terminal.send("\u{12}11", until: "a search") { $0.text.contains("bck:11") }
    try terminal.send("\u{3}", until: "a new prompt") { $0.cursorLine == "cnb>" }
  }

  @Test func aSearchFindsAnEntryAndRunsIt() throws {
    let terminal = try PseudoTerminal()
    try terminal.send("\"alpha\"\r", until: "a value") { $0.cursorLine == "cnb>" && $0.y >= 2 }
    try terminal.send("\"beta\"\r", until: "a value") { $0.cursorLine == "cnb>" && $0.y >= 4 }
    try terminal.send("\u{12}alp", until: "the entry") { $0.text.contains("bck:alp") }
    try terminal.send("\r", until: "its value") { $0.cursorLine == "cnb>" && $0.y >= 6 }
    #expect(terminal.screen.lines.filter { $0.contains("alpha") }.count == 4)
  }

  @Test func aPasteRunsNothingUntilEnter() throws {
    let terminal = try PseudoTerminal()
    #expect(terminal.screen.bracketsPaste)
    try terminal.send("\u{1B}[200~[1,\r\n\t2]\r\n\u{1B}[201~", until: "two lines, no value") {
      $0.lines == ["cnb> [1,", "        2]"]
    }
    try terminal.send("\r", until: "a value") { $0.cursorLine == "cnb>" }
    #expect(terminal.screen.lines.count >= 4)
  }

  @Test func aPasteDuringASearchIsTextToo() throws {
    let terminal = try PseudoTerminal()
    terminal.send("\u{12}")
    try terminal.send("\u{1B}[200~1\r2\u{1B}[201~", until: "two lines, no value") {
      $0.lines == ["cnb> 1", "2"]
    }
  }

  @Test func aSecondTabListsTheChoices() throws {
    let terminal = try PseudoTerminal()
    try terminal.send("pru\t", until: "the word") { $0.cursorLine.hasPrefix("cnb> prune") }
    try terminal.send("\u{15}pr\t\t", until: "a menu and the line again") {
      $0.lines.contains { $0.hasPrefix("  prune") } && $0.cursorLine == "cnb> pr"
    }
    #expect(terminal.screen.lines.contains { $0.hasPrefix("  print") })
  }

  @Test func controlDEndsOnAnEmptyLineOnly() throws {
    let terminal = try PseudoTerminal()
    try terminal.send("12" + left + "\u{4}", until: "one less") { $0.cursorLine == "cnb> 1" }
    terminal.send("\u{15}\u{4}")
    #expect(try terminal.exitCode() == 0)
    #expect(!terminal.screen.bracketsPaste)
  }

  @Test func entriesAreKeptBetweenRuns() throws {
    let first = try PseudoTerminal()
    try first.send("[\r\"漢\\\\n\"\r]\r", until: "a value") { $0.cursorLine == "cnb>" && $0.y > 2 }
    first.send("\u{4}")
    #expect(try first.exitCode() == 0)
    let second = try PseudoTerminal(home: first.home)
    try second.send(up, until: "the entry") {
      $0.lines == ["cnb> [", "  \"漢\\\\n\"", "]"]
    }
  }

  @Test func aDumbTerminalGetsPlainText() throws {
    let terminal = try PseudoTerminal(terminal: "dumb")
    try terminal.send("1234\r", until: "a value") { $0.cursorLine == "cnb>" && $0.y >= 2 }
    #expect(!terminal.screen.sawColor && !terminal.screen.bracketsPaste)
  }

  @Test func colorIsOnlyWhereItIsWanted() throws {
    #expect(try PseudoTerminal().screen.sawColor)
    #expect(try !PseudoTerminal(environment: ["NO_COLOR": "1"]).screen.sawColor)
  }
}
