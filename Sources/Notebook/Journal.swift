// The outputs of finished cells, on the disk before the next cell begins: `.NAME.journal` beside
// the notebook. It is also the lock: who holds it writes the notebook, and nobody else does. A run
// that ends removes it; one that was killed leaves it, and the next run takes its outputs over.

private import Glibc

/// The journal of one run of one notebook, locked until it is closed.
package struct Journal: ~Copyable {
  /// What a run noted about a finished cell.
  package struct Record: Equatable, Sendable {
    /// `#id`, or `@n` for the n-th cell without an id.
    package let identity: String
    package let key: Key
    package let outputs: [Output]

    package init(identity: String, key: Key, outputs: [Output]) {
      self.identity = identity
      self.key = key
      self.outputs = outputs
    }
  }

  package let path: String
  /// The records of a run that did not end; empty when there was none.
  package let recovered: [Record]
  private let descriptor: Int32

  private static let head = "cnb-journal 1\n"

  /// The path of the journal of a notebook; symbolic links lead to one journal.
  package static func path(for notebook: String) throws(NotebookProblem) -> String {
    let (folder, name) = DurableFile.split(try DurableFile.target(of: notebook))
    return "\(folder)/.\(name).journal"
  }

  /// Locks the notebook. Throws `busy` when another run holds it, `unwritable` when its folder is
  /// read-only.
  package init(for notebook: String) throws(NotebookProblem) {
    let path = try Self.path(for: notebook)
    let descriptor = try Self.lock(path)
    let bytes = (try? DurableFile.readAll(descriptor, path)) ?? []
    let (records, length) = Self.records(in: bytes)
    do throws(NotebookProblem) {
      try Self.start(descriptor, path, after: length)
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
    recovered = records
  }

  deinit { close(descriptor) }

  /// A journal that is removed by its holder between our `open` and our `flock` is not the one that
  /// a third run would find: only the file that still has the name counts.
  private static func lock(_ path: String) throws(NotebookProblem) -> Int32 {
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard descriptor >= 0 else {
        throw DurableFile.problem(.unwritable, "the journal ‘\(path)’ cannot be written")
      }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        close(descriptor)
        throw NotebookProblem(
          .busy, "another run is writing this notebook", help: "wait for it, or stop it")
      }
      var (ours, named) = (stat(), stat())
      if fstat(descriptor, &ours) == 0, stat(path, &named) == 0, ours.st_ino == named.st_ino,
        ours.st_dev == named.st_dev
      {
        return descriptor
      }
      close(descriptor)
    }
  }

  /// Old records stay, so that a second crash does not lose them; a torn one at the end goes.
  private static func start(_ descriptor: Int32, _ path: String, after length: Int)
    throws(NotebookProblem)
  {
    guard ftruncate(descriptor, length) == 0, lseek(descriptor, 0, SEEK_END) == 0 else { return }
    try DurableFile.append(Array(head.utf8), to: descriptor, path)
  }

  /// Notes a finished cell, and returns when that is on the disk.
  package borrowing func append(_ record: Record) throws(NotebookProblem) {
    lseek(descriptor, 0, SEEK_END)
    try DurableFile.append(Self.bytes(of: record), to: descriptor, path)
  }

  /// Removes the journal: the notebook itself now holds everything.
  package consuming func finish() { remove() }

  /// Takes its name away; the lock stays until it is closed.
  borrowing func remove() { unlink(path) }

  private static func bytes(of record: Record) -> [UInt8] {
    let text = record.outputs.flatMap { [""] + $0.markdown }.joined(separator: "\n")
    let payload = Array(text.utf8)
    let head =
      "\ncell \(record.identity) \(record.key.digits) \(payload.count) \(digest(payload))\n"
    return Array(head.utf8) + payload
  }

  private static func digest(_ bytes: [UInt8]) -> String {
    var hash = KeyHash()
    hash.add(String(decoding: bytes, as: UTF8.self))
    return hash.finish()
  }

  /// The newest record of each cell, up to the first that is torn, and the length of what is whole.
  static func records(in bytes: [UInt8]) -> ([Record], length: Int) {
    guard bytes.starts(with: head.utf8) else { return ([], 0) }
    var rest = bytes.dropFirst(head.utf8.count)
    var result: [Record] = []
    while rest.first == 0x0A {
      let line = rest.dropFirst().prefix { $0 != 0x0A }
      let words = line.text.split(separator: " ").map(String.init)
      guard words.count == 5, words[0] == "cell", let count = Int(words[3]), count >= 0 else {
        break
      }
      let body = rest.dropFirst(line.count + 2)
      let payload = Array(body.prefix(count))
      guard payload.count == count, digest(payload) == words[4] else { break }
      result.removeAll { $0.identity == words[1] }
      result.append(
        Record(
          identity: words[1], key: Key(digits: words[2]), outputs: outputs(in: payload)))
      rest = body.dropFirst(count)
    }
    return (result, rest.startIndex)
  }

  /// A record is written as it would stand in a notebook, and is read as a notebook is.
  private static func outputs(in payload: [UInt8]) -> [Output] {
    Document("```cnb\n```\n" + payload[...].text).cells.first?.outputs ?? []
  }
}
