// The laws of a document, and every pitfall of parsing as a case of its own.

import Notebook
import Testing

@Suite struct DocumentTests {
  private func codes(_ text: String) -> [NotebookCode] { Document(text).problems.map(\.code) }

  @Test func aCellIsAFenceWithItsWordAtTheTop() throws {
    let document = Document("Prose.\n\n```cnb #load params time=2s\nlet a = 1\n\nb\n```\nMore.\n")
    let cell = try #require(document.cells.first)
    #expect(document.cells.count == 1)
    #expect(cell.id == "load")
    #expect(cell.options.isParameters)
    #expect(cell.options.timeLimitSeconds == 2)
    #expect(cell.source == "let a = 1\n\nb")
    #expect(cell.line == 3)
    #expect(cell.sourceLine == 4)
    #expect(document.problems.isEmpty)
  }

  @Test func outputsAreTheRunOfFencesRightAfterACell() throws {
    let text = """
      ```cnb #a
      x
      ```


      ```cnb-out #a k=12345678 raw nonl
      one
      two
      ```

      ![cnb #a.1: a plot](a.cnb.d/a.1.svg)
      ```cnb-err #a k=12345678
      E0203: no
      ```

      Prose.

      ```cnb-out
      orphan
      ```

      """
    let document = Document(text)
    let outputs = try #require(document.cells.first).outputs
    #expect(outputs.map(\.kind) == [.text, .figure, .error])
    #expect(outputs[0].lines == ["one", "two"])
    #expect(outputs[0].key == "12345678")
    #expect(outputs[0].isRaw && outputs[0].endsInMidLine)
    #expect(outputs[2].lines == ["E0203: no"])
    #expect(document.problems.map(\.code) == [.orphanOutput])
    #expect(document.text == text)
  }

  @Test(arguments: [
    ("- ```cnb\n  x\n  ```\n", NotebookCode.misplacedCell),
    ("1. a\n\n   ```cnb\n   x\n   ```\n", .misplacedCell),
    ("> ```cnb\n> x\n> ```\n", .misplacedCell),
    ("<!--\n```cnb\nx\n```\n-->\n", .misplacedCell),
    ("<details>\n```cnb\nx\n```\n</details>\n", .misplacedCell),
    ("    ```cnb\n    x\n    ```\n", .misplacedCell),
  ])
  func whatStandsInsideSomethingElseIsProse(text: String, code: NotebookCode) {
    #expect(Document(text).cells.isEmpty)
    #expect(codes(text) == [code])
  }

  @Test func detailsWithABlankLineHoldACell() {
    let document = Document("<details>\n\n```cnb\nx\n```\n\n</details>\n")
    #expect(document.cells.map(\.source) == ["x"])
  }

  @Test func aQuotedFenceOfMarkdownHoldsNoCell() {
    let document = Document("````markdown\n```cnb\nx\n```\n````\n")
    #expect(document.cells.isEmpty && document.problems.isEmpty)
  }

  @Test(arguments: [
    ("```cnb\nx\n````\n", ["x"]),
    ("```cnb\nx\n``` y\n```\n", ["x\n``` y"]),
    ("```cnb\nx\n   ```\n", ["x"]),
    ("```cnb\nx\n    ```\n```\n", ["x\n    ```"]),
    ("````cnb\n```\nx\n````\n", ["```\nx"]),
    ("```cnb\nx\n~~~\n```\n", ["x\n~~~"]),
    ("~~~cnb\nx\n~~~\n", ["x"]),
    ("```cnb\n```\n", [""]),
    ("```  cnb  \nx\n```  \n", ["x"]),
    ("```cnbx\nx\n```\n", []),
    ("```\ncnb\n```\n", []),
    ("para\n```cnb\nx\n```\n", ["x"]),
    ("```cnb\nx\n```", ["x"]),
    ("```cnb\na\u{2028}b\u{B}c\u{C}d\u{85}e\n```\n", ["a\u{2028}b\u{B}c\u{C}d\u{85}e"]),
    ("``cnb\nx\n``\n", []),
  ])
  func fencesOpenAndCloseAsCommonMarkSays(text: String, sources: [String]) {
    let document = Document(text)
    #expect(document.cells.map(\.source) == sources)
    #expect(document.problems.isEmpty)
  }

  @Test(arguments: ["```cnb\nx\n", "```cnb", "~~~\nx\n```\n", "a\n\n```cnb\nx\n``` y\n"])
  func anUnclosedFenceIsAnErrorWithItsLine(text: String) throws {
    let problem = try #require(Document(text).obstacle)
    #expect(problem.code == .unclosedFence)
    #expect(problem.line == (text.hasPrefix("a") ? 3 : 1))
    #expect(Document(text).cells.isEmpty)
  }

  @Test func anIndentedFenceIsKeptAndWarnedOf() {
    let text = "  ```cnb\n  x\n   y\n z\n  ```\n"
    #expect(Document(text).cells.map(\.source) == ["x\n y\nz"])
    #expect(codes(text) == [.indentedFence])
  }

  @Test func aBacktickInTheInfoStringIsAnError() {
    #expect(codes("```cnb `a`\nx\n```\ny\n```\n").contains(.infoString))
    #expect(codes("~~~cnb `a`\nx\n~~~\n") == [.infoString])
  }

  @Test(arguments: [
    "\\{", "a=&amp;", "#1", "#", "#a #b", "a=", "a=\"b", "a=\"b\"c", "seed=x",
    "error=12", "time=2", "mem=lots", "skip=1", "error", "=3", "a=$",
  ])
  func otherInfoStringsAreErrorsToo(words: String) {
    #expect(codes("```cnb \(words)\nx\n```\n") == [.infoString])
  }

  @Test func unknownOptionsAreKeptAndReported() {
    let text = "```cnb later bits=4 note=\"a b\"\nx\n```\n"
    #expect(codes(text) == [.unknownOption, .unknownOption, .unknownOption])
    #expect(Document(text).cells[0].options.unknown == ["later", "bits=4", "note=a b"])
    #expect(Document(text).obstacle == nil)
  }

  @Test(arguments: ["\r\n", "\r", "\n"])
  func lineEndingsAreKeptAndHiddenFromTheCell(end: String) throws {
    let text = ["```cnb", "a", "b", "```", "", "Prose.", ""].joined(separator: end)
    let document = Document(text)
    #expect(document.cells.map(\.source) == ["a\nb"])
    let written = document.replacingOutputs([0: [Output(.text, lines: ["1", "2"])]])
    let wanted = ["```cnb", "a", "b", "```", "", "```cnb-out", "1", "2", "```", "", "Prose.", ""]
    #expect(Array(written.text.utf8) == Array(wanted.joined(separator: end).utf8))
  }

  @Test func unicodeIsComparedByBytes() {
    let composed = Document("```cnb\n\"\u{E9}\"\n```\n")
    let decomposed = Document("```cnb\n\"e\u{301}\"\n```\n")
    #expect(Array(composed.cells[0].source.utf8) != Array(decomposed.cells[0].source.utf8))
    let stored = [Output(.text, lines: ["\u{E9}"])]
    #expect(stored != [Output(.text, lines: ["e\u{301}"])])
    #expect(!Comparison(stored: stored, new: [Output(.text, lines: ["e\u{301}"])]).agrees)
  }

  @Test func aByteOrderMarkIsReadOverAndNotWritten() {
    let document = Document("\u{FEFF}```cnb\nx\n```\n")
    #expect(document.cells.map(\.source) == ["x"])
    #expect(document.problems.map(\.code) == [.byteOrderMark])
    #expect(document.hasByteOrderMark)
    #expect(document.replacingOutputs([0: []]).hasByteOrderMark)
    let written = document.replacingOutputs([0: [Output(.text, lines: ["1"])]])
    #expect(written.text == "```cnb\nx\n```\n\n```cnb-out\n1\n```\n")
    let titled = Document("\u{FEFF}---\ntitle: a\n---\n")
    #expect(titled.frontMatter.title == "a")
  }

  @Test func aNulByteIsAnErrorWithItsLine() {
    let document = Document("a\n\n```cnb\nx\0\n```\n")
    #expect(document.obstacle?.code == .nulByte)
    #expect(document.obstacle?.line == 4)
  }

  @Test(arguments: ["\u{202E}", "\u{2066}", "\u{200F}", "\u{61C}"])
  func directionMarksInCodeAreErrors(mark: String) {
    let document = Document("\(mark)\n\n```cnb\na\nb\(mark)\n```\n")
    #expect(document.problems.map(\.code) == [.bidirectionalControl])
    #expect(document.obstacle?.line == 5)
  }

  @Test(arguments: [
    "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n", "```cnb\n<<<<<<< a\n```\n",
    ">>>>>>>\n",
  ])
  func mergeMarkersAreErrors(text: String) {
    #expect(Document(text).obstacle?.code == .mergeMarker)
  }

  @Test func underlinesAndQuotesAreNoMergeMarkers() {
    #expect(Document("Title\n=======\n\n> a\n<<<<<<<<\n").problems.isEmpty)
  }

  @Test func twoCellsWithOneIDAreAnError() {
    let document = Document("```cnb #a\nx\n```\n\n```cnb #a\ny\n```\n")
    #expect(document.obstacle?.code == .duplicateID)
    #expect(document.obstacle?.line == 5)
  }

  @Test func bytesThatAreNotUTF8AreAnErrorWithTheirOffset() {
    let error = #expect(throws: NotebookProblem.self) {
      try Document(parsing: Array("ab\nc".utf8) + [0xFF] + Array("d".utf8))
    }
    #expect(error?.code == .encoding)
    #expect(error?.message == "byte 4 of the notebook is not UTF-8")
    #expect(error?.line == 2)
  }

  @Test func theSampleOfTheFormatHasItsFencesAndTitle() {
    let document = Document(Samples.format)
    #expect(document.cells.map(\.id) == ["load", "q4", "bad", "fences"])
    #expect(document.cells.map(\.outputs.count) == [1, 2, 1, 1])
    #expect(document.cells[2].options.expectedError == "E0207")
    #expect(document.cells[3].outputs[0].lines == ["```"])
    #expect(document.frontMatter.title == "Int4 quantization, from scratch")
    #expect(document.frontMatter.seed == 7)
    #expect(document.frontMatter.allow == ["read:models/", "write:none", "net:none"])
    #expect(document.problems.map(\.code) == [.unknownOption])
    #expect(document.text == Samples.format)
  }
}

@Suite struct ReplacementTests {
  @Test func aLinkDefinitionBelowACellIsNotItsOutput() {
    let text = "```cnb\nx\n```\n[a]: /url\n\n```cnb-out\n1\n```\n"
    #expect(Document(text).cells[0].outputs.isEmpty)
    #expect(Document(text).withoutOutputs().text == text)
  }

  private let output = Output(.text, lines: ["1"], id: "a", key: "00000000")

  @Test(arguments: [
    "```cnb\nx\n```", "```cnb\nx\n```\n", "```cnb\nx\n```\nprose", "```cnb\nx\n```\n\n\n\nprose\n",
  ])
  func cleaningUndoesWriting(text: String) {
    let written = Document(text).replacingOutputs([0: [output]])
    #expect(written.cells[0].outputs == [output])
    #expect(written.withoutOutputs().text == text)
  }

  @Test func fencesGrowWithTheirContent() {
    let lines = ["a ``` b", "`````"]
    let written = Document("```cnb\nx\n```\n").replacingOutputs([0: [Output(.text, lines: lines)]])
    #expect(written.text.contains("``````cnb-out\n"))
    #expect(written.cells[0].outputs[0].lines == lines)
  }

  @Test func aFigureStaysApartFromTheProseBelow() {
    let figure = Output.figure(id: "a", number: 1, alt: "a [b]`", path: "a.cnb.d/a.1.svg")
    let written = Document("```cnb #a\nx\n```\nprose\n").replacingOutputs([0: [figure]])
    #expect(written.cells[0].outputs.map(\.kind) == [.figure])
    #expect(written.text == "```cnb #a\nx\n```\n\n![cnb #a.1: a b](a.cnb.d/a.1.svg)\n\nprose\n")
  }

  @Test func onlyTheRunOfTheCellChanges() {
    let document = Document(Samples.format)
    let written = document.replacingOutputs([0: [output]])
    #expect(written.cells.dropFirst().map(\.outputs) == document.cells.dropFirst().map(\.outputs))
    let tail = Array(document.bytes[document.text.utf8.count - 600..<document.bytes.count])
    #expect(written.bytes.suffix(600).elementsEqual(tail))
  }
}
