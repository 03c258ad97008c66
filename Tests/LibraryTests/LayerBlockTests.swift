// The block of layers behind `network`: all that its statements give, branches and loops included.
import Library
import Networks
import Testing

@Suite struct LayerBlockTests {
  /// The kinds of the layers before the last two.
  private func kinds(_ block: String) throws -> String {
    let bench = Workbench()
    let value = try bench.value("network(input: [1, 8, 8]) {\n\(block)\nflatten()\ndense 3\n}")
    let network = try #require(Library.network(value))
    let kinds = network.nodes.map { type(of: $0.layer).kind }
    #expect(kinds.suffix(2) == ["flatten", "dense"])
    return kinds.dropLast(2).joined(separator: " ")
  }

  private static let pair = "conv 4, 3, padding: 1\nactivation .relu"

  @Test func aTurnGivesAllItsLayers() throws {
    let turns = try kinds("for i in 1...2 { \(Self.pair) }")
    #expect(turns == "conv2d activation conv2d activation")
    #expect(try kinds("for i in 1...0 { \(Self.pair) }") == "")
  }

  @Test func aBranchGivesAllItsLayers() throws {
    #expect(try kinds("if true { \(Self.pair) }") == "conv2d activation")
    #expect(try kinds("if false { batchnorm() } else { \(Self.pair) }") == "conv2d activation")
    #expect(try kinds("for i in 1...2 { if i == 1 { \(Self.pair) } }") == "conv2d activation")
  }

  @Test func whatCameBeforeAJumpStays() throws {
    let stopped = try kinds("for i in 1...3 { \(Self.pair)\nif i == 2 { break }\nbatchnorm() }")
    #expect(stopped == "conv2d activation batchnorm conv2d activation")
    let skipped = try kinds("for i in 1...2 { \(Self.pair)\nif i == 1 { continue }\nbatchnorm() }")
    #expect(skipped == "conv2d activation conv2d activation batchnorm")
  }

  @Test func namesInABlockAreItsOwn() throws {
    #expect(
      try kinds("for i in 1...2 { n = i * 4\nconv n, 3\nactivation .relu }").hasPrefix("conv"))
    #expect(
      Workbench().run("x = network(input: 4) { for i in 1...2 { n = i\ndense n } }\nn").code
        == "E0201")
  }
}
