// Where data sets are looked for.
private import Glibc

package struct DataPlaces: Sendable, Equatable {
  /// Folders, the first one first.
  package let folders: [String]

  package init(folders: [String]) { self.folders = folders }

  /// `$CNB_DATA`, then the data cache.
  package static var current: DataPlaces {
    DataPlaces(folders: [variable("CNB_DATA"), cache].compactMap(\.self))
  }

  /// `$XDG_CACHE_HOME/cnb`, or `~/.cache/cnb`; nil where the environment names neither.
  package static var cache: String? {
    if let folder = variable("XDG_CACHE_HOME") { return "\(folder)/cnb" }
    return variable("HOME").map { "\($0)/.cache/cnb" }
  }

  private static func variable(_ name: String) -> String? {
    guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { return nil }
    return value
  }

  /// The first file that is there, in a folder of the data set's name before the folder itself.
  func find(_ names: [String], of dataset: String) -> String? {
    for folder in candidates(for: dataset) {
      for name in names {
        let path = "\(folder)/\(name)"
        if FileAccess.exists(path) { return path }
      }
    }
    return nil
  }

  /// Every folder in which files of a data set may be.
  func candidates(for dataset: String) -> [String] {
    folders.flatMap { ["\($0)/\(dataset)", $0] }
  }
}
