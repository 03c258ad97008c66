// Skipping zeros in the language: the same answers, what runs how is shown, nothing is silent, and what
// follows from the clock is marked so.
import Interpreter
import Testing

@Suite struct SparseWordsTests {
  private func bench() -> Workbench {
    let bench = Workbench()
    bench.run(
      """
      data = load "digits"
      net = mlp([64, 32, 10]) |> train on: data.train, epochs: 1
      small = prune(net, 90%)
      fast = skip_zeros(small)
      """)
    return bench
  }

  @Test func answersStay() throws {
    let bench = bench()
    #expect(
      try bench.value("max(abs(predict(small, data.test) - predict(fast, data.test))) < 0.0001")
        == .boolean(true))
    #expect(try bench.value("fast.bytes.value - small.bytes.value < 60") == .boolean(true))
  }

  @Test func whatRunsHowIsShown() throws {
    let bench = bench()
    #expect(try bench.value("fast.layers[0].runs") == .text("csr"))
    let described = bench.run("describe fast").lines.joined(separator: "\n")
    #expect(described.contains("runs") && described.contains("skip_zeros"))
    #expect(bench.run("small.layers[0].runs").code == "E0305")
    #expect(bench.run("skip_zeros(fast, as: .dense).layers[0].runs").code == "E0305")
  }

  @Test func itSurvivesMorePruningAndTraining() throws {
    let bench = bench()
    bench.run("again = fast |> prune(95%) |> finetune on: data.train, epochs: 1")
    #expect(try bench.value("again.layers[0].runs") == .text("csr"))
    bench.run("q = quantize(fast, bits: 4)")
    #expect(try bench.value("q.layers[0].runs") == .text("csr"))
    #expect(try bench.value("fold(fast).layers[0].runs") == .text("csr"))
    let same = "max(abs(predict(q, data.test) - predict(skip_zeros(q, as: .dense), data.test)))"
    #expect(try bench.value("\(same) < 0.0001") == .boolean(true))
  }

  @Test func whatCannotBeSkippedIsSaid() {
    let bench = bench()
    for format in ["block", "pattern"] {
      #expect(bench.run("skip_zeros(small, as: .\(format))").code == "E0625")
    }
    #expect(bench.run("skip_zeros(net)").code == "E0608")
    #expect(bench.run("sparse_latency(net)").code == "E0608")
    let bound = bench.run("q = quantize(small, activations: 8, on: data.train)\nskip_zeros(q)")
    #expect(bound.code == "E0626")
    let half = bench.run("skip_zeros(prune(net, 50%))")
    #expect(half.warnings.joined().contains("stays dense"))
  }

  @Test func bothTimesAreMeasuredWhereZerosAreSkipped() throws {
    let bench = bench()
    bench.run("table = measure(net, small, fast)")
    for row in 1...2 {
      for time in ["time", "dense_time", "sparse_time"] {
        #expect(try bench.value("table[\(row)].\(time)").mark == .volatile)
      }
      let wins = try bench.value("table[\(row)].wins")
      #expect([.text("≈sparse"), .text("≈dense")].contains(wins))
    }
    #expect(try bench.value("table[0].sparse_time") == .none)
    #expect(bench.run("measure(small).sparse_time").code == "E0305")
  }

  @Test func eachLayerIsTimed() throws {
    let bench = bench()
    bench.run("rows = sparse_latency(small, repetitions: 3)")
    #expect(try bench.value("rows.layer") == bench.value("[\"dense1\", \"dense2\"]"))
    #expect(try bench.value("rows[0].csr").mark == .volatile)
    #expect(try bench.value("rows[0].block") == .none)
    #expect(try bench.value("rows[0].wins_below").mark == .volatile)
    let shown = bench.run("rows").lines
    #expect(shown.allSatisfy { $0.count <= 80 })
  }

  @Test func zerosThatAreStoredAreSaid() {
    let bench = bench()
    let described = bench.run("describe prune(net, 1%)").lines.joined(separator: "\n")
    #expect(described.contains("stored densely: dense1"))
    #expect(!bench.run("describe small").lines.joined().contains("stored densely"))
  }
}
