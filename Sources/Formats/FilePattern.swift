// Several files by one name.
private import Glibc

/// A path whose last part has a star, which stands for any characters: "networks/small-*.cnbm".
package struct FilePattern: Sendable {
  /// With its slash; empty where the path has none.
  private let folder: String
  private let name: String

  /// Nil for a path without a star in its last part.
  package init?(_ path: String) {
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    folder = String(path[..<slash])
    name = String(path[slash...])
    guard name.contains("*") else { return nil }
  }

  /// The paths that fit, in the order of their names; a name that begins with a dot fits no star.
  /// - Parameter root: where paths start that do not start with a slash.
  package func paths(in root: String) -> [String] {
    FileAccess.names(in: FileAccess.path(folder, from: root))
      .filter { fnmatch(name, $0, FNM_PERIOD | FNM_NOESCAPE) == 0 }
      .map { folder + $0 }
  }
}
