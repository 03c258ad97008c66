// The law of structured pruning: the network with the removed units' outputs forced to zero wherever
// they are read, and the network without them, give the same outputs.
import Compression
import Networks
import Tensors
import Testing

struct UnitLaw {
  let network: Network
  let map: UnitMap

  init(_ network: Network) {
    self.network = network
    map = UnitMap(network)
  }

  /// So many of a hundred of the units that can go, as far as every layer keeps one.
  func choice(percent: Int, seed: UInt64) -> [SharedUnit] {
    var random = RandomStream(seed: seed).split("removals")
    var left = UnitsLeft(map)
    return map.removable.filter { unit in
      random.integer(below: 100) < percent && left.take(unit)
    }
  }

  /// The network whose nodes hand on zeros where the units were: behind each node a normalization
  /// that multiplies its units by 0 or 1.
  func silenced(_ roots: Set<Int>) throws -> Network {
    var nodes: [Node] = []
    var places = [Network.input: Network.input]
    for (n, node) in network.nodes.enumerated() {
      nodes.append(
        Node(
          name: node.name, layer: node.layer, inputs: node.inputs.map { places[$0] ?? $0 },
          parameters: node.parameters))
      let gains = map.outputs[n].map { Float(roots.contains($0) ? 0 : 1) }
      if gains.contains(0) {
        let values = [
          ("scale", Parameter.Role.scale, gains),
          ("bias", .bias, gains.map { _ in 0 }),
          ("mean", .statistic, gains.map { _ in 0 }),
          ("variance", .statistic, gains.map { _ in 1 }),
        ]
        nodes.append(
          Node(
            name: "\(node.name) silenced", layer: try BatchNorm(epsilon: 1e-12),
            inputs: [nodes.count - 1],
            parameters: values.map {
              Parameter($0.0, role: $0.1, value: Tensor(vector: $0.2))
            }))
      }
      places[n] = nodes.count - 1
    }
    return try Network(name: "silenced", inputShape: network.inputShape, nodes: nodes)
  }

  /// Removes the units, and checks outputs, shapes and sizes.
  @discardableResult func check(_ units: [SharedUnit], inputs: Tensor) throws -> Network {
    let roots = Set(units.map(\.root))
    let small = try network.without(roots, map)
    #expect(small.nodes.map(\.name) == network.nodes.map(\.name))
    for (n, units) in map.outputs.enumerated() {
      #expect(small.shapes[n].first ?? 0 == units.count { !roots.contains($0) })
    }
    let sizes = try network.sizes(without: roots, map)
    #expect(sizes.parameters == small.parameterCount)
    #expect(sizes.multiplyAccumulates == small.multiplyAccumulates)
    expectSame(try silenced(roots).predict(inputs), try small.predict(inputs))
    return small
  }
}

/// Equal up to what another order of additions changes.
func expectSame(_ expected: Tensor, _ found: Tensor, within tolerance: Float = 1e-4) {
  #expect(expected.shape == found.shape)
  let scale = expected.elements.reduce(1) { max($0, abs($1)) }
  let worst = zip(expected.elements, found.elements).map { abs($0 - $1) }.max() ?? 0
  #expect(worst <= tolerance * scale, "they differ by \(worst) of \(scale)")
}
