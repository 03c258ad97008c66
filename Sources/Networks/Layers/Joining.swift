// Layers with several inputs: their sum, and their units one after the other.
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
