// A network's parameters while it runs: loaded once, shared by plans, written back at the end.
internal import Kernels
internal import Tensors

final class Weights: @unchecked Sendable {
  /// By node and parameter.
  private(set) var values: [[Floats]] = []
  /// How the values, masks and gradients of each lie in memory.
  let storages: [[ParameterStorage]]
  /// 1 where a weight may live and 0 where it was pruned; nil where none was.
  private(set) var keeps: [[Floats?]] = []
  private(set) var frozen: [[Bool]] = []
  /// What layers see through a function of other numbers, which are what is trained.
  let projected: [ProjectedParameter]
  private let memory: [[Memory]]
  private var masks: [[Memory?]]

  /// - Parameter projections: by the full names of parameters, such as "dense1.weight".
  init(
    _ network: Network, path: EnginePath = .configured,
    projections: [String: any Projection] = [:]
  ) {
    let storages = network.nodes.indices.map { n in
      let node = network.nodes[n]
      let natural = node.parameters.map { ParameterStorage.natural($0.value.count) }
      return path == .general
        ? natural : node.layer.storages(for: network.inputShapes(of: n)) ?? natural
    }
    self.storages = storages
    let memory = storages.map { $0.map { Memory($0.count) } }
    self.memory = memory
    masks = network.nodes.map { $0.parameters.map { _ in nil } }
    values = memory.map { $0.map(\.floats) }
    projected = network.nodes.enumerated().flatMap { n, node in
      node.parameters.enumerated().compactMap { p, parameter in
        guard !parameter.frozen, let projection = projections["\(node.name).\(parameter.name)"]
        else { return nil }
        return ProjectedParameter(
          projection, n, p, of: parameter, seen: memory[n][p].floats, storage: storages[n][p])
      }
    }
    load(network)
  }

  /// Takes over the values and masks of a network with the same shapes.
  func load(_ network: Network) {
    for (n, node) in network.nodes.enumerated() {
      for (p, parameter) in node.parameters.enumerated() {
        let storage = storages[n][p]
        storage.load(parameter.value.elements, to: values[n][p])
        guard let pruned = parameter.pruned else {
          masks[n][p] = nil
          continue
        }
        let mask = masks[n][p] ?? Memory(storage.count)
        storage.load(pruned.map { $0 ? 0 : 1 }, to: mask.floats)
        masks[n][p] = mask
      }
    }
    for one in projected { one.load(network.nodes[one.node].parameters[one.parameter]) }
    keeps = masks.map { $0.map { $0?.floats } }
    frozen = network.nodes.map { $0.parameters.map(\.frozen) }
  }

  /// A parameter's gradient, which lies as the parameter does, in the order of its tensor.
  func elements(of gradient: Floats, _ node: Int, _ parameter: Int) -> [Float] {
    storages[node][parameter].elements(of: gradient)
  }

  func projected(_ node: Int, _ parameter: Int) -> ProjectedParameter? {
    projected.first { $0.node == node && $0.parameter == parameter }
  }

  /// Writes what layers see of projected parameters.
  func project(step: Int, seed: UInt64, on workers: Workers) {
    workers.run(blocks: projected.count) { index, _ in
      projected[index].project(step: step, seed: seed)
    }
  }

  /// False once a weight is infinite or not a number.
  var areFinite: Bool {
    values.allSatisfy { $0.allSatisfy { $0.sum().isFinite } }
      && projected.allSatisfy(\.isFinite)
  }

  /// The network with these values; what is frozen keeps its values and its encoding.
  /// - Parameter latent: projected parameters as the numbers that are trained, not as what layers
  ///   see of them.
  func written(to network: Network, latent: Bool = false) -> Network {
    var next: [(node: Int, parameter: Int)] = []
    for (n, values) in values.enumerated() { next += values.indices.map { (n, $0) } }
    var index = 0
    return network.mapParameters { _, parameter in
      defer { index += 1 }
      guard !parameter.frozen else { return parameter }
      let (n, p) = next[index]
      if let one = projected(n, p) {
        return latent ? parameter.with(value: one.latentTensor) : one.stored(parameter)
      }
      let elements = storages[n][p].elements(of: values[n][p])
      guard elements != parameter.value.elements else { return parameter }
      return parameter.with(value: Tensor(trusted: parameter.value.shape, elements))
    }
  }
}

extension Weights {
  /// One moment of the weights, in memory that is taken once.
  final class Snapshot {
    private let rooms: [Memory]
    /// With the masks of that moment.
    fileprivate private(set) var network: Network

    init(of weights: Weights, _ network: Network) {
      rooms = weights.moving.map { Memory($0.count) }
      self.network = network
      take(weights, network)
    }

    func take(_ weights: Weights, _ network: Network) {
      for (room, values) in zip(rooms, weights.moving) { room.floats.copy(from: values) }
      self.network = network
    }

    fileprivate func restore(to weights: Weights) {
      for (room, values) in zip(rooms, weights.moving) { values.copy(from: room.floats) }
    }
  }

  /// Everything that a step may change.
  private var moving: [Floats] {
    values.flatMap { $0 } + projected.flatMap { [$0.latent, $0.state] }
  }

  /// Goes back to a moment, and gives the network as it was then.
  func written(from snapshot: Snapshot) -> Network {
    snapshot.restore(to: self)
    return written(to: snapshot.network)
  }
}
