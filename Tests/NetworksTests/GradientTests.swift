// Laws of every layer: forward is the textbook's, and backward is the slope of forward, by central
// differences in double precision.
import Networks
import Tensors
import Testing

@Suite("Gradients") struct GradientTests {
  static let samples = (try? Sample.make()) ?? []

  @Test func everyLayerHasASample() throws {
    let nodes = try Sample.make().flatMap { try $0.network().nodes }
    let kinds = Set(nodes.map { type(of: $0.layer).kind })
    let untested = LayerTable.all.map(\.name).filter { !kinds.contains($0) }
    // These have tests of their own: one draws, the other's gradient is not a slope.
    #expect(untested == ["quantizer", "dropout"])
  }

  @Test(arguments: samples, [1, 5, 37])
  func forwardIsTheTextbooks(_ sample: Sample, _ count: Int) throws {
    let network = try sample.network()
    let inputs = sample.inputs(count)
    let scores = try network.predict(inputs)
    let wanted = Reference(network, training: false).forward(rows(inputs)).flatMap { $0 }
    #expect(scores.shape == [count] + network.outputShape)
    #expect(distance(scores.elements, wanted) < 1e-5)
  }

  /// Nine examples are a block of eight, and one that is mostly empty.
  @Test(arguments: samples, [5, 9])
  func backwardIsTheSlopeOfForward(_ sample: Sample, _ count: Int) throws {
    let network = try sample.network()
    let inputs = sample.inputs(count)
    var random = RandomStream(seed: 3)
    let weighting = weighting(of: count, network, &random)
    let found = try network.gradients(inputs, weighting: weighting)
    let reference = Reference(network)
    let batch = rows(inputs)
    let factors = weighting.elements.map(Double.init)

    #expect(distance(found.outputs.elements, reference.forward(batch).flatMap { $0 }) < 1e-5)
    for (n, slopes) in found.parameters.enumerated() {
      for (p, slope) in slopes.enumerated() {
        guard let slope else { continue }
        let wanted = differences(slope.count, &random) { i, step in
          var moved = reference
          moved.parameters[n][p][i] += step
          return sum(moved.forward(batch), factors)
        }
        let node = network.nodes[n]
        expectClose(slope, wanted, "\(node.name).\(node.parameters[p].name)")
      }
    }
    guard sample.vocabulary == nil else { return }
    let size = batch[0].count
    let wanted = differences(inputs.count, &random) { i, step in
      var moved = batch
      moved[i / size][i % size] += step
      return sum(reference.forward(moved), factors)
    }
    expectClose(found.inputs, wanted, "input")
  }

  /// The fast loops against those for every shape: each is within 1e-5 of the truth.
  @Test(arguments: samples, [1, 7, 8, 20])
  func pathsAgree(_ sample: Sample, _ count: Int) throws {
    let network = try sample.network()
    let inputs = sample.inputs(count)
    var random = RandomStream(seed: 4)
    let weighting = weighting(of: count, network, &random)
    let fast = try network.gradients(inputs, weighting: weighting, path: .fast)
    let general = try network.gradients(inputs, weighting: weighting, path: .general)
    #expect(distance(fast.outputs.elements, general.outputs.elements.map(Double.init)) < 2e-5)
    #expect(distance(fast.inputs.elements, general.inputs.elements.map(Double.init)) < 2e-5)
    for (one, other) in zip(fast.parameters.joined(), general.parameters.joined()) {
      guard let one, let other else { continue }
      #expect(distance(one.elements, other.elements.map(Double.init)) < 2e-5)
    }
  }

  /// A weight for each output.
  private func weighting(
    of count: Int, _ network: Network, _ random: inout RandomStream
  ) -> Tensor {
    let shape = [count] + network.outputShape
    return Tensor(trusted: shape, (0..<shape.reduce(1, *)).map { _ in Float(random.normal()) })
  }

  private func rows(_ tensor: Tensor) -> [[Double]] {
    let size = tensor.count / tensor.shape[0]
    return (0..<tensor.shape[0]).map { row in
      tensor.elements[row * size..<(row + 1) * size].map(Double.init)
    }
  }

  private func sum(_ outputs: [[Double]], _ factors: [Double]) -> Double {
    zip(outputs.joined(), factors).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// Central differences at up to 24 places.
  private func differences(
    _ count: Int, _ random: inout RandomStream, _ value: (Int, Double) -> Double
  ) -> [Int: Double] {
    let step = 1e-6
    var slopes: [Int: Double] = [:]
    for i in random.permutation(count).prefix(24) {
      slopes[i] = (value(i, step) - value(i, -step)) / (2 * step)
    }
    return slopes
  }

  private func expectClose(_ found: Tensor, _ wanted: [Int: Double], _ name: String) {
    let scale = max(0.02, wanted.values.map { abs($0) }.max() ?? 0)
    for (i, slope) in wanted {
      let error = abs(Double(found.elements[i]) - slope) / scale
      #expect(error < 5e-5, "\(name)[\(i)]: \(found.elements[i]) for \(slope)")
    }
  }
}

/// The greatest difference, in parts of the greatest value (at least 1).
func distance(_ found: [Float], _ wanted: [Double]) -> Double {
  let scale = max(1, wanted.map { abs($0) }.max() ?? 0)
  guard found.count == wanted.count else { return .infinity }
  return zip(found, wanted).map { abs(Double($0) - $1) / scale }.max() ?? 0
}
