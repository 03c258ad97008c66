// The rules of the house that a machine can hold: who may look into which room, and how a file reads.

internal import Foundation
import Testing

@Suite struct HouseTests {
  @Test func roomsLookOnlyDownwards() throws {
    let found = try House.files.filter { $0.isSource }.flatMap { file in
      file.lines.compactMap { line -> String? in
        guard let name = line.code.importedModule, House.rooms.keys.contains(name) else {
          return nil
        }
        return House.sees(file.room, name) ? nil : file.says(line, "\(file.room) imports \(name)")
      }
    }
    #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
  }

  @Test func theManifestAgreesWithTheRooms() throws {
    let manifest = try String(
      contentsOf: House.root.appending(path: "Package.swift"), encoding: .utf8)
    for (name, dependencies) in House.manifestRooms(in: manifest) {
      let allowed = House.rooms[name] ?? []
      #expect(
        dependencies.isSubset(of: allowed), "\(name) sees \(dependencies), may see \(allowed)")
    }
  }

  @Test func filesAreShort() throws {
    let found = try House.files.filter { $0.lines.count > 400 }
      .map { "\($0.path): \($0.lines.count) lines, at most 400" }
    #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
  }

  @Test func functionsAreShort() throws {
    let found = try House.files.flatMap { $0.longFunctions(limit: 60) }
    #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
  }

  @Test func filesOpenWithASentence() throws {
    let found = try House.files.filter { !$0.opensWithASentence }
      .map { "\($0.path):1: wants a // sentence that says what it is" }
    #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
  }

  @Test(arguments: Ban.all) func bannedWordsAreAbsent(ban: Ban) throws {
    let found = try House.files.filter { ban.concerns($0) }.flatMap { file in
      file.lines.filter {
        ban.stands(in: ban.looksIntoText ? $0.text : $0.code)
      }
      .map { file.says($0, "\(ban.word) — \(ban.reason)") }
    }
    #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
  }
}

/// A word that may not stand in a source, and where that holds.
struct Ban: CustomTestStringConvertible, Sendable {
  let word: String
  let reason: String
  var looksIntoText = false
  var allowedRooms: Set<String> = []
  var allowedFiles: Set<String> = []
  var inTestsToo = false

  var testDescription: String { word }

  func concerns(_ file: House.File) -> Bool {
    (file.isSource || (inTestsToo && file.room != "HouseTests"))
      && !allowedRooms.contains(file.room) && !allowedFiles.contains(file.name)
  }

  /// Whether it is there as a word of its own, not as the end of another.
  func stands(in text: String) -> Bool {
    text.ranges(of: word).contains { found in
      guard found.lowerBound > text.startIndex else { return true }
      let before = text[text.index(before: found.lowerBound)]
      return !(before.isLetter || before == ".") || word == "Unsafe"
    }
  }

  static let all = [
    Ban(word: "fatalError(", reason: "nothing a user can type may trap"),
    Ban(word: "try!", reason: "nothing a user can type may trap"),
    Ban(word: "as!", reason: "nothing a user can type may trap"),
    Ban(word: "print(", reason: "only the command prints", allowedRooms: ["cnb"]),
    Ban(
      word: "Unsafe", reason: "checked spans and arrays instead",
      allowedRooms: ["Kernels", "Encodings"],
      allowedFiles: [
        "ByteReader.swift", "LineEditor.swift", "KeyReader.swift", "KeyBindings.swift",
        "FileAccess.swift", "ElementType.swift", "MNIST.swift", "Machine.swift", "Frame.swift",
      ]),
    Ban(word: "TODO", reason: "do it, or open an issue", looksIntoText: true, inTestsToo: true),
    Ban(word: "FIXME", reason: "fix it, or open an issue", looksIntoText: true, inTestsToo: true),
    Ban(word: "public ", reason: "package is the only boundary", inTestsToo: true),
  ]
}
