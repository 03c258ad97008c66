// Laws of reading and writing whole files.
import Formats
private import Glibc
import Testing

@Suite struct FileAccessTests {
  @Test func `what is written is read, and nothing else is left`() throws {
    let folder = Folder()
    for bytes: [UInt8] in [[], [1], Array(repeating: 7, count: 100_000)] {
      try FileAccess.writeAtomically(bytes, to: folder("a"))
      #expect(try FileAccess.read(folder("a")) == bytes)
      #expect(folder.names == ["a"])
    }
  }

  @Test func `permissions and links survive a write`() throws {
    let folder = Folder()
    try FileAccess.writeAtomically([1], to: folder("a"))
    chmod(folder("a"), 0o640)
    symlink("a", folder("link"))
    try FileAccess.writeAtomically([2], to: folder("link"))
    #expect(try FileAccess.read(folder("a")) == [2])
    var facts = stat()
    #expect(stat(folder("a"), &facts) == 0)
    #expect(facts.st_mode & 0o7777 == 0o640)
    #expect(lstat(folder("link"), &facts) == 0)
    #expect(facts.st_mode & S_IFMT == S_IFLNK)
  }

  @Test func `a missing file, a folder and a device are told apart`() {
    let folder = Folder()
    #expect(throws: FormatError.missing(file: folder("no"), help: nil)) {
      try FileAccess.read(folder("no"))
    }
    #expect(throws: FormatError.unreadable(file: folder.path, reason: "it is a folder")) {
      try FileAccess.read(folder.path)
    }
    #expect(throws: FormatError.unreadable(file: "/dev/zero", reason: "it is not a plain file")) {
      try FileAccess.read("/dev/zero")
    }
    #expect(throws: FormatError.missing(file: "/a\0b", help: nil)) {
      try FileAccess.read("/a\0b")
    }
  }

  @Test func `a file over the limit is refused before it is read`() throws {
    let folder = Folder()
    try FileAccess.writeAtomically([1, 2, 3], to: folder("a"))
    #expect(try FileAccess.read(folder("a"), limit: 3) == [1, 2, 3])
    let error = #expect(throws: FormatError.self) {
      try FileAccess.read(folder("a"), limit: 2)
    }
    #expect(error?.code == "E0704")
  }

  @Test func `a full disk is told, with a code`() {
    #expect(throws: FormatError.noSpace(file: "/dev/full")) {
      try FileAccess.writeAtomically([1, 2, 3], to: "/dev/full")
    }
  }

  @Test func `a folder that is missing, read-only or in the way leaves nothing behind`() {
    let folder = Folder()
    let error = #expect(throws: FormatError.self) {
      try FileAccess.writeAtomically([1], to: folder("no/a"))
    }
    #expect(error == .unwritable(file: folder("no/a"), reason: "its folder does not exist"))
    #expect(throws: FormatError.unwritable(file: folder.path, reason: "it is a folder")) {
      try FileAccess.writeAtomically([1], to: folder.path)
    }
    #expect(throws: FormatError.self) { try FileAccess.writeAtomically([1], to: "/proc/a") }
    #expect(throws: FormatError.self) { try FileAccess.writeAtomically([1], to: "") }
    #expect(folder.names.isEmpty)
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
  func `a read-only folder is told`() {
    let folder = Folder()
    chmod(folder.path, 0o555)
    defer { chmod(folder.path, 0o755) }
    #expect(throws: FormatError.self) { try FileAccess.writeAtomically([1], to: folder("a")) }
  }
}
