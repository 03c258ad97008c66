// run, check, status and clean on real notebooks, in the language; crashes and interrupts included.

import Glibc
import Testing

@Suite struct RunTests {
  private let work: Workplace

  init() throws { work = try Workplace() }

  private let three =
    "# Three\n\n```cnb #a\nx = 2\nx\n```\n\n```cnb #b\ntime x + 1\n```\n\n[x](claim: \"x < 3\")\n"
  private let endless = "```cnb\n1\n```\n\n```cnb\nwhile true {}\n```\n\n```cnb\n2\n```\n"

  @Test func aRunStoresAndASecondChangesNoByte() throws {
    work.write(three, to: "n.cnb")
    let first = try work.run("run", "n.cnb")
    #expect(first.code == 0 && first.errors.isEmpty)
    #expect(first.output.hasPrefix("n.cnb: 2 cells, 2 changed, ≈"))
    let stored = work.read("n.cnb")
    #expect(stored.contains("\n2\n```\n") && stored.contains("\n3\n```\n"))
    #expect(try work.run("n.cnb").code == 0)
    #expect(work.read("n.cnb") == stored)
    let check = try work.run("check", "n.cnb")
    #expect(check.output.hasPrefix("n.cnb: 2 cells, 2 reproduced, 1 claim holds, ≈"))
    #expect(check.code == 0 && work.read("n.cnb") == stored)
    #expect(try work.run("status", "n.cnb").output.hasSuffix("n.cnb: 2 cells, 2 fresh\n"))
    #expect(try work.run("clean", "n.cnb").code == 0)
    #expect(work.read("n.cnb") == three)
    #expect(work.names == ["n.cnb"])
  }

  @Test func aStarIsWatchedForNewFiles() throws {
    let write = "save(tensor([1]), \"a-1.npy\")\nsave(tensor([5]), \"b-2.npy\")"
    #expect(try work.run("-e", write).code == 0)
    work.write("```cnb\nfor a in load(\"a-*.npy\") { sum(a) }\n```\n", to: "n.cnb")
    let run = try work.run("run", "n.cnb")
    #expect(run.code == 0 && run.errors.isEmpty, "\(run.errors)")
    #expect(work.read("n.cnb").contains("\n[1]\n"))
    #expect(try work.run("status", "n.cnb").code == 0)
    work.write(work.bytes("b-2.npy"), to: "a-2.npy")
    #expect(try work.run("status", "n.cnb").code == 2)
    #expect(try work.run("run", "n.cnb").code == 0)
    #expect(work.read("n.cnb").contains("\n[1, 5]\n"))
  }

  @Test func whatDiffersIsNamed() throws {
    work.write(three, to: "n.cnb")
    _ = try work.run("run", "n.cnb")
    work.write(work.read("n.cnb").replacing("x = 2", with: "x = 7"), to: "n.cnb")
    let check = try work.run("check", "n.cnb")
    #expect(check.code == 2)
    #expect(check.output.contains("n.cnb:3: #a prints something else now\n  - 2\n  + 7\n"))
    #expect(check.output.contains("n.cnb:21: the claim “x” does not hold: x is 7\n"))
    #expect(try work.run("status", "n.cnb").code == 2)
  }

  @Test func anErrorNamesTheLineOfTheNotebook() throws {
    work.write("# Title\n\n```cnb\nx = 1\n\nx + none\n```\n\n```cnb\n5\n```\n", to: "n.cnb")
    let run = try work.run("run", "n.cnb")
    #expect(run.code == 1)
    #expect(run.errors.hasPrefix("n.cnb:6: E0301: "))
    #expect(
      run.output.hasPrefix("n.cnb: 2 cells, 1 changed, 1 failed, 1 not reached")
        || run.output.hasPrefix("n.cnb: 2 cells, 1 failed, 1 not reached"))
    #expect(work.read("n.cnb").contains("```cnb-err k="))
  }

  @Test func parametersAreSetFromOutside() throws {
    work.write("```cnb params\nbits = 4\n```\n\n```cnb\nbits * 2\n```\n", to: "n.cnb")
    #expect(try work.run("run", "--set", "bits=8", "n.cnb").code == 0)
    #expect(work.read("n.cnb").contains("\n16\n"))
    #expect(try work.run("check", "n.cnb").code == 2)
    #expect(try work.run("check", "--set", "bits=8", "n.cnb").code == 0)
    #expect(try work.run("status", "--set", "bits=8", "n.cnb").code == 0)
    let wrong = try work.run("run", "--set", "bots=8", "n.cnb")
    #expect(wrong.code == 64 && wrong.errors.contains("what can be set: bits"))
  }

  @Test func timesStayAsTheyAreUnlessRefreshed() throws {
    work.write("```cnb\ntime sum(1...10)\n```\n\n```cnb-out\ntime ≈9 h\n55\n```\n", to: "n.cnb")
    #expect(try work.run("run", "n.cnb").code == 0)
    #expect(work.read("n.cnb").contains("≈9 h"))
    #expect(try work.run("run", "--refresh", "n.cnb").code == 0)
    #expect(!work.read("n.cnb").contains("≈9 h"))
  }

  @Test func aLectureIsPrinted() throws {
    let claim = #"[two](claim: "\"a\" != \"b\"")"#
    let text = "---\ntitle: T\n---\n\nSome *prose*\nin \(claim) lines.\n\n"
    work.write(text + "- one\n- two\n\n```cnb\nx = 4\nx\n```\n\nThe end.\n", to: "n.cnb")
    let run = try work.run("run", "--print", "n.cnb")
    let wanted =
      "# T\n\nSome *prose* in two lines.\n\n- one\n- two\n\n│ x = 4\n│ x\n\n4\n\nThe end.\n\nn.cnb: 1 cell"
    #expect(run.output.hasPrefix(wanted))
  }

  @Test func limitsEndACell() throws {
    work.write("---\nlimits: {cell: 100ms}\n---\n\n" + endless, to: "n.cnb")
    let run = try work.run("run", "n.cnb")
    #expect(run.code == 3 && run.errors.contains("E0906"))
    #expect(work.read("n.cnb").contains("\n1\n```\n"))
    work.write("```cnb mem=1MiB\nwhile true {}\n```\n", to: "m.cnb")
    #expect(try work.run("run", "m.cnb").code == 4)
  }

  @Test func aNotebookReadsAndWritesOnlyWhereItMay() throws {
    work.makeFolder("in")
    work.makeFolder("out")
    let cell = "```cnb\nsave tensor([1, 2]), \"../out/x.npy\"\n```\n"
    work.write("---\nallow: [write:../out]\n---\n\n" + cell, to: "in/n.cnb")
    let refused = try work.run("run", "in/n.cnb")
    #expect(refused.code == 5 && refused.errors.contains("--allow grants that"))
    #expect(work.names == ["in", "out"])
    #expect(try work.run("run", "--allow", "in/n.cnb").code == 0)
    #expect(!work.read("out/x.npy").isEmpty)
    work.write(cell, to: "in/m.cnb")
    #expect(try work.run("run", "--allow", "in/m.cnb").code == 5)
  }

  @Test func anInterruptKeepsFinishedCells() throws {
    work.write(endless, to: "n.cnb")
    let process = try work.start(["run", "n.cnb"])
    #expect(work.wait { work.read(".n.cnb.journal").contains("cell @1") })
    kill(process, SIGINT)
    let found = work.outcome(of: process)
    #expect(
      found.code == 130 && found.errors.contains("n.cnb:9: interrupted")
        || found.errors.contains("n.cnb:5: interrupted"))
    #expect(work.read("n.cnb").contains("cnb-out"))
    #expect(work.names == ["n.cnb"])
  }

  @Test func twoRunsAtOnceAndAKill() throws {
    work.write(endless, to: "n.cnb")
    let process = try work.start(["run", "n.cnb"])
    #expect(work.wait { work.read(".n.cnb.journal").contains("cell @1") })
    let other = try work.run("run", "n.cnb")
    #expect(other.code == 5 && other.errors.contains("E0818"))
    #expect(work.read("n.cnb") == endless)
    kill(process, SIGKILL)
    #expect(work.outcome(of: process).code == 128 + SIGKILL)
    #expect(work.read("n.cnb") == endless)
    work.write(endless.replacing("while true {}", with: "3"), to: "n.cnb")
    let after = try work.run("run", "n.cnb")
    #expect(after.code == 0 && after.output.contains("1 recovered from a run that was cut off"))
    #expect(work.names == ["n.cnb"])
  }
}
