// The words of the language, by chapter in reading order and by name.

package struct Chapter: Sendable {
  package let title: String
  package let words: [Builtin]
  package init(_ title: String, _ words: [Builtin]) {
    self.title = title
    self.words = words
  }
}

package struct Registry: Sendable {
  package let chapters: [Chapter]
  private let table: [String: Function]

  package init(_ chapters: [Chapter]) {
    self.chapters = chapters
    var table: [String: Function] = [:]
    for word in chapters.flatMap(\.words) { table[word.name] = Function(builtin: word) }
    self.table = table
  }

  package var words: [Builtin] { chapters.flatMap(\.words) }
  package subscript(_ name: String) -> Function? { table[name] }
  package var names: some Sequence<String> { table.keys }
}
