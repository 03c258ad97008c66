// Whole files in, whole files out. A written file is there entirely or not at all.
private import Glibc

package enum FileAccess {
  /// The most bytes that are read from one file.
  package static let limit = 1 << 32

  /// All bytes of a file.
  /// - Throws: `FormatError` where it is missing, not a plain file, not readable, or too large.
  package static func read(_ path: String, limit: Int = limit) throws(FormatError) -> [UInt8] {
    guard !path.utf8.contains(0) else { throw .missing(file: path, help: nil) }
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw readError(errno, path) }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0 else { throw readError(errno, path) }
    guard kind(facts) == S_IFREG else {
      let what = kind(facts) == S_IFDIR ? "it is a folder" : "it is not a plain file"
      throw .unreadable(file: path, reason: what)
    }
    guard facts.st_size <= limit else {
      throw .tooLarge(file: path, what: "a length in bytes", found: facts.st_size, limit: limit)
    }
    var fault: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: facts.st_size) { buffer, count in
      while let start = buffer.baseAddress, count < facts.st_size {
        let got = Glibc.read(file, start + count, facts.st_size - count)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { fault = errno }
        if got <= 0 { break }
        count += got
      }
    }
    guard fault == 0 else { throw readError(fault, path) }
    return bytes
  }

  /// Where a path leads that may start at a folder.
  package static func path(_ path: String, from folder: String) -> String {
    path.hasPrefix("/") ? path : "\(folder)/\(path)"
  }

  /// Whether there is anything at this path.
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  package static func isFolder(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && kind(facts) == S_IFDIR
  }

  /// The names in a folder, sorted; none where it cannot be read.
  package static func names(in folder: String) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { start in
        start.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Replaces or makes a file in one step: at every moment, also after a crash, the path leads to
  /// the old contents or to the new ones. Links are followed, owner and permissions kept. A device or a
  /// pipe is written directly.
  /// - Throws: `FormatError` where the folder or file cannot be written, or the disk is full; then
  ///   nothing is left behind.
  package static func writeAtomically(
    _ bytes: [UInt8], to path: String
  ) throws(FormatError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw .unwritable(file: path, reason: "that is not a file name")
    }
    let target = resolved(path)
    var facts = stat()
    let present = stat(target, &facts) == 0
    if present && kind(facts) == S_IFDIR {
      throw .unwritable(file: path, reason: "it is a folder")
    }
    if present && kind(facts) != S_IFREG {
      let file = open(target, O_WRONLY | O_CLOEXEC)
      guard file >= 0 else { throw writeError(errno, path) }
      let fault = write(bytes, to: file)
      guard close(file) == 0, fault == 0 else { throw writeError(fault == 0 ? errno : fault, path) }
      return
    }
    if present && access(target, W_OK) != 0 { throw writeError(errno, path) }
    try replace(target, with: bytes, like: present ? facts : nil, named: path)
  }

  private static func replace(
    _ target: String, with bytes: [UInt8], like old: stat?, named path: String
  ) throws(FormatError) {
    let folder = folder(of: target)
    let temporary = "\(folder)/.cnb-\(getpid())-\(UInt64.random(in: 0...UInt64.max)).part"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw writeError(errno, path) }
    var fault = write(bytes, to: file)
    if fault == 0, let old {
      // Only root can give a file away; another user's stays readable to them by its permissions.
      _ = fchown(file, old.st_uid, old.st_gid)
      if fchmod(file, old.st_mode & 0o7777) != 0 { fault = errno }
    }
    if fault == 0 && fsync(file) != 0 { fault = errno }
    if close(file) != 0 && fault == 0 { fault = errno }
    if fault == 0 && rename(temporary, target) != 0 { fault = errno }
    guard fault == 0 else {
      unlink(temporary)
      throw writeError(fault, path)
    }
    // The new name itself must survive a crash too. Some file systems cannot do this; no harm then.
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }

  /// Writes all bytes; the system's error number, or 0.
  private static func write(_ bytes: [UInt8], to file: Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while let start = buffer.baseAddress, done < buffer.count {
        let written = Glibc.write(file, start + done, buffer.count - done)
        if written < 0 && errno == EINTR { continue }
        if written < 0 { return errno }
        done += written
      }
      return 0
    }
  }

  // MARK: - Paths and the system's words

  /// Where a chain of links ends, also where nothing is there yet.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func kind(_ facts: stat) -> mode_t { facts.st_mode & S_IFMT }

  private static func readError(_ fault: Int32, _ path: String) -> FormatError {
    switch fault {
    case ENOENT, ENOTDIR: .missing(file: path, help: nil)
    case EACCES, EPERM: .unreadable(file: path, reason: "permission denied")
    default: .unreadable(file: path, reason: String(cString: strerror(fault)).lowercased())
    }
  }

  private static func writeError(_ fault: Int32, _ path: String) -> FormatError {
    switch fault {
    case ENOSPC, EDQUOT, EFBIG: .noSpace(file: path)
    case ENOENT, ENOTDIR: .unwritable(file: path, reason: "its folder does not exist")
    case EACCES, EPERM, EROFS: .unwritable(file: path, reason: "the file or folder is read-only")
    default: .unwritable(file: path, reason: String(cString: strerror(fault)).lowercased())
    }
  }
}
