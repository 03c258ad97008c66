// What a network's receipt tells: one line for each word, what was asked, nothing of this machine.
import Interpreter
import Library
import Testing

@Suite struct ReceiptTests {
  static let words = [
    "network(input: 64) { dense 10 }", "train(net, on: data.train[0..<40], epochs: 1)",
    "finetune(net, on: data.train[0..<40], epochs: 1)", "prune(net, 50%)",
    "prune(net, 50%, by: .l2)", "prune(net, 50%, on: data.train[0..<40], epochs: 1)",
    "quantize(net, bits: 4)", "dequantize(net)", "fold(net)", "arithmetic(net, .float)",
    "share(net, bits: 2)", "index(prune(net, 50%), by: .csr)", "code(net)", "svd(net, rank: 2)",
    "hash(net, factor: 4)", "merge_neurons(net, share: 50%)", "reinitialize(net)",
    "rewind(prune(net, 50%), to: net)", "skip_zeros(prune(net, 90%))",
    "distill(net, teacher: mlp([64, 10]), on: data.train[0..<40], epochs: 1)",
  ]

  @Test(arguments: words) func eachWordAddsOneLine(code: String) throws {
    let bench = Workbench()
    bench.run("data = load \"digits\"\nnet = mlp [64, 16, 10]")
    let before = code.hasPrefix("network") ? 0 : code.contains("(prune(") ? 2 : 1
    let cell = bench.run("made = \(code)")
    #expect(cell.error == nil, "\(cell.message)")
    #expect(try bench.value("count(made.receipt)").amount == Double(before + 1))
    let word = String(code.prefix { $0 != "(" })
    #expect(try bench.value("made.receipt[\(before)].step") == .text(word))
  }

  /// Every word that gives a network is in the list above, but for the one that takes receipts off.
  @Test func wordsThatGiveNetworksAreTested() {
    let giving = Set(Library.registry.words.filter { $0.result == "a network" }.map(\.name))
      .subtracting(["strip"])
    #expect(giving == Set(Self.words.map { String($0.prefix { $0 != "(" }) }))
  }

  @Test func whatWasAskedIsKeptInFull() throws {
    let bench = Workbench()
    bench.run("data = load \"digits\"\nseed 7")
    let cell = bench.run(
      """
      net = mlp([64, 16, 10]) |> train on: data.train[0..<40], epochs: 1, rate: 0.00123456789
      small = prune(net, 97.125%, scope: .global, except: ["dense2"])
      """)
    #expect(cell.error == nil, "\(cell.message)")
    #expect(
      try bench.value("small.receipt[2].with")
        == .text("sparsity: 97.125%, scope: .global, except: [\"dense2\"]"))
    let training = Text.plain(try bench.value("small.receipt[1].with"))
    #expect(training.hasPrefix("on: digits.train sha256:"))
    #expect(training.hasSuffix("epochs: 1, rate: 0.00123456789, seed: 7"))
    #expect(
      Text.plain(try bench.value("small.receipt[0].with"))
        == "input: 64, name: \"mlp\", layers: dense units 16, relu, dense units 10, seed: 7")
  }
}
