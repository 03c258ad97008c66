// Each code of the catalog has a smallest program, and that program fails with it and nothing else.
import Interpreter
import Library
import Syntax
import Testing

@Suite struct SpecimenTests {
  static let programs: [(code: String, text: String)] = Catalog.all.compactMap { entry in
    guard case .program(let text) = entry.specimen else { return nil }
    return (entry.code, text)
  }

  @Test(arguments: programs)
  func failsWithItsCode(code: String, text: String) {
    let session = Session(registry: Library.registry, surroundings: Surroundings(folder: "."))
    let result = session.run(CellInput(source: Source(name: "", text: text), identity: code)) { _ in
    }
    #expect(result.diagnostics.filter { $0.severity == .error }.map(\.code) == [code], "\(text)")
  }
}
