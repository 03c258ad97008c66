// One integer truth over many random graphs, and against ONNX Runtime.
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

  /// The nodes that are on a grid, each with the greatest distance there in its steps, and the share
  /// of numbers that are apart at all.
  static func distances(_ network: Network, _ inputs: Tensor) throws -> [(
    most: Float, share: Double
  )] {
    try network.nodes.indices.compactMap { n in
      guard network.nodes[n].layer is ActivationQuantizer,
        let step = network.nodes[n].parameters.first?.value.elements.first
      else { return nil }
      let part = try Network(
        name: "part", inputShape: network.inputShape, nodes: Array(network.nodes[...n]))
      let floats = try part.predict(inputs)
      let codes = try IntegerNetwork(part).predict(inputs)
      let steps = zip(floats.elements, codes.elements).map { abs($0 - $1) / step }
      return (
        steps.max() ?? 0, Double(steps.count { $0 > 0.5 }) / Double(max(1, steps.count))
      )
    }
  }

  /// What leaves the network is at most one step of its grid apart, and where it is, rarely. A tie
  /// that floats cannot see (a sum of inexact products, half way between two codes) may go either way,
  /// and later layers may make more of it: there, the first that differs does so by one step.
  @Test(arguments: 0..<8) func countingAndRoundingAgree(_ round: Int) throws {
    var further = 0
    for seed in 0..<20 {
      let one = try Self.make(seed: UInt64(round * 1000 + seed))
      let floats = try one.network.predict(one.inputs)
      let codes: Tensor
      do { codes = try IntegerNetwork(one.network).predict(one.inputs) } catch {
        // Scales so far apart that no fixed-point number holds their ratio: said, not computed.
        #expect(
          error.code == "E0514" && "\(error)".contains("too far"), "\(round) \(seed) \(error)")
        continue
      }
      let step = try #require(one.network.nodes.last?.parameters.first?.value.elements.first)
      let apart = zip(floats.elements, codes.elements).contains { abs($0 - $1) > 0.5 * step }
      guard apart else { continue }
      let all = try Self.distances(one.network, one.inputs)
      let first = try #require(all.first { $0.most > 0.5 })
      #expect(first.most < 1.001 && first.share < 0.1, "\(round) \(seed) \(first)")
      if all.contains(where: { $0.most > 1.001 }) { further += 1 }
    }
    #expect(further <= 1)
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
