// How much is pruned: a share, a count, a threshold or a budget. It knows numbers, and not what they count.
import Networks

package enum Amount: Sendable, Equatable {
  /// The share that is removed, 0..<1, of what competes.
  case share(Double)
  /// A share for each of these layers; the others stay whole.
  case shares([LayerShare])
  /// So many, of what competes.
  case count(Int)
  /// All whose score is below.
  case below(Double)
  /// The least share with which the network keeps to a budget.
  case budget(Budget)
  /// What a pattern says.
  case pattern

  package struct LayerShare: Sendable, Equatable {
    package let layer: String
    package let share: Double
    package init(_ layer: String, _ share: Double) { (self.layer, self.share) = (layer, share) }
  }

  /// A share of this layer or of any.
  func share(of layer: String) -> Double? {
    switch self {
    case .share(let share): share
    case .shares(let shares): shares.first { $0.layer == layer }?.share
    default: nil
    }
  }

  /// The same amount on the way: every share by itself as `share` has it.
  func mapShares(_ change: (Double) -> Double) -> Amount {
    switch self {
    case .share(let share): .share(change(share))
    case .shares(let shares): .shares(shares.map { LayerShare($0.layer, change($0.share)) })
    default: self
    }
  }

  /// - Throws: `CompressionError.sparsity` for a share outside 0..<1; `.setting` for other numbers.
  func check() throws(CompressionError) {
    switch self {
    case .share(let share): try checkSparsity(share)
    case .shares(let shares): for one in shares { try checkSparsity(one.share) }
    case .count(let count):
      guard count >= 0 else { throw .setting(name: "count", wanted: "from 0", got: "\(count)") }
    case .below(let limit):
      guard limit.isFinite else {
        throw .setting(name: "below", wanted: "a finite number", got: "\(limit)")
      }
    case .budget, .pattern: break
    }
  }
}

/// At most so much of something that a network takes.
package struct Budget: Sendable, Equatable {
  package enum Resource: String, Sendable, CaseIterable {
    /// Of the file.
    case bytes
    /// Multiply-accumulates for one example, of weights that are not pruned.
    case macs
    /// That are not pruned.
    case parameters

    package var unit: String { self == .macs ? "MACs" : rawValue }
  }

  package let resource: Resource
  package let most: Limit

  package enum Limit: Sendable, Equatable {
    case absolute(Int)
    /// Of what the network takes now.
    case share(Double)
  }

  package init(_ resource: Resource, _ most: Limit) {
    (self.resource, self.most) = (resource, most)
  }
}

/// - Throws: `CompressionError.sparsity` outside `0..<1`.
func checkSparsity(_ sparsity: Double) throws(CompressionError) {
  guard sparsity >= 0, sparsity < 1 else { throw .sparsity(sparsity) }
}
