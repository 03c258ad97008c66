// The catalog and the sources name the same codes, and every entry is fit to be read.
internal import Foundation
import Syntax
import Testing

@Suite struct CatalogTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The codes in string literals of the sources, without the catalog itself.
  private static func codesInSources() throws -> Set<String> {
    var codes: Set<String> = []
    let places = FileManager.default.enumerator(atPath: root.appending(path: "Sources").path)
    for case let path as String in places ?? .init()
    where path.hasSuffix(".swift") && !path.contains("/Catalog/") {
      let text = try String(contentsOf: root.appending(path: "Sources/" + path), encoding: .utf8)
      for match in text.matches(of: /"(E0[0-9]{3})"/) { codes.insert(String(match.1)) }
    }
    return codes
  }

  @Test func everyCodeOfTheSourcesIsExplained() throws {
    let explained = Set(Catalog.all.map(\.code))
    let thrown = try Self.codesInSources()
    #expect(thrown.subtracting(explained).sorted() == [])
    #expect(explained.subtracting(thrown).sorted() == [])
  }

  @Test func entriesAreSortedAndReadable() {
    #expect(Catalog.all.map(\.code) == Catalog.all.map(\.code).sorted())
    #expect(Set(Catalog.all.map(\.code)).count == Catalog.all.count)
    for entry in Catalog.all {
      #expect(
        entry.title.first?.isUppercase == false && !entry.title.hasSuffix("."), "\(entry.code)")
      #expect(entry.explanation.hasSuffix("."), "\(entry.code)")
      for line in Catalog.lines(entry.code, width: 72) {
        #expect(line.count <= 80 || line.hasPrefix("    "), "\(entry.code): \(line)")
      }
    }
  }

  @Test func anUnknownCodeGetsTheNearest() {
    #expect(Catalog.lines("E0306").first == "E0306: a division by zero")
    #expect(Catalog.lines("e0306").first == "E0306: a division by zero")
    #expect(Catalog.lines("E0396")[0].contains("did you mean E0306?"))
    #expect(Catalog.lines("nonsense") == ["there is no code `nonsense`"])
  }
}
