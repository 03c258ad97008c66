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
  private let memory: [[Memory]]
  private var masks: [[Memory?]]

  init(_ network: Network, path: EnginePath = .configured) {
    storages = network.nodes.indices.map { n in
      let node = network.nodes[n]
      let natural = node.parameters.map { ParameterStorage.natural($0.value.count) }
      return path == .general
        ? natural : node.layer.storages(for: network.inputShapes(of: n)) ?? natural
    }
    memory = storages.map { $0.map { Memory($0.count) } }
    masks = network.nodes.map { $0.parameters.map { _ in nil } }
    values = memory.map { $0.map(\.floats) }
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
    keeps = masks.map { $0.map { $0?.floats } }
    frozen = network.nodes.map { $0.parameters.map(\.frozen) }
  }

  /// A parameter's gradient, which lies as the parameter does, in the order of its tensor.
  func elements(of gradient: Floats, _ node: Int, _ parameter: Int) -> [Float] {
    storages[node][parameter].elements(of: gradient)
  }

  /// False once a weight is infinite or not a number.
  var areFinite: Bool { values.allSatisfy { $0.allSatisfy { $0.sum().isFinite } } }

  /// The network with these values; what is frozen keeps its values and its encoding.
  func written(to network: Network) -> Network {
    var next: [(ParameterStorage, Floats)] = []
    for (storages, values) in zip(storages, values) { next += zip(storages, values) }
    var index = 0
    return network.mapParameters { _, parameter in
      defer { index += 1 }
      guard !parameter.frozen else { return parameter }
      let elements = next[index].0.elements(of: next[index].1)
      guard elements != parameter.value.elements else { return parameter }
      return parameter.with(value: Tensor(trusted: parameter.value.shape, elements))
    }
  }
}
