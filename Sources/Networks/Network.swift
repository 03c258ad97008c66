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

  /// The numbers that training learns: running statistics are measured, not learned, and do not
  /// count.
  package var parameterCount: Int {
    parameters.reduce(0) {
      $1.role == .statistic || $1.role == .step ? $0 : $0 + $1.value.count
    }
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
  /// It answers in whole-number arithmetic, as `IntegerNetwork` or `IntegerPredictor` has it.
  package var runsInIntegers = false
  /// Layers whose weights were pruned skip the zeros when they answer, in this format; nil: all run
  /// dense.
  package var skipsZeros: SparseFormat?

  /// - Throws: `NetworkError` where there is no layer, a layer does not fit, a parameter has another
  ///   shape than its layer plans, a node comes before those that feed it, or two share a name.
  package init(
    name: String, inputShape: [Int], nodes: [Node], receipt: Receipt = Receipt()
  ) throws(NetworkError) {
    guard !nodes.isEmpty else { throw .empty }
    try Network.checkInput(inputShape)
    var shapes: [[Int]] = []
    var names: Set<String> = []
    for (position, node) in nodes.enumerated() {
      guard names.insert(node.name).inserted else { throw .duplicateName(node.name) }
      guard node.inputs.allSatisfy({ $0 >= Network.input && $0 < position }) else {
        throw .order(node.name)
      }
      let inputs = node.inputs.map { $0 == Network.input ? inputShape : shapes[$0] }
      shapes.append(
        try Network.outputShape(
          of: node.layer, called: node.name, for: inputs, isFirst: node.inputs == [Network.input]))
      try Network.check(node, inputs)
    }
    self.name = name
    self.inputShape = inputShape
    self.nodes = nodes
    self.shapes = shapes
    self.receipt = receipt
  }

  /// The most elements that one tensor of a network may have.
  static let mostElements = 1 << 30

  static func checkInput(_ shape: [Int]) throws(NetworkError) {
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw .option(name: "input", wanted: "sizes of at least 1", got: "\(shape)")
    }
    try checkSize(shape, of: "input")
  }

  static func checkSize(_ shape: [Int], of name: String) throws(NetworkError) {
    let count: Int
    do { count = try Tensor.count(of: shape) } catch { throw .tensor(error) }
    guard count <= mostElements else {
      throw .limit(what: "`\(name)` has \(count) elements", most: mostElements)
    }
  }

  /// The shape at a layer's output; errors say the node's name.
  /// - Parameter isFirst: its input is the network's.
  static func outputShape(
    of layer: any Layer, called name: String, for inputs: [[Int]], isFirst: Bool
  ) throws(NetworkError) -> [Int] {
    do throws(NetworkError) {
      let shape = try layer.outputShape(for: inputs)
      try checkSize(shape, of: name)
      return shape
    } catch .fit(_, let wants, let got, _) {
      throw .fit(layer: "`\(name)`", wants: wants, got: got, isFirst: isFirst)
    }
  }

  private static func check(_ node: Node, _ inputs: [[Int]]) throws(NetworkError) {
    let plans = node.layer.parameters(for: inputs)
    let wanted = plans.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
    guard plans.count == node.parameters.count else {
      throw .parameters(layer: node.name, wanted: wanted, got: "\(node.parameters.count) of them")
    }
    for (plan, parameter) in zip(plans, node.parameters)
    where plan.name != parameter.name || plan.shape != parameter.value.shape {
      let got = "\(parameter.name) \(parameter.value.shape)"
      throw .parameters(layer: node.name, wanted: wanted, got: got)
    }
  }

  package var outputShape: [Int] { shapes.last ?? inputShape }

  package func inputShapes(of node: Int) -> [[Int]] {
    nodes[node].inputs.map { $0 == Network.input ? inputShape : shapes[$0] }
  }

  /// Every parameter with its full name, in order: "dense1.weight".
  package var parameters: [(name: String, parameter: Parameter)] {
    nodes.flatMap { node in node.parameters.map { ("\(node.name).\($0.name)", $0) } }
  }

  /// Without running statistics, as published counts are.
  package var parameterCount: Int { nodes.reduce(0) { $0 + $1.parameterCount } }

  /// Multiply-accumulates for one example.
  package var multiplyAccumulates: Int {
    nodes.indices.reduce(0) {
      $0 + nodes[$1].layer.multiplyAccumulates(for: inputShapes(of: $1))
    }
  }

  /// The same network with every parameter of these nodes frozen (or free again).
  /// - Throws: `NetworkError.unknownNode`.
  package func freezing(_ names: [String], _ frozen: Bool = true) throws(NetworkError) -> Network {
    for name in names where !nodes.contains(where: { $0.name == name }) {
      throw .unknownNode(name, nodes: nodes.map(\.name))
    }
    return mapParameters { node, parameter in
      guard names.contains(node.name) else { return parameter }
      var copy = parameter
      copy.frozen = frozen
      return copy
    }
  }

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
