// Training by steps, going back to a start and refusing arguments, as a user writes them.
import Interpreter
import Testing

@Suite struct RewindingWordsTests {
  private static func prepared() -> Workbench {
    let bench = Workbench()
    bench.run("data = load \"digits\"\nstart = mlp [64, 16, 10]\nholed = prune start, 50%")
    return bench
  }

  @Test func historyCountsSteps() throws {
    let bench = Self.prepared()
    bench.run(
      "net = train start, on: data.train, steps: 50, validation: data.test, validate_every: 20")
    #expect(try bench.value("join(net.history.step, \" \")") == .text("20 40 50"))
    #expect(try bench.value("net.history.epoch[2]") == .number(2))
    #expect(
      try bench.value(
        "net.best.history[-1].step == sort(net.history, by: \"validation_loss\")[0].step")
        == .boolean(true))
    #expect(try bench.value("start.best == none") == .boolean(true))
    #expect(
      bench.run(
        "train start, on: data.train, steps: 900, validation: data.test, validate_every: 20, "
          + "patience: 1, rate: 0.05"
      ).lines.first?.hasPrefix("stopped after ") == true)
  }

  @Test func receiptsSayWhatWasAsked() throws {
    let bench = Self.prepared()
    #expect(
      try bench.value("rewind(holed, to: start).receipt[-1].with") == .text("to: mlp"))
    bench.run("net = train start, on: data.train, steps: 20, holdout: 10%")
    #expect(try bench.value("contains(net.receipt[-1].with, \"steps: 20\")") == .boolean(true))
    #expect(
      try bench.value("contains(net.best.receipt[-1].with, \"validation loss was least\")")
        == .boolean(true))
    #expect(try bench.value("contains(net.receipt[-1].with, \"kept\")") == .boolean(false))
    bench.run("net = network(input: 4, weights: .he) { dense 2 }")
    #expect(try bench.value("contains(net.receipt[-1].with, \"weights: .he\")") == .boolean(true))
  }

  @Test func anotherStartIsAnotherEachTime() throws {
    let bench = Self.prepared()
    #expect(
      try bench.value(
        """
        a = reinitialize holed
        b = reinitialize holed
        w = "dense1.weight"
        all((a[w] != 0) == (holed[w] != 0)) and not all(a[w] == b[w])
        """) == .boolean(true))
  }

  static let slips: [(code: String, error: String, says: String, marks: String?)] = [
    (
      "train start, on: data.train, epochs: 2, steps: 3", "E0205", "give `epochs` or `steps`", "3"
    ),
    ("train start, on: data.train, steps: -3", "E0207", "`steps` must be", "-3"),
    (
      "train start, on: data.train, steps: 3, validate_every: 2", "E0508",
      "together with `validation`", "2"
    ),
    ("rewind holed", "E0206", "`to`: a saved start", "rewind holed"),
    ("rewind holed, to: 3", "E0207", "`to` must be a network", "3"),
    ("rewind start, to: start", "E0641", "nothing of the network is pruned", nil),
    (
      "rewind holed, to: mlp([64, 32, 10])", "E0640",
      "`dense1` is dense, units 16, bias 1, and dense, units 32, bias 1 in the start", nil
    ),
    (
      "rewind prune(start, 50%, by: .l2), to: start", "E0640", "that is no start of this network",
      nil
    ),
    ("reinitialize start, weights: .gauss", "E0203", ".glorot .glorot_normal .he", ".gauss"),
    ("require 1, \"a\"", "E0207", "`condition`", "1"),
    (
      "fn half(x) {\n  require x > 0, \"`x` must be above 0, got {x}\"\n  x / 2\n}\nhalf(-1)",
      "E0340", "`x` must be above 0, got -1", "half(-1)"
    ),
  ]

  @Test(arguments: slips) func slipsAreNamed(
    code: String, error: String, says: String, marks: String?
  ) {
    let cell = Self.prepared().run(code)
    #expect(cell.code == error, "\(cell.message)")
    #expect(cell.message.contains(says), "\(cell.message)")
    if let marks { #expect(cell.marked == marks) }
  }

  @Test func whatHoldsIsNotStopped() {
    #expect(Workbench().run("require 2 > 1, \"never\"\n3").lines == ["3"])
  }
}
