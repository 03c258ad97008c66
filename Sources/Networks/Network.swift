// A network: a graph of named layers in the order in which they run, with their parameters.
import Tensors

package struct Node: Sendable {
  /// Unique in the network, such as "dense1".
  package let name: String
  package let layer: any Layer
  /// Which nodes feed it, by position; `Network.input` is the network's own input.
  package let inputs: [Int]
  package var parameters: [Parameter]

  package init(name: String, layer: any Layer, inputs: [Int], parameters: [Parameter]) {
    self.name = name
    self.layer = layer
    self.inputs = inputs
    self.parameters = parameters
  }
}

package struct Network: Sendable {
  /// The position that stands for the network's input in `Node.inputs`.
  package static let input = -1

  package let name: String
  /// The shape of one example, such as `[1, 28, 28]` (channels first) or `[784]`.
  package let inputShape: [Int]
  /// Every node comes after those that feed it; the last one's output is the network's.
  package private(set) var nodes: [Node]
  /// The shape of one example at each node's output.
  package let shapes: [[Int]]
  /// How this network came to be.
  package var receipt: Receipt

  /// - Throws: `NetworkError` where a layer does not fit, a parameter has another shape than its layer
  ///   plans, or two nodes share a name.
  package init(
    name: String, inputShape: [Int], nodes: [Node], receipt: Receipt = Receipt()
  ) throws(NetworkError) {
    var shapes: [[Int]] = []
    var names: Set<String> = []
    for node in nodes {
      guard names.insert(node.name).inserted else { throw .duplicateName(node.name) }
      var inputs: [[Int]] = []
      for i in node.inputs { inputs.append(i == Network.input ? inputShape : shapes[i]) }
      shapes.append(try node.layer.outputShape(for: inputs))
    }
    self.name = name
    self.inputShape = inputShape
    self.nodes = nodes
    self.shapes = shapes
    self.receipt = receipt
  }

  package var outputShape: [Int] { shapes.last ?? inputShape }

  package func inputShapes(of node: Int) -> [[Int]] {
    nodes[node].inputs.map { $0 == Network.input ? inputShape : shapes[$0] }
  }

  /// Every parameter with its full name, in order: "dense1.weight".
  package var parameters: [(name: String, parameter: Parameter)] {
    nodes.flatMap { node in node.parameters.map { ("\(node.name).\($0.name)", $0) } }
  }

  package var parameterCount: Int { parameters.reduce(0) { $0 + $1.parameter.value.count } }

  /// The same network with each parameter replaced; shapes stay.
  package func mapParameters<E: Error>(
    _ transform: (_ node: Node, _ parameter: Parameter) throws(E) -> Parameter
  ) throws(E) -> Network {
    var copy = self
    for n in nodes.indices {
      for p in nodes[n].parameters.indices {
        let new = try transform(nodes[n], nodes[n].parameters[p])
        precondition(new.value.shape == nodes[n].parameters[p].value.shape, "shapes stay")
        copy.nodes[n].parameters[p] = new
      }
    }
    return copy
  }
}
