// Measurements: counts that add up, ratios of their own kind, flips against the first network.
import Compression
import Encodings
import Networks
import Tensors
import Testing

@Suite struct MeasureTests {
  @Test(arguments: Specimens.names)
  func countsAddUp(_ name: String) throws {
    let network = try Specimens.network(name)
    let plain = Footprint(network)
    #expect(plain.parameters == network.parameterCount)
    #expect(plain.nonZeros == plain.weights && plain.sparsity == 0)
    #expect(plain.effectiveMultiplyAccumulates == plain.multiplyAccumulates)
    #expect(plain.bitsPerWeight >= 32 && plain.bitsPerWeight < 34)
    let pruned = Footprint(try prune(network, PruneOptions(.share(0.75))).network)
    #expect(pruned.multiplyAccumulates == plain.multiplyAccumulates)
    #expect(abs(Double(pruned.nonZeros) / Double(plain.weights) - 0.25) < 0.02)
    let share =
      Double(pruned.effectiveMultiplyAccumulates) / Double(plain.multiplyAccumulates)
    #expect(abs(share - 0.25) < 0.05)
  }

  /// 12·10 + 10·7 + 7·4 multiply-accumulates; 120 + 10 + 70 + 7 + 28 + 4 parameters.
  @Test func equalsTheCountByHand() throws {
    let footprint = Footprint(try Specimens.network("mlp"))
    #expect(footprint.multiplyAccumulates == 218)
    #expect(footprint.weights == 218)
    #expect(footprint.parameters == 239)
  }

  @Test func measuresWhatItIsAskedFor() throws {
    let network = try Specimens.network("mlp")
    let data = Specimens.dataset(for: network)
    let options = MeasureOptions(warmups: 1, repetitions: 3, fileBytes: { _ in (1000, 900) })
    let measured = try measure(network, name: "net", on: data, options)
    let evaluation = try network.evaluate(on: data)
    #expect(measured.accuracy?.value == evaluation.accuracy)
    #expect(measured.loss == evaluation.loss)
    #expect(measured.fileBytes == 1000 && measured.gzipBytes == 900)
    #expect(measured.latency?.repetitions == 3)
    let bare = try measure(network, name: "net", on: nil, MeasureOptions(repetitions: 0))
    #expect(bare.right == nil && bare.latency == nil && bare.fileBytes == nil)
    #expect(throws: CompressionError.self) {
      try measure(network, name: "net", on: nil, MeasureOptions(repetitions: -1))
    }
  }

  @Test func comparesWithTheFirst() throws {
    let network = try Specimens.network("mlp")
    let data = Specimens.dataset(for: network)
    let options = MeasureOptions(repetitions: 0)
    let small = try quantize(
      try prune(network, PruneOptions(.share(0.9))).network, QuantizeOptions(granularity: .tensor)
    ).network
    let comparison = try Comparison([
      try measure(network, name: "net", on: data, options),
      try measure(small, name: "small", on: data, options),
    ])
    let row = comparison.rows[1]
    #expect(comparison.rows[0].flips == nil && comparison.rows[0].ratios.isEmpty)
    let flips = try #require(row.flips)
    #expect(
      flips.bothRight + flips.bothWrong + flips.rightToWrong + flips.wrongToRight == data.count)
    let change = Double(flips.wrongToRight - flips.rightToWrong) / Double(data.count)
    #expect(abs((row.accuracyDelta ?? 9) - change) < 1e-12)
    #expect(row.ratios.map(\.kind) == [.storedBits, .nonZeros, .multiplyAccumulates])
    #expect(row.ratios[1].value > 9 && row.ratios[2].value == 1)
  }

  @Test func refusesDifferentTestSets() throws {
    let network = try Specimens.network("mlp")
    let options = MeasureOptions(repetitions: 0)
    let one = try measure(network, name: "a", on: Specimens.dataset(for: network), options)
    let other = try measure(
      network, name: "b", on: Specimens.dataset(for: network, count: 7), options)
    #expect(throws: CompressionError.unpaired(60, 7)) { try Comparison([one, other]) }
  }
}
