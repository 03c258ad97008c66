// What was typed, kept between runs: a text file with one entry in each line, in which \n stands for
// a line feed and \\ for a backslash. Entries are appended, so that several sessions share it.

internal import Glibc

struct HistoryFile {
  let path: String

  /// The most entries that are kept.
  static let limit = 10_000

  /// `$XDG_STATE_HOME/cnb/history`, else `~/.local/state/cnb/history`; nil without a home.
  static var standardPath: String? {
    if let state = Terminal.environment("XDG_STATE_HOME"), state.hasPrefix("/") {
      return state + "/cnb/history"
    }
    guard let home = Terminal.environment("HOME"), home.hasPrefix("/") else { return nil }
    return home + "/.local/state/cnb/history"
  }

  /// The entries, oldest first, each at its latest place only. A file that has grown to twice the
  /// limit is written anew.
  func load() -> [String] {
    let lines = bytes().split(separator: 10)
    var seen: Set<ArraySlice<UInt8>> = []
    var kept: [ArraySlice<UInt8>] = []
    for line in lines.reversed() where kept.count < Self.limit {
      if seen.insert(line).inserted { kept.append(line) }
    }
    kept.reverse()
    if lines.count > 2 * Self.limit { rewrite(kept) }
    return kept.map { Self.decoded($0) }
  }

  /// Adds an entry. A history that cannot be written is no reason to disturb anybody.
  func append(_ entry: String) {
    makeFolders()
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    defer { Glibc.close(file) }
    let line = Self.encoded(entry) + [10]
    _ = write(file, line, line.count)
  }

  static func encoded(_ entry: String) -> [UInt8] {
    var line: [UInt8] = []
    for byte in entry.utf8 {
      switch byte {
      case 10: line += [92, 110]
      case 92: line += [92, 92]
      case 0: continue
      default: line.append(byte)
      }
    }
    return line
  }

  static func decoded(_ line: some Sequence<UInt8>) -> String {
    var entry: [UInt8] = []
    var isEscaped = false
    for byte in line {
      if isEscaped {
        entry.append(byte == 110 ? 10 : byte)
        isEscaped = false
      } else if byte == 92 {
        isEscaped = true
      } else {
        entry.append(byte)
      }
    }
    return String(decoding: entry, as: UTF8.self)
  }

  private func bytes() -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { Glibc.close(file) }
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &chunk, chunk.count)
      guard count > 0 else { return all }
      all += chunk.prefix(count)
    }
  }

  private func rewrite(_ lines: [ArraySlice<UInt8>]) {
    let new = path + ".new"
    let file = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    let text = lines.flatMap { $0 + [10] }
    let count = write(file, text, text.count)
    Glibc.close(file)
    if count == text.count { rename(new, path) } else { unlink(new) }
  }

  private func makeFolders() {
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += "/" + part
      mkdir(folder, 0o700)
    }
  }
}
