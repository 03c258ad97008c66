// sensitivity and allocate as words: what they show, what their values reach, what they refuse.
import Compression
import Interpreter
import Library
import Networks
import Testing

@Suite struct SensitivityWordsTests {
  private let bench = Workbench()

  init() {
    bench.run(
      """
      data = load "digits"
      net = mlp [64, 24, 16, 10]
      """)
  }

  private func isTrue(_ code: String) -> Bool { bench.run(code).text == "true" }

  @Test func everyEstimatorIsAChoiceWithASentence() throws {
    for (word, parameter) in [("sensitivity", "estimators"), ("allocate", "using")] {
      let builtin = try #require(Library.registry[word]?.builtin)
      let found = try #require(builtin.parameters.first { $0.name == parameter })
      #expect(found.choices.map(\.name) == SensitivityEstimator.all.map(\.name))
      #expect(found.choices.allSatisfy { !$0.summary.isEmpty })
    }
  }

  @Test(arguments: SensitivityEstimator.all.map(\.name)) func everyChoiceRuns(_ name: String) {
    let cell = bench.run(
      """
      s = sensitivity(net, on: data.train, estimators: .\(name), bits: [2, 8], samples: 2, examples: 30)
      a = allocate(net, budget: 2KB, using: .\(name), on: data.train, samples: 2, examples: 30)
      [count(s), count(s.\(name)), a.bytes <= 2KB, a.network.bytes == a.bytes]
      """)
    #expect(cell.error == nil, "\(cell.message)")
    #expect(cell.text == "[6, 6, true, true]")
  }

  @Test func theTableIsAList() {
    bench.run("s = sensitivity(net, on: data.train, bits: [2, 4], samples: 3, examples: 40)")
    #expect(isTrue("count(s) == 6 and s.examples == 40 and s[-1].layer == \"dense3\""))
    #expect(isTrue("count(for row in s { row.bits }) == 6"))
    #expect(isTrue("sort(s, by: \"weight_mse\")[0].weight_mse <= s[0].weight_mse"))
    #expect(isTrue("count(columns(s, [\"layer\", \"loss\"])) == 6"))
    #expect(isTrue("s.traces.samples == [3, 3, 3]"))
    #expect(
      isTrue(
        "s.correlations.estimator == [\"weight_mse\", \"output_mse\", \"gradient\", \"fisher\", \"hessian\"]"
      ))
    #expect(bench.run("plot s, x: \"fisher\", y: \"loss\", as: .scatter").error == nil)
    #expect(bench.run("s[6]").code == "E0309")
    #expect(bench.run("s[\"dense1\"]").code == "E0308")
    let lines = bench.run("s").lines
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines.contains { $0.hasPrefix("Rank correlation (Spearman)") })
  }

  @Test func twoLayersHaveNoOrder() {
    let cell = bench.run(
      """
      s = sensitivity(mlp([64, 16, 10]), on: data.train, samples: 2, examples: 20)
      s.correlations[0].at_4 == none
      s
      """)
    #expect(cell.lines.first == "true")
    #expect(cell.text.contains("unknown, for the order"))
  }

  @Test func anAllocationIsANetwork() throws {
    bench.run("small = net |> allocate budget: 2KB, using: .fisher, on: data.train")
    #expect(isTrue("accuracy(small, on: data.test) == accuracy(small.network, on: data.test)"))
    #expect(isTrue("measure(small, latency: false).bytes == small.bytes"))
    #expect(isTrue("prune(small, 50%).sparsity == 50%"))
    #expect(isTrue("small.bits.layer == [\"dense1\", \"dense2\", \"dense3\"]"))
    #expect(isTrue("count(filter(small.front, p => p.chosen)) == 1"))
    #expect(isTrue("small.front[0].bytes < small.front[-1].bytes"))
    let folder = try Folder()
    let saved = Workbench(folder.path)
    saved.session.bind("small", try bench.value("small"))
    #expect(saved.run("save(small, \"small.cnbm\")").error == nil)
    #expect(Double(try folder.bytes(of: "small.cnbm").count) <= 2000)
    #expect(saved.run("(load \"small.cnbm\").bytes == small.bytes").text == "true")
    let lines = bench.run("small").lines
    #expect(lines.allSatisfy { $0.count <= 80 })
  }

  @Test func theReceiptSaysTheBits() throws {
    bench.run("small = net |> allocate budget: 2KB, using: .weight_mse, bits: [2, 4, 32]")
    let bits = bench.run("join(map(small.bits, b => \"{b.layer} {b.bits}\"), \", \")").text
    let step = bench.run("small.network.receipt[-1].with").text
    #expect(step.contains("chosen: \(bits)"), "\(step)")
    #expect(!bench.run("prune(small, 50%).receipt[-1].with").text.contains("network:"))
  }

  /// Bits that were chosen by trained values may be others elsewhere, and so may the file's bytes.
  @Test func allocatedSizesAreKnownWithinBounds() throws {
    bench.run("small = allocate(net, budget: 2KB, using: .weight_mse)")
    guard case .quantity(let size) = try bench.value("small.network.bytes") else {
      Issue.record("no size")
      return
    }
    #expect(size.mark != .exact)
  }

  /// Layers that are left out keep their weights, and are no rows; groups and ranges are `quantize`'s.
  @Test func someLayersAreQuantizedAsAsked() throws {
    bench.run(
      "small = allocate(net, budget: 4.5KB, using: .weight_mse, except: [\"dense2\"], bits: [2, 3])"
    )
    #expect(isTrue("all(small.network[\"dense2.weight\"] == net[\"dense2.weight\"])"))
    #expect(isTrue("count(small.bits) == 2"))
    bench.run(
      """
      rows = sensitivity(net, estimators: .weight_mse, bits: 3, layers: ["dense1"], group: 8,
        range: .mse)
      same = quantize(net, bits: 3, layers: ["dense1"], group: 8, range: .mse)
      apart = same["dense1.weight"] - net["dense1.weight"]
      """)
    #expect(isTrue("rows.count == 1"))
    #expect(isTrue("abs(rows[0].weight_mse / mean(apart * apart) - 1) < 1e-6"))
  }

  static let slips: [(code: String, error: String, marks: String?)] = [
    ("sensitivity(net)", "E0611", nil),
    ("sensitivity(network(input: 4) { activation .relu }, estimators: .weight_mse)", "E0608", nil),
    ("sensitivity(net, on: data.train, bits: 1.5)", "E0207", "1.5"),
    ("sensitivity(net, on: data.train, bits: \"4\")", "E0207", "\"4\""),
    ("sensitivity(net, on: data.train, bits: [4, 33])", "E0602", "[4, 33]"),
    ("sensitivity(net, on: data.train, bits: 1)", "E0602", "1"),
    ("sensitivity(net, on: data.train, bits: [])", "E0611", "[]"),
    ("sensitivity(net, on: data.train, bits: [4, 4])", "E0611", "[4, 4]"),
    ("sensitivity(net, on: data.train, samples: 0)", "E0611", "0"),
    ("sensitivity(net, on: data.train, samples: -3)", "E0611", "-3"),
    ("sensitivity(net, on: data.train, examples: 0)", "E0611", "0"),
    ("sensitivity(net, on: data.train, examples: 99999)", "E0611", "99999"),
    ("sensitivity(net, on: data.train, estimators: .hesian)", "E0203", ".hesian"),
    ("sensitivity(net, on: data.train, estimators: [])", "E0611", "[]"),
    ("sensitivity(net, on: data.train, estimators: [.loss, .hesian])", "E0207", nil),
    ("sensitivity(net, on: data.train, grid: .fp16)", "E0611", ".fp16"),
    ("sensitivity(net, on: data)", "E0207", "data"),
    ("sensitivity(mlp([64, 16, 5]), on: data.train)", "E0505", "data.train"),
    ("sensitivity(mlp([60, 16, 10]), on: data.train)", "E0504", "data.train"),
    ("allocate(net, on: data.train)", "E0206", nil),
    ("allocate(net, budget: 100B, using: .weight_mse)", "E0606", "100B"),
    ("allocate(net, budget: 0, using: .weight_mse)", "E0606", "0"),
    ("allocate(net, budget: 2s, using: .weight_mse)", "E0207", "2s"),
    ("allocate(net, budget: -1, using: .weight_mse)", "E0207", "-1"),
    ("allocate(net, budget: 2KB)", "E0611", nil),
    ("allocate(net, budget: 2KB, using: .size, on: data.train)", "E0203", ".size"),
    ("allocate(net, budget: 2KB, using: .weight_mse, bits: [17])", "E0602", "[17]"),
    ("sensitivity(net, on: data.train, layers: [\"dense9\"])", "E0607", "[\"dense9\"]"),
    ("sensitivity(net, on: data.train, layers: [])", "E0207", "[]"),
    (
      "sensitivity(net, on: data.train, except: [\"dense1\", \"dense2\", \"dense3\"])", "E0608", nil
    ),
    ("sensitivity(net, on: data.train, per: .tensor, group: 8)", "E0205", "8"),
    ("sensitivity(net, on: data.train, group: 7)", "E0614", nil),
    ("sensitivity(net, on: data.train, percentile: 99%)", "E0205", "99%"),
    ("sensitivity(net, on: data.train, range: .moving_average)", "E0611", ".moving_average"),
    ("sensitivity(net, on: data.train, range: .learned)", "E0611", ".learned"),
    ("allocate(net, budget: 2KB, using: .weight_mse, except: [\"dens1\"])", "E0607", "[\"dens1\"]"),
  ]

  @Test(arguments: slips) func slipsAreCoded(code: String, error: String, marks: String?) {
    let cell = bench.run(code)
    #expect(cell.code == error, "\(code): \(cell.message)")
    if let marks { #expect(cell.marked == marks, "\(code)") }
  }

  @Test func refusalsSayWhatThereIs() {
    #expect(bench.run("sensitivity(net, on: data.train, examples: 99999)").message.contains("1437"))
    let cell = bench.run("allocate(net, budget: 100B, using: .weight_mse)")
    #expect(cell.message.contains("with 2 bits in every layer the network takes"))
    #expect(
      bench.run("sensitivity(net, on: data.train, estimators: [.loss, .hesian])").help?
        .contains("hessian") == true)
  }
}
