// Cuts units out of a network: new layers, sliced parameters, checked by the network's own rules.
import Networks
import Tensors

extension Network {
  /// The network without the units that have these roots.
  func without(_ roots: Set<Int>, _ map: UnitMap) throws(CompressionError) -> Network {
    var nodes: [Node] = []
    for (n, node) in self.nodes.enumerated() {
      let outputs = kept(map.outputs[n], roots, map)
      let inputs = kept(Array(map.inputs(of: node).joined()), roots, map)
      let parameters = node.parameters.map { parameter in
        parameter.sliced(outputs: outputs, inputs: map.makes(n) ? inputs : nil)
      }
      let layer = map.makes(n) ? node.layer.with(units: outputs.count) : node.layer
      guard let layer else {
        throw .units(layer: node.name, reason: "its number of units cannot be changed")
      }
      nodes.append(
        Node(name: node.name, layer: layer, inputs: node.inputs, parameters: parameters))
    }
    do {
      return try Network(name: name, inputShape: inputShape, nodes: nodes, receipt: receipt)
    } catch { throw .network(error) }
  }

  /// The positions of the units that stay.
  private func kept(_ variables: [Int], _ roots: Set<Int>, _ map: UnitMap) -> [Int] {
    variables.indices.filter { !roots.contains(map.root(of: variables[$0])) }
  }
}

extension Parameter {
  /// Entries of axis 0, and of axis 1 where the parameter has inputs, in the order given.
  func sliced(outputs: [Int], inputs: [Int]?) -> Parameter {
    let shape = value.shape
    guard let rows = shape.first else { return self }
    var columns = 1
    var keptColumns = [0]
    if let inputs, role == .weight, shape.count > 1 {
      columns = shape[1]
      keptColumns = inputs
    }
    guard outputs.count < rows || keptColumns.count < columns else { return self }
    let size = value.count / max(1, rows * columns)
    var indices: [Int] = []
    indices.reserveCapacity(outputs.count * keptColumns.count * size)
    for row in outputs {
      for column in keptColumns {
        let start = (row * columns + column) * size
        indices += start..<start + size
      }
    }
    var newShape = shape
    newShape[0] = outputs.count
    if inputs != nil, role == .weight, shape.count > 1 { newShape[1] = keptColumns.count }
    var copy = Parameter(
      name, role: role, value: Tensor(trusted: newShape, indices.map { value.elements[$0] }),
      pruned: pruned.map { pruned in indices.map { pruned[$0] } })
    copy.frozen = frozen
    return copy
  }
}
