// The paths that a path so far may become, for Tab.

internal import Formats

enum Files {
  static func startingWith(_ typed: String) -> [String] {
    let slash = typed.lastIndex(of: "/")
    let folder = slash.map { String(typed[...$0]) } ?? ""
    let stem = slash.map { String(typed[typed.index(after: $0)...]) } ?? typed
    return FileAccess.names(in: folder.isEmpty ? "." : folder)
      .filter { $0.hasPrefix(stem) && (!$0.hasPrefix(".") || stem.hasPrefix(".")) }
      .map { folder + $0 + (FileAccess.isFolder(folder + $0) ? "/" : "") }
  }
}
