// A parameter of a layer: the values that run, how they are stored, and which of them may change.
package import Encodings
import Kernels
package import Tensors

package struct Parameter: Sendable {
  /// Its name in the layer, such as "weight". In the network it is "dense1.weight".
  package let name: String
  /// What it is for; techniques choose by it.
  package let role: Role
  package private(set) var value: Tensor
  /// How `save` stores it. Law: `encoding.decoded()` is `value`, bit for bit.
  package private(set) var encoding: any Encoding
  /// True where a weight was pruned: it is zero, and training keeps it so.
  package private(set) var pruned: [Bool]?
  /// Training leaves it as it is.
  package var frozen = false

  package enum Role: String, Sendable, CaseIterable {
    /// Multiplies activations, shape `[O, I, …]`: what compression works on.
    case weight
    /// Added to activations, shape `[O]`.
    case bias
    /// The gain of a normalization, shape `[C]`.
    case scale
    /// A running mean or variance, shape `[C]`: updated by training, not by gradients.
    case statistic
    /// The step of a grid that activations are rounded to, shape `[1]`.
    case step
  }

  package init(_ name: String, role: Role, value: Tensor, pruned: [Bool]? = nil) {
    self.name = name
    self.role = role
    self.value = value
    self.pruned = pruned
    self.encoding = Parameter.plainEncoding(of: value, pruned: pruned)
  }

  /// A parameter as it was stored.
  /// - Parameter value: what the encoding decodes to, bit for bit: whoever has it need not decode
  ///   again.
  package init(
    _ name: String, role: Role, decoded value: Tensor, of encoding: any Encoding, pruned: [Bool]?
  ) {
    self.name = name
    self.role = role
    self.value = value
    self.encoding = encoding
    self.pruned = pruned
  }

  /// The same parameter stored another way; its values become what the encoding decodes to.
  package func stored(as encoding: any Encoding) -> Parameter {
    var copy = self
    copy.value = encoding.decoded()
    copy.encoding = encoding
    return copy
  }

  /// The same parameter with new values, stored plainly again: training leaves no other encoding true.
  package func with(value: Tensor) -> Parameter {
    var copy = Parameter(name, role: role, value: value, pruned: pruned)
    copy.frozen = frozen
    return copy
  }

  /// The same parameter with a new set of pruned weights, which become zero.
  package func with(pruned: [Bool]?) -> Parameter {
    var value = value
    if let pruned {
      value = Tensor(trusted: value.shape, Masking.zeroed(value.elements, where: pruned))
    }
    var copy = Parameter(name, role: role, value: value, pruned: pruned)
    copy.frozen = frozen
    return copy
  }

  /// It was pruned, and its zeros are 32-bit floats in its storage.
  package var storesZeros: Bool {
    pruned?.contains(true) == true && (encoding as? Encodings.Dense)?.format == .fp32
  }

  /// 32-bit floats; where weights are pruned, whichever of dense and sparse takes fewer bits.
  private static func plainEncoding(of value: Tensor, pruned: [Bool]?) -> any Encoding {
    let dense = Encodings.Dense(value)
    guard pruned != nil else { return dense }
    // No scheme takes less than two bits for each position, and none less than a bit for each element.
    let kept = Count.nonBlank(in: value.elements)
    guard 32 * kept + min(2 * kept, value.count) < 32 * value.count else { return dense }
    let sparse = Sparse.smallest(value)
    return sparse.ledger.bits < dense.ledger.bits ? sparse : dense
  }
}
