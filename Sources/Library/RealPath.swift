// Where a path really leads, links followed: what permissions are checked on.
import Glibc

package enum RealPath {
  /// The path without links and dots; of what does not exist yet, as far as its folder exists.
  package static func of(_ path: String) -> String {
    if let found = resolved(path) { return found }
    var folder = path
    var rest: [Substring] = []
    while let slash = folder.lastIndex(of: "/") {
      rest.insert(folder[folder.index(after: slash)...], at: 0)
      folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
      // Dots behind a folder that is not there cannot be followed: such a path leads nowhere.
      if rest.contains("..") { return "" }
      if let found = resolved(folder) {
        return (found == "/" ? "" : found) + "/" + rest.filter { $0 != "." }.joined(separator: "/")
      }
      if folder == "/" { break }
    }
    return path
  }

  private static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}
