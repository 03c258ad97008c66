// What why, diff, strip and hexdump say is the ledger's truth, and what they refuse is said clearly.
import Formats
import Interpreter
import Library
import Testing

@Suite struct ExplainingWordTests {
  private static let networks = """
    net = mlp [64, 24, 10]
    small = net |> prune 80% |> quantize bits: 4
    tied = share(net, bits: 3, across: .network)
    seen = quantize(net, activations: 8, on: (load "digits").test[0..<20])
    """

  @Test(arguments: ["net", "small", "tied", "seen"])
  func theTreeAddsUp(name: String) throws {
    let bench = Workbench()
    bench.run(Self.networks)
    let rows = try bench.value("(why \(name).bytes).rows").sequence()
    var sums = [Double](repeating: 0, count: 4)
    for row in rows {
      guard case .record(let record) = row, let depth = record["depth"]?.amount,
        let bytes = record["bytes"]?.amount
      else { continue }
      sums[Int(depth)] += bytes
    }
    let whole = try bench.value("\(name).bytes").amount
    #expect(sums[0] == whole && sums[1] == whole && sums[2] == whole)
    #expect(try bench.value("sum(ledger(\(name)).bits) / 8").amount == whole)
    #expect(try bench.value("(why \(name)).bytes[0]").amount == whole)
    #expect(try bench.value("(\(name).bytes |> why).bytes[0]").amount == whole)
    #expect(try bench.value("hexdump(\(name)).count").amount == whole)
    let parts = try bench.value("hexdump(\(name)).parts.bytes").sequence().compactMap(\.amount)
    #expect(parts.reduce(0, +) == whole)
  }

  @Test(arguments: ["macs", "parameters", "sparsity", "bytes"])
  func aFigureIsWhatItsFirstRowSays(figure: String) throws {
    let bench = Workbench()
    bench.run(Self.networks)
    let column = figure == "sparsity" ? "share" : figure
    let row = try bench.value("(why small.\(figure)).\(column)[0]").amount
    #expect(try row == bench.value("small.\(figure)").amount)
    let cell = bench.run("why small.\(figure)")
    #expect(cell.lines.allSatisfy { $0.count <= 80 }, "\(cell.lines)")
  }

  @Test(arguments: [
    ("x = net.bytes\nwhy x", "E0207"), ("why 3KB", "E0207"), ("why net.history", "E0207"),
    ("why net.byte", "E0305"), ("why (n: 3).n", "E0207"), ("f = why\nf(net.bytes)", "E0207"),
    ("diff net, 3", "E0207"), ("hexdump(net, 0..<1000000)", "E0309"),
    ("hexdump(net, -5..<3)", "E0309"), ("hexdump \"none.cnbm\"", "E0701"),
  ])
  func whatCannotBeExplainedIsSaid(code: String, error: String) {
    let bench = Workbench()
    bench.run(Self.networks)
    #expect(bench.run(code).code == error)
  }

  /// What is won is known as well as the two sizes are.
  @Test func whatIsWonIsAsNearAsTheSizes() throws {
    let bench = Workbench()
    bench.run("net = mlp [64, 24, 10]\nfew = share(net, bits: 3)")
    #expect(try bench.value("(diff net, few).bytes.won") == bench.value("net.bytes - few.bytes"))
    bench.run("coded = code(few)")
    #expect(
      try bench.value("(diff few, coded).bytes.won") == bench.value("few.bytes - coded.bytes"))
  }

  @Test func aReceiptKnowsWhatIsCompressed() throws {
    let bench = Workbench()
    bench.run("net = mlp [64, 24, 10]")
    for made in ["share(net, bits: 3)", "hash(net, factor: 8)", "share(net, bits: 4, block: 4)"] {
      #expect(
        try bench.value("(receipt \(made)).plain.tensor")
          == bench.value("[\"dense1.bias\", \"dense2.bias\"]"), "\(made)")
    }
    let pruned = bench.run("prune(hash(net, factor: 8), 50%)")
    #expect(pruned.warnings.contains { $0.contains("hashed") })
  }

  @Test func aDifferenceIsCounted() throws {
    let bench = Workbench()
    bench.run(Self.networks + "\nd = diff net, small\nsame = diff net, net")
    #expect(try bench.value("count(filter(same, t => t.what == \"same\"))").amount == 4)
    #expect(try bench.value("sum(same.changed)").amount == 0)
    #expect(try bench.value("same.sqnr[0]").amount == .infinity)
    let zeroed = try bench.value("d.zeroed[0]").amount
    let zeros = try bench.value("sum(small[\"dense1.weight\"] == 0)").amount
    #expect(zeroed == zeros)
    #expect(try bench.value("d.codes[0]").amount == 16)
    let won = try bench.value("d.bytes.won").amount
    #expect(try won == bench.value("net.bytes - small.bytes").amount)
    // By its definition, from the tensors.
    bench.run("w = net[\"dense1.weight\"]\ne = w - small[\"dense1.weight\"]")
    let ratio = try bench.value("10 * log(sum(w * w) / sum(e * e)) / log(10)").amount ?? 0
    #expect(try abs((bench.value("d.sqnr[0]").amount ?? 0) - ratio) < 1e-4)
    #expect(bench.run("plot d, x: \"tensor\", y: \"after\", as: .bars").error == nil)
    #expect(try bench.value("sort(d, by: \"numbers\")[0].numbers").amount == 10)
    let cell = bench.run("d")
    #expect(cell.lines.allSatisfy { $0.count <= 80 }, "\(cell.lines)")
  }

  @Test func otherLayersAreSaid() throws {
    let bench = Workbench()
    bench.run("a = mlp [64, 24, 10]\nb = mlp [64, 16, 8, 10]\nd = diff a, b")
    #expect(try bench.value("d.what[0]") == .text("reshaped"))
    #expect(try bench.value("d.what[-1]") == .text("added"))
    let remarks = try bench.value("d.remarks").sequence().map { Text.plain($0) }
    #expect(remarks.contains { $0.contains("only in the second: `relu2`, `dense3`") })
    #expect(remarks.contains { $0.contains("`dense1` has other settings") })
    #expect(try bench.value("diff(b, a).what[-1]") == .text("removed"))
  }

  @Test(arguments: ["net", "small", "tied", "seen", "svd(net, rank: 4)"])
  func strippingTakesOffBytesAndNoAnswer(network: String) throws {
    let bench = Workbench()
    bench.run(Self.networks + "\nfull = \(network)\nbare = strip full")
    #expect(try bench.value("bare.bytes < full.bytes") == .boolean(true))
    #expect(try bench.value("count(bare.receipt)").amount == 0)
    let same = try bench.value(
      """
      data = (load "digits").test[0..<50]
      all(predict(full, data, scores: true) == predict(bare, data, scores: true))
      """)
    #expect(same == .boolean(true))
    #expect(bench.run("strip bare").lines.first == "taken off: nothing: every byte is needed")
  }

  @Test func filesAreShownAsTheyAre() throws {
    let folder = try Folder()
    let bench = Workbench(folder.path)
    bench.run("net = mlp [4, 2]\nsave(net, \"a.cnbm\")")
    try folder.write([1, 2, 65], to: "b.bin")
    #expect(
      try bench.value("all(hexdump(\"a.cnbm\").bytes == hexdump(net).bytes)") == .boolean(true))
    #expect(
      bench.run("hexdump \"b.bin\"").lines == [
        "file, 3 bytes", "       0  01 02 41" + String(repeating: " ", count: 42) + "··A",
      ])
    #expect(bench.run("count(container().words)").error == nil)
  }
}
