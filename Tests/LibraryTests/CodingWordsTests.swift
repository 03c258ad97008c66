// index, code and entropy as words: what they show, that networks go on as before, and what is refused.
import Interpreter
import Library
import Testing

@Suite struct CodingWordsTests {
  private let bench = Workbench()

  init() {
    bench.run(
      """
      data = load "digits"
      net = quantize(prune(mlp([64, 24, 10]), 80%), bits: 4, per: .tensor)
      """)
  }

  private func isTrue(_ code: String) -> Bool { bench.run(code).text == "true" }

  @Test func theChainKeepsEveryAnswer() {
    #expect(
      isTrue(
        "small = code(net)\nmax(abs(predict(small, data.test) - predict(net, data.test))) == 0"))
    #expect(isTrue("small.bytes < net.bytes and sum(ledger(small).bits) == 8 * small.bytes.value"))
    #expect(isTrue("code(net, by: .huffman).bytes < net.bytes"))
    #expect(
      isTrue("h = index(net, by: .relative, bits: 4)\nsum(ledger(h).bits) == 8 * h.bytes.value"))
  }

  @Test func codedNetworksTrainAndStayQuantized() {
    let cell = bench.run(
      """
      tuned = finetune(code(net, by: .huffman), on: data.train, epochs: 1)
      [tuned.sparsity >= net.sparsity, tuned.bytes < mlp([64, 24, 10]).bytes / 4]
      """)
    #expect(cell.error == nil, "\(cell.message)")
    #expect(cell.text == "[true, true]")
  }

  /// A bound is no file: sizes of the two kinds have no order and no sum.
  @Test func boundsDoNotMixWithFiles() {
    #expect(isTrue("entropy(net)[0].bound > 10B"))
    #expect(bench.run("entropy(net)[0].bound < net.bytes").error != nil)
    #expect(bench.run("entropy(net)[0].bound + net.bytes").error != nil)
    #expect(bench.run("entropy net").lines.allSatisfy { $0.count <= 80 })
  }

  @Test func settingsThatDoNothingAreRefused() {
    #expect(bench.run("index(mlp([64, 10]))").code == "E0608")
    #expect(bench.run("index(net, by: .csr, bits: 5)").code == "E0611")
    #expect(bench.run("index(net, by: .gaps, bits: 9)").code == "E0611")
    #expect(bench.run("index(net, layers: [\"dense9\"])").code == "E0607")
    #expect(bench.run("code(net, layers: [\"dense9\"])").code == "E0607")
    #expect(bench.run("quantize(net, lambda: 0.1)").code == "E0205")
    #expect(
      isTrue(
        """
        q = mlp [64, 24, 10]
        a = code(quantize(q, bits: 5, per: .tensor))
        b = code(quantize(q, bits: 5, per: .tensor, rounding: .rate_distortion, lambda: 5))
        b.bytes < a.bytes
        """))
  }
}
