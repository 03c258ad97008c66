// A network's parameters while it runs: loaded once, shared by plans, written back at the end.
internal import Kernels
internal import Tensors

final class Weights: @unchecked Sendable {
  /// By node and parameter.
  private(set) var values: [[Floats]] = []
  /// 1 where a weight may live and 0 where it was pruned; nil where none was.
  private(set) var keeps: [[Floats?]] = []
  private(set) var frozen: [[Bool]] = []
  private let memory: [[Memory]]
  private var masks: [[Memory?]]

  init(_ network: Network) {
    memory = network.nodes.map { node in node.parameters.map { Memory($0.value.count) } }
    masks = network.nodes.map { $0.parameters.map { _ in nil } }
    values = memory.map { $0.map(\.floats) }
    load(network)
  }

  /// Takes over the values and masks of a network with the same shapes.
  func load(_ network: Network) {
    for (n, node) in network.nodes.enumerated() {
      for (p, parameter) in node.parameters.enumerated() {
        precondition(parameter.value.count == values[n][p].count, "shapes stay")
        values[n][p].copy(from: parameter.value.elements)
        guard let pruned = parameter.pruned else {
          masks[n][p] = nil
          continue
        }
        let mask = masks[n][p] ?? Memory(pruned.count)
        for (i, isPruned) in pruned.enumerated() { mask.floats[i] = isPruned ? 0 : 1 }
        masks[n][p] = mask
      }
    }
    keeps = masks.map { $0.map { $0?.floats } }
    frozen = network.nodes.map { $0.parameters.map(\.frozen) }
  }

  /// False once a weight is infinite or not a number.
  var areFinite: Bool { values.allSatisfy { $0.allSatisfy { $0.sum().isFinite } } }

  /// The network with these values; what is frozen keeps its values and its encoding.
  func written(to network: Network) -> Network {
    var next: [Floats] = []
    for row in values { next += row }
    var index = 0
    return network.mapParameters { _, parameter in
      defer { index += 1 }
      guard !parameter.frozen else { return parameter }
      let elements = next[index].array
      guard elements != parameter.value.elements else { return parameter }
      return parameter.with(value: Tensor(trusted: parameter.value.shape, elements))
    }
  }
}
