// Points that lie anywhere: where they begin, what a weight errs by, and that they are learned by the
// slope of the loss.
import Compression
import Encodings
import Kernels
import Networks
import Tensors
import Testing

@Suite struct PointGridTests {
  static func options(
    _ bits: Int, _ granularity: Affine.Granularity = .channel, _ start: CentroidStart = .linear
  ) -> QuantizeOptions {
    QuantizeOptions(
      grid: .points, bits: bits, granularity: granularity, strict: false, start: start)
  }

  static func stored(_ network: Network, _ parameter: Int = 0) throws -> (Scaled, Codebook) {
    let scaled = try #require(network.parameters[parameter].parameter.encoding as? Scaled)
    return (scaled, try #require(scaled.values as? Codebook))
  }

  /// Evenly spaced points: at most half a step of the extent of the slice.
  @Test(arguments: 1...8) func evenPointsErrByHalfAStepAtMost(bits: Int) throws {
    let network = try Specimens.network("cnn")
    for granularity: Affine.Granularity in [.tensor, .channel, .group(3), .group(256)] {
      let result = try quantize(network, Self.options(bits, granularity)).network
      for (old, new) in zip(network.parameters, result.parameters)
      where old.parameter.role == .weight {
        let before = old.parameter.value.elements
        let after = new.parameter.value.elements
        for run in Affine.slices(of: old.parameter.value.shape, granularity) {
          let extent = (before[run].max() ?? 0) - (before[run].min() ?? 0)
          let step = extent / Float(max(1, 1 << bits - 1))
          for i in run { #expect(abs(before[i] - after[i]) <= step * 0.5001) }
        }
      }
    }
  }

  /// k-means starts err less than even ones, in the scaled values.
  @Test func everyStartGivesPoints() throws {
    let network = try Specimens.network("mlp")
    for start in CentroidStart.all {
      let result = try quantize(network, Self.options(3, .tensor, start)).network
      let (scaled, codebook) = try Self.stored(result)
      #expect(codebook.entries <= 8 && codebook.entries >= 6)
      #expect(codebook.centroids.decoded().elements.allSatisfy { $0 >= 0 && $0 <= 1 })
      #expect(scaled.scales.count == 1)
    }
    let quantiles = try quantize(network, Self.options(2, .tensor, .density)).network
    var counts = [0, 0, 0, 0]
    for code in try Self.stored(quantiles).1.codes { counts[Int(code)] += 1 }
    #expect(counts.allSatisfy { (15...45).contains($0) })
  }

  @Test func fewValuesAreKept() throws {
    let network = try Specimens.network("mlp").mapParameters { _, parameter in
      parameter.with(value: parameter.value.map { $0 > 0 ? 3 : -1 })
    }
    let result = try quantize(network, Self.options(4)).network
    #expect(result.parameters.map(\.parameter.value) == network.parameters.map(\.parameter.value))
    let flat = network.mapParameters { _, parameter in
      parameter.with(value: parameter.value.map { _ in 0.3 })
    }
    let same = try quantize(flat, Self.options(4)).network
    #expect(same.parameters.map(\.parameter.value) == flat.parameters.map(\.parameter.value))
    #expect(try Self.stored(same).1.entries == 1)
  }

  @Test func whatIsOnPointsStays() throws {
    let once = try quantize(try Specimens.network("mlp"), Self.options(3)).network
    let twice = try quantize(once, Self.options(3)).network
    #expect(once.parameters.map(\.parameter.value) == twice.parameters.map(\.parameter.value))
  }

  @Test func whatCannotBeIsAnError() throws {
    let network = try Specimens.network("mlp")
    for bits in [0, 9, -1, 16] {
      #expect(throws: CompressionError.self) { try quantize(network, Self.options(bits)) }
    }
    var options = Self.options(4, .group(5))
    options.strict = true
    #expect(throws: CompressionError.self) { try quantize(network, options) }
    #expect(throws: CompressionError.self) {
      try quantize(network, QuantizeOptions(grid: .affine, start: .density))
    }
    let huge = network.mapParameters { _, parameter in
      parameter.with(value: parameter.value.map { $0 > 0 ? 3e38 : -3e38 })
    }
    #expect(throws: CompressionError.self) { try quantize(huge, Self.options(4)) }
  }

  // MARK: Learning

  /// The network with other points of its first layer.
  static func moved(_ network: Network, _ points: [Float]) throws -> Network {
    let (scaled, codebook) = try stored(network)
    let inner = try codebook.with(centroids: Encodings.Dense(Tensor(vector: points)))
    let encoding = try Scaled(
      inner, granularity: scaled.granularity, scales: scaled.scales, offsets: scaled.offsets)
    var isFirst = true
    return network.mapParameters { _, parameter in
      defer { isFirst = false }
      return isFirst ? parameter.stored(as: encoding) : parameter
    }
  }

  /// One step down the slope, against differences of the loss: Σ α ∂L/∂w over the weights of a point.
  @Test(arguments: [Affine.Granularity.tensor, .channel, .group(4)])
  func pointsFollowTheSlopeOfTheLoss(_ granularity: Affine.Granularity) throws {
    let network = try Specimens.network("mlp")
    let data = Specimens.dataset(for: network)
    let start = try quantize(network, Self.options(2, granularity)).network
    var training = Training()
    (training.epochs, training.batch) = (1, data.count)
    (training.optimizer, training.rate, training.momentum) = (.sgd, 1e-3, 0)
    let result = try quantize(
      network, Self.options(2, granularity), activations: nil, training: training, on: data)
    let before = try Self.stored(start).1.centroids.decoded().elements
    let after = try Self.stored(result.network).1.centroids.decoded().elements
    #expect(before.count == 4 && after.count == 4)
    for i in before.indices {
      var (up, down) = (before, before)
      up[i] += 0.002
      down[i] -= 0.002
      let slope =
        (try Self.moved(start, up).evaluate(on: data).loss
          - Self.moved(start, down).evaluate(on: data).loss) / Double(up[i] - down[i])
      let step = Double(before[i] - after[i]) / 1e-3
      #expect(abs(slope - step) < 0.02 * max(0.2, abs(slope)), "\(slope), \(step)")
    }
  }

  /// The weights stay: with the first points again they are what they were.
  @Test func onlyPointsMove() throws {
    let network = try Specimens.network("cnn")
    let data = Specimens.dataset(for: network)
    var training = GridProjectionTests.training(data)
    training.optimizer = .adamw
    let result = try quantize(
      network, Self.options(3, .group(6)), activations: nil, training: training, on: data)
    let first = try quantize(network, Self.options(3, .group(6))).network
    let (start, points) = try Self.stored(first)
    let (end, moved) = try Self.stored(result.network)
    #expect(start.scales == end.scales && start.offsets == end.offsets)
    #expect(points.centroids.decoded() != moved.centroids.decoded())
    let history = try #require(result.trained?.history)
    let plain = try first.evaluate(on: data).loss
    #expect(try #require(history.last?.validationLoss) < plain)
  }

  /// Pruned weights have no points.
  @Test func prunedWeightsStayZero() throws {
    let network = try prune(
      try Specimens.network("mlp"), PruneOptions(.share(0.6))
    ).network
    let result = try quantize(network, Self.options(2, .group(16))).network
    for (old, new) in zip(network.parameters, result.parameters) {
      for (value, gone) in zip(new.parameter.value.elements, old.parameter.pruned ?? [])
      where gone { #expect(value == 0) }
    }
    #expect(result.parameters[0].parameter.encoding is Sparse)
  }

  // MARK: Quantized distillation

  /// Scales follow the numbers behind the codes, and what is stored is what was seen.
  @Test(arguments: [Grid.affine, .symmetric].map(\.name))
  func aStudentsScalesFollowItsWeights(_ name: String) throws {
    let grid = try #require(Grid.all.first { $0.name == name })
    let student = try quantize(
      try Specimens.network("mlp"),
      QuantizeOptions(grid: grid, bits: 4, granularity: .group(4), strict: false)
    ).network
    let teacher = try Specimens.network("mlp", seed: 8)
    let data = Specimens.dataset(for: student)
    var training = GridProjectionTests.training(data)
    training.rate = 0.01
    let trained = try distill(
      student, from: teacher, on: data, DistillOptions(mix: 1), training)
    for (old, new) in zip(student.parameters, trained.network.parameters)
    where old.parameter.role == .weight {
      let (before, after) = (
        try #require(old.parameter.encoding as? Affine),
        try #require(new.parameter.encoding as? Affine)
      )
      #expect(after.summary == before.summary)
      #expect(after.scales != before.scales)
      #expect(after.decoded() == new.parameter.value)
      // In every slice some code is at an end of the range: it is the extent of the weights.
      let ends: Set<Int32> = name == "affine" ? [0, 15] : [-7, 7]
      for run in Affine.slices(of: after.shape, after.granularity) {
        #expect(run.contains { ends.contains(after.codes[$0]) })
      }
    }
  }
}
