// One integer truth over many random graphs: counted, simulated, and rounded layer by layer.
import Compression
import Encodings
import Kernels
import Networks
import Tensors
import Testing

@Suite struct IntegerGraphTests {
  struct Case {
    let network: Network
    let inputs: Tensor
  }

  static let grids: [Grid] = [
    .symmetric, .symmetric, .powerOfTwo, .fixedPoint, .ternary, .binary, .xnor,
  ]

  static func options(_ random: inout RandomStream) -> QuantizeOptions {
    let grid = grids[random.integer(below: grids.count)]
    let bits = 2 + random.integer(below: 7)
    let granularity: Affine.Granularity? =
      grid.takesGranularity ? [.tensor, .channel][random.integer(below: 2)] : nil
    return QuantizeOptions(
      grid: grid, bits: grid.bits.contains(bits) ? bits : nil, granularity: granularity,
      fraction: grid.takesFraction ? bits : nil,
      narrow: grid.takesNarrow ? random.integer(below: 2) == 0 : nil)
  }

  static func make(seed: UInt64) throws -> Case {
    var random = RandomStream(seed: seed).split("case")
    var graph = RandomGraph(seed: seed)
    let layers = try graph.blueprint()
    let network = try Network.build(
      name: "graph", input: graph.input, blueprint: layers, random: random.split("weights")
    ).mapParameters { _, parameter in
      guard parameter.role != .weight else { return parameter }
      let low: Float = parameter.role == .bias ? -0.5 : 0.5
      return parameter.with(
        value: Tensor(vector: (0..<parameter.value.count).map { _ in random.uniform() + low }))
    }
    let inputs = try random.normal(shape: [24] + graph.input)
    let data = Dataset(
      name: "random", part: "train", inputs: inputs, labels: [Int](repeating: 0, count: 24),
      classes: 2, digest: "")
    let grids = ActivationOptions.grids
    let flow = ActivationOptions(
      bits: 2 + random.integer(below: 7), grid: grids[random.integer(below: grids.count)],
      samples: 16)
    let result = try quantize(
      network, options(&random), activations: flow, training: nil, on: data)
    return Case(network: result.network, inputs: inputs)
  }

  /// What rounding floats layer by layer gives, as training does: each node that is on a grid, with
  /// its numbers in steps of it.
  static func rounded(_ network: Network, _ inputs: Tensor) throws -> [(node: Int, steps: [Float])]
  {
    let nodes = network.nodes.indices.filter { network.nodes[$0].layer is ActivationQuantizer }
    var all: [(node: Int, steps: [Float])] = []
    try network.trace(inputs, outputsOf: nodes, batch: inputs.shape[0]) { node, output in
      let step = network.nodes[node].parameters[0].value.elements[0]
      all.append((node, output.elements.map { $0 / step }))
    }
    return all
  }

  /// The network that ends with a node: all that it comes from.
  static func upTo(_ end: Int, of network: Network) throws -> Network {
    var wanted: Set<Int> = [end]
    for n in (0...end).reversed() where wanted.contains(n) {
      wanted.formUnion(network.nodes[n].inputs)
    }
    var places = [Network.input: Network.input]
    var nodes: [Node] = []
    for n in 0...end where wanted.contains(n) {
      let node = network.nodes[n]
      places[n] = nodes.count
      nodes.append(
        Node(
          name: node.name, layer: node.layer,
          inputs: try node.inputs.map { try #require(places[$0]) },
          parameters: node.parameters))
    }
    return try Network(name: "part", inputShape: network.inputShape, nodes: nodes)
  }

  /// The law, for every number of every network.
  @Test(arguments: 0..<12) func countingAndSimulatingAgree(_ round: Int) throws {
    var counted = 0
    for seed in 0..<20 {
      let one = try Self.make(seed: UInt64(round * 1000 + seed))
      let codes: Tensor
      do { codes = try IntegerNetwork(one.network).predict(one.inputs) } catch {
        // Scales so far apart that no fixed-point number holds their ratio: said, not computed.
        #expect(error.code == "E0514" && "\(error)".contains("too far"), "\(error)")
        continue
      }
      #expect(try one.network.predict(one.inputs) == codes, "\(round) \(seed)")
      counted += 1
    }
    #expect(counted > 10)
  }

  /// Floats rounded layer by layer are the same but for ties that they cannot see (a sum of inexact
  /// products, half way between two codes): the first node that differs does so by one step.
  @Test(arguments: 0..<8) func countingAndRoundingAgree(_ round: Int) throws {
    for seed in 0..<20 {
      let one = try Self.make(seed: UInt64(round * 1000 + seed))
      for (node, steps) in try Self.rounded(one.network, one.inputs) {
        guard
          let codes = try? IntegerNetwork(Self.upTo(node, of: one.network)).predict(one.inputs)
        else { break }
        let step = one.network.nodes[node].parameters[0].value.elements[0]
        let apart = zip(steps, codes.elements).map { abs($0 - $1 / step) }
        guard let most = apart.max(), most > 0.5 else { continue }
        #expect(most < 1.001, "\(round) \(seed) \(node)")
        break
      }
    }
  }

  @Test(arguments: 0..<12) func batchAndThreadsDoNotMatter(_ seed: UInt64) throws {
    let one = try Self.make(seed: 500 + seed)
    guard let network = try? IntegerNetwork(one.network, workers: Workers(threads: 1)) else {
      return
    }
    let all = try network.predict(one.inputs)
    #expect(
      try IntegerNetwork(one.network, workers: Workers(threads: 3)).predict(one.inputs) == all)
    let size = one.network.inputShape.reduce(1, *)
    let width = one.network.outputShape.reduce(1, *)
    for count in [0, 1, 3] {
      let part = Tensor(
        trusted: [count] + one.network.inputShape,
        Array(one.inputs.elements[5 * size..<(5 + count) * size]))
      #expect(
        try network.predict(part).elements == Array(all.elements[5 * width..<(5 + count) * width]))
    }
  }
}
