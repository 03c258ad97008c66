// The files of notebooks, in the errors of notebooks: whole files through `FileAccess`, and the journal,
// which grows and is on the disk after each step.

internal import Formats
private import Glibc

package enum DurableFile {
  /// The largest file that is taken for a notebook, in bytes.
  package static let largest = 256 << 20

  /// The bytes of a regular file.
  package static func read(_ path: String) throws(NotebookProblem) -> [UInt8] {
    do throws(FormatError) { return try FileAccess.read(path, limit: largest) } catch {
      throw NotebookProblem(.unreadable, error.message)
    }
  }

  /// Replaces the content of a file in one step: whatever happens, it is the old one or the new.
  package static func replace(_ path: String, with bytes: [UInt8]) throws(NotebookProblem) {
    do throws(FormatError) { try FileAccess.writeAtomically(bytes, to: path) } catch {
      throw NotebookProblem(.unwritable, error.message, help: error.help)
    }
  }

  static func readAll(_ descriptor: Int32, _ path: String) throws(NotebookProblem) -> [UInt8] {
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { return result }
      if count < 0 {
        if errno == EINTR { continue }
        throw problem(.unreadable, "‘\(path)’ cannot be read")
      }
      result += chunk[..<count]
    }
  }

  /// The path of the file itself, when `path` is a symbolic link to it.
  package static func target(of path: String) throws(NotebookProblem) -> String {
    guard let resolved = realpath(path, nil) else {
      throw problem(.unreadable, "‘\(path)’ cannot be read")
    }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Writes all bytes and waits until they are on the disk.
  package static func append(_ bytes: [UInt8], to descriptor: Int32, _ path: String)
    throws(NotebookProblem)
  {
    var rest = bytes[...]
    while !rest.isEmpty {
      let chunk = Array(rest.prefix(1 << 20))
      let count = Glibc.write(descriptor, chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw problem(.unwritable, "‘\(path)’ cannot be written") }
      rest = rest.dropFirst(count)
    }
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw problem(.unwritable, "‘\(path)’ cannot be written")
    }
  }

  /// The folder and the name of an absolute path.
  static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = String(path[..<slash])
    return (folder.isEmpty ? "/" : folder, String(path[path.index(after: slash)...]))
  }

  /// A sentence with the reason that the system gave last.
  static func problem(_ code: NotebookCode, _ sentence: String) -> NotebookProblem {
    let reason = errno
    let help: String? =
      switch reason {
      case ENOSPC, EDQUOT: "free some space on the disk"
      case EROFS, EACCES, EPERM: "copy the notebook to a folder that you can write"
      default: nil
      }
    let words = String(cString: strerror(reason)).lowercased()
    return NotebookProblem(code, "\(sentence): \(words)", help: code == .unwritable ? help : nil)
  }
}
