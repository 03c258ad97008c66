// A folder of its own for a test, gone when the test is.

import Glibc

final class Folder: Sendable {
  private let root: String

  init?() {
    var template = Array("/tmp/cnb-notebook-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in names { unlink(path(name)) }
    rmdir(root)
  }

  func path(_ name: String) -> String { "\(root)/\(name)" }

  @discardableResult
  func write(_ text: String, to name: String) -> String { write(Array(text.utf8), to: name) }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String) -> String {
    guard let file = fopen(path(name), "w") else { return path(name) }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    return path(name)
  }

  func bytes(_ name: String) -> [UInt8] {
    guard let file = fopen(path(name), "r") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
  }

  func read(_ name: String) -> String { String(decoding: bytes(name), as: UTF8.self) }

  func status(of name: String) -> stat {
    var status = stat()
    lstat(path(name), &status)
    return status
  }

  func mode(of name: String) -> mode_t { status(of: name).st_mode & 0o7777 }

  func isLink(_ name: String) -> Bool { status(of: name).st_mode & S_IFMT == S_IFLNK }

  /// The names in the folder, sorted.
  var names: [String] {
    guard let directory = opendir(root) else { return [] }
    defer { closedir(directory) }
    var result: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { result.append(name) }
    }
    return result.sorted()
  }
}
