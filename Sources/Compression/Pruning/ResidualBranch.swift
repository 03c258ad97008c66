// Whole layers that can leave a network: the branches of its additions. What another branch of the
// same addition bridges can go; what nothing bridges stays, and this says so.
package import Networks

/// One input of an addition, with all layers that only lead there. The network without it computes
/// what the network computes where that input is zero. Veit, Wilber and Belongie 2016,
/// arXiv:1605.06431, drop such layers one by one.
package struct ResidualBranch: Sendable, Equatable {
  /// The node that adds, and which of its inputs this is.
  package let addition: Int
  package let input: Int
  /// Its nodes, in order: nothing outside the branch but the addition reads them.
  package let nodes: [Int]
  /// Its nodes that have parameters, in order.
  package let parameters: [Int]
  /// What leaves the network with it, without the addition.
  package let parameterCount: Int
  package let multiplyAccumulates: Int

  /// All branches that can go by themselves, in the order of their additions. An input that leads
  /// elsewhere, too, such as an identity shortcut, is none.
  package static func all(of network: Network) -> [ResidualBranch] {
    let readers = Readers(network)
    return network.nodes.indices.filter { network.nodes[$0].layer is Add }.flatMap { addition in
      network.nodes[addition].inputs.indices.compactMap { input -> ResidualBranch? in
        let branch = ResidualBranch(network, readers, addition, input)
        guard !branch.nodes.isEmpty, network.rest(without: [branch]) != nil else { return nil }
        return branch
      }
    }
  }

  private init(_ network: Network, _ readers: Readers, _ addition: Int, _ input: Int) {
    self.addition = addition
    self.input = input
    var found: Set<Int> = []
    let end = network.nodes[addition].inputs[input]
    if end != Network.input, readers.only(of: end) == addition { found.insert(end) }
    // Whoever is read only by nodes of the branch belongs to it: later nodes come first.
    for n in network.nodes.indices.reversed() where n < end && !found.isEmpty {
      let own = readers[n]
      if !own.isEmpty, own.allSatisfy(found.contains) { found.insert(n) }
    }
    nodes = found.sorted()
    parameters = nodes.filter { !network.nodes[$0].parameters.isEmpty }
    parameterCount = nodes.reduce(0) { $0 + network.nodes[$1].parameterCount }
    multiplyAccumulates = nodes.reduce(0) {
      $0 + network.nodes[$1].layer.multiplyAccumulates(for: network.inputShapes(of: $1))
    }
  }

  /// Why a layer cannot leave as a whole, or nil where a branch has it.
  package static func reason(
    toKeep node: Int, in network: Network, _ branches: [ResidualBranch]
  ) -> String? {
    branches.contains { $0.nodes.contains(node) }
      ? nil : "nothing bridges it: without it nothing connects the input to the output"
  }
}

extension Network {
  /// The network without these branches. An addition with one input left disappears: who read it
  /// reads that input. Names stay.
  /// - Throws: `CompressionError.unbridged` where all inputs of an addition would go, or all layers.
  package func without(_ branches: [ResidualBranch]) throws(CompressionError) -> Network {
    guard let nodes = rest(without: branches) else {
      let last = branches.last?.nodes.last ?? self.nodes.count - 1
      throw .unbridged(layer: self.nodes[last].name)
    }
    do {
      var made = try Network(name: name, inputShape: inputShape, nodes: nodes, receipt: receipt)
      made.skipsZeros = skipsZeros
      return made
    } catch { throw .network(error) }
  }

  /// What stays; nil where nothing would connect the input to the output.
  fileprivate func rest(without branches: [ResidualBranch]) -> [Node]? {
    let gone = Set(branches.flatMap(\.nodes))
    let cut = Dictionary(grouping: branches, by: \.addition).mapValues { Set($0.map(\.input)) }
    var rest: [Node] = []
    var places = [Network.input: Network.input]
    for (n, node) in nodes.enumerated() where !gone.contains(n) {
      let inputs = node.inputs.enumerated()
        .filter { !(cut[n]?.contains($0.offset) ?? false) }.compactMap { places[$0.element] }
      guard let first = inputs.first else { return nil }
      if inputs.count == 1, cut[n] != nil {
        places[n] = first
        continue
      }
      places[n] = rest.count
      rest.append(
        Node(name: node.name, layer: node.layer, inputs: inputs, parameters: node.parameters))
    }
    // The last node's output is the network's.
    guard !rest.isEmpty, places[nodes.count - 1] == rest.count - 1 else { return nil }
    return rest
  }
}
