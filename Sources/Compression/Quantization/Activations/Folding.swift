// Batch normalization folded into the layer before it: what runs on a device has none.
import Kernels
package import Networks
import Tensors

extension Compressed {
  /// The network without the normalizations that follow a convolution or a dense layer directly:
  /// w′ = w γ / √(σ² + ε), b′ = (b − μ) γ / √(σ² + ε) + β. Jacob et al. 2018, arXiv:1712.05877,
  /// section 3.2. Answers stay the same up to rounding; normalizations elsewhere stay, with a note.
  /// - Throws: `CompressionError.network` for what cannot happen to a network that was built.
  package static func folding(_ network: Network) throws(CompressionError) -> Compressed {
    var rewriter = GraphRewriter(network)
    var notes: [Note] = []
    for (n, node) in network.nodes.enumerated() {
      guard let normalization = node.layer as? BatchNorm else {
        rewriter.keep(n)
        continue
      }
      let source = node.inputs[0]
      guard source != Network.input, rewriter.isOnlyReader(n, of: source),
        let folded = network.nodes[source].folding(normalization, node.parameters)
      else {
        notes.append(Note(node.name, "stays: no weights directly before it to fold it into"))
        rewriter.keep(n)
        continue
      }
      rewriter.replace(source, by: folded)
      rewriter.drop(n, for: source)
      notes.append(Note(node.name, "folded into `\(folded.name)`"))
    }
    return Compressed(try rewriter.network(), notes: notes)
  }
}

extension Node {
  /// Nil for a layer that has no weights to take the scales.
  fileprivate func folding(_ normalization: BatchNorm, _ statistics: [Parameter]) -> Node? {
    guard let weight = parameters.first(where: { $0.role == .weight }),
      let biased = layer.withBias, layer is DenseLayer || layer is Conv2D,
      let channels = weight.value.shape.first
    else { return nil }
    let (scale, shift) = normalization.affine(statistics)
    guard scale.count == channels else { return nil }
    let row = weight.value.count / max(1, channels)
    var elements = weight.value.elements
    for i in elements.indices { elements[i] *= scale[i / row] }
    let old = parameters.first { $0.role == .bias }?.value.elements
    let bias = (0..<channels).map { (old?[$0] ?? 0) * scale[$0] + shift[$0] }
    return Node(
      name: name, layer: biased, inputs: inputs,
      parameters: [
        weight.with(value: Tensor(trusted: weight.value.shape, elements)),
        Parameter("bias", role: .bias, value: Tensor(vector: bias)),
      ])
  }
}

/// Builds a network from another one's nodes: kept, replaced, dropped, and new ones in between.
struct GraphRewriter {
  private let source: Network
  private let readers: Readers
  private var nodes: [Node] = []
  /// Where each node's output is now.
  private var places: [Int: Int] = [Network.input: Network.input]

  init(_ network: Network) {
    source = network
    readers = Readers(network)
  }

  /// Whether nobody else reads a node's output.
  func isOnlyReader(_ reader: Int, of node: Int) -> Bool { readers.only(of: node) == reader }

  /// The node with its inputs where they are now, perhaps with another layer.
  mutating func keep(_ n: Int, layer: (any Layer)? = nil, parameters: [Parameter]? = nil) {
    let node = source.nodes[n]
    nodes.append(
      Node(
        name: node.name, layer: layer ?? node.layer, inputs: node.inputs.map(place),
        parameters: parameters ?? node.parameters))
    places[n] = nodes.count - 1
  }

  private func place(_ node: Int) -> Int { places[node] ?? node }

  /// Another node in the place of one that was kept.
  mutating func replace(_ n: Int, by node: Node) {
    let place = place(n)
    nodes[place] = Node(
      name: node.name, layer: node.layer, inputs: nodes[place].inputs,
      parameters: node.parameters)
  }

  /// Who read the one now reads the other.
  mutating func drop(_ n: Int, for other: Int) { places[n] = place(other) }

  /// A new node that reads a kept one's output (or the input), in front of all who read that.
  mutating func insert(_ name: String, _ layer: any Layer, _ parameters: [Parameter], after n: Int)
  {
    nodes.append(Node(name: name, layer: layer, inputs: [place(n)], parameters: parameters))
    places[n] = nodes.count - 1
  }

  func network() throws(CompressionError) -> Network {
    do {
      var made = try Network(
        name: source.name, inputShape: source.inputShape, nodes: nodes, receipt: source.receipt)
      made.skipsZeros = source.skipsZeros
      return made
    } catch { throw .network(error) }
  }
}
