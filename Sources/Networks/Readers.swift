// Who reads what in a network, found once; and which layers only hand on what they read.

package struct Readers: Sendable {
  private let nodes: [Int: [Int]]

  package init(_ network: Network) {
    var nodes: [Int: [Int]] = [:]
    for (n, node) in network.nodes.enumerated() {
      for input in node.inputs { nodes[input, default: []].append(n) }
    }
    self.nodes = nodes
  }

  /// The nodes that read a node's output, or the network's input; once for each input that does.
  package subscript(node: Int) -> [Int] { nodes[node] ?? [] }

  /// The one that does, where nobody else does.
  package func only(of node: Int) -> Int? { self[node].count == 1 ? self[node][0] : nil }
}

extension Layer {
  /// Every number that leaves it is one that entered it.
  package var handsOnValues: Bool {
    isView || self is MaxPool || self is Dropout || self is Slice || self is ChannelShuffle
  }
}
