// What a sequence is given before attention, which knows no order: a learned vector for each of its
// positions, one for its segment, and a first position that stands for the whole.
internal import Kernels

/// y[d, t] = x[d, t] + W[t, d], with W `[positions, units]`. A sequence may be shorter than the
/// table; what lies past its end is not used. Gehring et al. 2017, arXiv:1705.03122.
package struct PositionEmbedding: Layer, LayerRun {
  package static let kind = "position_embedding"
  package let positions: Int

  package init(positions: Int) throws(NetworkError) {
    try self.init(attributes: ["positions": .integer(positions)])
  }

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    let read = try AttributeReader(PositionEmbedding.kind, attributes, knows: ["positions"])
    positions = try read.integer("positions", in: 1...AttributeReader.largest)
  }

  package var attributes: [(name: String, value: Attribute)] {
    [("positions", .integer(positions))]
  }
  package var unitFlow: UnitFlow { .passes }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    try single(inputs, "a sequence [units, positions] of at most \(positions) positions") {
      $0.count == 2 && $0.allSatisfy { $0 > 0 } && $0[1] <= positions
    }
  }

  package func parameters(for inputs: [[Int]]) -> [ParameterPlan] {
    let shape = [positions, inputs[0][0]]
    return [ParameterPlan("weight", .weight, shape, .normal(deviation: 0.02))]
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    let (units, length) = (call.inputShapes[0][0], call.inputShapes[0][1])
    let table = call.parameters[0]
    for i in turn.examples {
      let (x, y) = (call.input(i..<i + 1), call.output(i..<i + 1))
      for d in 0..<units {
        for t in 0..<length { y[d * length + t] = x[d * length + t] + table[t * units + d] }
      }
    }
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    let (units, length) = (call.inputShapes[0][0], call.inputShapes[0][1])
    call.inputGradient(turn.examples)?.copy(from: call.outputGradient(turn.examples))
    guard let gradient = call.gradient(0, part: turn.part) else { return }
    gradient.fill(0)
    for i in turn.examples {
      let dy = call.outputGradient(i..<i + 1)
      for d in 0..<units {
        for t in 0..<length { gradient[t * units + d] += dy[d * length + t] }
      }
    }
  }
}

/// y[d, t] = x[d, t] + W[0, d], with W `[segments, units]`: every position belongs to the first
/// segment, as in BERT with one text. The other vectors are there, and wait.
package struct SegmentEmbedding: Layer, LayerRun {
  package static let kind = "segment_embedding"
  package let segments: Int

  package init(segments: Int) throws(NetworkError) {
    try self.init(attributes: ["segments": .integer(segments)])
  }

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    let read = try AttributeReader(SegmentEmbedding.kind, attributes, knows: ["segments"])
    segments = try read.integer("segments", in: 1...AttributeReader.largest)
  }

  package var attributes: [(name: String, value: Attribute)] { [("segments", .integer(segments))] }
  package var unitFlow: UnitFlow { .passes }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    try single(inputs, "a sequence [units, positions]") {
      $0.count == 2 && $0.allSatisfy { $0 > 0 }
    }
  }

  package func parameters(for inputs: [[Int]]) -> [ParameterPlan] {
    let shape = [segments, inputs[0][0]]
    return [ParameterPlan("weight", .weight, shape, .normal(deviation: 0.02))]
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    let (units, length) = (call.inputShapes[0][0], call.inputShapes[0][1])
    for i in turn.examples {
      Matrix(call.output(i..<i + 1), units, length)
        .activate(
          Matrix(call.input(i..<i + 1), units, length), rows: call.parameters[0].slice(0, units),
          .identity)
    }
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    let (units, length) = (call.inputShapes[0][0], call.inputShapes[0][1])
    call.inputGradient(turn.examples)?.copy(from: call.outputGradient(turn.examples))
    guard let gradient = call.gradient(0, part: turn.part) else { return }
    gradient.fill(0)
    for i in turn.examples {
      Matrix(call.outputGradient(i..<i + 1), units, length)
        .addRowSums(to: gradient.slice(0, units))
    }
  }
}

/// A learned vector ahead of the others: `[D, T]` to `[D, T + 1]`. What attention gathers there
/// stands for the whole sequence. Devlin et al. 2019, arXiv:1810.04805; for images Dosovitskiy et
/// al. 2021, arXiv:2010.11929.
package struct ClassToken: Layer, LayerRun {
  package static let kind = "class_token"

  package init() {}

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    _ = try AttributeReader(ClassToken.kind, attributes, knows: [])
  }

  package var attributes: [(name: String, value: Attribute)] { [] }
  package var unitFlow: UnitFlow { .passes }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    let shape = try single(inputs, "a sequence [units, positions]") {
      $0.count == 2 && $0.allSatisfy { $0 > 0 }
    }
    return [shape[0], shape[1] + 1]
  }

  package func parameters(for inputs: [[Int]]) -> [ParameterPlan] {
    [ParameterPlan("token", .bias, [inputs[0][0]], .zeros)]
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    let (units, length) = (call.inputShapes[0][0], call.inputShapes[0][1])
    for i in turn.examples {
      let (x, y) = (call.input(i..<i + 1), call.output(i..<i + 1))
      for d in 0..<units {
        y[d * (length + 1)] = call.parameters[0][d]
        y.slice(d * (length + 1) + 1, length).copy(from: x.slice(d * length, length))
      }
    }
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    let (units, length) = (call.inputShapes[0][0], call.inputShapes[0][1])
    let gradient = call.gradient(0, part: turn.part)
    gradient?.fill(0)
    for i in turn.examples {
      let dy = call.outputGradient(i..<i + 1)
      let dx = call.inputGradient(i..<i + 1)
      for d in 0..<units {
        if let gradient { gradient[d] += dy[d * (length + 1)] }
        dx?.slice(d * length, length).copy(from: dy.slice(d * (length + 1) + 1, length))
      }
    }
  }
}
