// Training on a grid: what a layer sees is on it in every step, what is stored is what was seen, and
// gradients are those of the papers.
import Compression
import Encodings
import Kernels
import Networks
import Tensors
import Testing

@Suite struct GridProjectionTests {
  static let shape = [4, 6]

  static func tensor(_ seed: UInt64, scale: Float = 1) throws -> Tensor {
    var random = RandomStream(seed: seed)
    return try random.normal(shape: shape).map { $0 * scale }
  }

  static func quantizer(
    _ grid: Grid, _ granularity: Affine.Granularity, _ range: RangeEstimator = .minmax
  ) -> Quantizer {
    Quantizer(
      grid: grid,
      settings: Grid.Settings(bits: grid.bits.contains(4) ? 4 : grid.usualBits, fraction: 2),
      range: range, granularity: grid.takesGranularity ? granularity : .tensor)
  }

  static func seen(
    _ projection: GridProjection, _ latent: Tensor, _ state: [Float], step: Int = 0
  ) -> [Float] {
    let memory = [latent.count, state.count, latent.count].map { Memory($0) }
    memory[0].floats.copy(from: latent.elements)
    memory[1].floats.copy(from: state)
    projection.project(
      memory[0].floats, state: memory[1].floats, step: step, seed: 7, to: memory[2].floats)
    return withExtendedLifetime(memory) { memory[2].floats.array }
  }

  static func pulled(
    _ projection: GridProjection, _ latent: Tensor, _ slopes: [Float]
  ) -> (latent: [Float], state: [Float]) {
    let state = projection.state(for: latent)
    let memory = [slopes.count, latent.count, state.count, state.count].map { Memory($0) }
    memory[0].floats.copy(from: slopes)
    memory[1].floats.copy(from: latent.elements)
    memory[2].floats.copy(from: state)
    projection.pullBack(
      memory[0].floats, latent: memory[1].floats, state: memory[2].floats,
      stateGradient: memory[3].floats)
    return withExtendedLifetime(memory) { (memory[0].floats.array, memory[3].floats.array) }
  }

  static let granularities: [Affine.Granularity] = [.tensor, .channel, .group(3)]

  /// Every grid, with scales that follow or are learned: the stored encoding is what was seen.
  @Test(arguments: Grid.all.map(\.name), [false, true])
  func whatIsStoredIsWhatWasSeen(_ name: String, _ learns: Bool) throws {
    let grid = try #require(Grid.all.first { $0.name == name })
    guard !learns || grid.isUniform && grid.takesRange else { return }
    for granularity in Self.granularities {
      let quantizer = Self.quantizer(grid, granularity, learns ? .learned : .minmax)
      let start = try Self.tensor(1)
      let scales: GridProjection.Scales =
        learns ? .learned(quantizer.steps(for: start)) : .follow
      let projection = GridProjection(quantizer, scales, shape: Self.shape)
      var state = projection.state(for: start)
      for seed in UInt64(2)...4 {
        let latent = try Self.tensor(seed, scale: 0.5)
        state = state.map { $0 * 1.1 }
        let stored = projection.encoding(of: latent, state: state, pruned: nil)
        #expect(stored.decoded().elements == Self.seen(projection, latent, state))
      }
      // With pruned weights, whose latent numbers stay 0.
      for share in [2, 3, 12] {
        let pruned = (0..<24).map { $0 % share != 0 }
        let latent = Tensor(
          trusted: Self.shape, Masking.zeroed(try Self.tensor(9).elements, where: pruned))
        let stored = projection.encoding(of: latent, state: state, pruned: pruned)
        let seen = zip(Self.seen(projection, latent, state), pruned).map { $1 ? 0 : $0 }
        #expect(stored.decoded().elements == seen, "\(granularity) 1/\(share)")
      }
    }
  }

  /// The formula of the paper: ∂/∂w = ∂/∂ŵ (1/n + α 1[|w| ≤ 1]). NumPy, x and g from `Recipe`.
  @Test func signsWithAScalePullBackAsXNORDoes() throws {
    let projection = GridProjection(
      Self.quantizer(.xnor, .channel), .follow, shape: Self.shape)
    let found = Self.pulled(
      projection, Tensor(trusted: Self.shape, Recipe.weights), Recipe.slopes
    ).latent
    let wanted: [Float] = [
      4.208333492279053, 0.5, 0.2916666865348816, -0.2916666865348816, 7.364583492279053, -0.5,
      -0.4166666865348816, -0.0416666679084301, -0.4583333432674408, 0.5, 0.0416666679084301,
      -0.3333333432674408, -0.3333333432674408, -0.4583333432674408, 0, 0.1666666716337204, -5.875,
      -0.25, 0.1666666716337204, 0.25, 5.7552080154418945, 0.125, 0.125, 0.125,
    ]
    for (a, b) in zip(found, wanted) { #expect(abs(a - b) < 1e-6) }
  }

  /// torch 2.15: torch.fake_quantize_per_channel_affine(x, [0.25, 0.5, 0.375, 0.125], 0, 0, -7, 7) and
  /// its gradient for g; torch._fake_quantize_learnable_per_channel_affine, grad_factor 1, for the
  /// scales' (ours is divided by √(n · q_max) = √42).
  @Test func fakeQuantizesAsPyTorch() throws {
    let steps = [Float(0.25), 0.5, 0.375, 0.125].map {
      Step(scale: $0, zeroPoint: 0, codes: -7...7)
    }
    let latent = Tensor(trusted: Self.shape, Recipe.weights)
    let projection = GridProjection(
      Self.quantizer(.symmetric, .channel), .learned(steps), shape: Self.shape)
    let values = Self.seen(projection, latent, projection.state(for: latent))
    #expect(
      values == [
        0, -1.75, -1.75, 1.75, -0.25, -1.75, -3, 3, 3, -1.5, -3, -2, -1.5, 1.125, -2.625, 2.25,
        0.375, -2.625, 0.875, -0.875, -0.75, 0.875, 0.875, -0.875,
      ])
    let (slopes, state) = Self.pulled(projection, latent, Recipe.slopes)
    #expect(
      slopes == [
        2, 0, 0, 0, 3.5, 0, -2.5, -0.25, -2.75, 3, 0.25, -2, -2, -2.75, 0, 1, -3, 0, 0, 0, 3.25, 0,
        0, 0,
      ])
    let wanted: [Float] = [-25.5, 1.5625, 10.833333969116211, 1.75]
    for (found, torch) in zip(state, wanted) {
      #expect(abs(found * Float(42).squareRoot() - torch) < 1e-4)
    }
  }

  /// P(+1) = clip((w + 1) / 2, 0, 1): over many steps the mean is the number; another step draws anew.
  @Test func drawnSignsMeanTheNumber() throws {
    let latent = try Self.tensor(3, scale: 0.6)
    let projection = GridProjection(
      Self.quantizer(.binary, .tensor), .follow, shape: Self.shape, isStochastic: true)
    var sums = [Float](repeating: 0, count: 24)
    let draws = 2000
    for step in 0..<draws {
      let signs = Self.seen(projection, latent, [], step: step)
      #expect(signs.allSatisfy { abs($0) == 1 })
      if step == 5 { #expect(signs == Self.seen(projection, latent, [], step: step)) }
      for i in sums.indices { sums[i] += signs[i] }
    }
    for (sum, number) in zip(sums, latent.elements) {
      // Five standard deviations.
      #expect(abs(sum / Float(draws) - min(1, max(-1, number))) < 5 / Float(draws).squareRoot())
    }
    let far = Memory(3)
    far.floats.copy(from: [-3, 0.5, 2])
    projection.settle(far.floats)
    #expect(far.floats.array == [-1, 0.5, 1])
  }

  // MARK: Whole trainings

  static func options(_ grid: Grid, _ granularity: Affine.Granularity? = nil) -> QuantizeOptions {
    QuantizeOptions(
      grid: grid, bits: grid.bits.contains(4) ? 4 : nil,
      granularity: grid.takesGranularity ? granularity : nil,
      fraction: grid.takesFraction ? 2 : nil)
  }

  static func training(_ data: Dataset) -> Training {
    var training = Training()
    (training.epochs, training.batch, training.validation) = (2, 8, data)
    training.seed = 3
    return training
  }

  /// A layer of which nothing is kept has no scale to stay on.
  @Test(arguments: [Grid.symmetric, .affine, .fp8E4M3].map(\.name))
  func allPrunedTrains(_ name: String) throws {
    let grid = try #require(Grid.all.first { $0.name == name })
    let network = try Specimens.network("mlp").mapParameters { _, parameter in
      parameter.role == .weight
        ? parameter.with(pruned: [Bool](repeating: true, count: parameter.value.count)) : parameter
    }
    let data = Specimens.dataset(for: network)
    let result = try quantize(
      network, Self.options(grid, .tensor), activations: nil, training: Self.training(data),
      on: data)
    #expect(Footprint(result.network).nonZeros == 0)
  }

  /// Two epochs on every grid, plain and pruned: numbers stay numbers, what was pruned stays 0, and
  /// the stored network loses what the last validation saw.
  @Test(arguments: Grid.all.map(\.name), [false, true])
  func trainingEndsOnWhatWasValidated(_ name: String, _ isPruned: Bool) throws {
    let grid = try #require(Grid.all.first { $0.name == name })
    for granularity: Affine.Granularity in [.tensor, .channel, .group(2)] {
      guard grid.takesGranularity || granularity == .tensor else { continue }
      guard !isPruned || grid.holdsZero || granularity == .tensor else { continue }
      var network = try Specimens.network("mlp")
      if isPruned {
        network = try prune(network, PruneOptions(.share(0.5), scope: .global)).network
      }
      let data = Specimens.dataset(for: network)
      var options = Self.options(grid, granularity)
      options.strict = false
      let result = try quantize(
        network, options, activations: nil, training: Self.training(data), on: data)
      let trained = try #require(result.trained)
      #expect(trained.stopped == .finished && trained.history.count == 2)
      let last = try #require(trained.history.last?.validationLoss)
      let loss = try result.network.evaluate(on: data).loss
      #expect(abs(last - loss) <= 1e-6 * max(1, loss), "\(granularity): \(last), stored \(loss)")
      for (old, new) in zip(network.parameters, result.network.parameters) {
        #expect(new.parameter.encoding.decoded() == new.parameter.value)
        #expect(old.parameter.pruned == new.parameter.pruned)
        for (value, isGone) in zip(new.parameter.value.elements, new.parameter.pruned ?? [])
        where isGone { #expect(value == 0) }
        // A table of points is more than so few weights.
        if new.parameter.role == .weight, name != Grid.points.name {
          #expect(
            new.parameter.encoding.ledger.bits < old.parameter.encoding.ledger.bits
              || old.parameter.pruned != nil)
        }
      }
    }
  }

  /// What is stored on a grid stays on it while it is trained plainly.
  @Test(arguments: Grid.all.map(\.name))
  func whatIsQuantizedStaysSo(_ name: String) throws {
    let grid = try #require(Grid.all.first { $0.name == name })
    let network = try quantize(try Specimens.network("cnn"), Self.options(grid)).network
    let data = Specimens.dataset(for: network)
    var training = Self.training(data)
    training.projections = network.quantizedProjections
    #expect(training.projections.count == 4)
    let trained = try network.trained(on: data, training)
    let last = try #require(trained.history.last?.validationLoss)
    let loss = try trained.network.evaluate(on: data).loss
    #expect(abs(last - loss) <= 1e-6 * max(1, loss))
    for (old, new) in zip(network.parameters, trained.network.parameters)
    where old.parameter.role == .weight {
      #expect(old.parameter.encoding.summary == new.parameter.encoding.summary)
      #expect(new.parameter.encoding.decoded() == new.parameter.value)
    }
  }

  /// BinaryConnect: signs of latent numbers that stay within ±1.
  @Test(arguments: [false, true]) func binaryConnectTrains(_ isStochastic: Bool) throws {
    let network = try Specimens.network("mlp")
    let data = Specimens.dataset(for: network)
    var options = Self.options(.binary)
    options.rounding = isStochastic ? .stochastic : nil
    var training = Self.training(data)
    training.epochs = 8
    training.rate = 0.01
    let result = try quantize(network, options, activations: nil, training: training, on: data)
    for (_, parameter) in result.network.parameters where parameter.role == .weight {
      #expect(parameter.value.elements.allSatisfy { abs($0) == 1 })
    }
    let history = try #require(result.trained?.history)
    #expect(history.dropFirst().contains { $0.loss < history[0].loss })
    let again = try quantize(network, options, activations: nil, training: training, on: data)
    #expect(
      again.network.parameters.map(\.parameter.value.elements)
        == result.network.parameters.map(\.parameter.value.elements))
  }
}
