// Every layer of the published architectures in one small network against PyTorch 2.15.0 (CPU, float64),
// recorded: outputs, and the gradients of sum(w * outputs). Numbers are `hashed`: parameter k has k and
// bound 1/2, inputs [3, 4, 8, 8] k = 100 and bound 1, w k = 101 and bound 1. Of each tensor: its largest
// magnitude, and its product with numbers of k = 102 and bound 1. In PyTorch, with `params` the
// parameters in the network's order:
//
//   it = iter(params); n = lambda: next(it)
//   def dense(y): return torch.einsum('oi,bit->bot', n(), y) + n()[:, None]
//   def norm(y, e): return F.layer_norm(y.transpose(1, 2), (6,), n(), n(), e).transpose(1, 2)
//   x = F.relu(F.conv2d(x, n(), n(), padding=1))
//   x = F.max_pool2d(x, 3, 2, ceil_mode=True)
//   g = F.silu(F.conv2d(x.mean((2, 3), keepdim=True), n(), n()))
//   x = x * torch.sigmoid(F.conv2d(g, n(), n()))
//   a, b = x.chunk(2, 1)
//   x = torch.cat((a, F.relu(F.conv2d(b, n(), n(), padding=1))), 1)
//   x = x.view(-1, 2, 3, 4, 4).transpose(1, 2).reshape(-1, 6, 4, 4)
//   x = F.avg_pool2d(x, 3, 2, ceil_mode=True).reshape(-1, 6, 4)
//   x = torch.cat((n()[None, :, None].expand(x.shape[0], -1, -1), x), 2)
//   x = norm(x + n()[:5].T + n()[0][:, None], 1e-12)
//   q, k, v = (dense(x).reshape(-1, 2, 3, 5).transpose(2, 3) for _ in range(3))
//   y = F.scaled_dot_product_attention(q, k, v).transpose(2, 3).reshape(-1, 6, 5)
//   x = norm(x + dense(y), 1e-6)
//   x = x + dense(F.gelu(dense(x)))
//   y = torch.tanh(F.linear(x[:, :, 0], n(), n()))
import Networks
import Tensors
import Testing

struct Facts: Sendable {
  let name: String
  let largest: Double
  let product: Double

  init(_ name: String, largest: Double, product: Double) {
    self.name = name
    self.largest = largest
    self.product = product
  }

  static let network = [
    Facts("outputs", largest: 0.639688573, product: 0.562103752),
    Facts("conv1.weight", largest: 0.00866682945, product: -0.0325378492),
    Facts("conv1.bias", largest: 0.00842834762, product: -0.00320925276),
    Facts("conv2.weight", largest: 0.00312580154, product: -0.000984485905),
    Facts("conv2.bias", largest: 0.00163961195, product: -5.66696051e-05),
    Facts("conv3.weight", largest: 0.0139086818, product: -0.00746947058),
    Facts("conv3.bias", largest: 0.00651661697, product: -0.00251759687),
    Facts("conv4.weight", largest: 0.00632776755, product: 0.014261868),
    Facts("conv4.bias", largest: 0.00383133655, product: -0.00207355322),
    Facts("class_token1.token", largest: 0.0413441857, product: -0.0235408401),
    Facts("position_embedding1.weight", largest: 0.0413441857, product: -0.0437090505),
    Facts("segment_embedding1.weight", largest: 0.0326679998, product: -0.030877117),
    Facts("layernorm1.scale", largest: 0.114792515, product: 0.00125330158),
    Facts("layernorm1.bias", largest: 0.0899098935, product: -0.0038933478),
    Facts("dense1.weight", largest: 0.000844820306, product: 0.00155803465),
    Facts("dense1.bias", largest: 0.0010767895, product: -0.00040099358),
    Facts("dense2.weight", largest: 0.000498882246, product: 0.000276607634),
    Facts("dense2.bias", largest: 1.21972744e-18, product: 2.16776544e-19),
    Facts("dense3.weight", largest: 0.0501784869, product: 0.139573474),
    Facts("dense3.bias", largest: 0.0789668402, product: 0.018080797),
    Facts("dense4.weight", largest: 0.0400734664, product: -0.0204898093),
    Facts("dense4.bias", largest: 0.0833115617, product: -0.028568932),
    Facts("layernorm2.scale", largest: 1.24713375, product: -1.41872947),
    Facts("layernorm2.bias", largest: 0.863119832, product: -0.615144405),
    Facts("dense5.weight", largest: 0.207815794, product: -0.244406518),
    Facts("dense5.bias", largest: 0.278430078, product: -0.212687312),
    Facts("dense6.weight", largest: 0.206307384, product: -0.197362637),
    Facts("dense6.bias", largest: 0.840560194, product: -0.678318452),
    Facts("dense7.weight", largest: 1.16054306, product: 2.16735204),
    Facts("dense7.bias", largest: 1.5994369, product: 1.33124946),
    Facts("inputs", largest: 0.0032977636, product: -0.000774102221),
  ]

  /// Of attention alone, with 2 heads: inputs [2, 14, 6] have k = 100 and bound 4. Queries are units
  /// 0 to 3 at positions 0 to 4, keys units 4 to 7, values units 8 to 13 at all positions; each
  /// goes to `scaled_dot_product_attention` as [2, heads, positions, units / heads].
  static let attention = [
    Facts("outputs", largest: 3.97058639, product: -2.64691584),
    Facts("inputs", largest: 3.63914823, product: -11.1148994),
  ]
}

@Suite("Published layers") struct PublishedLayersTests {
  private func image() throws -> [Blueprint] {
    let gate: [Blueprint] = try [
      .layer(GlobalPool(keepdims: true)), .layer(Conv2D(filters: 2, kernel: [1, 1])),
      .layer(Activation(.silu)), .layer(Conv2D(filters: 6, kernel: [1, 1])),
      .layer(Activation(.sigmoid)),
    ]
    let half: [Blueprint] = try [
      .layer(Slice(3..<6)), .layer(Conv2D(filters: 3, kernel: [3, 3], padding: [1, 1])),
      .layer(Activation(.relu)),
    ]
    return try [
      .layer(Conv2D(filters: 6, kernel: [3, 3], padding: [1, 1])), .layer(Activation(.relu)),
      .layer(MaxPool(size: [3, 3], stride: [2, 2], ceil: true)),
      .branches([[], gate], join: Multiply()), .branches([[.layer(Slice(0..<3))], half]),
      .layer(ChannelShuffle(groups: 2)),
      .layer(AveragePool(size: [3, 3], stride: [2, 2], ceil: true)),
    ]
  }

  private func sequence() throws -> [Blueprint] {
    func dense(_ units: Int) throws -> Blueprint {
      .layer(try DenseLayer(units: units, positions: true))
    }
    let attention = Blueprint.branches(
      try [[dense(6)], [dense(6)], [dense(6)]], join: try Attention(heads: 2))
    return try [
      .layer(Reshape(shape: [6, 4])), .layer(ClassToken()),
      .layer(PositionEmbedding(positions: 7)), .layer(SegmentEmbedding(segments: 2)),
      .layer(LayerNorm(epsilon: 1e-12)), .residual([attention, dense(6)]),
      .layer(LayerNorm(epsilon: 1e-6)),
      .residual([dense(10), .layer(Activation(.gelu)), dense(6)]),
      .layer(Slice(0..<1, axis: 1)), .layer(Flatten()), .layer(DenseLayer(units: 5)),
      .layer(Activation(.tanh)),
    ]
  }

  private func expect(_ tensors: [(name: String, tensor: Tensor)], _ facts: [Facts]) {
    #expect(tensors.map(\.name) == facts.map(\.name))
    for ((name, tensor), fact) in zip(tensors, facts) {
      let factors = hashed(tensor.shape, 102, 1).elements
      let largest = tensor.elements.map { Double($0.magnitude) }.max() ?? 0
      let product = zip(tensor.elements, factors).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      // Sums that are nothing in the end were of numbers of this size.
      let scale = max(fact.largest, 0.02)
      #expect(abs(largest - fact.largest) < 5e-6 * scale, "\(name)")
      #expect(abs(product - fact.product) < 2e-5 * scale, "\(name)")
    }
  }

  @Test(arguments: EnginePath.allCases)
  func aNetworkOfAllOfThem(_ path: EnginePath) throws {
    let drawn = try Network.build(
      name: "all", input: [4, 8, 8], blueprint: image() + sequence(),
      random: RandomStream(seed: 0))
    var k: UInt64 = 0
    let network = drawn.mapParameters { _, parameter in
      defer { k += 1 }
      return parameter.with(value: hashed(parameter.value.shape, k, 0.5))
    }
    let found = try network.gradients(
      hashed([3, 4, 8, 8], 100, 1), weighting: hashed([3, 5], 101, 1), path: path)
    let gradients = found.parameters.joined().compactMap(\.self)
    expect(
      [("outputs", found.outputs)] + zip(network.parameters.map(\.name), gradients)
        + [("inputs", found.inputs)], Facts.network)
    #expect(try network.predict(hashed([3, 4, 8, 8], 100, 1)).shape == [3, 5])
  }

  @Test func attentionIsScaledDotProductAttention() throws {
    let queries: [Blueprint] = try [.layer(Slice(0..<4)), .layer(Slice(0..<5, axis: 1))]
    let network = try Network.build(
      name: "attention", input: [14, 6],
      blueprint: [
        .branches(
          [queries, [.layer(Slice(4..<8))], [.layer(Slice(8..<14))]],
          join: Attention(heads: 2))
      ], random: RandomStream(seed: 0))
    let found = try network.gradients(
      hashed([2, 14, 6], 100, 4), weighting: hashed([2, 6, 5], 101, 1))
    expect([("outputs", found.outputs), ("inputs", found.inputs)], Facts.attention)
  }

  /// What a network of one step says of its input, instead of taking it.
  private func expectRefusal(
    _ says: String, _ input: [Int], _ location: SourceLocation = #_sourceLocation,
    _ step: () throws -> Blueprint
  ) throws {
    let step = try step()
    let error = #expect(throws: NetworkError.self, sourceLocation: location) {
      try Network.build(
        name: "net", input: input, blueprint: [step], random: RandomStream(seed: 1))
    }
    #expect(error?.message.contains(says) == true, sourceLocation: location)
  }

  @Test func theLayersSayWhatTheyWant() throws {
    func heads(_ count: Int) throws -> Blueprint {
      .branches([[], [], []], join: try Attention(heads: count))
    }
    func dense(positions: Bool) throws -> Blueprint {
      .layer(try DenseLayer(units: 3, positions: positions))
    }
    try expectRefusal(
      "`attention1` does not fit: it wants units that divide into 4 heads, and its inputs are "
        + "[6, 5] and [6, 5] and [6, 5]", [6, 5]
    ) { try heads(4) }
    try expectRefusal("each [units, positions]", [1, 4, 4]) { try heads(1) }
    try expectRefusal("fewer positions", [1, 1 << 16]) { try heads(1) }
    try expectRefusal("or give it `positions: true`", [6, 5]) { try dense(positions: false) }
    try expectRefusal("(put a flatten layer before it)", [1, 6, 5]) { try dense(positions: false) }
    try expectRefusal("units at positions", [6]) { try dense(positions: true) }
    try expectRefusal("one number for each unit", [6, 5]) {
      .branches([[], [try dense(positions: true)]], join: Multiply())
    }
    try expectRefusal("at least 8 entries along axis 0", [6, 5]) { .layer(try Slice(3..<8)) }
    try expectRefusal("along axis 2", [6, 5]) { .layer(try Slice(0..<1, axis: 2)) }
    try expectRefusal("4 groups", [6, 2, 2]) { .layer(try ChannelShuffle(groups: 4)) }
    try expectRefusal("at most 4", [6, 5]) { .layer(try PositionEmbedding(positions: 4)) }
    try expectRefusal("[units, positions]", [6]) { .layer(try SegmentEmbedding(segments: 2)) }
    try expectRefusal("[units, positions]", [6]) { .layer(ClassToken()) }
    try expectRefusal("of at least 3×3", [1, 2, 2]) {
      .layer(try MaxPool(size: [3, 3], ceil: true))
    }
  }

  @Test func countsLeaveRunningStatisticsOut() throws {
    let network = try Network.build(
      name: "net", input: [3, 4, 4],
      blueprint: [
        .layer(try Conv2D(filters: 8, kernel: [3, 3], bias: false)), .layer(try BatchNorm()),
      ], random: RandomStream(seed: 1))
    #expect(network.parameterCount == 8 * 3 * 9 + 2 * 8)
    #expect(network.nodes.map(\.parameterCount) == [216, 16])
    #expect(network.nodes[1].parameters.count == 4)
  }

  @Test func workIsCounted() throws {
    func macs(_ input: [Int], _ step: Blueprint) throws -> Int {
      try Network.build(
        name: "net", input: input, blueprint: [step], random: RandomStream(seed: 1)
      ).multiplyAccumulates
    }
    #expect(try macs([6, 5], .layer(DenseLayer(units: 4, positions: true))) == 6 * 5 * 4)
    #expect(try macs([6, 5], .branches([[], [], []], join: Attention(heads: 2))) == 2 * 5 * 5 * 6)
  }
}
