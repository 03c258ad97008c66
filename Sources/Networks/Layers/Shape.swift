// Layers that only see the same elements in another shape. Nothing runs.
internal import Kernels

/// Every example as one list of numbers.
package struct Flatten: Layer, LayerRun {
  package static let kind = "flatten"

  package init() {}

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    _ = try AttributeReader(Flatten.kind, attributes, knows: [])
  }

  package var attributes: [(name: String, value: Attribute)] { [] }
  package var unitFlow: UnitFlow { .reshapes }
  package var isView: Bool { true }
  package func laneSupport(for inputs: [[Int]]) -> LaneSupport { .follows }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    [try single(inputs, "one input").reduce(1, *)]
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    call.output(turn.examples).copy(from: call.input(turn.examples))
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    call.inputGradient(turn.examples)?.copy(from: call.outputGradient(turn.examples))
  }
}

/// Every example in another shape.
package struct Reshape: Layer, LayerRun {
  package static let kind = "reshape"
  package let shape: [Int]

  package init(shape: [Int]) throws(NetworkError) {
    try self.init(attributes: ["shape": .integers(shape)])
  }

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    let read = try AttributeReader("view", attributes, knows: ["shape"])
    shape = try read.integers("shape", in: 1...AttributeReader.largest)
    guard !shape.isEmpty, shape.count <= 8 else {
      throw read.refusal("shape", "one to eight sizes", got: "\(shape.count) of them")
    }
  }

  package var attributes: [(name: String, value: Attribute)] { [("shape", .integers(shape))] }
  package var unitFlow: UnitFlow { .reshapes }

  package func keeping(_ kept: KeptUnits) throws(NetworkError) -> any Layer {
    try with(["shape": .integers([kept.outputs.count] + shape.dropFirst())])
  }

  package var isView: Bool { true }
  package func laneSupport(for inputs: [[Int]]) -> LaneSupport { .follows }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    let wanted = shape.reduce((1, false)) { product, size in
      let (value, overflow) = product.0.multipliedReportingOverflow(by: size)
      return (value, product.1 || overflow)
    }
    _ = try single(inputs, "as many numbers as \(shape) holds") {
      !wanted.1 && $0.reduce(1, *) == wanted.0
    }
    return shape
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    call.output(turn.examples).copy(from: call.input(turn.examples))
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    call.inputGradient(turn.examples)?.copy(from: call.outputGradient(turn.examples))
  }
}
