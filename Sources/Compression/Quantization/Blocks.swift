// Which weights share a scale: the whole tensor, an output channel, or a group of neighbors in a channel.

package enum QuantizationBlock: Sendable, Equatable {
  case tensor
  /// One scale per entry of axis 0: per neuron or filter.
  case channel
  /// One scale per this many consecutive weights of a channel; the last group of a channel may be shorter.
  case group(Int)

  package var name: String {
    switch self {
    case .tensor: "tensor"
    case .channel: "channel"
    case .group(let size): "group of \(size)"
    }
  }

  /// The runs of elements that share a scale, in order. A tensor with one axis is one block.
  package func runs(of shape: [Int]) -> [Range<Int>] {
    let count = shape.reduce(1, *)
    guard count > 0 else { return [] }
    guard shape.count > 1, self != .tensor else { return [0..<count] }
    let row = count / shape[0]
    let size = if case .group(let size) = self { min(size, row) } else { row }
    return stride(from: 0, to: count, by: row).flatMap { start in
      stride(from: start, to: start + row, by: size).map { $0..<min($0 + size, start + row) }
    }
  }
}
