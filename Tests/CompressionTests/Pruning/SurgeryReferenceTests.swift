// Our surgery against a network that was pruned by hand in PyTorch: a residual block, normalizations, a
// concatenation, a depthwise convolution of two filters per channel, pooling, flattening.
import Compression
import Networks
import Tensors
import Testing

/// Recorded with torch 2 from the weights that `value` gives:
///
///     def fill(shape, seed):
///       return torch.tensor([((k * 37 + seed * 11) % 41 - 20) / 64 for k in range(prod(shape))]).reshape(shape)
///     def norm(c, seed): return [1 + fill((c,), seed), fill((c,), seed + 1), fill((c,), seed + 2), 1 + fill((c,), seed + 3)]
///     def bn(x, q): return F.batch_norm(x, q[2], q[3], q[0], q[1], False, 0, 1e-5)
///     def run(p, x):
///       x = F.relu(bn(F.conv2d(x, *p["conv1"], padding=1), p["batchnorm1"]))
///       y = F.conv2d(F.relu(bn(F.conv2d(x, *p["conv2"], padding=1), p["batchnorm2"])), *p["conv3"])
///       x = F.relu(x + y)
///       x = torch.cat([F.conv2d(x, *p["conv4"]), F.relu(F.conv2d(x, *p["conv5"], padding=1))], 1)
///       x = F.max_pool2d(F.relu(F.conv2d(x, *p["conv6"], padding=1, groups=x.shape[1])), 2).flatten(1)
///       return F.linear(torch.sigmoid(F.linear(x, *p["dense1"])), *p["dense2"])
///     stream, c2, c4, c5, d1 = [0, 2, 3, 5], [0, 1, 3], [1, 2], [0, 1, 2, 4], [0, 1, 3, 4, 6, 7]  # what stays
///     joined = c4 + [3 + k for k in c5]; twice = [2 * k + m for k in joined for m in range(2)]
///     # rows(w, keep) is index_select(0, keep) of weight, bias and statistics, columns that of axis 1:
///     # conv1, batchnorm1: rows stream; conv2, batchnorm2: rows c2, columns stream; conv3: rows stream,
///     # columns c2; conv4: rows c4, columns stream; conv5: rows c5, columns stream; conv6: rows twice;
///     # dense1: rows d1, columns [4 * k + m for k in twice for m in range(4)]; dense2: columns d1
@Suite struct SurgeryReferenceTests {
  static let whole: [Float] = [
    0.1075325459241867, -0.19945134222507477, -0.2529427707195282,
    0.1109517365694046, -0.2033821940422058, -0.25455915927886963,
  ]
  static let pruned: [Float] = [
    -0.05200481414794922, -0.2139049470424652, -0.37913602590560913,
    -0.0486932173371315, -0.21400034427642822, -0.37256163358688354,
  ]

  static func fill(_ shape: [Int], _ seed: Int) -> Tensor {
    Tensor(
      trusted: shape,
      (0..<shape.reduce(1, *)).map { Float(($0 * 37 + seed * 11) % 41 - 20) / 64 })
  }

  /// The seeds of each layer's parameters are its first one and those after it.
  static let seeds = [
    "conv1": 1, "batchnorm1": 3, "conv2": 7, "batchnorm2": 9, "conv3": 13, "conv4": 15,
    "conv5": 17, "conv6": 19, "dense1": 21, "dense2": 23,
  ]

  static func network() throws -> Network {
    let relu = Blueprint.layer(try Activation(.relu))
    let norm = Blueprint.layer(try BatchNorm())
    let network = try Network.build(
      name: "reference", input: [2, 4, 4],
      blueprint: [
        try Specimens.conv(6, 3, padding: 1), norm, relu,
        .residual([
          try Specimens.conv(4, 3, padding: 1), norm, relu, try Specimens.conv(6, 1),
        ]),
        relu,
        .branches([
          [try Specimens.conv(3, 1)], [try Specimens.conv(5, 3, padding: 1), relu],
        ]),
        try Specimens.conv(16, 3, padding: 1, groups: 8), relu,
        .layer(try MaxPool(size: [2, 2])), .layer(Flatten()),
        try Specimens.dense(9), .layer(try Activation(.sigmoid)), try Specimens.dense(3),
      ], random: RandomStream(seed: 1))
    return network.mapParameters { node, parameter in
      let place = node.parameters.firstIndex { $0.name == parameter.name } ?? 0
      let values = fill(parameter.value.shape, (seeds[node.name] ?? 0) + place)
      let isAroundOne = parameter.role == .scale || parameter.name == "variance"
      return parameter.with(value: isAroundOne ? values.map { $0 + 1 } : values)
    }
  }

  @Test func cutsWhatTheHandCuts() throws {
    let network = try Self.network()
    let inputs = Self.fill([2, 2, 4, 4], 25)
    expectSame(
      Tensor(trusted: [2, 3], Self.whole), try network.predict(inputs), within: 1e-5)
    let map = UnitMap(network)
    let gone = [
      "conv1": [1, 4], "conv2": [2], "conv4": [0], "conv5": [3], "dense1": [2, 5, 8],
    ]
    let roots = network.nodes.enumerated().flatMap { n, node in
      (gone[node.name] ?? []).map { map.outputs[n][$0] }
    }
    let small = try network.without(Set(roots), map)
    expectSame(
      Tensor(trusted: [2, 3], Self.pruned), try small.predict(inputs), within: 1e-5)
    let shapes = Dictionary(
      uniqueKeysWithValues: small.parameters.map { ($0.name, $0.parameter.value.shape) })
    #expect(shapes["conv1.weight"] == [4, 2, 3, 3])
    #expect(shapes["batchnorm1.mean"] == [4])
    #expect(shapes["conv2.weight"] == [3, 4, 3, 3])
    #expect(shapes["conv3.weight"] == [4, 3, 1, 1])
    #expect(shapes["conv5.weight"] == [4, 4, 3, 3])
    #expect(shapes["conv6.weight"] == [12, 1, 3, 3])
    #expect(shapes["dense1.weight"] == [6, 48])
    #expect(shapes["dense2.weight"] == [3, 6])
  }
}
