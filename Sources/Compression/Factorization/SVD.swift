// Splits layers by their singular values into two thin ones that run one after the other.
import Encodings
package import Networks
import Tensors

package struct SVDOptions: Sendable {
  package var rule: RankRule
  /// A rank, a share of the energy, or bytes, as the rule wants it.
  package var amount: Double
  package var layers: Layers
  /// Also factor layers whose factors hold no fewer numbers than their weight.
  package var allowsLarger: Bool
  /// For the rule `bytes`: how long the file of a network is. Without it, the parameters alone
  /// count.
  package var fileBytes: (@Sendable (Network) -> Int)?

  package init(
    _ rule: RankRule, _ amount: Double, layers: Layers = .all, allowsLarger: Bool = false,
    fileBytes: (@Sendable (Network) -> Int)? = nil
  ) {
    self.fileBytes = fileBytes
    self.rule = rule
    self.amount = amount
    self.layers = layers
    self.allowsLarger = allowsLarger
  }
}

/// The network with its dense layers and convolutions split in two where the rule says so.
///
/// A dense weight W `[O, I]` becomes `NAME_v` with √Σ Vᵀ `[r, I]` and no bias, and `NAME_u` with U
/// √Σ `[O, r]` and the old bias. A convolution `[O, I, kh, kw]` becomes one with r filters of the
/// same window, and one with O filters of 1 × 1. Both run and train as any layer. Pruned weights
/// become free.
///
/// - Throws: `CompressionError`: `.rank`, `.energy`, `.budget` or `.setting` as the rule says;
///   `.unknownLayer`; `.nothing` without a layer that can be split; `.notFinite`.
package func svd(
  _ network: Network, _ options: SVDOptions
) throws(CompressionError) -> Compressed {
  let places = network.nodes.indices.filter { network.nodes[$0].isFactorable }
  let known = places.map { network.nodes[$0].name }
  guard !known.isEmpty else {
    throw .nothing(technique: "svd", wanted: "a dense layer or a convolution without groups")
  }
  try options.layers.check(known: known)
  var candidates: [Factors] = []
  for n in places where options.layers.contains(network.nodes[n].name) {
    candidates.append(
      try Factors(of: network.nodes[n], at: n, count: options.rule.count(options.amount)))
  }
  guard let fileBytes = options.fileBytes, options.rule.name == RankRule.bytes.name else {
    return try network.factored(candidates, options, amount: options.amount)
  }
  // What a file holds beside the parameters follows from the layers: spend less until it fits.
  var reserved = 0.0
  while true {
    do {
      let amount = max(0, options.amount - reserved)
      let result = try network.factored(candidates, options, amount: amount)
      let excess = Double(fileBytes(result.network)) - options.amount
      if excess <= 0 { return result }
      reserved += excess
    } catch {
      guard case .budget(_, let smallest, _, _) = error else { throw error }
      throw .budget(
        Int(exactly: options.amount.rounded()) ?? 0, smallest: smallest + Int(reserved))
    }
  }
}

extension Network {
  /// The network with the candidates split as the rule chooses for this amount.
  fileprivate func factored(
    _ candidates: [Factors], _ options: SVDOptions, amount: Double
  ) throws(CompressionError) -> Compressed {
    let spectra = candidates.map(\.spectrum)
    let stored = parameters.reduce(0) { $0 + $1.parameter.encoding.ledger.bits }
    let choices = try options.rule.choices(
      for: spectra, amount: amount,
      otherBits: stored - spectra.reduce(0) { $0 + $1.storedBits },
      allowsLarger: options.allowsLarger)
    var notes: [Note] = []
    var ranks: [Int: (factors: Factors, rank: Int)] = [:]
    for (factors, choice) in zip(candidates, choices) {
      switch choice {
      case .factor(let rank): ranks[factors.node] = (factors, rank)
      case .keep(let reason): notes.append(Note(factors.spectrum.layer, "stays whole: \(reason)"))
      }
    }
    return Compressed(try factored(ranks), notes: notes)
  }
}

extension Node {
  /// A dense layer or an ungrouped convolution with a weight that has elements.
  fileprivate var isFactorable: Bool {
    guard let weight = parameters.first(where: \.isWeight), weight.value.count > 0 else {
      return false
    }
    return layer is DenseLayer || (layer as? Conv2D)?.groups == 1
  }
}

/// The decomposition of one layer's weight.
private struct Factors {
  let node: Int
  let spectrum: Spectrum
  /// `[O, R]` and `[I kh kw, R]`, with R the number of singular values in the spectrum.
  let u: Tensor
  let v: Tensor

  /// Of the `count` largest singular values, where the weight has so many.
  init(of node: Node, at n: Int, count: Int) throws(CompressionError) {
    guard let weight = node.parameters.first(where: \.isWeight) else {
      preconditionFailure("only layers with a weight are candidates")
    }
    let rows = weight.value.shape[0]
    let columns = weight.value.count / rows
    guard weight.value.isFinite else {
      throw CompressionError.notFinite("\(node.name).\(weight.name)", weight.value)
    }
    do {
      let parts = try Tensor.svd(
        weight.value.reshaped([rows, columns]), rank: max(1, min(count, rows, columns)))
      self.node = n
      u = parts.u
      v = parts.v
      spectrum = Spectrum(
        layer: node.name, rows: rows, columns: columns, values: parts.s.elements,
        storedBits: weight.encoding.ledger.bits)
    } catch { throw .tensor(error) }
  }

  /// √Σ Vᵀ as `[r, I kh kw]`.
  func first(rank: Int) -> [Float] {
    let columns = spectrum.columns
    var elements: [Float] = []
    elements.reserveCapacity(rank * columns)
    for k in 0..<rank {
      let root = spectrum.values[k].squareRoot()
      for j in 0..<columns { elements.append(root * v.elements[j * spectrum.values.count + k]) }
    }
    return elements
  }

  /// U √Σ as `[O, r]`.
  func second(rank: Int) -> [Float] {
    let roots = spectrum.values.prefix(rank).map { $0.squareRoot() }
    var elements: [Float] = []
    elements.reserveCapacity(rank * spectrum.rows)
    for i in 0..<spectrum.rows {
      for k in 0..<rank { elements.append(roots[k] * u.elements[i * spectrum.values.count + k]) }
    }
    return elements
  }

  /// The two layers in place of the node; the second one's input is to be the first one.
  func layers(
    of node: Node, rank: Int, inputs: [Int], at position: Int
  ) throws(NetworkError) -> [Node] {
    let thin: any Layer
    let wide: any Layer
    var firstShape = [rank, spectrum.columns]
    var secondShape = [spectrum.rows, rank]
    let hasBias = node.parameters.contains { !$0.isWeight }
    let isFrozen = node.parameters.contains { $0.isWeight && $0.frozen }
    if let conv = node.layer as? Conv2D {
      thin = try Conv2D(
        filters: rank, kernel: conv.kernel, stride: conv.stride, padding: conv.padding, bias: false)
      wide = try Conv2D(filters: spectrum.rows, kernel: [1, 1], bias: hasBias)
      firstShape = [rank, spectrum.columns / conv.kernel.reduce(1, *)] + conv.kernel
      secondShape += [1, 1]
    } else {
      let positions = (node.layer as? DenseLayer)?.positions ?? false
      thin = try DenseLayer(units: rank, bias: false, positions: positions)
      wide = try DenseLayer(units: spectrum.rows, bias: hasBias, positions: positions)
    }
    func weight(_ shape: [Int], _ elements: [Float]) -> Parameter {
      var weight = Parameter("weight", role: .weight, value: Tensor(trusted: shape, elements))
      weight.frozen = isFrozen
      return weight
    }
    return [
      Node(
        name: "\(node.name)_v", layer: thin, inputs: inputs,
        parameters: [weight(firstShape, first(rank: rank))]),
      Node(
        name: "\(node.name)_u", layer: wide, inputs: [position],
        parameters: [weight(secondShape, second(rank: rank))]
          + node.parameters.filter { !$0.isWeight }),
    ]
  }
}

extension Network {
  /// The network with these nodes split in two; all others move up behind them.
  fileprivate func factored(
    _ ranks: [Int: (factors: Factors, rank: Int)]
  ) throws(CompressionError) -> Network {
    var nodes: [Node] = []
    var places: [Int] = []
    do {
      for (n, node) in self.nodes.enumerated() {
        let inputs = node.inputs.map { $0 == Network.input ? $0 : places[$0] }
        if let (factors, rank) = ranks[n] {
          nodes += try factors.layers(of: node, rank: rank, inputs: inputs, at: nodes.count)
        } else {
          nodes.append(
            Node(name: node.name, layer: node.layer, inputs: inputs, parameters: node.parameters))
        }
        places.append(nodes.count - 1)
      }
      var made = try Network(name: name, inputShape: inputShape, nodes: nodes, receipt: receipt)
      made.skipsZeros = skipsZeros
      return made
    } catch { throw .network(error) }
  }
}
