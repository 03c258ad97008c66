// What a network would cost on a machine that is not here: bytes by counting, time by the roofline,
// energy by power or by work. Estimates from data sheets; nothing here was measured.
import Encodings
package import Networks
import Tensors

/// One layer of an estimate.
package struct LayerEstimate: Sendable {
  package let layer: String
  /// Weights × activations, or how it is run instead.
  package let format: String
  /// Two for each multiply-accumulate, one for other operations, as the network asks for them.
  package let operations: Double
  /// Of its parameters, as they are stored.
  package let weightBytes: Double
  /// Activations that it reads and writes.
  package let activationBytes: Double
  /// Operations at the machine's peak, shapes rounded up to what kernels work in.
  package let computeSeconds: Double
  /// Bytes at the memories' bandwidths.
  package let memorySeconds: Double
  package let joules: Double
  package let standing: Standing

  package enum Standing: String, Sendable { case native, emulated, illegal }

  /// The roofline: whichever takes longer. Williams et al. 2009, doi:10.1145/1498765.1498785.
  package var seconds: Double { max(computeSeconds, memorySeconds) }
  package var isMemoryBound: Bool { memorySeconds > computeSeconds }
}

/// Laws: totals are the sums of the layers; more bytes, more operations or less speed never make it
/// faster.
package struct Estimate: Sendable {
  package let target: Target
  package let layers: [LayerEstimate]
  /// Bytes of all parameters, as they are stored.
  package let weightBytes: Int
  package let memory: LiveMemory
  /// The layer at which the most activations are alive.
  package let busiestLayer: String
  package let objections: [Objection]
  /// What is read again and again comes from the cache.
  package let runsFromCache: Bool

  /// The bytes that are missing in each memory that is too small: its name, and how many.
  package var lacking: [(memory: String, bytes: Int)] {
    let needs =
      target.hasOneMemory
      ? [(target.weights, weightBytes + memory.peak)]
      : [(target.weights, weightBytes), (target.activations, memory.peak)]
    return needs.compactMap { store, bytes in
      let missing = bytes - Int(store.bytes.value)
      return missing > 0 ? (store.name, missing) : nil
    }
  }

  package var fits: Bool { lacking.isEmpty }
  package var operations: Double { layers.reduce(0) { $0 + $1.operations } }
  package var illegalCount: Int { objections.count { !$0.isEmulated } }
  package var emulatedCount: Int { objections.count { $0.isEmulated } }

  /// For one example; nil where some layer cannot run.
  package var seconds: Double? { isRunnable ? layers.reduce(0) { $0 + $1.seconds } : nil }
  package var joules: Double? { isRunnable ? layers.reduce(0) { $0 + $1.joules } : nil }
  /// The share of the time in which layers wait for memory.
  package var memoryShare: Double? {
    guard let seconds, seconds > 0 else { return nil }
    return layers.reduce(0) { $0 + ($1.isMemoryBound ? $1.seconds : 0) } / seconds
  }

  private var isRunnable: Bool { illegalCount == 0 }

  /// - Parameters:
  ///   - cores: that work on it, all of the machine's without.
  ///   - efficiency: the share that is reached of what the machine computes and moves at most, above
  ///     0 and at most 1.
  ///   - activations: their formats, as the network has them without.
  /// - Throws: `CompressionError.setting` for cores that the machine does not have, or another
  ///   efficiency.
  package init(
    _ network: Network, on target: Target, cores: Int? = nil, efficiency: Double = 1,
    activations: ActivationFormats? = nil
  ) throws(CompressionError) {
    let most = Int(target.cores.value)
    let cores = cores ?? most
    guard (1...most).contains(cores) else {
      throw .setting(
        name: "cores", wanted: "from 1 to the \(most) of \(target.machine)", got: "\(cores)")
    }
    guard efficiency > 0, efficiency <= 1 else {
      throw .setting(name: "efficiency", wanted: "above 0% and at most 100%", got: "\(efficiency)")
    }
    self.target = target
    let formats = activations ?? ActivationFormats(of: network)
    let memory = LiveMemory(network, formats)
    self.memory = memory
    busiestLayer = network.nodes[memory.busiest].name
    let weightBytes = network.nodes.reduce(0) { $0 + $1.storedBytes }
    self.weightBytes = weightBytes
    objections = target.objections(to: network, activations: formats)
    let fromCache = (weightBytes + memory.peak).fits(into: target.cache)
    runsFromCache = fromCache
    let rate = Rate(
      target, formats, cores: cores, efficiency: efficiency, fromCache: fromCache)
    layers = network.nodes.indices.map { rate.layer($0, of: network, memory) }
  }
}

extension Int {
  fileprivate func fits(into store: Store?) -> Bool {
    store.map { Double(self) <= $0.bytes.value } ?? false
  }
}

extension Node {
  /// What the encodings of its parameters take.
  fileprivate var storedBytes: Int {
    parameters.reduce(0) { $0 + ($1.encoding.ledger.bits + 7) / 8 }
  }
}

/// How fast a machine works and moves bytes, with so many of its cores.
private struct Rate {
  let target: Target
  let formats: ActivationFormats
  let cores: Int
  let efficiency: Double
  /// Bytes in a second.
  let weights: Double
  let activations: Double

  init(
    _ target: Target, _ formats: ActivationFormats, cores: Int, efficiency: Double, fromCache: Bool
  ) {
    self.target = target
    self.formats = formats
    self.cores = cores
    self.efficiency = efficiency
    let share = Double(cores) / target.cores.value
    let cache = fromCache ? target.cache.map { $0.bandwidth.value * share } : nil
    weights = (cache ?? target.weights.bandwidth.value) * efficiency
    activations = (cache ?? target.activations.bandwidth.value) * efficiency
  }

  func layer(_ position: Int, of network: Network, _ memory: LiveMemory) -> LayerEstimate {
    let node = network.nodes[position]
    let (format, name, standing) = multiplying(node)
    let work = Work(network, position, format?.alignment)
    let bytes = traffic(position, of: network, memory)
    let peak = 2 * target.peak(format ?? plain(node), cores: cores) * efficiency
    let compute = work.padded / peak
    let moving = bytes.weights / weights + bytes.activations / activations
    return LayerEstimate(
      layer: node.name, format: name, operations: work.operations,
      weightBytes: Double(node.storedBytes), activationBytes: bytes.activations,
      computeSeconds: compute, memorySeconds: moving,
      joules: joules(work.operations, bytes, seconds: max(compute, moving)), standing: standing)
  }

  /// What a layer without weights runs on: the format that reads its input.
  private func plain(_ node: Node) -> ComputeFormat {
    let input = formats.read(by: node)
    let reading = target.formats.first { $0.activations.hasType(input.number) }
    return (input == .fp32 ? target.emulation : reading) ?? target.formats[0]
  }

  private func multiplying(
    _ node: Node
  ) -> (format: ComputeFormat?, name: String, LayerEstimate.Standing) {
    let input = formats.read(by: node)
    let isRefused = target.objections(to: node, input).contains { !$0.isEmulated }
    guard let weight = node.parameters.first(where: { $0.role == .weight }) else {
      return (nil, "", isRefused ? .illegal : .native)
    }
    switch target.treatment(WeightFormat(weight), input, shape: weight.value.shape) {
    case .native(let format): return (format, format.name, isRefused ? .illegal : .native)
    case .emulated(let format, _, _):
      return (format, "as \(format.name)", isRefused ? .illegal : .emulated)
    case .illegal(_, let nearest): return (nearest, "none", .illegal)
    }
  }

  /// Bytes that cross between memory and the cores. What is written over its input is done on the
  /// way; an embedding reads the rows that it looks up.
  private func traffic(
    _ position: Int, of network: Network, _ memory: LiveMemory
  ) -> (weights: Double, activations: Double) {
    let node = network.nodes[position]
    func size(_ node: Int) -> Int {
      let shape = node == Network.input ? network.inputShape : network.shapes[node]
      return formats[node].bytes(shape.reduce(1, *))
    }
    var weights = Double(node.storedBytes)
    if node.layer is Embedding, let table = node.parameters.first {
      weights *= Double(network.shapes[position].reduce(1, *)) / Double(max(1, table.value.count))
    }
    guard !memory.isInPlace[position] else { return (weights, 0) }
    let moved = node.inputs.reduce(size(position)) { $0 + size($1) }
    return (weights, Double(moved))
  }

  private func joules(
    _ operations: Double, _ bytes: (weights: Double, activations: Double), seconds: Double
  ) -> Double {
    switch target.energy {
    case .power(let watts): watts.value * Double(cores) / target.cores.value * seconds
    case .work(let operation, let weight, let activation):
      operations / 2 * operation.value + bytes.weights * weight.value
        + bytes.activations * activation.value
    }
  }
}
