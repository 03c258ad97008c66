// Files that are read whole and written whole: to a temporary neighbor, flushed, and renamed into
// place, so that a reader (or a crash) sees the old file or the new one, and nothing between.

private import Glibc

/// Reading and writing of whole files.
package enum DurableFile {
  /// The largest file that is taken for a notebook, in bytes.
  package static let largest = 256 << 20

  /// The bytes of a regular file.
  package static func read(_ path: String) throws(NotebookProblem) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw problem(.unreadable, "‘\(path)’ cannot be read") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw NotebookProblem(.unreadable, "‘\(path)’ is not a file")
    }
    guard status.st_size <= largest else {
      throw NotebookProblem(
        .unreadable, "‘\(path)’ has \(status.st_size) bytes, and a notebook at most \(largest)")
    }
    return try readAll(descriptor, path)
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

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

  /// Replaces the content of a file; permission bits and, where allowed, owner are kept.
  package static func replace(_ path: String, with bytes: [UInt8]) throws(NotebookProblem) {
    let path = try target(of: path)
    var status = stat()
    guard stat(path, &status) == 0, access(path, W_OK) == 0 else {
      throw problem(.unwritable, "‘\(path)’ cannot be written")
    }
    let (folder, name) = split(path)
    // One name for all runs: what a kill leaves is overwritten by the next save.
    let temporary = "\(folder)/.\(name).tmp"
    do throws(NotebookProblem) {
      try write(bytes, to: temporary, like: status)
      guard rename(temporary, path) == 0 else {
        throw problem(.unwritable, "‘\(path)’ cannot be written")
      }
    } catch {
      unlink(temporary)
      throw error
    }
    flush(folder: folder)
  }

  private static func write(_ bytes: [UInt8], to path: String, like status: stat)
    throws(NotebookProblem)
  {
    unlink(path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw problem(.unwritable, "‘\(path)’ cannot be written") }
    defer { close(descriptor) }
    _ = fchown(descriptor, status.st_uid, status.st_gid)
    guard fchmod(descriptor, status.st_mode & 0o7777) == 0 else {
      throw problem(.unwritable, "the permissions of ‘\(path)’ cannot be set")
    }
    try append(bytes, to: descriptor, path)
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

  /// A rename is on the disk once its folder is.
  private static func flush(folder: String) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
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
