// The catalog of codes, the options and the keys of the head: every entry is told apart and
// explained.

import Notebook
import Testing

@Suite struct NotebookProblemTests {
  @Test func everyCodeHasANumberOfItsOwnAndASentence() {
    let codes = NotebookCode.allCases
    #expect(Set(codes.map(\.rawValue)).count == codes.count)
    for code in codes {
      #expect(code.rawValue.hasPrefix("E08") && code.rawValue.utf8.count == 5)
      #expect(code.summary.hasSuffix("."))
      #expect(code.isWarning || code.exitCode != .ok)
    }
  }

  @Test(arguments: CellOption.all)
  func everyOptionIsKnownToCells(option: CellOption) throws {
    let value =
      switch option.value {
      case .none: ""
      case .code: "=E0203"
      case .seed: "=7"
      case .time: "=1.5min"
      case .memory: "=\"2 GiB\""
      }
    let text = "```cnb \(option.name)\(value.replacing(" ", with: ""))\nx\n```\n"
    let document = Document(text)
    #expect(document.problems.isEmpty)
    #expect(document.cells[0].options != CellOptions())
    #expect(!option.summary.isEmpty)
  }

  @Test(arguments: FrontMatter.keys)
  func everyKeyOfTheHeadIsRead(key: FrontMatter.Entry) {
    let values = [
      "cnb": "1", "seed": "3", "params": "{a: 1}", "limits": "{cell: 1s}", "allow": "[read:a]",
    ]
    let text = "---\n\(key.name): \(values[key.name] ?? "text")\n---\n"
    #expect(Document(text).problems.isEmpty)
    if key.name != "cnb" { #expect(Document(text).frontMatter != FrontMatter()) }
  }
}
