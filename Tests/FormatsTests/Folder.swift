// A temporary folder that goes away with its test.
import Formats
private import Glibc

final class Folder {
  let path: String

  init() {
    var template = Array("/tmp/cnb-formats-XXXXXX".utf8CString)
    path = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
  }

  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// The names of everything in it.
  var names: [String] {
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  deinit {
    for name in names { unlink("\(path)/\(name)") }
    rmdir(path)
  }
}

/// Cuts a small file short at every length, and changes every byte: each must give a value or a
/// `FormatError`, never a trap. How often it gave an error.
func damage(_ bytes: [UInt8], _ read: ([UInt8]) throws(FormatError) -> Void) -> Int {
  var refused = 0
  func attempt(_ damaged: [UInt8]) {
    do throws(FormatError) { try read(damaged) } catch { refused += 1 }
  }
  for end in bytes.indices { attempt(Array(bytes[..<end])) }
  for i in bytes.indices {
    for change: UInt8 in [1, 0x80, 0xff] {
      var damaged = bytes
      damaged[i] ^= change
      attempt(damaged)
    }
  }
  return refused
}
