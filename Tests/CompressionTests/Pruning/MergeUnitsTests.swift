// Merging without data: the same outputs where neurons are the same, and the paper's procedure step by
// step against NumPy.
import Compression
import Encodings
import Networks
import Tensors
import Testing

@Suite struct MergeUnitsTests {
  /// A network with one neuron of a layer made the same as another, also in what normalizes it.
  func twins(_ network: Network, _ layer: String, _ one: Int, _ other: Int) throws -> Network {
    let n = try #require(network.nodes.firstIndex { $0.name == layer })
    return network.mapParameters { node, parameter in
      let isBehind = node.layer is BatchNorm && node.inputs == [n]
      guard node.name == layer || isBehind else { return parameter }
      var value = parameter.value
      let size = value.count / value.shape[0]
      value.withElements { elements in
        for i in 0..<size { elements[other * size + i] = elements[one * size + i] }
      }
      return parameter.with(value: value)
    }
  }

  @Test(arguments: [
    ("mlp", "dense1"), ("mlp", "dense2"), ("cnn", "conv1"), ("cnn", "conv2"), ("cnn", "dense1"),
    ("branches", "conv3"), ("residual", "conv2"),
  ])
  func twinsBecomeOneAndNothingChanges(_ name: String, _ layer: String) throws {
    let network = try twins(Specimens.network(name), layer, 1, 3)
    let result = try mergeNeurons(network, MergeOptions(.count(1), layers: .only([layer])))
    #expect(result.merges.map(\.kept) == [1] && result.merges.map(\.removed) == [3])
    #expect(result.merges[0].layer == layer && result.merges[0].saliency == 0)
    let small = result.compressed.network
    #expect(small.parameterCount < network.parameterCount)
    let inputs = Specimens.inputs(for: network)
    expectSame(try network.predict(inputs), try small.predict(inputs), within: 1e-5)
  }

  static func value(_ shape: [Int], _ seed: Int) -> Tensor {
    Tensor(
      trusted: shape,
      (0..<shape.reduce(1, *)).map { Float(($0 * 37 + seed * 11) % 41 - 20) / 16 })
  }

  static func reference() throws -> Network {
    let network = try Network.build(
      name: "reference", input: [5],
      blueprint: [
        try Specimens.dense(7), .layer(try Activation(.relu)), try Specimens.dense(4),
      ], random: RandomStream(seed: 1))
    var weights = value([7, 5], 1)
    var biases = value([7], 2)
    weights.withElements { w in
      for i in 0..<5 { (w[25 + i], w[30 + i]) = (w[10 + i] + 0.125, w[5 + i] - 0.0625) }
    }
    biases.withElements { b in (b[5], b[6]) = (b[2], b[1] + 0.0625) }
    let values = [
      "dense1.weight": weights, "dense1.bias": biases, "dense2.weight": value([4, 7], 3),
      "dense2.bias": value([4], 4),
    ]
    return network.mapParameters { node, parameter in
      parameter.with(value: values["\(node.name).\(parameter.name)"] ?? parameter.value)
    }
  }

  /// Recorded with NumPy in double precision:
  ///
  ///     def fill(shape, seed):
  ///       return np.array([((k * 37 + seed * 11) % 41 - 20) / 16 for k in range(np.prod(shape))]).reshape(shape)
  ///     W, b, A, c = fill((7, 5), 1), fill((7,), 2), fill((4, 7), 3), fill((4,), 4)
  ///     W[5] = W[2] + 0.125; b[5] = b[2]; W[6] = W[1] - 0.0625; b[6] = b[1] + 0.0625
  ///     R = np.hstack([W, b[:, None]]); D = ((R[:, None] - R[None]) ** 2).sum(-1)
  ///     M = (A ** 2).mean(0)[None] * D; np.fill_diagonal(M, np.inf)
  ///     for _ in range(3):
  ///       i, j = np.unravel_index(np.argmin(M), M.shape)       # print(i, j, M[i, j])
  ///       A[:, i] += A[:, j]; there[j] = False; M[j] = np.inf; M[:, j] = np.inf
  ///       for k in np.flatnonzero(there):
  ///         if k != i: M[k, i] = (A[:, i] ** 2).mean() * D[k, i]
  ///     np.maximum(fill((2, 5), 5) @ W[there].T + b[there], 0) @ A[:, there].T + c
  @Test func followsThePaper() throws {
    let network = try Self.reference()
    let saliency = try mergeSaliency(network, layer: "dense1")
    #expect(saliency.shape == [7, 7])
    let row: [Float] = [
      .infinity, 4.300128936767578, 2.914215087890625, 3.4839324951171875, 3.1326065063476562,
      3.103973388671875, 4.139820098876953,
    ]
    for (expected, found) in zip(row, saliency.elements) {
      #expect(expected == found || abs(expected - found) < 1e-5)
    }
    let result = try mergeNeurons(network, MergeOptions(.count(3), layers: .only(["dense1"])))
    #expect(result.merges.map(\.kept) == [1, 5, 1])
    #expect(result.merges.map(\.removed) == [6, 2, 3])
    let saliencies = [0.01187896728515625, 0.034942626953125, 0.10370635986328125]
    for (expected, merge) in zip(saliencies, result.merges) {
      #expect(abs(expected - merge.saliency) < 1e-6)
    }
    let outputs = Tensor(
      trusted: [2, 4],
      [
        -0.85107421875, 7.19580078125, -0.782958984375, -0.53369140625, -1.1279296875,
        1.0537109375, 0.6728515625, 0.2919921875,
      ])
    expectSame(
      outputs, try result.compressed.network.predict(Self.value([2, 5], 5)), within: 1e-6)
  }

  @Test func sharesCountsAndTheMode() throws {
    let network = try Specimens.network("mlp")
    let half = try mergeNeurons(network, MergeOptions(.share(0.5)))
    #expect(half.compressed.network.shapes.map { $0[0] } == [5, 5, 3, 3, 4])
    #expect(half.compressed.notes.map(\.subject) == ["dense3"])
    let most = try mergeNeurons(network, MergeOptions(.share(0.99)))
    #expect(most.compressed.network.shapes.map { $0[0] } == [1, 1, 1, 1, 4])
    let mode = try mergeNeurons(network, MergeOptions(.mode))
    #expect(mode.merges.count < most.merges.count)
    #expect(throws: CompressionError.self) {
      _ = try mergeNeurons(network, MergeOptions(.count(7)))
    }
    #expect(throws: CompressionError.sparsity(1)) {
      _ = try mergeNeurons(network, MergeOptions(.share(1)))
    }
  }

  static let obstacles = [
    ("mlp", "dense3", "network's outputs"), ("residual", "conv1", "shared with `conv3`"),
    ("branches", "conv1", "`batchnorm1` treats each of them in its own way"),
    ("grouped", "conv1", "stay or go together"), ("grouped", "conv2", "weights for all inputs"),
  ]

  @Test(arguments: obstacles)
  func saysWhyNot(_ name: String, _ layer: String, _ reason: String) throws {
    let error = try #require(throws: CompressionError.self) {
      _ = try mergeNeurons(
        try Specimens.network(name), MergeOptions(.count(1), layers: .only([layer])))
    }
    #expect(error.code == "E0632")
    #expect(error.message.contains(reason), "\(error.message)")
  }

  @Test(arguments: Narrow.names) func everyArchitectureMergesOrSaysWhyNot(_ name: String) throws {
    let network = try Narrow.network(name)
    do {
      let result = try mergeNeurons(network, MergeOptions(.share(0.3)))
      let small = result.compressed.network
      #expect(small.outputShape == network.outputShape)
      _ = try small.predict(RandomStructure.inputs(for: network, seed: 2))
      let merged = Set(result.merges.map(\.layer))
      let kept = Set(result.compressed.notes.map(\.subject))
      #expect(merged.isDisjoint(with: kept))
    } catch let error as CompressionError { #expect(error.code == "E0608") }
  }

  @Test(arguments: 1...40) func randomNetworksMergeTwins(_ seed: UInt64) throws {
    let network = try RandomStructure.network(seed: seed)
    let inputs = RandomStructure.inputs(for: network, seed: seed)
    for (n, node) in network.nodes.enumerated() where network.shapes[n].first ?? 0 > 1 {
      guard node.parameters.first?.role == .weight, node.layer.unitFlow == .makes(groups: 1)
      else { continue }
      let twins = try twins(network, node.name, 0, 1)
      do {
        let result = try mergeNeurons(
          twins, MergeOptions(.count(1), layers: .only([node.name])))
        #expect(result.merges[0].saliency == 0)
        expectSame(try twins.predict(inputs), try result.compressed.network.predict(inputs))
      } catch let error as CompressionError { #expect(error.code == "E0632") }
    }
  }

  @Test func masksAndEncodingsAreKeptOrSaid() throws {
    let network = try prune(try Specimens.network("mlp"), PruneOptions(.share(0.5))).network
    let small = try mergeNeurons(network, MergeOptions(.share(0.3))).compressed.network
    for (_, parameter) in small.parameters where parameter.role == .weight {
      let pruned = try #require(parameter.pruned)
      for (isPruned, value) in zip(pruned, parameter.value.elements) where isPruned {
        #expect(value == 0)
      }
    }
    let stored = try quantize(try Specimens.network("mlp"), QuantizeOptions(bits: 4)).network
    let notes = try mergeNeurons(stored, MergeOptions(.share(0.3))).compressed.notes
    #expect(notes.map(\.subject).contains("dense2.weight"))
  }

  @Test func whatIsNoNumberIsRefused() throws {
    let network = try Specimens.network("mlp").mapParameters { _, parameter in
      parameter.with(value: parameter.value.map { _ in .nan })
    }
    let error = #expect(throws: CompressionError.self) {
      _ = try mergeNeurons(network, MergeOptions(.mode))
    }
    #expect(error?.code == "E0612")
  }
}
