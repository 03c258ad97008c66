// Cuts units out of a network: new layers, sliced parameters, checked by the network's own rules.
import Networks
import Tensors

extension Network {
  /// The network without the units that have these roots.
  func without(_ roots: Set<Int>, _ map: UnitMap) throws(CompressionError) -> Network {
    var nodes: [Node] = []
    var shapes: [[Int]] = []
    for (n, node) in self.nodes.enumerated() {
      let outputs = kept(map.outputs[n], roots, map)
      let inputs = kept(Array(map.inputs(of: node).joined()), roots, map)
      let parameters = node.parameters.map { parameter in
        parameter.sliced(outputs: outputs, inputs: map.makes(n) ? inputs : nil)
      }
      let inputShapes = node.inputs.map { $0 == Network.input ? inputShape : shapes[$0] }
      var shape = self.shapes[n]
      if !shape.isEmpty { shape[0] = outputs.count }
      let layer = try node.layer.resized(
        node.name, from: self.shapes[n], to: shape, inputs: inputShapes, parameters: parameters)
      shapes.append(shape)
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

extension Layer {
  /// The same layer with another number of units: as it is where it follows its inputs, else with
  /// one of its whole-number settings that say the old number replaced. The shapes have the last
  /// word.
  fileprivate func resized(
    _ name: String, from old: [Int], to new: [Int], inputs: [[Int]], parameters: [Parameter]
  ) throws(CompressionError) -> any Layer {
    if fits(inputs, new, parameters) { return self }
    let settings = Dictionary(uniqueKeysWithValues: attributes.map { ($0.name, $0.value) })
    for (setting, value) in attributes where value == .integer(old[0]) {
      var changed = settings
      changed[setting] = .integer(new[0])
      if let layer = try? Self(attributes: changed), layer.fits(inputs, new, parameters) {
        return layer
      }
    }
    throw .units(layer: name, reason: "its number of units cannot be changed")
  }

  private func fits(_ inputs: [[Int]], _ output: [Int], _ parameters: [Parameter]) -> Bool {
    guard (try? outputShape(for: inputs)) == output else { return false }
    return self.parameters(for: inputs).map(\.shape) == parameters.map(\.value.shape)
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
