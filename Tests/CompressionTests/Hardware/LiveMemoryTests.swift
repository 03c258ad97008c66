// The most activation memory, against sums by hand.
import Compression
import Encodings
import Networks
import Tensors
import Testing

@Suite struct LiveMemoryTests {
  private func peak(
    _ input: [Int], _ blueprint: [Blueprint], bits: Int? = nil
  ) throws -> LiveMemory {
    let network = try Network.build(
      name: "test", input: input, blueprint: blueprint, random: RandomStream(seed: 1))
    let format = bits.map { ActivationFormat(.integer(bits: $0, isSymmetric: true)) }
    return LiveMemory(network, ActivationFormats(format ?? .fp32, in: network))
  }

  private let relu: Blueprint

  init() throws { relu = .layer(try Activation(.relu)) }

  /// 12 → 10 → 7 → 4 numbers; the ReLU writes over its input.
  @Test func aChainHoldsTwoTensors() throws {
    let chain = [
      try Specimens.dense(10), relu, try Specimens.dense(7), try Specimens.dense(4),
    ]
    let memory = try peak([12], chain)
    #expect(memory.bytes == [4 * 22, 4 * 10, 4 * 17, 4 * 11])
    #expect(memory.isInPlace == [false, true, false, false])
    #expect(memory.peak == 88 && memory.busiest == 0)
    #expect(try peak([12], chain, bits: 8).bytes == [22, 10, 17, 11])
    // Half bytes are rounded up tensor by tensor.
    #expect(try peak([12], chain, bits: 4).bytes == [6 + 5, 5, 5 + 4, 4 + 2])
  }

  /// The input of the block stays until the sum has read it: x (32), a (32), b (32).
  @Test func aResidualKeepsItsInput() throws {
    let body = [try Specimens.conv(2, 3, padding: 1), relu, try Specimens.conv(2, 3, padding: 1)]
    let memory = try peak([2, 4, 4], [.residual(body)], bits: 8)
    // conv1: x a; relu: x a; conv2: x a b; add: x b y.
    #expect(memory.bytes == [64, 64, 96, 96])
    #expect(memory.peak == 96)
  }

  /// The input stays for the second branch, the first branch's output for the joining.
  @Test func branchesWaitForEachOther() throws {
    let memory = try peak(
      [2, 4, 4],
      [.branches([[try Specimens.conv(3, 1)], [try Specimens.conv(1, 1), relu]])], bits: 8)
    // conv1: x(32) + a(48); conv2: x + a + b(16); relu: a + b; join: a + b + y(64).
    #expect(memory.bytes == [80, 96, 64, 128])
  }

  /// What somebody reads later is not written over.
  @Test func whatIsReadLaterIsKept() throws {
    // x → relu, and x again: the sum reads both.
    let memory = try peak([6], [try Specimens.dense(6), .residual([relu])], bits: 8)
    #expect(memory.isInPlace == [false, false, false])
    #expect(memory.bytes == [12, 12, 18])
  }

  @Test func viewsTakeNothing() throws {
    let memory = try peak(
      [2, 4, 4], [.layer(Flatten()), try Specimens.dense(3)], bits: 8)
    #expect(memory.isInPlace == [true, false])
    #expect(memory.bytes == [32, 35])
  }

  @Test func theOutputStaysToTheEnd() throws {
    let memory = try peak([4], [try Specimens.dense(5), relu], bits: 8)
    #expect(memory.bytes == [9, 5])
  }
}
