// Softmax as a layer. (The losses take scores before softmax, and do their own.)
internal import Kernels

/// y[u] = exp(x[u]) / sum exp(x), over the units at every position.
package struct Softmax: Layer, LayerRun {
  package static let kind = "softmax"

  package init() {}

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    _ = try AttributeReader(Softmax.kind, attributes, knows: [])
  }

  package var attributes: [(name: String, value: Attribute)] { [] }
  package var unitFlow: UnitFlow { .blends("a softmax divides one whole among its units") }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    try single(inputs, "units first") { !$0.isEmpty && $0.allSatisfy { $0 > 0 } }
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    let shape = UnitPositions(call.inputShapes[0])
    for i in turn.examples {
      shape.softmax(call.input(i..<i + 1), to: call.output(i..<i + 1))
    }
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    let shape = UnitPositions(call.inputShapes[0])
    for i in turn.examples {
      guard let dx = call.inputGradient(i..<i + 1) else { return }
      shape.softmaxBack(call.outputGradient(i..<i + 1), y: call.output(i..<i + 1), to: dx)
    }
  }
}
