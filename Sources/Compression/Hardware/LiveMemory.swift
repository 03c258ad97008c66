// How much memory the values between layers take while one example goes through a network: the
// tensors that are alive at each layer, in the order of the graph.
package import Networks

/// Laws: a chain holds the input and the output of one layer at a time; a residual's input stays
/// until the sum has read it; a branch's output stays until the branches are joined. Layers that only
/// look at the same numbers in another shape, and element-wise ones whose input nobody reads later,
/// write over their input.
package struct LiveMemory: Sendable {
  /// Bytes alive while each node runs, its inputs and its output among them.
  package let bytes: [Int]
  /// The nodes that take no memory of their own: their output lies where their input did.
  package let isInPlace: [Bool]

  /// The most bytes at a time.
  package var peak: Int { bytes.max() ?? 0 }
  /// The node that needs them.
  package var busiest: Int { bytes.indices.max { bytes[$0] < bytes[$1] } ?? 0 }

  package init(_ network: Network, _ formats: ActivationFormats) {
    let nodes = network.nodes
    func size(_ node: Int) -> Int {
      let shape = node == Network.input ? network.inputShape : network.shapes[node]
      return formats[node].bytes(shape.reduce(1, *))
    }
    // The last node that reads each output; those that nobody reads end with themselves.
    var lastReader = [Int](Network.input..<nodes.count)
    for (n, node) in nodes.enumerated() { for input in node.inputs { lastReader[input + 1] = n } }
    if let last = nodes.indices.last { lastReader[last + 1] = last }
    // The buffer that holds each output, by the node that brought it, and when it was last needed.
    var homes = [Network.input]
    var lastUse = lastReader
    var inPlace: [Bool] = []
    for (n, node) in nodes.enumerated() {
      let input = node.inputs.first ?? Network.input
      let home = homes[input + 1]
      let isFree = node.layer.isView || node.layer.isElementwise && lastUse[home + 1] <= n
      let overwrites = node.inputs.count == 1 && isFree && size(n) <= size(input)
      homes.append(overwrites ? home : n)
      inPlace.append(overwrites)
      if overwrites { lastUse[home + 1] = max(lastUse[home + 1], lastReader[n + 1]) }
    }
    bytes = nodes.indices.map { step in
      (Network.input..<nodes.count).reduce(0) { sum, home in
        let isBuffer = home == Network.input || !inPlace[home]
        let isAlive = home <= step && lastUse[home + 1] >= step
        return isBuffer && isAlive ? sum + size(home) : sum
      }
    }
    isInPlace = inPlace
  }
}

extension Layer {
  /// Every number of the output follows from the one at the same place of the input.
  fileprivate var isElementwise: Bool {
    self is Activation || self is BatchNorm || self is Dropout || self is ActivationQuantizer
  }
}
