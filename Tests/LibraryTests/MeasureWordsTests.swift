// What `measure` says is what the number wing says: intervals, flips, ratios; and its table fits a page.
import Compression
import Interpreter
import Testing

@Suite struct MeasureWordsTests {
  private func bench() -> Workbench {
    let bench = Workbench()
    bench.run(
      """
      data = load "digits"
      net = mlp([64, 32, 10]) |> train on: data.train, epochs: 3
      small = prune(net, 85%)
      q = quantize(small, bits: 4)
      table = measure(net, small, q, on: data.test)
      """)
    return bench
  }

  @Test func columnsTellTheStoryFirst() throws {
    let cell = bench().run("table")
    let first = cell.lines.prefix { !$0.isEmpty }
    let names = first.first?.split(separator: " ").map(String.init) ?? []
    #expect(names.prefix(6) == ["network", "accuracy", "p", "bytes", "ratio", "time"])
    #expect(cell.lines.allSatisfy { $0.count <= 80 })
    #expect(cell.lines[2].hasPrefix("net "))
    #expect(cell.lines[4].hasPrefix("q "))
  }

  @Test func intervalsAndFlipsAreCompressions() throws {
    let bench = bench()
    let labels = try bench.value("data.test.labels").sequence()
    func right(_ name: String) throws -> [Bool] {
      try zip(bench.value("predict(\(name), data.test)").sequence(), labels).map { $0 == $1 }
    }
    let before = try right("net")
    for (row, name) in ["net", "small", "q"].enumerated() {
      let after = try right(name)
      let share = Proportion(successes: after.count { $0 }, trials: after.count)
      let accuracy = try bench.value("table[\(row)].accuracy")
      #expect(accuracy.amount == share.value)
      #expect(
        accuracy.mark == .within((share.interval.upperBound - share.interval.lowerBound) / 2))
      #expect(try bench.value("accuracy(\(name), on: data.test)") == accuracy)
      guard row > 0 else { continue }
      #expect(try bench.value("table[\(row)].p").amount == Flips(from: before, to: after).p)
    }
  }

  @Test func ratiosAreOfTheirOwnKind() throws {
    let bench = bench()
    for (ratio, size) in [
      ("ratio", "bytes"), ("gzip_ratio", "gzip"), ("nonzero_ratio", "nonzeros"),
    ] {
      let shown = try bench.value("table[2].\(ratio)")
      let quotient = try bench.value("net.\(size) / q.\(size)")
      #expect(shown.amount == quotient.amount)
      #expect(shown.kind == quotient.kind)
      #expect(try bench.value("table[0].\(ratio)").mark == .exact)
    }
    #expect(bench.run("table[2].ratio + table[2].gzip_ratio").code == "E0307")
  }

  @Test func eightBitsLoseNothingHere() throws {
    let bench = bench()
    let loss = try bench.value(
      "abs(accuracy(net, on: data.test).value - accuracy(quantize(net), on: data.test).value)")
    #expect((loss.amount ?? 1) < 0.006)
  }

  @Test func defaultTrainingReachesDecentAccuracy() throws {
    let bench = Workbench()
    bench.run(
      """
      data = load "digits"
      net = mlp([64, 300, 100, 10]) |> train on: data.train, epochs: 8
      small = prune(net, 90%, scope: .global) |> finetune on: data.train, epochs: 2
      """)
    #expect(try bench.value("accuracy(net, on: data.test) > 95%") == .boolean(true))
    #expect(try bench.value("accuracy(small, on: data.test) > 93%") == .boolean(true))
  }

  @Test func sameSeedAndCellGiveTheSameBits() throws {
    func weights(_ identity: String, seed: Int) throws -> Value {
      let bench = Workbench()
      bench.run("seed \(seed)\ndata = load \"digits\"")
      bench.run(
        "net = mlp([64, 16, 10]) |> train on: data.train[0..<100], epochs: 1", identity: identity)
      return try bench.value("net[\"dense1.weight\"]")
    }
    #expect(try weights("a", seed: 1) == weights("a", seed: 1))
    #expect(try weights("a", seed: 1) != weights("b", seed: 1))
    #expect(try weights("a", seed: 1) != weights("a", seed: 2))
  }
}
