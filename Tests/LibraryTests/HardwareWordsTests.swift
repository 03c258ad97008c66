// What estimate, objections and target show is what the number wing says, marked as an estimate, and
// fits a page.
import Compression
import Interpreter
import Library
import Testing

@Suite struct HardwareWordsTests {
  private func bench() -> Workbench {
    let bench = Workbench()
    bench.run("net = mlp [64, 32, 10]\nq = quantize(net, bits: 8)")
    return bench
  }

  @Test func allMachinesInOneTable() throws {
    let bench = bench()
    #expect(try bench.value("estimate(net)").sequence().count == Target.all.count)
    let cell = bench.run("estimate net")
    let first = cell.lines.prefix { !$0.isEmpty }
    let names = first.first?.split(separator: " ").map(String.init) ?? []
    #expect(Array(names.prefix(6)) == ["target", "fits", "lacks", "illegal", "latency", "energy"])
    #expect(cell.lines.allSatisfy { $0.count <= 80 })
    #expect(cell.text.contains(" est."))
  }

  @Test func oneMachineHasLayersThatAddUp() throws {
    let bench = bench()
    #expect(
      try bench.value("estimate(net, on: .cortexM4).machine") == .text(Target.cortexM4.machine))
    for field in ["latency", "energy", "operations"] {
      let code = "e = estimate(net, on: .cortexM7)\nsum(e.layers.\(field)) / e.\(field)"
      guard case .quantity(let ratio) = try bench.value(code) else {
        Issue.record("\(field) is no quantity")
        continue
      }
      #expect(abs(ratio.value - 1) < 1e-12, "\(field)")
    }
    let shown = bench.run("estimate(net, on: .cortexM4)").lines
    #expect(shown.first == "estimate      from data sheets, not measured")
    #expect(shown.allSatisfy { $0.count <= 80 })
  }

  /// The mark stays with the number, whatever is done with it.
  @Test func estimatesStayMarked() throws {
    let bench = bench()
    for code in [
      "2 * estimate(net, on: .avx2).latency", "\"{estimate(net, on: .avx2).latency}\"",
      "sum(estimate(net, on: .avx2).layers.energy)",
      "estimate(net, on: .avx2).latency / estimate(net, on: .avx2, cores: 1).latency",
    ] { #expect(bench.run(code).text.hasSuffix("est."), "\(code)") }
  }

  @Test func machinesShowEverySource() throws {
    let bench = bench()
    for target in Target.all {
      let cell = bench.run("target .\(target.name)")
      #expect(cell.lines.allSatisfy { $0.count <= 80 }, "\(target.name)")
      let words = cell.lines.joined(separator: " ").split(separator: " ")
      for fact in target.facts {
        for word in fact.figure.citation.split(separator: " ") { #expect(words.contains(word)) }
      }
      #expect(bench.run("describe target(.\(target.name))").lines == cell.lines)
      for member in ["formats", "memories", "facts", "notes"] {
        #expect(try !bench.value("target(.\(target.name)).\(member)").sequence().isEmpty)
      }
    }
  }

  @Test func objectionsSayWhatIsLegal() throws {
    let bench = bench()
    let cell = bench.run("objections(q, on: .int8_npu)")
    #expect(cell.text.contains("illegal  dense1.weight, dense2.weight"))
    #expect(cell.text.contains("legal     bits: 8"))
    #expect(bench.run("objections(net, on: .avx2)").text.hasSuffix("runs all of it as it is"))
    #expect(try bench.value("objections(q, on: .cortexM4).emulated") == .number(2))
    #expect(try bench.value("objections(q, on: .cortexM4).illegal") == .number(0))
    // What cannot run has no time.
    #expect(try bench.value("estimate(q, on: .int8_npu).latency").isNone)
  }

  @Test func badInputIsRefused() {
    let bench = bench()
    let names = Target.all.map { ".\($0.name)" }.joined(separator: " ")
    let cell = bench.run("estimate(net, on: .cortexM5)")
    #expect(cell.code == "E0203")
    #expect(cell.message == "`on` must be one of \(names), got .cortexM5")
    #expect(cell.help == "did you mean .cortexM4?")
    for (code, error) in [
      ("estimate(net, on: [.cortexM4, .nope])", "E0207"), ("estimate(net, on: [])", "E0207"),
      ("estimate(net, on: 3)", "E0207"), ("objections(net, on: .nope)", "E0203"),
      ("target .nope", "E0203"), ("estimate(net, on: .cortexM4, cores: 2)", "E0611"),
      ("estimate(net, on: .cortexM4, cores: 0)", "E0207"), ("objections(net)", "E0206"),
      ("estimate(net, efficiency: 0%)", "E0207"), ("estimate(net, efficiency: 120%)", "E0207"),
      ("estimate(3)", "E0207"),
    ] { #expect(bench.run(code).code == error, "\(code)") }
    #expect(bench.run("estimate(net, on: .cortexM4, cores: 2)").marked == "2")
  }
}
