// Every word's examples run and show what they say; its page is complete and fits.
import Charts
import Interpreter
import Library
import Testing

@Suite struct ExampleTests {
  static let words = Library.registry.words.map(\.name)
  static let examples = Library.registry.words.flatMap { word in
    word.examples.map { (word.name, $0.code, $0.shows) }
  }

  @Test(arguments: examples) func examplesShowWhatTheySay(
    word: String, code: String, shows: String?
  ) throws {
    let folder = try Folder()
    let cell = Workbench(folder.path).run(code)
    #expect(cell.error == nil, "\(word): \(cell.message)")
    guard let shows else { return }
    let hasMark = shows.contains("≈") || shows.contains("±")
    if !hasMark { #expect(cell.text == shows) }
  }

  /// What draws, times or asks a clock shows nothing that a line of text could hold.
  @Test func wordsShowResults() {
    let without = Library.registry.words.filter { $0.examples.allSatisfy { $0.shows == nil } }
    let expected: Set<String> = [
      "plot", "histogram", "line", "scatter", "bars", "heatmap", "help", "seed", "time",
    ]
    #expect(Set(without.map(\.name)) == expected)
  }

  @Test func wordsAreUniqueAndDocumented() {
    #expect(Set(Self.words).count == Self.words.count)
    for word in Library.registry.words {
      #expect(!word.examples.isEmpty, "\(word.name) has no example")
      #expect(word.summary.hasSuffix("."), "\(word.name): \(word.summary)")
      #expect(Set(word.parameters.map(\.name)).count == word.parameters.count)
      for parameter in word.parameters {
        #expect(!parameter.doc.isEmpty, "\(word.name).\(parameter.name)")
        #expect(!parameter.doc.hasSuffix("."), "\(word.name).\(parameter.name)")
      }
      for other in word.seeAlso {
        #expect(
          Self.words.contains(other) || other == "mlp", "\(word.name) points to \(other)")
      }
    }
  }

  @Test(arguments: words) func pagesFit(word: String) throws {
    let function = try #require(Library.registry[word])
    for line in Help.lines(function, DisplayStyle()) {
      #expect(line.count <= 80, "\(line)")
      #expect(line.last != " ", "\(line)")
    }
  }

  @Test func indexNamesEveryWord() {
    let lines = Help.index(Library.registry, DisplayStyle())
    for word in Self.words {
      #expect(lines.contains { $0.hasPrefix("  \(word) ") }, "\(word)")
    }
    #expect(lines.allSatisfy { $0.count <= 80 && $0.last != " " })
  }
}
