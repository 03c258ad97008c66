// What a notebook knows of the files that it names before it reads them.
import Formats

package enum LoadedFile {
  /// The name of a known data set: its contents never change, for its digest is part of the program.
  package static func isDataset(_ name: String) -> Bool {
    DatasetSource.all.contains { $0.name == name }
  }

  /// SHA-256 of a file's contents, or of the names and digests of all that a pattern finds; empty where
  /// there is none to read.
  package static func digest(_ name: String, in folder: String) -> String {
    if let bytes = try? FileAccess.read(FileAccess.path(name, from: folder)) {
      return Digest.sha256(bytes)
    }
    guard let pattern = FilePattern(name) else { return "" }
    return digest(of: pattern.paths(in: folder).map { ($0, digest($0, in: folder)) })
  }

  static func digest(of files: [(name: String, digest: String)]) -> String {
    guard !files.isEmpty else { return "" }
    return Digest.sha256(Array(files.map { "\($0.name)\0\($0.digest)\n" }.joined().utf8))
  }
}
