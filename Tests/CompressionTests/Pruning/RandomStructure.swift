// Random small networks for the laws of structure: everything through which units can flow, with
// weights and statistics as after a training.
import Networks
import Tensors

struct RandomStructure {
  private var random: RandomStream

  private init(seed: UInt64) { random = RandomStream(seed: seed).split("structure") }

  static func network(seed: UInt64) throws -> Network {
    var made = RandomStructure(seed: seed)
    switch seed % 3 {
    case 0: return try made.text(seed)
    case 1: return try made.sequence(seed)
    default:
      var graph = RandomGraph(seed: seed)
      return Specimens.trained(
        try Network.build(
          name: "graph", input: graph.input, blueprint: graph.blueprint(),
          random: RandomStream(seed: seed)), seed: seed)
    }
  }

  /// Inputs that the network takes: indices where an embedding reads them.
  static func inputs(for network: Network, seed: UInt64) -> Tensor {
    let inputs = Specimens.inputs(for: network, count: 3, seed: seed)
    guard network.nodes[0].layer is Embedding else { return inputs }
    return inputs.map { Float(Int(abs($0) * 100) % 5) }
  }

  private mutating func pick(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + random.integer(below: range.count)
  }

  private mutating func chance() -> Bool { random.integer(below: 2) == 0 }

  private func dense(_ units: Int) throws -> Blueprint {
    .layer(try DenseLayer(units: units, positions: true))
  }

  private mutating func text(_ seed: UInt64) throws -> Network {
    let (length, units) = (pick(2...5), 4 * pick(1...3))
    var layers: [Blueprint] = [.layer(try Embedding(vocabulary: 5, units: units))]
    if chance() { layers.append(.layer(try PositionEmbedding(positions: length + pick(0...2)))) }
    if chance() { layers.append(.layer(try SegmentEmbedding(segments: 2))) }
    layers += try transformer(units, last: length)
    return try built("text", [length], layers, seed)
  }

  private mutating func sequence(_ seed: UInt64) throws -> Network {
    let (channels, side, units) = (pick(1...3), pick(3...5), 4 * pick(1...3))
    var layers: [Blueprint] = [
      .layer(try Conv2D(filters: units, kernel: [2, 2])),
      .layer(try Reshape(shape: [units, (side - 1) * (side - 1)])),
    ]
    var length = (side - 1) * (side - 1)
    if chance() {
      layers.append(.layer(ClassToken()))
      length += 1
    }
    if chance() { layers.append(.layer(try PositionEmbedding(positions: length))) }
    layers += try transformer(units, last: length)
    return try built("sequence", [channels, side, side], layers, seed)
  }

  /// Blocks of attention and of dense layers, and an end that gives a list.
  private mutating func transformer(_ units: Int, last length: Int) throws -> [Blueprint] {
    var layers: [Blueprint] = []
    for _ in 0..<pick(1...2) {
      let heads = [1, 2, 4][pick(0...2)]
      let keys = heads * pick(1...3)
      let values = chance() ? units : heads * pick(1...3)
      var attention: [Blueprint] = [
        .branches(
          [[try dense(keys)], [try dense(keys)], [try dense(values)]],
          join: try Attention(heads: heads))
      ]
      if values != units || chance() { attention.append(try dense(units)) }
      if chance() { attention.insert(.layer(try LayerNorm()), at: 0) }
      layers.append(chance() ? .residual(attention) : .branches([attention]))
      var block = [
        try dense(pick(1...9)), .layer(try Activation(chance() ? .gelu : .relu)), try dense(units),
      ]
      if chance() { block.insert(.layer(try LayerNorm()), at: 0) }
      layers.append(.residual(block))
      if random.integer(below: 4) == 0 { layers.append(.layer(Softmax())) }
    }
    if chance() {
      layers.append(.layer(GlobalPool()))
    } else {
      layers += [.layer(try Slice(0..<pick(1...length), axis: 1)), .layer(Flatten())]
    }
    return layers + [.layer(try DenseLayer(units: 3))]
  }

  private func built(
    _ name: String, _ input: [Int], _ layers: [Blueprint], _ seed: UInt64
  ) throws -> Network {
    Specimens.trained(
      try Network.build(
        name: name, input: input, blueprint: layers, random: RandomStream(seed: seed)), seed: seed)
  }
}
