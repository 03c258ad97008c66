// Notebooks on the disk: crashes, locks, links, permissions, and files that cannot be written.

import Glibc
import Notebook
import Testing

@Suite struct NotebookFileTests {
  private let settings = RunSettings(engine: "1.0.0")
  private let folder: Folder

  init() throws { folder = try #require(Folder()) }

  private let three =
    "```cnb #a\nprint a\n```\n\n```cnb #b\nhook\nprint b\n```\n\n```cnb #c\ntime\n```\n"

  @Test func aRunSavesTheFileAndRemovesItsJournal() {
    let path = folder.write(three, to: "n.cnb")
    chmod(path, 0o640)
    #expect(NotebookFile.run(path, FakeEvaluator(), settings).exitCode == .ok)
    #expect(folder.read("n.cnb").contains("```cnb-out #b"))
    #expect(folder.names == ["n.cnb"])
    #expect(folder.mode(of: "n.cnb") == 0o640)
    let before = folder.status(of: "n.cnb")
    #expect(NotebookFile.run(path, FakeEvaluator(clock: 9), settings).exitCode == .ok)
    #expect(folder.status(of: "n.cnb").st_ino == before.st_ino)
    #expect(NotebookFile.check(path, FakeEvaluator(), settings).exitCode == .ok)
    #expect(NotebookFile.status(path, FakeEvaluator(), settings).exitCode == .ok)
    #expect(NotebookFile.clean(path).exitCode == .ok)
    #expect(folder.read("n.cnb") == three)
    #expect(folder.names == ["n.cnb"])
  }

  /// What a kill leaves is what lies on the disk at that moment: the old notebook and the journal.
  @Test func aKilledRunLosesNoFinishedCell() {
    let path = folder.write(three, to: "n.cnb")
    var journal: [UInt8] = []
    var notebook = ""
    let spy = FakeEvaluator(hook: { [folder] in
      journal = folder.bytes(".n.cnb.journal")
      notebook = folder.read("n.cnb")
    })
    #expect(NotebookFile.run(path, spy, settings).exitCode == .ok)
    #expect(notebook == three)
    for torn in [0, 5] {
      folder.write(notebook, to: "n.cnb")
      folder.write(Array(journal) + Array("\ncell #b 00".utf8.prefix(torn)), to: ".n.cnb.journal")
      let stop = FakeEvaluator(hook: { _ = 0 })
      let report = NotebookFile.run(path, Stopping(stop), settings)
      #expect(report.exitCode == .interrupted)
      #expect(report.recoveredCells == 1)
      #expect(folder.read("n.cnb").contains("```cnb-out #a"))
      #expect(folder.names == ["n.cnb"])
    }
  }

  @Test func outputsOfAnEditedCellAreNotRecovered() {
    let path = folder.write(three, to: "n.cnb")
    var journal: [UInt8] = []
    let spy = FakeEvaluator(hook: { [folder] in journal = folder.bytes(".n.cnb.journal") })
    _ = NotebookFile.run(path, spy, settings)
    folder.write(three.replacing("print a", with: "print z"), to: "n.cnb")
    folder.write(journal, to: ".n.cnb.journal")
    let report = NotebookFile.run(path, Stopping(FakeEvaluator()), settings)
    #expect(report.recoveredCells == 0)
    #expect(!folder.read("n.cnb").contains("cnb-out"))
  }

  @Test func twoRunsOfOneNotebookDoNotMix() throws {
    let path = folder.write(three, to: "n.cnb")
    symlink("n.cnb", folder.path("link.cnb"))
    let journal = try Journal(for: path)
    let report = NotebookFile.run(folder.path("link.cnb"), FakeEvaluator(), settings)
    #expect(report.problems.map(\.code) == [.busy])
    #expect(report.exitCode == .permission)
    #expect(folder.read("n.cnb") == three)
    journal.finish()
    #expect(NotebookFile.run(path, FakeEvaluator(), settings).exitCode == .ok)
  }

  @Test func aLinkStaysALink() {
    folder.write(three, to: "n.cnb")
    symlink("n.cnb", folder.path("link.cnb"))
    #expect(NotebookFile.run(folder.path("link.cnb"), FakeEvaluator(), settings).exitCode == .ok)
    #expect(folder.isLink("link.cnb"))
    #expect(folder.read("n.cnb").contains("```cnb-out #a"))
  }

  @Test func anEditDuringTheRunIsKept() {
    let path = folder.write(three, to: "n.cnb")
    let edited = "New prose.\n\n" + three.replacing("time\n", with: "print new\n")
    let busy = FakeEvaluator(hook: { [folder] in folder.write(edited, to: "n.cnb") })
    let report = NotebookFile.run(path, busy, settings)
    let document = Document(folder.read("n.cnb"))
    #expect(document.withoutOutputs().text == edited)
    #expect(document.cells.map(\.outputs.count) == [1, 1, 0])
    #expect(report.problems.map(\.code) == [.changedMeanwhile])
  }

  @Test func aNotebookThatCannotBeReadIsLeftAlone() {
    let path = folder.write("```cnb\nprint a\n```\n\n```cnb\n", to: "n.cnb")
    #expect(NotebookFile.run(path, FakeEvaluator(), settings).exitCode == .unreadable)
    folder.write([0x61, 0xFF], to: "bad.cnb")
    for name in ["bad.cnb", "none.cnb", "."] {
      let report = NotebookFile.run(folder.path(name), FakeEvaluator(), settings)
      #expect(report.exitCode == .unreadable)
      #expect(report.problems.count == 1)
    }
    #expect(folder.names == ["bad.cnb", "n.cnb"])
    #expect(folder.read("n.cnb") == "```cnb\nprint a\n```\n\n```cnb\n")
  }

  @Test func whatCannotBeWrittenIsACodedError() {
    let error = #expect(throws: NotebookProblem.self) {
      try DurableFile.replace("/proc/self/status", with: [])
    }
    #expect(error?.code == .unwritable)
    #expect(error?.code.exitCode == .permission)
    let path = folder.write(three, to: "n.cnb")
    folder.write("", to: "elsewhere")
    symlink("elsewhere", folder.path(".n.cnb.journal"))
    let report = NotebookFile.run(path, FakeEvaluator(), settings)
    #expect(report.problems.map(\.code) == [.unwritable])
    #expect(folder.read("n.cnb") == three)
  }

  @Test func aFullDiskIsACodedError() {
    let descriptor = open("/dev/full", O_WRONLY)
    defer { close(descriptor) }
    let error = #expect(throws: NotebookProblem.self) {
      try DurableFile.append([1], to: descriptor, "n.cnb")
    }
    #expect(error?.code == .unwritable)
    #expect(error?.message == "‘n.cnb’ cannot be written: no space left on device")
    #expect(error?.help == "free some space on the disk")
  }
}

/// Interrupts the first cell.
private struct Stopping: CellEvaluator {
  private var inner: FakeEvaluator

  init(_ inner: FakeEvaluator) { self.inner = inner }

  mutating func outline(_ cell: CellSource) -> CellOutline { inner.outline(cell) }
  mutating func evaluate(_ cell: CellSource) -> CellOutcome { CellOutcome(isInterrupted: true) }
  mutating func test(_ claim: Claim) -> ClaimOutcome { .holds }
}
