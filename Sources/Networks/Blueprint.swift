// A network as it is written: layers in sequence, with shortcuts and branches, before it has sizes.
package import Tensors

package indirect enum Blueprint: Sendable {
  /// One layer; without a name it is called by its stem and number, such as "dense1".
  case layer(any Layer, name: String? = nil)
  /// The layers' output plus their input: as it is, or through `shortcut` where shapes differ.
  case residual([Blueprint], shortcut: [Blueprint] = [], name: String? = nil)
  /// Every branch sees the same input; a layer with several inputs takes their outputs, in order. An
  /// empty branch gives the input itself.
  case branches([[Blueprint]], join: any Layer = Concatenate(), name: String? = nil)
}

extension Network {
  /// Names the layers, follows the shapes, and draws the first parameters: every parameter from a
  /// stream of its own, so that a layer's values do not depend on the layers around it.
  /// - Parameter weights: what the weights are drawn from.
  /// - Throws: `NetworkError.fit` for a layer that does not fit the one before, `.duplicateName`,
  ///   `.limit` for sizes that no memory holds, `.empty`.
  package static func build(
    name: String, input: [Int], blueprint: [Blueprint], weights: Initialization = .glorot,
    random: RandomStream
  ) throws(NetworkError) -> Network {
    try checkInput(input)
    var builder = Builder(input: input, weights: weights, random: random)
    _ = try builder.add(blueprint, to: Network.input)
    return try Network(name: name, inputShape: input, nodes: builder.nodes)
  }
}

/// What nodes are called that nobody named: the stem of the layer, and which of its stem it is.
package struct NodeNames {
  private var counts: [String: Int] = [:]

  package init() {}

  /// Of each layer of a network in turn, also of those with names of their own.
  package mutating func next(for layer: any Layer) -> String {
    counts[layer.stem, default: 0] += 1
    return "\(layer.stem)\(counts[layer.stem, default: 0])"
  }
}

/// Lays the nodes out one after the other.
private struct Builder {
  let input: [Int]
  let weights: Initialization
  let random: RandomStream
  var nodes: [Node] = []
  private var shapes: [[Int]] = []
  private var names = NodeNames()

  init(input: [Int], weights: Initialization, random: RandomStream) {
    self.input = input
    self.weights = weights
    self.random = random
  }

  /// Adds layers in sequence after a node, and gives the last one.
  mutating func add(_ blueprint: [Blueprint], to start: Int) throws(NetworkError) -> Int {
    var place = start
    for step in blueprint {
      switch step {
      case .layer(let layer, let name):
        place = try add(layer, name, inputs: [place])
      case .residual(let body, let shortcut, let name):
        let main = try add(body, to: place)
        let side = try add(shortcut, to: place)
        place = try add(Add(), name, inputs: [main, side])
      case .branches(let branches, let join, let name):
        var ends: [Int] = []
        for branch in branches { ends.append(try add(branch, to: place)) }
        place = try add(join, name, inputs: ends)
      }
    }
    return place
  }

  private mutating func add(
    _ layer: any Layer, _ name: String?, inputs: [Int]
  ) throws(NetworkError) -> Int {
    let automatic = names.next(for: layer)
    let name = name ?? automatic
    let inputShapes = inputs.map { $0 == Network.input ? input : shapes[$0] }
    shapes.append(
      try Network.outputShape(
        of: layer, called: name, for: inputShapes, isFirst: inputs == [Network.input]))
    var parameters: [Parameter] = []
    for plan in layer.parameters(for: inputShapes) {
      try Network.checkSize(plan.shape, of: "\(name).\(plan.name)")
      var stream = random.split("\(name).\(plan.name)")
      let value = weights.initializer(of: plan).draw(plan.shape, &stream)
      parameters.append(Parameter(plan.name, role: plan.role, value: value))
    }
    nodes.append(Node(name: name, layer: layer, inputs: inputs, parameters: parameters))
    return nodes.count - 1
  }
}

extension Initializer {
  /// First values for a parameter of this shape.
  package func draw(_ shape: [Int], _ random: inout RandomStream) -> Tensor {
    switch self {
    case .zeros: return Tensor(repeating: 0, shape: shape)
    case .ones: return Tensor(repeating: 1, shape: shape)
    case .glorot(let fanIn, let fanOut):
      let bound = (6 / Float(max(1, fanIn + fanOut))).squareRoot()
      return Initializer.fill(shape, &random) { (2 * $0.uniform() - 1) * bound }
    case .he(let fanIn):
      let deviation = (2 / Float(max(1, fanIn))).squareRoot()
      return Initializer.fill(shape, &random) { Float($0.normal()) * deviation }
    case .normal(let deviation):
      return Initializer.fill(shape, &random) { Float($0.normal()) * deviation }
    }
  }

  @inline(__always)
  private static func fill(
    _ shape: [Int], _ random: inout RandomStream, _ number: (inout RandomStream) -> Float
  ) -> Tensor {
    var tensor = Tensor(repeating: 0, shape: shape)
    tensor.withElements { elements in
      for i in elements.indices { elements[i] = number(&random) }
    }
    return tensor
  }
}
