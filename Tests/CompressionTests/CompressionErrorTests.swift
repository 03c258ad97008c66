// Errors speak one sentence each; entries of tables say where they come from.
import Compression
import Testing

@Suite struct CompressionErrorTests {
  @Test func tablesCiteTheirSources() {
    let sources =
      Criterion.all.map(\.source) + Grid.all.map(\.source) + RangeEstimator.all.map(\.source)
      + RoundingRule.all.map(\.source) + CentroidStart.all.map(\.source)
      + RankRule.all.map(\.source) + PruningSchedule.all.map(\.source)
    #expect(sources.allSatisfy { $0.contains { $0.isNumber } })
  }

  @Test func errorsSpeakOneSentence() {
    let errors: [CompressionError] = [
      .sparsity(90), .bits(17, wanted: 2...16, grid: "affine"), .group(0),
      .rank(20, largest: 10, layer: "dense3"),
      .energy(2), .budget(1, smallest: 600), .unknownLayer("x", known: ["dense1"]),
      .nothing(technique: "svd", wanted: "a dense layer"),
      .criterion("l1", scores: "units", wanted: "weights"),
      .units(layer: "conv1", reason: "it is grouped"),
      .setting(name: "power", wanted: "above 0", got: "0"),
      .notFinite(parameter: "dense1.weight", index: [0, 1]),
      .uneven(group: 32, row: 300, parameter: "dense2.weight"),
      .block(size: 9, row: 25, parameter: "conv1.weight"),
      .unpaired(1, 2),
    ]
    #expect(Set(errors.map(\.code)).count == errors.count)
    for error in errors {
      #expect(error.code.hasPrefix("E06"))
      #expect(!error.message.hasSuffix(".") && !error.message.contains("invalid"))
    }
  }

  @Test func askedForNinetyItMeansPercent() {
    #expect(
      CompressionError.sparsity(90).help == "sparsity is a fraction: did you mean 90%?")
    #expect(CompressionError.sparsity(12.5).help == "sparsity is a fraction: did you mean 12.5%?")
    #expect(CompressionError.sparsity(-1).help == nil)
    #expect(CompressionError.sparsity(1e300).help == nil)
    #expect(CompressionError.sparsity(.nan).help == nil)
  }
}
