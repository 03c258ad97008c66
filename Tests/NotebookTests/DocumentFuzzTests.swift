// Thousands of documents put together from the pieces that break parsers: nothing may be lost,
// nothing may trap.

import Notebook
import Testing

/// A small generator with a known sequence (splitmix64).
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite struct DocumentFuzzTests {
  private static let pieces = [
    "```", "````", "~~~", "cnb", "cnb-out", "cnb-err", " #a", " #b", " k=12345678", " skip",
    " raw", " a=\"b c\"", "\n", "\n", "\n", "\n\n", "\r\n", "\r", "    ", "  ", " ", "\t", "- ",
    "> ",
    "1. ", "<!--", "-->", "<details>", "</details>", "---", "---\n", "title: x\n", "seed: 1\n",
    "# H",
    "![cnb #a.1: x](y.svg)", "[c](claim:#a \"x > 1\")", "[c](claim: \"\")", "`", "\\", "&amp;",
    "text", "≈1.2 ms", "0.5 ± 0.1", "\u{2028}", "\u{85}", "é", "e\u{301}", "😀", "\0", "\u{FEFF}",
    "\u{202E}", "<<<<<<<", ">>>>>>>", "=======", "```cnb\nx\n```\n", "```cnb #a\ny\n```\n\n",
    "```cnb-out k=00000000\n1\n```\n", "{a: [", "]}", "&x", "*x", "\u{1B}[0m",
    "\u{1B}[-9223372036854775808G", "… 9 lines, 9223372036854775807 KiB more",
  ]

  private static func document(_ dice: inout Dice) -> String {
    (0..<Int.random(in: 0...40, using: &dice))
      .map { _ in pieces.randomElement(using: &dice) ?? "" }.joined()
  }

  @Test(arguments: 0..<10)
  func parsingAndPrintingLosesNothing(round: UInt64) throws {
    var dice = Dice(round)
    for _ in 0..<1000 {
      let text = Self.document(&dice)
      let document = try Document(parsing: Array(text.utf8))
      #expect(document.bytes == Array(text.utf8))
      for problem in document.problems { #expect(!problem.message.isEmpty) }
    }
  }

  @Test(arguments: 0..<10)
  func anyOutputCanBeStoredAndTakenOutAgain(round: UInt64) {
    var dice = Dice(100 + round)
    for _ in 0..<1000 {
      let document = Document(Self.document(&dice))
      let before = document.cells.map { Array($0.source.utf8) }
      let printed = PlainText(Self.document(&dice)).lines
      let outputs = [Output(.text, lines: printed, key: "01234567")]
      let all = Dictionary(uniqueKeysWithValues: document.cells.map { ($0.index, outputs) })
      let written = document.replacingOutputs(all)
      #expect(written.cells.map { Array($0.source.utf8) } == before, "\(document.bytes)")
      #expect(written.cells.allSatisfy { $0.outputs == outputs })
      #expect(written.replacingOutputs(all).bytes == written.bytes)
      let clean = Self.withoutMarks(document.withoutOutputs().bytes)
      if !all.isEmpty && !document.cells.allSatisfy({ $0.outputs == outputs }) {
        let cleaned = written.withoutOutputs().bytes
        let isUndone = cleaned.elementsEqual(clean)
        #expect(
          isUndone || document.cells.contains { !$0.outputs.isEmpty },
          "\(document.bytes) \(printed)")
      }
    }
  }

  /// A byte order mark goes when outputs are written, and does not come back.
  private static func withoutMarks(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    var rest = bytes[...]
    while rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
    return rest
  }

  @Test func anyBytesAreReadOrRefused() {
    var dice = Dice(7)
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...60, using: &dice)).map { _ in
        UInt8.random(in: 0...255, using: &dice)
      }
      if let document = try? Document(parsing: bytes) { #expect(document.bytes == bytes) }
    }
  }
}
