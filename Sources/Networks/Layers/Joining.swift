// Layers with several inputs: their sum, their product, and their units one after the other.
internal import Kernels

/// y = x1 + x2 + ….
package struct Add: Layer, LayerRun {
  package static let kind = "add"

  package init() {}

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    _ = try AttributeReader(Add.kind, attributes, knows: [])
  }

  package var attributes: [(name: String, value: Attribute)] { [] }
  package var unitFlow: UnitFlow { .ties }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    guard let first = inputs.first, inputs.count >= 2, inputs.allSatisfy({ $0 == first }) else {
      throw .fit(layer: stem, wants: "two or more inputs of one shape", got: inputs)
    }
    return first
  }

  package var takesActivation: Bool { true }
  package func laneSupport(for inputs: [[Int]]) -> LaneSupport { .follows }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    let y = call.output(turn.examples)
    y.copy(from: call.input(turn.examples, 0))
    for k in 1..<call.inputShapes.count { y.add(call.input(turn.examples, k)) }
    if call.activator != .identity { call.activator.forward(y, to: y) }
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    let dy = call.outputGradient(turn.examples)
    if call.activator != .identity {
      let y = call.output(turn.examples)
      call.activator.backward(dy, x: y, y: y, to: dy)
    }
    for k in 0..<call.inputShapes.count { call.inputGradient(turn.examples, k)?.copy(from: dy) }
  }
}

/// y = x1 x2, element by element; or every unit of x1 times its one number in x2, as gates of
/// channels are (Hu et al. 2018, arXiv:1709.01507).
package struct Multiply: Layer, LayerRun {
  package static let kind = "multiply"

  package init() {}

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    _ = try AttributeReader(Multiply.kind, attributes, knows: [])
  }

  package var attributes: [(name: String, value: Attribute)] { [] }
  package var unitFlow: UnitFlow { .ties }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    guard inputs.count == 2, inputs[0] == inputs[1] || Multiply.isGate(inputs[1], of: inputs[0])
    else {
      throw .fit(
        layer: stem, wants: "two inputs of one shape, or a second with one number for each unit",
        got: inputs)
    }
    return inputs[0]
  }

  /// `[C]` or `[C, 1, 1]` for `[C, H, W]`.
  private static func isGate(_ gate: [Int], of x: [Int]) -> Bool {
    !x.isEmpty && gate.first == x[0] && gate.dropFirst().allSatisfy { $0 == 1 }
  }

  package func laneSupport(for inputs: [[Int]]) -> LaneSupport { .follows }

  /// As gates: those of an equal shape are units with one position each.
  private func gates(_ call: LayerCall) -> UnitPositions {
    let (x, gates) = (call.inputShapes[0].reduce(1, *), call.inputShapes[1].reduce(1, *))
    return UnitPositions(units: gates, positions: x / max(1, gates))
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    let units = gates(call)
    call.each(turn) { item in
      units.gate(call.input(item, 0), by: call.input(item, 1), to: call.output(item))
    }
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    let units = gates(call)
    call.each(turn) { item in
      let dy = call.outputGradient(item)
      if let dx = call.inputGradient(item, 0) { units.gate(dy, by: call.input(item, 1), to: dx) }
      if let dGates = call.inputGradient(item, 1) {
        units.gateBack(dy, x: call.input(item, 0), to: dGates)
      }
    }
  }
}

/// The units of all inputs, in order.
package struct Concatenate: Layer, LayerRun {
  package static let kind = "concatenate"

  package init() {}

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    _ = try AttributeReader(Concatenate.kind, attributes, knows: [])
  }

  package var attributes: [(name: String, value: Attribute)] { [] }
  package var unitFlow: UnitFlow { .joins }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    guard let first = inputs.first, !first.isEmpty,
      inputs.allSatisfy({ !$0.isEmpty && $0.dropFirst() == first.dropFirst() })
    else { throw .fit(layer: stem, wants: "inputs that differ in units only", got: inputs) }
    return [inputs.reduce(0) { $0 + $1[0] }] + first.dropFirst()
  }

  package func laneSupport(for inputs: [[Int]]) -> LaneSupport { .follows }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    call.each(turn) { item in
      let y = call.output(item)
      var start = 0
      for k in 0..<call.inputShapes.count {
        let x = call.input(item, k)
        y.slice(start, x.count).copy(from: x)
        start += x.count
      }
    }
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    call.each(turn) { item in
      let dy = call.outputGradient(item)
      var start = 0
      for k in 0..<call.inputShapes.count {
        let count = call.input(item, k).count
        call.inputGradient(item, k)?.copy(from: dy.slice(start, count))
        start += count
      }
    }
  }
}
