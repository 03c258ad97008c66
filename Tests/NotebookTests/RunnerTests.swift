// Run, check and status of documents, with an evaluator of a toy language.

import Notebook
import Testing

@Suite struct RunnerTests {
  private let settings = RunSettings(engine: "1.0.0")

  private func run(
    _ text: String, _ evaluator: FakeEvaluator = FakeEvaluator(), set: [(String, String)] = []
  ) -> (document: Document, report: Report) {
    var settings = settings
    settings.parameters = set.map { FrontMatter.Entry(name: $0, value: $1) }
    var runner = Runner(Document(text), evaluator, settings)
    return runner.run()
  }

  private func check(_ text: String, _ evaluator: FakeEvaluator = FakeEvaluator()) -> Report {
    var runner = Runner(Document(text), evaluator, settings)
    return runner.check()
  }

  private func status(_ text: String) -> [CellState] {
    Runner(Document(text), FakeEvaluator(), settings).status().cells.map(\.state)
  }

  private let text = """
    Prose.

    ```cnb #x
    x = 3
    ```

    ```cnb #y
    show x
    near x
    time
    ```
    More.

    """

  @Test func aRunStoresOutputsAndNothingElse() {
    let (document, report) = run(text)
    let key = document.cells[1].outputs[0].key ?? ""
    #expect(
      document.text == """
        Prose.

        ```cnb #x
        x = 3
        ```

        ```cnb #y
        show x
        near x
        time
        ```

        ```cnb-out #y k=\(key)
        3
        x 3.0 ± 0.5
        took ≈2 ms
        ```
        More.

        """)
    #expect(report.exitCode == .ok)
    #expect(document.withoutOutputs().text == text)
  }

  @Test func aSecondRunChangesNoByte() {
    let first = run(text).document
    #expect(run(first.text).document.bytes == first.bytes)
    let later = run(first.text, FakeEvaluator(clock: 900, drift: 0.3))
    #expect(later.document.bytes == first.bytes)
    #expect(later.report.cells.map(\.state) == [.identical, .equal])
    #expect(run(first.text, FakeEvaluator(drift: 0.7)).document.bytes != first.bytes)
  }

  @Test func refreshingStoresNewTimes() {
    let first = run(text).document
    var settings = settings
    settings.refreshes = true
    var runner = Runner(first, FakeEvaluator(clock: 900), settings)
    #expect(runner.run().document.text.contains("took ≈901 ms"))
  }

  @Test func checkComparesAndClaimsAreTested() {
    let first = run(text).document.text
    #expect(check(first, FakeEvaluator(clock: 50)).exitCode == .ok)
    #expect(check(first, FakeEvaluator(drift: 9)).exitCode == .mismatch)
    #expect(check(text).exitCode == .mismatch)
    let claimed = "[a](claim:#y \"x == 3\") [b](claim:#x \"x == 4\")\n\n" + first
    let report = check(claimed)
    #expect(report.claims.map(\.outcome) == [.fails("x is 3"), .holds])
    #expect(report.exitCode == .mismatch)
    #expect(check(first + "\n[a](claim: \"x == 3\")\n").exitCode == .ok)
    #expect(check("[a](claim: \"x == 3\")\n\n" + first).exitCode == .failed)
  }

  @Test func statusFollowsWhatACellReads() {
    let first = run(text).document.text
    #expect(status(text) == [.withoutOutput, .withoutOutput])
    #expect(status(first) == [.withoutOutput, .fresh])
    #expect(status(first.replacing("x = 3", with: "x = 4")) == [.withoutOutput, .stale])
    #expect(status(first.replacing("x = 3", with: "x  =  3 // same")) == [.withoutOutput, .fresh])
    #expect(status(first.replacing("Prose", with: "Poem")) == [.withoutOutput, .fresh])
    #expect(status("---\nseed: 1\n---\n" + first) == [.withoutOutput, .stale])
  }

  @Test func anUnchangedOutputOfAnEditedCellKeepsItsBytesUnderANewKey() {
    let first = run(text).document
    let edited = first.text.replacing("show x\n", with: "show x\nprint\n")
      .replacing("print\n", with: "y = 1\n")
    let second = run(edited, FakeEvaluator(clock: 70))
    #expect(second.report.cells[1].isKeyStale)
    #expect(second.document.text.contains("took ≈2 ms"))
    #expect(second.document.cells[1].outputs[0].key != first.cells[1].outputs[0].key)
    #expect(status(second.document.text) == [.withoutOutput, .fresh])
  }

  @Test func anErrorEndsTheRunAndIsStored() {
    let (document, report) = run(
      "```cnb\nprint a\n```\n\n```cnb\nprint b\nfail E0203\n```\n\n```cnb\nprint c\n```\n")
    #expect(document.cells.map { $0.outputs.map(\.kind) } == [[.text], [.text, .error], []])
    #expect(document.cells[1].outputs[1].lines == ["E0203: it failed"])
    #expect(report.exitCode == .failed)
    #expect(report.cells.map(\.state).last == .notReached)
    #expect(status(document.text) == [.fresh, .storedFailure, .withoutOutput])
    #expect(check(document.text).exitCode == .failed)
  }

  @Test func aCellMayHaveToFail() {
    let good = run("```cnb error=E0203\nfail E0203\n```\n\n```cnb\nprint c\n```\n")
    #expect(good.report.exitCode == .ok)
    #expect(good.document.cells[0].outputs.map(\.kind) == [.error])
    #expect(check(good.document.text).exitCode == .ok)
    #expect(run("```cnb error=E0204\nfail E0203\n```\n").report.exitCode == .failed)
    let passed = run("```cnb error=E0204\nprint x\n```\n").report
    #expect(passed.exitCode == .failed)
    guard case .failed(let code, _, _) = passed.cells[0].state else { return #expect(Bool(false)) }
    #expect(code == "E0816")
  }

  @Test func interruptsLimitsAndSkipsHaveTheirOwnEnds() {
    let stopped = run("```cnb\nprint a\n```\n\n```cnb\nprint b\nstop\n```\n")
    #expect(stopped.report.exitCode == .interrupted)
    #expect(stopped.document.cells.map(\.outputs.count) == [1, 0])
    #expect(run("```cnb\nslow\n```\n").report.exitCode == .timeout)
    let skipped = run("```cnb skip\nfail E0203\n```\n\n```cnb-out\nold\n```\n")
    #expect(skipped.report.exitCode == .ok)
    #expect(skipped.document.cells[0].outputs[0].lines == ["old"])
  }

  @Test func parametersReachTheCellsThatTakeThem() {
    let text = "```cnb params\nbits = 4\n```\n\n```cnb\nshow bits\n```\n"
    let set = run(text, set: [("bits", "2")])
    #expect(set.document.cells[1].outputs[0].lines == ["2"])
    #expect(status(set.document.text) == [.withoutOutput, .stale])
    let wrong = run(text, set: [("bit", "2")])
    #expect(wrong.report.exitCode == .usage)
    #expect(wrong.document.text == text)
    let head = run("---\nparams: {bits: 8}\n---\n" + text)
    #expect(head.document.cells[1].outputs[0].lines == ["8"])
    #expect(status(head.document.text) == [.withoutOutput, .fresh])
  }

  @Test func aNotebookWithAnErrorIsNotRun() {
    let evaluator = FakeEvaluator()
    var runner = Runner(Document("```cnb\nprint a\n```\n\n```cnb\n"), evaluator, settings)
    let (document, report) = runner.run()
    #expect(report.exitCode == .unreadable)
    #expect(runner.evaluator.evaluated.isEmpty)
    #expect(document.cells[0].outputs.isEmpty)
    #expect(runner.check().exitCode == .unreadable)
    #expect(runner.status().exitCode == .unreadable)
  }

  @Test func filesReadByAComputedNameAreWarnedOf() {
    let report = run("```cnb\nread data\n```\n").report
    #expect(report.problems.map(\.code) == [.unseenFile])
    #expect(report.exitCode == .ok)
  }

  @Test func aFileThatACellAboveWritesIsPartOfTheKey() {
    let text = "```cnb\nsave f 1\n```\n\n```cnb\nload f\n```\n"
    let evaluator = FakeEvaluator()
    let first = run(text, evaluator)
    #expect(first.report.problems.isEmpty)
    let after = Runner(first.document, evaluator, settings).status()
    #expect(after.cells.map(\.state) == [.withoutOutput, .fresh])
    #expect(run(first.document.text, evaluator).document.bytes == first.document.bytes)
    evaluator.disk.files["f"] = "2"
    let stale = Runner(first.document, evaluator, settings).status()
    #expect(stale.cells.map(\.state) == [.withoutOutput, .stale])
  }

  @Test func longOutputsKeepTheirHeadAndTail() {
    func notebook(_ count: Int, _ odd: String = "") -> String {
      "```cnb\n" + (0..<count).map { "print \($0 == 30 ? odd : "") line \($0)\n" }.joined()
        + "time\n```\n"
    }
    let first = run(notebook(100)).document
    let output = first.cells[0].outputs[0]
    #expect(output.lines.count == 37)
    #expect(output.lines[24] == "… 65 lines, 520 B more")
    #expect(output.lines.last == "took ≈2 ms")
    #expect(output.cut != nil)
    #expect(check(first.text, FakeEvaluator(clock: 1000)).exitCode == .ok)
    let changed = first.text.replacing("print  line 30\n", with: "print x line 30\n")
    #expect(check(changed).exitCode == .mismatch)
    #expect(run(notebook(39)).document.cells[0].outputs[0].cut == nil)
    let wide = run("```cnb\nprint \(String(repeating: "w", count: 9000))\n```\n").document
    #expect(wide.cells[0].outputs[0].lines == ["… 1 line, 9 KiB more"])
  }
}
