// What criteria look at beside the weights, gathered when the first of them asks: activations, inputs,
// gradients and curvature over some examples.
private import Glibc
import Kernels
import Networks
import Tensors

final class PruningEvidence {
  let network: Network
  let monitor: Monitor
  /// The examples that were drawn; nil where the criterion wants none.
  private let examples: Dataset?
  private let random: RandomStream

  /// - Throws: `CompressionError.setting` for missing examples and for more than there are; `.network` for
  ///   examples that do not fit.
  init(
    _ network: Network, _ options: PruneOptions, on data: Dataset?, monitor: Monitor
  ) throws(CompressionError) {
    self.network = network
    self.monitor = monitor
    random = RandomStream(seed: options.seed)
    guard options.criterion.evidence == .inputs || options.criterion.evidence == .labels else {
      examples = nil
      return
    }
    guard let data else {
      throw .examples(criterion: options.criterion.name)
    }
    do throws(NetworkError) {
      if options.criterion.evidence == .labels {
        try network.check(data)
      } else {
        try network.check(inputs: data.inputs)
      }
    } catch { throw .network(error) }
    examples = try data.drawn(
      options.examples, usually: PruneOptions.usualExamples, random.split("examples"))
  }

  func stream(_ purpose: String) -> RandomStream { random.split(purpose) }

  private func data() throws(CompressionError) -> Dataset {
    guard let examples else { throw .setting(name: "on", wanted: "examples", got: "none") }
    return examples
  }

  // MARK: Units

  /// |γ| of the batch normalization that alone reads a node.
  func normalizationScales(_ node: Int) throws(CompressionError) -> [Float] {
    for next in chain(after: node) {
      guard let scale = network.nodes[next].parameters.first(where: { $0.role == .scale }),
        network.nodes[next].layer is BatchNorm
      else { continue }
      return scale.value.elements.map { abs($0) }
    }
    throw .units(
      layer: network.nodes[node].name,
      reason: "no batch normalization alone reads it, as the criterion batchnorm_scale wants")
  }

  /// What the units of a node put out once their activation was applied: the mean of |a| over examples
  /// and positions, and the share of values that are not 0.
  func activity(_ node: Int) throws(CompressionError) -> (means: [Float], active: [Float]) {
    if activities.isEmpty { try observe() }
    guard let found = activities[chain(after: node).last ?? node] else {
      throw .units(layer: network.nodes[node].name, reason: "its outputs cannot be observed")
    }
    return found
  }

  private var activities: [Int: (means: [Float], active: [Float])] = [:]

  /// All nodes that make units, in one run.
  private func observe() throws(CompressionError) {
    let nodes = network.nodes.indices.filter { node in
      network.nodes[node].parameters.contains(where: \.isWeight)
    }.map { chain(after: $0).last ?? $0 }
    var sums: [Int: (values: [Double], active: [Double], count: Int)] = [:]
    for node in nodes {
      let zeros = [Double](repeating: 0, count: network.shapes[node].first ?? 0)
      sums[node] = (zeros, zeros, 0)
    }
    let inputs = try data().inputs
    do throws(NetworkError) {
      try network.trace(
        inputs, outputsOf: Set(nodes).sorted(), monitor: monitor
      ) { node, output in
        let units = network.shapes[node].first ?? 0
        let positions = network.shapes[node].dropFirst().reduce(1, *)
        guard var own = sums.removeValue(forKey: node) else { return }
        for (index, value) in output.elements.enumerated() {
          let unit = index / positions % units
          own.values[unit] += Double(abs(value))
          if value != 0 { own.active[unit] += 1 }
        }
        own.count += output.count / max(1, units)
        sums[node] = own
      }
    } catch { throw .network(error) }
    activities = sums.mapValues { sum in
      let count = Double(max(1, sum.count))
      return (sum.values.map { Float($0 / count) }, sum.active.map { Float($0 / count) })
    }
  }

  /// The nodes that work on each number of a node's output by itself, one after the other, as long as nothing
  /// else reads them: normalization, activation, dropout.
  private func chain(after node: Int) -> [Int] {
    var chain: [Int] = []
    var last = node
    while true {
      let readers = network.nodes.indices.filter { network.nodes[$0].inputs.contains(last) }
      guard readers.count == 1, let next = readers.first,
        network.nodes[next].inputs.count == 1, network.shapes[next] == network.shapes[last],
        network.nodes[next].layer is Activation || network.nodes[next].layer is BatchNorm
          || network.nodes[next].layer is Dropout
          || network.nodes[next].layer is ActivationQuantizer
      else { return chain }
      chain.append(next)
      last = next
    }
  }

  // MARK: Inputs

  /// For each weight of a node's matrix, the Euclidean norm over the examples of the input that it
  /// multiplies.
  func inputNorms(_ node: Int) throws(CompressionError) -> [Float] {
    let products = try inputProducts(of: node)
    let columns = products.columns
    let rows = (network.shapes[node].first ?? 0) / max(1, products.groups.count)
    return products.groups.flatMap { gram -> [Float] in
      let norms = (0..<columns).map { sqrt(gram[$0 * columns + $0]) }
      return (0..<rows).flatMap { _ in norms }
    }
  }

  /// The sums of products of every two inputs of a layer.
  func inputProducts(of node: Int) throws(CompressionError) -> InputProducts {
    var found: InputProducts?
    try network.inputProducts(
      of: [node], on: data().inputs, monitor: monitor,
      trouble: { CompressionError.network($0) },
      visit: { (_, products) throws(CompressionError) in found = products })
    guard let found else {
      throw .units(
        layer: network.nodes[node].name,
        reason: "its weights multiply nothing, or are more than 16,384 to an output")
    }
    return found
  }

  // MARK: Gradients

  /// What has to become 0 so that a group has no part in the network: the weights of a mask; of a unit the
  /// gain and shift of the batch normalization behind it, or where there is none, its weights and bias.
  /// Either way the slope along it is Σ a ∂L/∂a, a the unit's outputs.
  func gates(_ groups: Grouping) -> Grouping {
    var parts: [Grouping.Part] = []
    var done: Set<Int> = []
    for part in groups.parts {
      guard case .rows(let units) = part.layout else {
        parts.append(part)
        continue
      }
      guard done.insert(part.node).inserted else { continue }
      let norm = chain(after: part.node).first { network.nodes[$0].layer is BatchNorm }
      let node = norm ?? part.node
      let roles: Set<Networks.Parameter.Role> = norm == nil ? [.weight, .bias] : [.scale, .bias]
      for (p, parameter) in network.nodes[node].parameters.enumerated()
      where roles.contains(parameter.role) {
        let columns = parameter.value.count / max(1, units.count)
        parts.append(
          Grouping.Part(
            node: node, parameter: p, rows: units.count, columns: columns, layout: .rows(units)))
      }
    }
    return Grouping(network, parts: parts, layers: groups.layers, noun: groups.noun)
  }

  /// For each weight, the gradient of the mean loss.
  func gradients(_ groups: Grouping) throws(CompressionError) -> [[Float]] {
    var sums = groups.parts.map { [Float](repeating: 0, count: $0.rows * $0.columns) }
    try eachBatch(groups, batch: 128) { slopes, _ in
      for part in slopes.indices {
        for i in slopes[part].indices { sums[part][i] += slopes[part][i] }
      }
    }
    return sums
  }

  /// For each group, the mean over batches of the square of Σ g w, g the gradient of the batch's mean loss:
  /// how much the loss changes without the group, to first order, squared.
  func squaredEffects(_ groups: Grouping, batch: Int) throws(CompressionError) -> [Float] {
    var sums = [Double](repeating: 0, count: groups.count)
    var batches = 0.0
    try eachBatch(groups, batch: batch) { slopes, share in
      var part = 0
      let effects = groups.sums { own in
        defer { part += 1 }
        let weights = groups.values(own)
        return zip(slopes[part], weights).map { $0 / share * $1 }
      }
      for i in effects.indices { sums[i] += Double(effects[i]) * Double(effects[i]) }
      batches += 1
    }
    return sums.map { Float($0 / max(1, batches)) }
  }

  /// Hands over, for every part, the gradient of Σ loss / N over a batch, and the batch's share of the N
  /// examples.
  private func eachBatch(
    _ groups: Grouping, batch: Int, _ body: (_ slopes: [[Float]], _ share: Float) -> Void
  ) throws(CompressionError) {
    let data = try data()
    do throws(NetworkError) {
      let gradient = try LossGradient(
        network, on: data, of: PruningEvidence.learned, batch: batch)
      let places = places(groups, gradient)
      for rows in gradient.batches {
        try gradient.run(rows, monitor: monitor)
        body(
          places.map { gradient.gradient($0) }, Float(rows.count) / Float(data.count))
      }
    } catch { throw .network(error) }
  }

  private static let learned: Set<Parameter.Role> = [.weight, .bias, .scale]

  private func places(_ groups: Grouping, _ gradient: LossGradient) -> [Int] {
    groups.parts.compactMap { part in
      gradient.places.firstIndex { $0.node == part.node && $0.parameter == part.parameter }
    }
  }

  // MARK: Curvature

  /// For each weight, the second derivative of the mean loss: the diagonal of JᵀH_LJ, J the outputs by the
  /// weight and H_L the loss by the outputs. Where outputs are piecewise linear in a single layer's
  /// weights, as with relu and max pooling, this is the diagonal of the Hessian itself; elsewhere
  /// it is its Gauss-Newton part, which is never negative.
  ///
  /// H_L = diag(p) − ppᵀ = Σ_c s_c s_cᵀ with s_c = √p_c (e_c − p): as many ways back for each example as
  /// there are classes.
  func curvatures(_ groups: Grouping) throws(CompressionError) -> [[Double]] {
    let data = try data()
    var sums = groups.parts.map { [Double](repeating: 0, count: $0.rows * $0.columns) }
    let classes = network.outputShape.reduce(1, *)
    do throws(NetworkError) {
      let gradient = try LossGradient(network, on: data, of: PruningEvidence.learned, batch: 1)
      let places = places(groups, gradient)
      for rows in gradient.batches {
        for label in 0..<classes {
          try gradient.run(rows, monitor: monitor) { scores, slopes in
            PruningEvidence.root(of: label, scores, classes, to: slopes)
          }
          for (part, place) in places.enumerated() {
            let slopes = gradient.gradient(place)
            for i in slopes.indices {
              sums[part][i] += Double(slopes[i]) * Double(slopes[i])
            }
          }
        }
      }
    } catch { throw .network(error) }
    let count = Double(data.count)
    return sums.map { $0.map { $0 / count } }
  }

  /// √p_c (e_c − p) of one example.
  private static func root(of label: Int, _ scores: Floats, _ classes: Int, to slopes: Floats) {
    var top = -Double.infinity
    for k in 0..<classes { top = max(top, Double(scores[k])) }
    let shares = (0..<classes).map { exp(Double(scores[$0]) - top) }
    let sum = shares.reduce(0, +)
    let weight = sqrt(shares[label] / sum)
    for k in 0..<classes {
      slopes[k] = Float(weight * ((k == label ? 1 : 0) - shares[k] / sum))
    }
  }
}
