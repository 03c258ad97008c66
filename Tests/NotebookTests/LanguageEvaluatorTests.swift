// Notebooks in the language itself: what is run is stored, what is stored is reproduced, and a second
// run changes no byte.

import Glibc
import Interpreter
import Notebook
import Testing

@Suite struct LanguageEvaluatorTests {
  private let settings = RunSettings(engine: engineVersion)
  private let folder: Folder

  init() throws { folder = try #require(Folder()) }

  private func evaluator() -> LanguageEvaluator {
    let place = String(folder.path("x").dropLast(2))
    return LanguageEvaluator(
      Surroundings(folder: place, readable: [place], writable: [place]), interrupt: InterruptFlag())
  }

  /// Runs a notebook in memory.
  private func run(_ text: String, _ settings: RunSettings? = nil) -> (Document, Report) {
    var runner = Runner(Document(text), evaluator(), settings ?? self.settings)
    let (document, report) = runner.run()
    return (document, report)
  }

  private func check(_ document: Document, _ settings: RunSettings? = nil) -> Report {
    var runner = Runner(document, evaluator(), settings ?? self.settings)
    return runner.check()
  }

  private func stored(_ document: Document) -> [[String]] {
    document.cells.map { $0.outputs.flatMap(\.lines) }
  }

  private func cells(_ sources: String...) -> String {
    sources.map { "```cnb\n\($0)\n```\n" }.joined(separator: "\n")
  }

  /// One notebook of everything that a run could do otherwise the second time.
  static let programs = [
    "```cnb\nx = 2\nx\nprint x, \"é漢😀\"\n```\n",
    "```cnb\nrandom([4])\n```\n\n```cnb\nrandom([4])\n```\n",
    "```cnb\nseed 7\n```\n\n```cnb\nrandom([2])\n```\n\n```cnb #a\nrandom([2])\n```\n",
    "```cnb\ntime sum(1...100)\n```\n",
    "```cnb\ndata = load \"digits\"\n```\n\n```cnb #t\nnet = train (mlp [64, 16, 10]), on: data.train, "
      + "epochs: 2\naccuracy net, on: data.test\nmeasure net, on: data.test\n```\n",
    "```cnb error=E0301\n1 + none\n```\n",
    "```cnb error=E0201\nboom\n```\n\n```cnb\n3\n```\n",
    "```cnb\nplot [1, 4, 9]\n```\n", "```cnb\nfor i in 1...50 { print i }\n```\n",
    "```cnb\nprint \"```\"\n```\n", "```cnb skip\nboom\n```\n", "```cnb\n```\n",
    "```cnb\nwarned = mean [1, 2]\nnone\n```\n",
  ]

  @Test(arguments: programs) func aSecondRunChangesNoByteAndACheckPasses(text: String) {
    let (first, report) = run(text)
    #expect(report.exitCode == .ok)
    let (second, _) = run(first.text)
    #expect(second.text == first.text)
    let checked = check(first)
    #expect(checked.exitCode == .ok, "\(first.text)")
    #expect(!checked.cells.contains { $0.isKeyStale })
    #expect(Runner(first, evaluator(), settings).status().exitCode == .ok)
  }

  @Test func everyCellDrawsFromItsOwnStream() {
    let (two, _) = run("```cnb #a\nrandom([3])\n```\n\n```cnb #b\nrandom([3])\n```\n")
    #expect(stored(two)[0] != stored(two)[1])
    let (one, _) = run("```cnb #b\nrandom([3])\n```\n")
    #expect(stored(one)[0] == stored(two)[1])
    let (other, _) = run("---\nseed: 1\n---\n\n```cnb #b\nrandom([3])\n```\n")
    #expect(stored(other) != stored(one))
  }

  @Test func aSeedHoldsForTheCellsBelow() {
    let (a, _) = run(cells("seed 7", "random([3])", "random([3])"))
    let (b, _) = run(cells("1", "2", "seed 7", "random([3])", "random([3])"))
    #expect(stored(a).dropFirst() == stored(b).dropFirst(3))
    #expect(stored(a)[1] != stored(a)[2])
    let (c, _) = run(cells("seed 8", "random([3])"))
    #expect(stored(c)[1] != stored(a)[1])
    let (fixed, _) = run("```cnb\nseed 7\n```\n\n```cnb seed=3\nrandom([3])\n```\n")
    let (alone, _) = run("```cnb seed=3\nrandom([3])\n```\n")
    #expect(stored(fixed)[1] == stored(alone)[0])
  }

  @Test func anotherSeedMakesTheCellsBelowStale() {
    let (document, _) = run(cells("1", "seed 7", "random([3])"))
    let edited = Document(document.text.replacing("seed 7", with: "seed 8"))
    let states = Runner(edited, evaluator(), settings).status().cells.map(\.state)
    #expect(states == [.fresh, .withoutOutput, .stale])
  }

  @Test func parametersTakeThePlaceOfBindings() {
    let text =
      "---\nparams: {bits: 3}\n---\n\n```cnb params\nbits = 4\nname = \"a\"\n```\n\n"
      + "```cnb\nprint bits * 2, name\n```\n"
    #expect(stored(run(text).0)[1] == ["6 a"])
    let set = RunSettings(
      engine: engineVersion,
      parameters: [.init(name: "bits", value: "50%"), .init(name: "name", value: "b c")])
    let (document, _) = run(text, set)
    #expect(stored(document)[1].joined().hasSuffix("b c"))
    #expect(check(document, set).exitCode == .ok)
    #expect(check(document).exitCode == .mismatch)
  }

  @Test func claimsAreTested() {
    let text =
      cells("bits = 4") + "\n[a](claim: \"bits == 4\") [b](claim: \"bits > 4\") "
      + "[c](claim: \"bits + 1\") [d](claim: \"bots\")\n"
    let outcomes = check(run(text).0).claims.map(\.outcome)
    #expect(outcomes.count == 4)
    #expect(outcomes[0] == .holds)
    #expect(outcomes[1] == .fails("bits is 4"))
    #expect(outcomes[2] == .error(code: "E0815", text: "the claim gives 5, not true or false"))
    guard case .error("E0201", _) = outcomes[3] else {
      Issue.record("\(outcomes[3])")
      return
    }
  }

  @Test func expectedErrorsMustCome() {
    #expect(run("```cnb error=E0301\n1\n```\n").1.exitCode == .failed)
    #expect(run("```cnb error=E0301\nboom\n```\n").1.exitCode == .failed)
    let (document, report) = run(cells("x = 1\nx\nx + none", "5"))
    #expect(report.exitCode == .failed)
    #expect(report.cells[0].failedLine == 4)
    #expect(stored(document)[0].first == "1" && stored(document)[1].isEmpty)
  }

  @Test func modulesComeFromTheFolderFirst() {
    folder.write(
      "# Mine\n\n```cnb\n# Doubles.\nfn twice(n) { 2 * n }\n```\n\n```cnb\nprint \"not run\"\n```\n",
      to: "mine.cnb")
    let (document, report) = run(cells("import mine\ntwice(4)"))
    #expect(report.exitCode == .ok, "\(document.text)")
    #expect(stored(document)[0] == ["8"])
    folder.write("# Mine\n\n```cnb\nfn twice(n) { n + n + 0 }\n```\n", to: "mine.cnb")
    #expect(Runner(document, evaluator(), settings).status().cells.map(\.state) == [.stale])
    #expect(stored(run(cells("median [3, 1, 10]")).0)[0] == ["3"])
    #expect(run(cells("import nowhere")).1.exitCode == .failed)
  }

  @Test func filesAreWatched() {
    _ = run(cells("save tensor([1, 2]), \"x.npy\"\nsave tensor([5]), \"y.npy\""))
    let (document, report) = run(cells("load \"x.npy\""))
    #expect(report.problems.isEmpty)
    #expect(Runner(document, evaluator(), settings).status().exitCode == .ok)
    rename(folder.path("y.npy"), folder.path("x.npy"))
    #expect(Runner(document, evaluator(), settings).status().cells.map(\.state) == [.stale])
    let (_, computed) = run(cells("n = \"x\"\nload \"{n}.npy\""))
    #expect(computed.problems.map(\.code) == [.unseenFile])
  }

  @Test func whatIsOutsideIsNotRead() {
    #expect(run(cells("load \"/etc/passwd\"")).1.exitCode == .permission)
    #expect(run(cells("load \"../x.npy\"")).1.exitCode == .permission)
    #expect(run(cells("save tensor([1]), \"/tmp/cnb-never.npy\"")).1.exitCode == .permission)
  }

  @Test func limitsStopACellAndNotTheNext() {
    let (document, report) = run("```cnb time=50ms\nwhile true {}\n```\n")
    #expect(report.exitCode == .timeout)
    #expect(stored(document)[0] == ["E0906: the cell took longer than its limit of 0.05 s"])
    let text = "```cnb time=50ms error=E0906\nwhile true {}\n```\n\n```cnb\n1\n```\n"
    #expect(run(text).1.exitCode == .ok)
    #expect(run("```cnb mem=1MiB\nwhile true {}\n```\n").1.exitCode == .memory)
  }

  @Test func anInterruptIsNoOutput() {
    let flag = InterruptFlag()
    let place = String(folder.path("x").dropLast(2))
    let evaluator = LanguageEvaluator(Surroundings(folder: place), interrupt: flag)
    flag.set()
    var runner = Runner(Document(cells("while true {}")), evaluator, settings)
    let (document, report) = runner.run()
    #expect(report.exitCode == .interrupted && stored(document) == [[]])
  }
}
