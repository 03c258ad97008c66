// Reading a container: what a file of so many megabytes costs until its network can run.

internal import Encodings
internal import Formats
internal import Networks
internal import Tensors

enum Loading {
  /// One square layer, stored in one of several ways. A unit is a gigabyte of decoded weights.
  static func job(_ kind: String, megabytes: Int) throws -> any Job {
    guard let way = ways.first(where: { $0.name == kind }) else {
      throw Refusal("a way to store: \(ways.map(\.name).joined(separator: ", "))")
    }
    let size = Int((Double(megabytes) * 8e6 / way.bits).squareRoot())
    let values = Figures.bell(1 << 20, seed: 3)
    let weight = Tensor(
      trusted: [size, size], (0..<size * size).map { values[$0 & (1 << 20 - 1)] })
    let layer = try LayerTable.make("dense", ["units": .integer(size), "bias": .integer(0)])
    let parameter = Networks.Parameter("weight", role: .weight, value: weight)
      .stored(as: try way.store(weight))
    let network = try Network(
      name: "network", inputShape: [size],
      nodes: [Node(name: "dense1", layer: layer, inputs: [-1], parameters: [parameter])])
    let bytes = Container.bytes(of: network)
    return Task(units: Double(size * size * 4) / 1e9) {
      try Container.read(bytes, file: "bench.cnbm")
    } compares: { network in
      let elements = network.parameters[0].parameter.value.elements
      return Figures.places(in: elements.count).map { Double(elements[$0]) }
    }
  }

  /// With the bits that a weight takes.
  private static let ways:
    [(name: String, bits: Double, store: @Sendable (Tensor) throws -> any Encoding)] = [
      ("fp32", 32, { Encodings.Dense($0) }), ("fp16", 16, { Encodings.Dense($0, as: .fp16) }),
      ("int8", 8, { try affine($0, bits: 8) }), ("int4", 4, { try affine($0, bits: 4) }),
      (
        "sparse", 4.2,
        { tensor in
          let kept = tensor.elements.indices.filter { abs(tensor.elements[$0]) > 0.8416 }
          let values = Tensor(vector: kept.map { tensor.elements[$0] })
          return try Sparse.smallest(
            shape: tensor.shape, positions: kept, values: try affine(values, bits: 8))
        }
      ),
    ]

  private static func affine(_ tensor: Tensor, bits: Int) throws -> Affine {
    let top = Float(1 << (bits - 1) - 1)
    let codes = tensor.elements.map { Int32(max(-top, min(top, ($0 * top / 4).rounded()))) }
    let rows = Affine.sliceCount(of: tensor.shape, .channel)
    return try Affine(
      shape: tensor.shape, bits: bits, isSigned: true, granularity: .channel, codes: codes,
      scales: [Float](repeating: 4 / top, count: rows))
  }
}
