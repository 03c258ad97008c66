// Cuts units out of a network: new layers, sliced parameters, checked by the network's own rules;
// and what would be left, from shapes alone.
import Kernels
package import Networks
import Tensors

extension Network {
  /// The network without the units that have these roots. Parameters that change are stored plainly.
  /// - Throws: `CompressionError.emptied` where a layer would be left without units.
  package func without(_ roots: Set<Int>, _ map: UnitMap) throws(CompressionError) -> Network {
    var nodes: [Node] = []
    nodes.reserveCapacity(self.nodes.count)
    for cut in try cuts(without: roots, map) {
      let node = self.nodes[nodes.count]
      nodes.append(
        Node(
          name: node.name, layer: cut.layer, inputs: node.inputs,
          parameters: node.parameters.map { cut.sliced($0, of: node.layer) }))
    }
    do {
      var made = try Network(name: name, inputShape: inputShape, nodes: nodes, receipt: receipt)
      made.skipsZeros = skipsZeros
      return made
    } catch { throw .network(error) }
  }

  /// The parameters and the multiply-accumulates for one example that `without` would leave. Nothing
  /// is sliced: budgets can be searched with it.
  /// - Throws: as `without`.
  package func sizes(
    without roots: Set<Int>, _ map: UnitMap
  ) throws(CompressionError) -> (parameters: Int, multiplyAccumulates: Int) {
    var sizes = (parameters: 0, multiplyAccumulates: 0)
    for (cut, node) in zip(try cuts(without: roots, map), nodes) {
      sizes.multiplyAccumulates += cut.layer.multiplyAccumulates(for: cut.inputShapes)
      if cut.kept == nil {
        sizes.parameters += node.parameterCount
      } else {
        for plan in cut.layer.parameters(for: cut.inputShapes)
        where plan.role != .statistic && plan.role != .step {
          sizes.parameters += plan.shape.reduce(1, *)
        }
      }
    }
    return sizes
  }

  /// What each node is without the units that have these roots.
  private func cuts(
    without roots: Set<Int>, _ map: UnitMap
  ) throws(CompressionError) -> [UnitCut] {
    var gone = [Bool](repeating: false, count: map.variableCount)
    for root in roots where gone.indices.contains(root) { gone[root] = true }
    var kept: [[Int]] = []
    var shapes: [[Int]] = []
    var cuts: [UnitCut] = []
    for (n, node) in nodes.enumerated() {
      let units = map.outputs[n]
      kept.append(units.indices.filter { !gone[units[$0]] })
      guard units.isEmpty || !kept[n].isEmpty else { throw .emptied(layer: node.name) }
      let old = inputShapes(of: n)
      let new = node.inputs.map { $0 == Network.input ? inputShape : shapes[$0] }
      guard kept[n].count < units.count || new != old else {
        shapes.append(self.shapes[n])
        cuts.append(UnitCut(layer: node.layer, inputShapes: old, kept: nil))
        continue
      }
      let change = KeptUnits(
        inputShapes: old,
        inputs: node.inputs.map { $0 == Network.input ? Array(map.inputs.indices) : kept[$0] },
        outputs: kept[n])
      do throws(NetworkError) {
        let layer = try node.layer.keeping(change)
        shapes.append(try layer.outputShape(for: new))
        cuts.append(UnitCut(layer: layer, inputShapes: new, kept: change))
      } catch { throw .network(error) }
    }
    return cuts
  }
}

/// A node without some units.
private struct UnitCut {
  let layer: any Layer
  let inputShapes: [[Int]]
  /// Nil where nothing changes.
  let kept: KeptUnits?

  func sliced(_ parameter: Parameter, of layer: any Layer) -> Parameter {
    guard let kept, parameter.role != .step else { return parameter }
    let isWeight = parameter.role == .weight
    switch layer.unitFlow {
    case .makes(let groups):
      guard isWeight else { return parameter.keeping(rows: kept.outputs) }
      // Groups read the same places of theirs; a channel by itself has no others.
      let size = kept.inputShapes[0][0] / groups
      let columns = size == 1 ? nil : kept.inputs[0].filter { $0 < size }
      return parameter.keeping(rows: kept.outputs, columns: columns)
    case .looksUp: return parameter.keeping(columns: kept.outputs)
    default:
      return isWeight
        ? parameter.keeping(columns: kept.outputs) : parameter.keeping(rows: kept.outputs)
    }
  }
}

extension Parameter {
  /// These entries of axis 0, and of axis 1; nil for all.
  fileprivate func keeping(rows: [Int]? = nil, columns: [Int]? = nil) -> Parameter {
    var shape = value.shape
    let old = shape
    if let rows { shape[0] = rows.count }
    if let columns { shape[1] = columns.count }
    guard shape != old else { return self }
    func picked<Element: BitwiseCopyable>(_ values: [Element]) -> [Element] {
      Picking.entries(
        of: values, rows: rows ?? Array(0..<old[0]), of: old[0],
        columns: columns.map { (old[1], $0) })
    }
    var copy = Parameter(
      name, role: role, value: Tensor(trusted: shape, picked(value.elements)),
      pruned: pruned.map(picked))
    copy.frozen = frozen
    return copy
  }
}
