// Where `import` finds modules: in the notebook's folder, then in the standard library. A module is a
// notebook; who imports it gets what its cells define, and none of its examples run.

internal import Formats
package import Interpreter
internal import Stdlib
internal import Synchronization
internal import Syntax

package enum ModuleShelf {
  /// The modules that programs in a folder can import.
  package static func modules(in folder: String) -> Modules {
    Modules(
      cells: { name in try cells(of: name, in: folder) },
      provider: { name in provided[name] },
      provided: { Array(provided.keys) })
  }

  /// The defining cells of a module, as sources.
  private static func cells(of name: String, in folder: String) throws -> [Source] {
    let document = try document(of: name, in: folder)
    if let obstacle = document.obstacle {
      throw Problem(obstacle.code.rawValue, "module `\(name)`: \(obstacle.message)")
    }
    return definitions(document).map { Source(name: "\(name).cnb", text: $0) }
  }

  /// The texts of the cells that only define.
  static func definitions(_ document: Document) -> [String] {
    document.cells.filter { !$0.options.isSkipped && CellNames(of: $0.source).onlyDefines }
      .map(\.source)
  }

  static func document(of name: String, in folder: String) throws -> Document {
    for ending in [".cnb", ".cnb.md"] {
      let path = "\(folder)/\(name)\(ending)"
      if FileAccess.exists(path) {
        do throws(NotebookProblem) { return try NotebookFile.load(path) } catch {
          throw Problem(error.code.rawValue, "module `\(name)`: \(error.message)")
        }
      }
    }
    if let text = Standard.text(of: name) { return Document(text) }
    throw Problem(
      "E0211", "there is no module `\(name)`",
      help: Problem.suggestion(for: name, among: Standard.names)
        ?? "the standard library has \(Standard.names.joined(separator: ", "))")
  }

  /// Every name that the standard library defines, with its module: read when first needed.
  private static let provided: [String: String] = {
    var provided: [String: String] = [:]
    for name in Standard.names {
      let document = Document(Standard.text(of: name) ?? "")
      for text in definitions(document) {
        for bound in CellNames(of: text).binds where provided[bound] == nil {
          provided[bound] = name
        }
      }
    }
    return provided
  }()
}
