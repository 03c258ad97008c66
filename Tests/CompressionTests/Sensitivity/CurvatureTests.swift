// Slopes and curvature against PyTorch: exact by coordinates, and by Hutchinson's random vectors.
import Compression
import Networks
import Tensors
import Testing

@Suite struct CurvatureTests {
  let network: Network
  let data = CurvedNetwork.data()

  init() throws { network = try CurvedNetwork.make() }

  private func only(_ estimator: SensitivityEstimator) -> SensitivityOptions {
    SensitivityOptions(estimators: [estimator], samples: 2)
  }

  /// The sum of second derivatives, one weight at a time: nothing is random here.
  @Test func tracesAreExactByCoordinates() throws {
    let gradient = try LossGradient(network, on: data, holds: true)
    try gradient.choosePieces(0..<12, monitor: .silent)
    for (place, wanted) in CurvedNetwork.traces.enumerated() {
      let node = gradient.places[place].node
      let values = network.nodes[node].parameters[0].value.elements
      var trace = 0.0
      for i in values.indices {
        for sign: Float in [1, -1] {
          var moved = values
          moved[i] += sign * 4e-3
          gradient.move(place, to: moved)
          try gradient.run(0..<12, monitor: .silent)
          trace += Double(sign * gradient.gradient(place)[i]) / 8e-3
        }
      }
      gradient.move(place, to: values)
      #expect(abs(trace / wanted - 1) < 1e-3, "\(CurvedNetwork.layers[place]): \(trace)")
    }
  }

  /// 19 in 20 intervals hold the truth: of 20 seeds × 3 layers, nearly all do, and the mean is close.
  @Test func intervalsHoldTheTrace() throws {
    var held = 0
    var sums = [0.0, 0.0, 0.0]
    for seed in 0..<20 {
      let options = SensitivityOptions(estimators: [.hessian], samples: 50, seed: UInt64(seed))
      let traces = try sensitivity(network, on: data, options).traces
      #expect(traces.map(\.layer) == CurvedNetwork.layers)
      #expect(traces.map(\.weights) == CurvedNetwork.weights)
      for (i, trace) in traces.enumerated() {
        sums[i] += trace.trace.value / 20
        let width = try #require(trace.trace.halfWidth)
        if abs(trace.trace.value - CurvedNetwork.traces[i]) <= width { held += 1 }
      }
    }
    #expect(held >= 51)
    for (sum, wanted) in zip(sums, CurvedNetwork.traces) { #expect(abs(sum / wanted - 1) < 0.2) }
  }

  @Test func scoreIsMeanTraceTimesError() throws {
    var options = only(.hessian)
    options.estimators = [.weightMSE, .hessian]
    let result = try sensitivity(network, on: data, options)
    for (row, trace) in zip(result.rows, result.traces) {
      let error = row.scores[0].value * Double(row.weights)
      let wanted = trace.trace.value / Double(trace.weights) * error
      #expect(abs(row.scores[1].value / wanted - 1) < 1e-12)
      #expect(trace.samples == 2)
    }
  }

  /// Weights of which one alone moves by 1: the score is its entry of the diagonal.
  @Test func fisherIsPyTorchs() throws {
    let result = try sensitivity(network, on: data, only(.fisher))
    for (layer, row) in result.rows.enumerated() {
      // Σ F_ii ΔW² with the recorded sums as scale: a change of the whole layer's scale would show.
      #expect(row.scores[0].value > 0)
      #expect(row.scores[0].value < CurvedNetwork.fisherSums[layer])
    }
    let gradient = try LossGradient(network, on: data, batch: 1)
    var sums = CurvedNetwork.weights.map { [Double](repeating: 0, count: $0) }
    for batch in gradient.batches {
      try gradient.run(batch, monitor: .silent)
      for place in sums.indices {
        for (i, slope) in gradient.gradient(place).enumerated() {
          sums[place][i] += 12 * Double(slope) * Double(slope)
        }
      }
    }
    for place in sums.indices {
      let total = sums[place].reduce(0, +)
      #expect(abs(total / CurvedNetwork.fisherSums[place] - 1) < 1e-5)
      for (found, wanted) in zip(sums[place], CurvedNetwork.fisherFirst[place]) {
        #expect(abs(found / wanted - 1) < 1e-4)
      }
    }
    let quantized = try quantize(network, QuantizeOptions(bits: 4)).network
    for (place, row) in result.rows.enumerated() {
      let node = gradient.places[place].node
      let after = quantized.nodes[node].parameters[0].value.elements
      let before = network.nodes[node].parameters[0].value.elements
      let wanted = zip(sums[place], zip(after, before)).reduce(0.0) { sum, pair in
        let change = Double(pair.1.0) - Double(pair.1.1)
        return sum + pair.0 * change * change
      }
      #expect(abs(row.scores[0].value / wanted - 1) < 1e-9)
    }
  }

  @Test func lossIsPyTorchs() throws {
    let result = try sensitivity(network, on: data, only(.loss))
    #expect(abs(try #require(result.loss) / CurvedNetwork.loss - 1) < 1e-6)
  }

  /// Batches only share the work out: their sums are the whole.
  @Test(arguments: [1, 5, 12]) func batchesAddUp(_ batch: Int) throws {
    let whole = try LossGradient(network, on: data)
    try whole.run(0..<12, monitor: .silent)
    let parts = try LossGradient(network, on: data, batch: batch)
    var sums = CurvedNetwork.weights.map { [Double](repeating: 0, count: $0) }
    for rows in parts.batches {
      try parts.run(rows, monitor: .silent)
      for place in sums.indices {
        for (i, slope) in parts.gradient(place).enumerated() { sums[place][i] += Double(slope) }
      }
    }
    for place in sums.indices {
      for (sum, slope) in zip(sums[place], whole.gradient(place)) {
        #expect(abs(sum - Double(slope)) < 1e-6)
      }
    }
  }

  /// Keeping to the pieces changes nothing where nothing moved.
  @Test(arguments: Specimens.names) func keptPiecesAreTheSameFunction(_ name: String) throws {
    let network = try Specimens.network(name)
    try expectTheSame(network)
  }

  @Test func everyKindOfPieceIsKept() throws {
    let layers: [Blueprint] = [
      try Specimens.conv(3, 3), .layer(try Activation(.leaky, slope: 0.3)),
      .layer(try MaxPool(size: [3, 3], stride: [2, 2], padding: [1, 1])), .layer(Flatten()),
      try Specimens.dense(8), .layer(try Activation(.relu6)), try Specimens.dense(4),
    ]
    let network = try Network.build(
      name: "pieces", input: [1, 9, 9], blueprint: layers, random: RandomStream(seed: 6))
    // Large weights, so that some numbers are above 6.
    try expectTheSame(
      network.mapParameters { _, parameter in
        var value = parameter.value
        value.withElements { for i in $0.indices { $0[i] *= 6 } }
        return parameter.with(value: value)
      })
  }

  private func expectTheSame(_ network: Network) throws {
    let data = Specimens.dataset(for: network, count: 20)
    let free = try LossGradient(network, on: data)
    try free.run(0..<20, monitor: .silent)
    let held = try LossGradient(network, on: data, holds: true)
    try held.choosePieces(0..<20, monitor: .silent)
    try held.run(0..<20, monitor: .silent)
    for place in free.places.indices {
      for (one, other) in zip(free.gradient(place), held.gradient(place)) {
        #expect(abs(one - other) <= 1e-5 * max(1, abs(one)))
      }
    }
  }

  /// As the network answers: dropout and the batch's statistics would move the slopes.
  @Test func slopesAreThoseOfTheAnswers() throws {
    let layers: [Blueprint] = [
      try Specimens.conv(4, 3), .layer(try BatchNorm()), .layer(try Activation(.tanh)),
      .layer(try Dropout(share: 0.5)),
      .layer(Flatten()), try Specimens.dense(3),
    ]
    let network = try Network.build(
      name: "noisy", input: [1, 5, 5], blueprint: layers, random: RandomStream(seed: 4))
    let data = Specimens.dataset(for: network, count: 10)
    let gradient = try LossGradient(network, on: data)
    try gradient.run(0..<10, monitor: .silent)
    for (place, where_) in gradient.places.enumerated() {
      let slopes = gradient.gradient(place)
      for i in stride(from: 0, to: slopes.count, by: 7) {
        var losses = [0.0, 0.0]
        for (side, step) in [Float(0.004), -0.004].enumerated() {
          let moved = network.mapParameters { node, parameter in
            guard node.name == network.nodes[where_.node].name, parameter.role == .weight else {
              return parameter
            }
            var value = parameter.value
            value.withElements { $0[i] += step }
            return parameter.with(value: value)
          }
          losses[side] = try moved.evaluate(on: data).loss
        }
        #expect(abs((losses[0] - losses[1]) / 0.008 - Double(slopes[i])) < 5e-3)
      }
    }
  }
}
