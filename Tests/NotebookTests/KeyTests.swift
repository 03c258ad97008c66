// The key of a cell: it changes with all that it names, and with nothing else.

import Notebook
import Testing

@Suite struct KeyTests {
  private func key(
    tokens: [String] = ["a", "=", "1"], reads: [(name: String, key: Key)] = [],
    parameters: [FrontMatter.Entry] = [], seed: UInt64 = 0, files: [FileDigest] = [],
    engine: String = "1.0.0"
  ) -> Key {
    Key(
      tokens: tokens, reads: reads, parameters: parameters, seed: seed, files: files, engine: engine
    )
  }

  @Test func theSameCellHasTheSameKey() {
    #expect(key() == key())
    #expect(key().digits.utf8.count == 64)
    #expect(key().short.utf8.count == 8)
  }

  @Test func everyPartCounts() {
    let keys = [
      key(), key(tokens: ["a", "=", "2"]), key(tokens: ["a=", "1"]), key(reads: [("x", key())]),
      key(reads: [("y", key())]), key(parameters: [.init(name: "a", value: "1")]), key(seed: 1),
      key(files: [FileDigest(name: "f", digest: "00")]),
      key(files: [FileDigest(name: "f", digest: "01")]), key(engine: "1.0.1"),
    ]
    #expect(Set(keys).count == keys.count)
  }

  @Test func theOrderOfNamesAndFilesDoesNotCount() {
    let (a, b) = (FileDigest(name: "a", digest: "0"), FileDigest(name: "b", digest: "0"))
    #expect(key(files: [a, b]) == key(files: [b, a]))
    #expect(
      key(reads: [("x", key()), ("y", key(seed: 1))])
        == key(reads: [("y", key(seed: 1)), ("x", key())]))
  }

  @Test func everyCellDrawsFromItsOwnStream() {
    #expect(Key.seed(notebook: 7, cell: "#a") == Key.seed(notebook: 7, cell: "#a"))
    #expect(Key.seed(notebook: 7, cell: "#a") != Key.seed(notebook: 7, cell: "#b"))
    #expect(Key.seed(notebook: 7, cell: "#a") != Key.seed(notebook: 8, cell: "#a"))
  }
}
