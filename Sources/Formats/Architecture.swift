// A network without its values, as files hold it: its nodes with their settings, and what is said
// of each parameter besides its values. Shapes are not stored: they follow from the layers.
import Encodings
package import Networks
import Tensors

/// Makes a layer from its kind and settings.
package typealias LayerMaker =
  @Sendable (
    _ kind: String, _ attributes: [String: Attribute]
  ) throws(NetworkError) -> any Layer

struct Architecture {
  /// The most elements that a network's parameters have together.
  static let elementLimit = 1 << 28

  struct Node {
    /// Nil for a node that nobody named.
    let name: String?
    let kind: String
    let attributes: [String: Attribute]
    let inputs: [Int]
    let frozen: Set<String>
    let pruned: [String: MaskStorage]
  }

  /// A parameter whose values are still to be read.
  struct Blank {
    /// Such as "dense1.weight".
    let name: String
    let plan: ParameterPlan
    /// As its node says; files that say it beside the values have false here, and no mask.
    let frozen: Bool
    let mask: MaskStorage?
  }

  let name: String
  let inputShape: [Int]
  let nodes: [Node]
  let runsInIntegers: Bool
  let skipsZeros: SparseFormat?

  init(
    name: String, inputShape: [Int], nodes: [Node], runsInIntegers: Bool, skipsZeros: SparseFormat?
  ) {
    self.name = name
    self.inputShape = inputShape
    self.nodes = nodes
    self.runsInIntegers = runsInIntegers
    self.skipsZeros = skipsZeros
  }

  // MARK: - Network → text

  static func json(of network: Network) -> JSON {
    .object(
      [
        ("name", .string(network.name)),
        ("input", integers(network.inputShape)),
        ("nodes", .array(network.nodes.enumerated().map { json(of: $1, at: $0) })),
      ] + (network.runsInIntegers ? [("arithmetic", .string("integer"))] : [])
        + (network.skipsZeros.map { [("zeros", .string($0.rawValue))] } ?? []))
  }

  private static func json(of node: Networks.Node, at index: Int) -> JSON {
    var pairs: [(key: String, value: JSON)] = [
      ("name", .string(node.name)), ("kind", .string(type(of: node.layer).kind)),
    ]
    if !node.layer.attributes.isEmpty {
      pairs.append(("set", .object(node.layer.attributes.map { ($0.name, json(of: $0.value)) })))
    }
    // Most nodes are fed by the one before them.
    if node.inputs != [index - 1] { pairs.append(("inputs", integers(node.inputs))) }
    let frozen = node.parameters.filter(\.frozen).map { JSON.string($0.name) }
    if !frozen.isEmpty { pairs.append(("frozen", .array(frozen))) }
    let pruned: [(key: String, value: JSON)] = node.parameters.compactMap { parameter in
      MaskStorage(of: parameter).map { (parameter.name, .string($0.rawValue)) }
    }
    if !pruned.isEmpty { pairs.append(("pruned", .object(pruned))) }
    return .object(pairs)
  }

  private static func json(of attribute: Attribute) -> JSON {
    switch attribute {
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .text(let value): .string(value)
    case .integers(let values): integers(values)
    }
  }

  private static func integers(_ values: [Int]) -> JSON { .array(values.map(JSON.integer)) }

  // MARK: - Text → network

  /// - Throws: `BytesError` without a useful position, for JSON that describes no network.
  init(_ json: JSON) throws(BytesError) {
    guard let name = json["name"]?.string, let inputShape = json["input"]?.integers,
      let nodes = json["nodes"]?.array
    else { throw BytesError("the header describes no network", at: 0) }
    self.name = name
    self.inputShape = inputShape
    switch json["arithmetic"] {
    case nil: runsInIntegers = false
    case .string("integer"): runsInIntegers = true
    default: throw BytesError("the network wants an unknown arithmetic", at: 0)
    }
    if let zeros = json["zeros"] {
      guard let format = zeros.string.flatMap(SparseFormat.init) else {
        throw BytesError("the network skips zeros in an unknown format", at: 0)
      }
      skipsZeros = format
    } else {
      skipsZeros = nil
    }
    var read: [Node] = []
    for (i, node) in nodes.enumerated() { read.append(try Architecture.node(node, at: i)) }
    self.nodes = read
  }

  private static func node(_ json: JSON, at index: Int) throws(BytesError) -> Node {
    guard let name = json["name"]?.string, let kind = json["kind"]?.string else {
      throw BytesError("node \(index) of the network has no name or kind", at: 0)
    }
    let inputs = json["inputs"] == nil ? [index - 1] : json["inputs"]?.integers
    guard let inputs, inputs.allSatisfy({ Network.input <= $0 && $0 < index }) else {
      throw BytesError("node `\(name)` is not fed by nodes before it", at: 0)
    }
    var attributes: [String: Attribute] = [:]
    if case .object(let pairs) = json["set"] {
      for pair in pairs { attributes[pair.key] = try attribute(pair.value, of: name) }
    }
    var pruned: [String: MaskStorage] = [:]
    if case .object(let pairs) = json["pruned"] {
      for pair in pairs {
        guard let way = pair.value.string.flatMap(MaskStorage.init(rawValue:)) else {
          throw BytesError("node `\(name)` tells its pruned weights in an unknown way", at: 0)
        }
        pruned[pair.key] = way
      }
    }
    let frozen = (json["frozen"]?.array ?? []).compactMap(\.string)
    return Node(
      name: name, kind: kind, attributes: attributes, inputs: inputs, frozen: Set(frozen),
      pruned: pruned)
  }

  private static func attribute(
    _ json: JSON, of node: String
  ) throws(BytesError) -> Attribute {
    // Sizes far beyond any tensor would overflow where layers multiply them.
    let sane = -(1 << 31)...(1 << 31)
    switch json {
    case .integer(let value) where sane.contains(value): return .integer(value)
    case .number(let value): return .number(value)
    case .string(let value): return .text(value)
    case .array:
      guard let values = json.integers, values.allSatisfy(sane.contains) else { break }
      return .integers(values)
    default: break
    }
    throw BytesError("a setting of node `\(node)` is none that a layer has", at: 0)
  }

  /// The network, with each parameter's values asked for in order.
  /// - Throws: `FormatError.network` where the layers do not fit, `.notFinite` for a value that is
  ///   not a finite number, and whatever `fill` throws.
  func network(
    receipt: Receipt, file: String, elements limit: Int, layers: LayerMaker,
    fill: (Blank) throws(FormatError) -> Parameter
  ) throws(FormatError) -> Network {
    var built: [Networks.Node] = []
    var shapes: [[Int]] = []
    var left = min(limit, Architecture.elementLimit)
    _ = try Architecture.size(of: inputShape, file: file)
    var names = NodeNames()
    for node in nodes {
      let inputs = node.inputs.map { $0 == Network.input ? inputShape : shapes[$0] }
      let layer: any Layer
      let shape: [Int]
      do throws(NetworkError) {
        layer = try layers(node.kind, node.attributes)
        shape = try layer.outputShape(for: inputs)
      } catch {
        throw .network(file: file, error)
      }
      _ = try Architecture.size(of: shape, file: file)
      shapes.append(shape)
      let automatic = names.next(for: layer)
      let name = node.name ?? automatic
      var parameters: [Parameter] = []
      for blank in try Architecture.blanks(node, name, layer, inputs, left: &left, file: file) {
        var parameter = try fill(blank)
        try parameter.checkFinite(named: blank.name, file: file)
        if blank.frozen { parameter.frozen = true }
        parameters.append(parameter)
      }
      built.append(
        Networks.Node(name: name, layer: layer, inputs: node.inputs, parameters: parameters))
    }
    do throws(NetworkError) {
      var network = try Network(
        name: name, inputShape: inputShape, nodes: built, receipt: receipt)
      network.runsInIntegers = runsInIntegers
      network.skipsZeros = skipsZeros
      return network
    } catch {
      throw .network(file: file, error)
    }
  }

  /// The parameters that a layer plans, where no more elements are left than they want.
  private static func blanks(
    _ node: Node, _ name: String, _ layer: any Layer, _ inputs: [[Int]], left: inout Int,
    file: String
  ) throws(FormatError) -> [Blank] {
    let plans = layer.parameters(for: inputs)
    guard node.frozen.union(node.pruned.keys).isSubset(of: plans.map(\.name)) else {
      throw .damaged(
        file: file, what: "`\(name)` has no parameter of a name that is used", offset: 0)
    }
    var blanks: [Blank] = []
    for plan in plans {
      let count = try size(of: plan.shape, file: file)
      guard count <= left else {
        throw .tooLarge(file: file, what: "a number of parameters", found: count, limit: left)
      }
      left -= count
      blanks.append(
        Blank(
          name: "\(name).\(plan.name)", plan: plan,
          frozen: node.frozen.contains(plan.name), mask: node.pruned[plan.name]))
    }
    return blanks
  }

  private static func size(of shape: [Int], file: String) throws(FormatError) -> Int {
    do throws(TensorError) {
      let count = try Tensor.count(of: shape)
      guard count <= 1 << 40 else { throw TensorError.size(shape) }
      return count
    } catch {
      throw .network(file: file, .tensor(error))
    }
  }
}

extension Parameter {
  /// - Throws: `FormatError.notFinite` with the place of the first such value.
  func checkFinite(named name: String, file: String) throws(FormatError) {
    guard !value.isFinite, var flat = value.elements.firstIndex(where: { !$0.isFinite }) else {
      return
    }
    var index: [Int] = []
    for size in value.shape.reversed() {
      index.insert(flat % size, at: 0)
      flat /= size
    }
    throw .notFinite(file: file, tensor: name, index: index)
  }
}

extension Network {
  /// - Throws: `FormatError.notFinite`: a network that cannot be loaded again is not saved.
  func checkFinite(file: String) throws(FormatError) {
    for (name, parameter) in parameters { try parameter.checkFinite(named: name, file: file) }
  }
}
