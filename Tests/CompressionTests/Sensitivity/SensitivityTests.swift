// Laws of sensitivity over the whole table of estimators, and what it refuses.
import Compression
import Encodings
import Networks
import Tensors
import Testing

@Suite struct SensitivityTests {
  static let all = SensitivityEstimator.all

  @Test func everyEstimatorSaysWhatItIs() {
    #expect(Set(Self.all.map(\.name)).count == Self.all.count)
    for estimator in Self.all {
      for text in [estimator.summary, estimator.formula, estimator.source] {
        #expect(!text.isEmpty && !text.hasSuffix("."))
      }
    }
    #expect(Self.all.last?.name == "loss")
  }

  @Test(arguments: Specimens.names, [Grid.symmetric, Grid.affine]) func scoresKeepTheirLaws(
    _ name: String, _ grid: Grid
  ) throws {
    let network = try Specimens.network(name)
    let data = Specimens.dataset(for: network, count: 30)
    let options = SensitivityOptions(bits: [2, 4, 8], QuantizeOptions(grid: grid), samples: 3)
    let result = try sensitivity(network, on: data, options)
    let layers = network.nodes.filter { $0.parameters.contains { $0.role == .weight } }
    #expect(result.rows.map(\.layer) == layers.flatMap { [$0.name, $0.name, $0.name] })
    #expect(result.rows.map(\.bits) == layers.flatMap { _ in [2, 4, 8] })
    #expect(result.examples == 30)
    for row in result.rows {
      #expect(row.scores.count == Self.all.count)
      #expect(row.scores.prefix(4).allSatisfy { $0.value >= 0 && $0.value.isFinite })
      #expect(row.scores[4].halfWidth != nil && row.scores[5].halfWidth != nil)
    }
    // More bits never make the weights' error larger.
    for (i, row) in result.rows.enumerated() where i % 3 > 0 {
      #expect(row.scores[0].value <= result.rows[i - 1].scores[0].value)
    }
    #expect(result.certain.count == 3)
    #expect(result.certain.allSatisfy { (0...layers.count).contains($0) })
    #expect(result.agreements.map(\.estimator.name) == Self.all.dropLast().map(\.name))
    for agreement in result.agreements {
      #expect(agreement.byBits.count == 3 && agreement.overall != nil)
      #expect(agreement.byBits.allSatisfy { ($0 == nil) == (layers.count < 3) })
      #expect((agreement.byBits + [agreement.overall]).allSatisfy { abs($0 ?? 0) <= 1 })
    }
  }

  /// The length of the gradient of the mean loss, whatever the batches, times that of the error.
  @Test func gradientsAreThoseOfTheMeanLoss() throws {
    let network = try Specimens.network("cnn")
    let data = Specimens.dataset(for: network, count: 40)
    let result = try sensitivity(
      network, on: data,
      SensitivityOptions(bits: [3], estimators: [.weightMSE, .gradient], examples: 40))
    let gradient = try LossGradient(network, on: data, batch: 7)
    var sums = gradient.places.map { place in
      [Double](
        repeating: 0, count: network.nodes[place.node].parameters[place.parameter].value.count)
    }
    for batch in gradient.batches {
      try gradient.run(batch, monitor: .silent)
      for place in sums.indices {
        for (i, slope) in gradient.gradient(place).enumerated() { sums[place][i] += Double(slope) }
      }
    }
    for (row, slopes) in zip(result.rows, sums) {
      let length = slopes.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let error = (row.scores[0].value * Double(slopes.count)).squareRoot()
      #expect(abs(row.scores[1].value / (length * error) - 1) < 1e-4)
    }
  }

  @Test func theSameSeedGivesTheSameBits() throws {
    let network = try Specimens.network("cnn")
    let data = Specimens.dataset(for: network, count: 60)
    func scores(_ seed: UInt64) throws -> [MeanEstimate] {
      try sensitivity(
        network, on: data, SensitivityOptions(samples: 4, examples: 20, seed: seed)
      ).rows.flatMap(\.scores)
    }
    #expect(try scores(3) == scores(3))
    #expect(try scores(3) != scores(4))
  }

  /// A weight that was pruned does not change, so it counts in no mean and moves in no direction.
  @Test func prunedWeightsDoNotCount() throws {
    let network = try prune(try Specimens.network("mlp"), PruneOptions(.share(0.5))).network
    let data = Specimens.dataset(for: network)
    let result = try sensitivity(network, on: data, SensitivityOptions(samples: 2))
    #expect(result.rows.map(\.weights) == [60, 35, 14])
    #expect(result.traces.map(\.weights) == [60, 35, 14])
  }

  /// The interval of the loss is of the same examples' differences: it is far shorter than the losses'
  /// own spread.
  @Test func eightBitsHardlyHurt() throws {
    let network = try Specimens.network("mlp")
    let data = Specimens.dataset(for: network)
    let result = try sensitivity(
      network, on: data, SensitivityOptions(bits: [8], estimators: [.loss]))
    for row in result.rows {
      #expect(abs(row.scores[0].value) < 0.01)
      #expect(try #require(row.scores[0].halfWidth) < 0.01)
    }
  }

  @Test func weightsAloneNeedNoExamples() throws {
    let result = try sensitivity(
      try Specimens.network("mlp"), on: nil, SensitivityOptions(estimators: [.weightMSE]))
    #expect(result.examples == 0 && result.loss == nil && result.agreements.isEmpty)
  }

  @Test(arguments: all.filter(\.needsData)) func othersSayThatTheyNeedSome(
    _ estimator: SensitivityEstimator
  ) throws {
    let network = try Specimens.network("mlp")
    #expect(
      throws: CompressionError.setting(
        name: "on", wanted: "examples, for the estimator \(estimator.name)", got: "none")
    ) { try sensitivity(network, on: nil, SensitivityOptions(estimators: [estimator])) }
  }

  @Test func slipsAreRefused() throws {
    let network = try Specimens.network("mlp")
    let data = Specimens.dataset(for: network)
    func refuses(_ name: String, _ change: (inout SensitivityOptions) -> Void) {
      var options = SensitivityOptions()
      change(&options)
      do throws(CompressionError) {
        _ = try sensitivity(network, on: data, options)
        Issue.record("\(name) was taken")
      } catch {
        guard case .setting(name, _, _) = error else {
          Issue.record("\(name): \(error)")
          return
        }
      }
    }
    refuses("bits") { $0.bits = [] }
    refuses("bits") { $0.bits = [4, 2, 4] }
    refuses("samples") { $0.samples = 0 }
    refuses("examples") { $0.examples = 0 }
    refuses("examples") { $0.examples = 61 }
    refuses("estimators") { $0.estimators = [] }
    refuses("estimators") { $0.estimators = [.fisher, .loss, .fisher] }
    refuses("grid") { $0.weights.grid = .fp16 }
    for bits in [1, 33] {
      #expect(throws: CompressionError.bits(bits, wanted: 2...16, grid: "symmetric")) {
        try sensitivity(network, on: data, SensitivityOptions(bits: [4, bits]))
      }
    }
  }

  @Test func badNetworksAndLabelsAreRefused() throws {
    let network = try Specimens.network("mlp")
    let data = Specimens.dataset(for: network)
    let bare = try Network.build(
      name: "bare", input: [12], blueprint: [.layer(try Activation(.relu))],
      random: RandomStream(seed: 1))
    #expect(
      throws: CompressionError.nothing(technique: "sensitivity", wanted: "layers with weights")
    ) { try sensitivity(bare, on: data) }
    let broken = network.mapParameters { node, parameter in
      guard node.name == "dense2", parameter.role == .weight else { return parameter }
      var value = parameter.value
      value.withElements { $0[3] = .nan }
      return parameter.with(value: value)
    }
    #expect(throws: CompressionError.notFinite(parameter: "dense2.weight", index: [0, 3])) {
      try sensitivity(broken, on: data)
    }
    let wrong = Dataset(
      name: "wrong", part: "", inputs: data.inputs, labels: data.labels.map { _ in 9 }, classes: 10,
      digest: "")
    for estimator in Self.all where estimator.needsData {
      #expect(throws: CompressionError.network(.label(found: 9, classes: 4, example: 0))) {
        try sensitivity(network, on: wrong, SensitivityOptions(estimators: [estimator]))
      }
    }
  }

  @Test(arguments: all.filter(\.needsData)) func interruptsAreHeard(
    _ estimator: SensitivityEstimator
  ) throws {
    let network = try Specimens.network("mlp")
    let data = Specimens.dataset(for: network)
    let monitor = Monitor(isInterrupted: { true }, report: { _ in })
    #expect(throws: CompressionError.network(.interrupted)) {
      try sensitivity(
        network, on: data, SensitivityOptions(estimators: [estimator]), monitor: monitor)
    }
  }
}
