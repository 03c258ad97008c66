// A network without what it does not need to run.
import Encodings
package import Networks
import Tensors

extension Container {
  /// The same answers in the smallest file: no receipt, automatic names, masks that are the zeros, and
  /// nothing of what calibration saw. And what was taken off, in words.
  package static func stripped(_ network: Network) -> (network: Network, removed: [String]) {
    var removed: [String] = []
    let nodes = barelyNamed(network, &removed)
    let name = ContainerWords.all.contains(network.name) ? network.name : "network"
    if name != network.name { removed.append("the network's name") }
    if !network.receipt.steps.isEmpty {
      removed.append("the receipt (\(network.receipt.packed.bytes.count) B)")
    }
    // The same layers on the same shapes: what held together does so under other names.
    guard var bare = try? Network(name: name, inputShape: network.inputShape, nodes: nodes) else {
      return (network, [])
    }
    bare.runsInIntegers = network.runsInIntegers
    bare.skipsZeros = network.skipsZeros
    return (bare, removed)
  }

  private static func barelyNamed(_ network: Network, _ removed: inout [String]) -> [Node] {
    var names = NodeNames()
    var (named, observed, masks) = (0, 0, 0)
    let nodes = network.nodes.map { node in
      let name = names.next(for: node.layer)
      if name != node.name { named += 1 }
      var layer = node.layer
      if let quantizer = layer as? ActivationQuantizer, let bare = quantizer.unobserved {
        layer = bare
        observed += 1
      }
      let parameters = node.parameters.map { parameter in
        guard MaskStorage(of: parameter) == .listed else { return parameter }
        masks += 1
        var bare = Parameter(
          parameter.name, role: parameter.role, decoded: parameter.value, of: parameter.encoding,
          pruned: parameter.value.elements.map { $0 == 0 })
        bare.frozen = parameter.frozen
        return bare
      }
      return Node(name: name, layer: layer, inputs: node.inputs, parameters: parameters)
    }
    func say(_ count: Int, _ one: String, _ many: String) {
      if count > 0 { removed.append(count == 1 ? one : "\(count) \(many)") }
    }
    say(named, "a layer's name", "names of layers")
    say(observed, "what calibration saw at a quantizer", "times what calibration saw")
    say(masks, "a mask beside the zeros", "masks beside the zeros")
    return nodes
  }
}

extension ActivationQuantizer {
  /// Without what calibration saw; nil where it saw nothing.
  fileprivate var unobserved: ActivationQuantizer? {
    guard observed != nil else { return nil }
    return try? ActivationQuantizer(bits: bits, grid: grid, moment: moment, zero: zero)
  }
}
