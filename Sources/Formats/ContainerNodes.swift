// The nodes of a network as a container holds them: what none of its values says.
//
//   text          the network's name
//   count, …      the axes of an example, and the size of each
//   count         nodes; and for each, in order:
//     byte          its form (six bits), 64 for a name of its own, 128 for inputs of its own; and then
//                   the values of its settings (ContainerForms.swift)
//     text          its name, where it is not the automatic one: the stem of its layer and a number
//     count, …      how many inputs it has, and how far before it each is: 1 for the node before, and
//                   the network's input stands before the first. Without them: the node before.
import Encodings
import Networks

extension Architecture {
  /// The most nodes that a container holds: each takes some memory, whatever it takes in a file.
  static let nodeLimit = 1 << 16

  private static let hasName: UInt8 = 1
  private static let hasInputs: UInt8 = 2

  static func write(_ network: Network, to writer: inout ByteWriter) {
    ContainerWords.write(network.name, to: &writer)
    writer.append(count: network.inputShape.count)
    for size in network.inputShape { writer.append(count: size) }
    writer.append(count: network.nodes.count)
    var names = NodeNames()
    for (n, node) in network.nodes.enumerated() {
      let isNamed = names.next(for: node.layer) != node.name
      let isWired = node.inputs != [n - 1]
      LayerForm.write(
        node.layer, flags: (isNamed ? hasName : 0) | (isWired ? hasInputs : 0), to: &writer)
      if isNamed { ContainerWords.write(node.name, to: &writer) }
      guard isWired else { continue }
      writer.append(count: node.inputs.count)
      for input in node.inputs { writer.append(count: n - input) }
    }
  }

  /// - Throws: `BytesError` for bytes that describe no nodes.
  init(
    from reader: inout ByteReader, runsInIntegers: Bool, skipsZeros: SparseFormat?
  ) throws(BytesError) {
    let name = try ContainerWords.read(from: &reader)
    var shape: [Int] = []
    for _ in 0..<(try reader.count(upTo: reader.remaining)) {
      shape.append(try reader.count(upTo: SettingType.largest))
    }
    var nodes: [Node] = []
    for n in 0..<(try reader.count(upTo: min(reader.remaining, Architecture.nodeLimit))) {
      nodes.append(try Architecture.node(n, from: &reader))
    }
    self.init(
      name: name, inputShape: shape, nodes: nodes, runsInIntegers: runsInIntegers,
      skipsZeros: skipsZeros)
  }

  private static func node(
    _ number: Int, from reader: inout ByteReader
  ) throws(BytesError) -> Node {
    let (kind, attributes, flags) = try LayerForm.read(from: &reader)
    let name = flags & hasName == 0 ? nil : try ContainerWords.read(from: &reader)
    var inputs = [number - 1]
    if flags & hasInputs != 0 {
      inputs = []
      for _ in 0..<(try reader.count(upTo: reader.remaining)) {
        let start = reader.offset
        let distance = try reader.count(upTo: number + 1)
        guard distance > 0 else { throw BytesError("a node is its own input", at: start) }
        inputs.append(number - distance)
      }
    }
    return Node(
      name: name, kind: kind, attributes: attributes, inputs: inputs, frozen: [], pruned: [:])
  }
}
