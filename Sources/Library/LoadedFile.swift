// What a notebook knows of the files that it names before it reads them.
import Formats

package enum LoadedFile {
  /// The name of a known data set: its contents never change, for its digest is part of the program.
  package static func isDataset(_ name: String) -> Bool {
    DatasetSource.all.contains { $0.name == name }
  }

  /// SHA-256 of a file's contents; empty where there is none to read.
  package static func digest(_ name: String, in folder: String) -> String {
    let path = name.hasPrefix("/") ? name : "\(folder)/\(name)"
    guard let bytes = try? FileAccess.read(path) else { return "" }
    return Digest.sha256(bytes)
  }
}
