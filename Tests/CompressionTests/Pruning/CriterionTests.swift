// What criteria score, beside PyTorch 2.15.0 (autograd, float64), NumPy and SciPy on a network of 3 and 2
// units over 6 examples: weights [((a i + b) mod 17 − 8) / 10 for i] with (a, b) = (5, 3) and (7, 2),
// inputs the same with (11, 1), biases [.1, −.2, .3] and [.05, −.05], labels 0 1 1 0 1 0.
import Compression
import Networks
import Tensors
import Testing

@Suite struct CriterionTests {
  static func formula(_ count: Int, _ a: Int, _ b: Int) -> [Float] {
    (0..<count).map { Float((a * $0 + b) % 17 - 8) / 10 }
  }

  static func network() throws -> Network {
    let layers = [
      try Specimens.dense(3), Blueprint.layer(try Activation(.relu)), try Specimens.dense(2),
    ]
    let values = [formula(12, 5, 3), [0.1, -0.2, 0.3], formula(6, 7, 2), [0.05, -0.05]]
    var index = 0
    return try Network.build(
      name: "reference", input: [4], blueprint: layers, random: RandomStream(seed: 1)
    ).mapParameters { _, parameter in
      defer { index += 1 }
      return parameter.with(value: Tensor(trusted: parameter.value.shape, values[index]))
    }
  }

  static let data = Dataset(
    name: "reference", part: "all", inputs: Tensor(trusted: [6, 4], formula(24, 11, 1)),
    labels: [0, 1, 1, 0, 1, 0], classes: 2, digest: "")

  struct Reference: Sendable {
    let criterion: Criterion
    let layer: String
    let granularity: Granularity
    let scores: [Float]
    init(
      _ criterion: Criterion, _ layer: String = "dense1", per granularity: Granularity = .weight,
      scores: [Float]
    ) {
      (self.criterion, self.layer, self.granularity) = (criterion, layer, granularity)
      self.scores = scores
    }
  }

  static let references: [Reference] = [
    // p = [W1, b1, W2, b2]; g = autograd.grad(cross_entropy(net(p, x), t), p); abs(g * p)
    Reference(
      .snip,
      scores: [
        0.00351854, 0, 0.02380939, 0.00075549, 0.00140742, 0.00367788, 0.03809503, 0.00043171,
        0.00216677, 0.0256459, 0.05186004, 0.00892198,
      ]),
    // (g * p) ** 2: six examples are one batch.
    Reference(
      .taylor,
      scores: [
        1.23801105e-05, 0, 5.66887186e-04, 5.70759004e-07, 1.98081768e-06, 1.35267953e-05,
        1.45123120e-03, 1.86370287e-07, 4.69487313e-06, 6.57712384e-04, 2.68946324e-03,
        7.96017630e-05,
      ]),
    // ((gW * W).sum(1) + gb * b) ** 2
    Reference(.taylor, per: .neuron, scores: [0.00085046, 0.00029614, 0.00136682]),
    // mean over k of (g_k * p) ** 2 / 2, g_k the gradient of example k
    Reference(
      .fisher,
      scores: [
        5.18229134e-04, 0, 6.49935301e-04, 1.35539557e-03, 8.29166614e-05, 4.19840649e-04,
        1.66383437e-03, 4.42578145e-04, 3.17227744e-04, 1.15377005e-02, 2.33188087e-03,
        3.85652623e-04,
      ]),
    Reference(.fisher, per: .neuron, scores: [0.0050102, 0.00095756, 0.042486]),
    // diag(autograd.functional.hessian(loss, W)) * W ** 2 / 2
    Reference(
      .obd,
      scores: [
        5.89219492e-04, 0, 7.04651581e-04, 1.48806594e-03, 9.42751187e-05, 3.55184717e-04,
        1.80390805e-03, 4.85899084e-04, 5.11188658e-04, 8.66612787e-03, 5.22280964e-03,
        5.59196162e-04,
      ]),
    Reference(
      .obd, "dense2",
      scores: [
        1.13541080e-02, 4.51490024e-05, 1.88397898e-02, 1.26156756e-03, 1.12872506e-03,
        7.35929290e-03,
      ]),
    // abs(W1) * sqrt((X ** 2).sum(0)), and the same of relu(X @ W1.T + b1)
    Reference(
      .wanda,
      scores: [
        0.66143783, 0, 0.57008771, 0.95467272, 0.26457513, 0.34467376, 0.91214034, 0.54552727,
        0.13228757, 0.68934752, 0.68410526, 0.13638182,
      ]),
    Reference(
      .wanda, "dense2",
      scores: [0.75949194, 0.04790616, 1.01088476, 0.25316398, 0.23953079, 0.63180298]),
    // h = maximum(X @ W1.T + b1, 0); abs(h).mean(0), (h != 0).mean(0)
    Reference(.activation, per: .neuron, scores: [0.385, 0.135, 0.41833333]),
    Reference(.apoz, per: .neuron, scores: [0.66666667, 0.66666667, 0.66666667]),
    // s = W1 ** 2; o = argsort(s); s[o[k]] / s[o[k:]].sum()
    Reference(
      .lamp,
      scores: [
        0.10638298, 0, 0.11904762, 0.43362832, 0.01515152, 0.03461538, 1, 0.06374502, 0.0037594,
        0.19459459, 0.24161074, 0.00377358,
      ]),
    // scipy.optimize.minimize(sum of norms, Nelder-Mead), xatol 1e-12; norms of W1 - x
    Reference(.geometricMedian, per: .neuron, scores: [0.36135764, 0.33124451, 1.29988373]),
    Reference(.distanceSum, per: .neuron, scores: [2.1132746, 2.09331845, 3.00659305]),
    // By brute force: H = X.T @ X + 0.01 mean(diag) I; whichever weight's absence costs least once
    // numpy.linalg.solve has moved the others goes next; the growth of d @ H @ d / 6,
    // or that of one before it in the row where that is more.
    Reference(
      .obs,
      scores: [
        0.05018751, 0, 0.05018751, 0.26838926, 0.00800358, 0.02743701, 0.07298906, 0.13558448,
        0.0020009, 0.15831546, 0.05558687, 0.0020009,
      ]),
  ]

  @Test(arguments: references.indices) func scoresAsOthersDo(_ index: Int) throws {
    let reference = Self.references[index]
    let options = PruneOptions(
      .share(0.5), per: reference.granularity, by: reference.criterion)
    let scores = try saliency(
      of: reference.layer, in: try Self.network(), options, on: Self.data)
    #expect(scores.count == reference.scores.count)
    for (found, wanted) in zip(scores.elements, reference.scores) {
      #expect(abs(found - wanted) <= 2e-5 * max(Float(0.02), abs(wanted)), "\(found) for \(wanted)")
    }
  }

  /// The weights that stay are those of the direct solve on each row.
  @Test func theSurgeonMovesTheOthers() throws {
    var options = PruneOptions(.share(0.5), by: .obs, scope: .row)
    options.layers = .only(["dense1"])
    let found = try prune(try Self.network(), options, on: Self.data).network
    // numpy: v[S] = w[S] + solve(H[S, S], H[S, R] @ w[R])
    let wanted: [Float] = [
      -0.41628143, 0, 0, -0.81562283, 0, 0, 0.59183963, -0.5481445, 0, 0.57889335, -0.56966051, 0,
    ]
    let parameter = found.parameters[0].parameter
    for (value, wanted) in zip(parameter.value.elements, wanted) {
      #expect(abs(value - wanted) < 1e-6)
    }
    #expect(parameter.pruned == wanted.map { $0 == 0 })
  }

  /// Where nothing goes, nothing moves; and the outputs of the layer suffer less than without making up.
  @Test(arguments: ["mlp", "cnn", "grouped"])
  func theSurgeonHurtsLess(_ name: String) throws {
    let network = try Specimens.network(name)
    let data = Specimens.dataset(for: network, count: 40)
    let same = try prune(network, PruneOptions(.share(0), by: .obs), on: data).network
    #expect(same.parameters.map(\.parameter.value) == network.parameters.map(\.parameter.value))
    let first = network.nodes[0].name
    func error(_ criterion: Criterion) throws -> Float {
      let options = PruneOptions(
        .share(0.5), per: .weight, by: criterion, layers: .only([first]), examples: 40)
      let small = try prune(network, options, on: data).network
      var outputs: [[Float]] = [[], []]
      for (k, one) in [network, small].enumerated() {
        try one.trace(data.inputs, outputsOf: [0]) { _, output in outputs[k] += output.elements }
      }
      return zip(outputs[0], outputs[1]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    let repaired = try error(.obs)
    #expect(try repaired < error(.magnitude))
    #expect(try repaired < error(.wanda))
  }

  @Test(arguments: Specimens.names, Criterion.all.filter { !$0.learns }.map(\.name))
  func scoresFollowFromTheSeed(_ name: String, _ criterion: String) throws {
    let network = try Specimens.network(name)
    let data = Specimens.dataset(for: network, count: 30)
    let criterion = try #require(Criterion.all.first { $0.name == criterion })
    guard criterion.name != "batchnorm_scale" else { return }
    let options = PruneOptions(
      .share(0.3), by: criterion, scope: .local, examples: 20, seed: 7)
    let one = try prune(network, options, on: data).network
    let two = try prune(network, options, on: data).network
    #expect(one.parameters.map(\.parameter.value) == two.parameters.map(\.parameter.value))
  }

  @Test func normalizationsSayWhichChannelsGo() throws {
    let network = try Specimens.network("cnn").mapParameters { node, parameter in
      guard node.name == "batchnorm1", parameter.role == .scale else { return parameter }
      return parameter.with(value: Tensor(vector: [0.5, -0.01, 2, 0.02, -3, 1]))
    }
    let options = PruneOptions(
      .count(2), by: .batchNormScale, layers: .only(["conv1"]))
    let small = try prune(network, options).network
    let scales = small.parameters.first { $0.name == "batchnorm1.scale" }?.parameter.value.elements
    #expect(scales == [0.5, 2, -3, 1])
    #expect(throws: CompressionError.self) {
      try prune(network, PruneOptions(.count(1), by: .batchNormScale, layers: .only(["dense1"])))
    }
  }

  /// To first order, the loss changes by w ∂L/∂w whether a unit's weights or its normalization go: with the
  /// normalization behind it, the law is about what leaves that.
  @Test func unitsAreScoredWhereTheirOutputsAre() throws {
    let network = try Specimens.network("cnn")
    let data = Specimens.dataset(for: network, count: 20)
    let options = PruneOptions(.share(0), per: .filter, by: .fisher, examples: 20)
    let before = try saliency(of: "conv1", in: network, options, on: data)
    // A channel whose gain and shift are 0 has nothing to lose.
    let mute = network.mapParameters { node, parameter in
      guard node.name == "batchnorm1", parameter.role == .scale || parameter.role == .bias else {
        return parameter
      }
      var value = parameter.value
      value.withElements { $0[2] = 0 }
      return parameter.with(value: value)
    }
    let after = try saliency(of: "conv1", in: mute, options, on: data)
    #expect(before.elements.allSatisfy { $0 > 0 })
    #expect(after.elements[2] == 0)
  }

  @Test func saysWhichExamplesAreMissing() throws {
    let network = try Self.network()
    for criterion in Criterion.all where criterion.evidence == .inputs {
      #expect(throws: CompressionError.self) {
        try prune(network, PruneOptions(.share(0.5), by: criterion))
      }
    }
    #expect(throws: CompressionError.self) {
      try prune(network, PruneOptions(.share(0.5), by: .taylor, examples: 7), on: Self.data)
    }
    #expect(throws: CompressionError.self) {
      try prune(network, PruneOptions(.share(0.5), by: .movement), on: Self.data)
    }
  }
}
