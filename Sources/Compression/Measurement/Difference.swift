// How two networks differ, tensor by tensor: what changed, how far, and which codes nobody uses.
package import Encodings
private import Glibc
package import Networks
import Tensors

/// One tensor of two networks, found by its name.
package struct TensorDifference: Sendable {
  package enum State: String, Sendable, CaseIterable {
    case same
    /// The same numbers, stored another way.
    case restored = "stored anew"
    case changed
    /// Of another shape: its numbers have no partners.
    case reshaped
    case removed, added
  }

  package let name: String
  package let state: State
  /// Of the first network; nil where the tensor is added.
  package let before: Parameter?
  package let after: Parameter?
  /// Numbers that are not the same bits, and those of them that became 0; nil without partners.
  package let changed: Int?
  package let zeroed: Int?
  /// 10 log10 Σw² / Σ(w − ŵ)², in decibels; infinite for equal values, nil without partners.
  package let noiseRatio: Double?

  init(_ name: String, _ before: Parameter?, _ after: Parameter?) {
    self.name = name
    self.before = before
    self.after = after
    guard let before, let after, before.value.shape == after.value.shape else {
      state = before == nil ? .added : after == nil ? .removed : .reshaped
      (changed, zeroed, noiseRatio) = (nil, nil, nil)
      return
    }
    var (different, zeros) = (0, 0)
    var (signal, noise) = (0.0, 0.0)
    for (old, new) in zip(before.value.elements, after.value.elements) {
      signal += Double(old) * Double(old)
      guard old.bitPattern != new.bitPattern else { continue }
      different += 1
      if new == 0 && old != 0 { zeros += 1 }
      let error = Double(old) - Double(new)
      noise += error * error
    }
    (changed, zeroed) = (different, zeros)
    noiseRatio = noise == 0 ? .infinity : 10 * log10(signal / noise)
    let isStoredAlike = before.encoding.summary == after.encoding.summary
    state = different > 0 ? .changed : isStoredAlike ? .same : .restored
  }
}

package struct NetworkDifference: Sendable {
  /// In the order of the first network; what only the second has stands at the end.
  package let tensors: [TensorDifference]
  /// What the tensors do not say: layers that came, went or have other settings.
  package let remarks: [String]

  /// - Throws: `CompressionError` where the monitor says stop.
  package init(
    from before: Network, to after: Network, monitor: Monitor = .silent
  ) throws(CompressionError) {
    let (old, new) = (before.parameters, after.parameters)
    let later = Dictionary(new.map { ($0.name, $0.parameter) }) { first, _ in first }
    let earlier = Set(old.map(\.name))
    var tensors: [TensorDifference] = []
    for (name, parameter) in old {
      if monitor.isInterrupted() { throw .network(.interrupted) }
      tensors.append(TensorDifference(name, parameter, later[name]))
    }
    for (name, parameter) in new where !earlier.contains(name) {
      tensors.append(TensorDifference(name, nil, parameter))
    }
    self.tensors = tensors
    remarks = NetworkDifference.remarks(before, after)
  }

  private static func remarks(_ before: Network, _ after: Network) -> [String] {
    var lines: [String] = []
    if before.inputShape != after.inputShape {
      lines.append("an example is \(after.inputShape), and was \(before.inputShape)")
    }
    let later = Dictionary(after.nodes.map { ($0.name, $0) }) { first, _ in first }
    let earlier = Set(before.nodes.map(\.name))
    func list(_ nodes: [Node], _ what: String) {
      guard !nodes.isEmpty else { return }
      let names = nodes.map { "`\($0.name)`" }.joined(separator: ", ")
      lines.append("\(nodes.count == 1 ? "layer" : "layers") \(what): \(names)")
    }
    list(before.nodes.filter { later[$0.name] == nil }, "only in the first")
    list(after.nodes.filter { !earlier.contains($0.name) }, "only in the second")
    for node in before.nodes {
      guard let other = later[node.name] else { continue }
      let (old, new) = (node.layer.attributes, other.layer.attributes)
      if type(of: node.layer).kind != type(of: other.layer).kind {
        lines.append(
          "`\(node.name)` was \(type(of: node.layer).kind), and is \(type(of: other.layer).kind)")
      } else if !old.elementsEqual(new, by: { $0.name == $1.name && $0.value == $1.value }) {
        lines.append("`\(node.name)` has other settings")
      }
    }
    let shapes = zip(before.nodes.indices, before.nodes).compactMap { i, node -> String? in
      guard let j = after.nodes.firstIndex(where: { $0.name == node.name }),
        before.shapes[i] != after.shapes[j]
      else { return nil }
      return "`\(node.name)` gives \(after.shapes[j]), and gave \(before.shapes[i])"
    }
    lines += shapes
    if before.runsInIntegers != after.runsInIntegers {
      lines.append("the \(after.runsInIntegers ? "second" : "first") runs in whole numbers")
    }
    if before.skipsZeros != after.skipsZeros {
      func words(_ format: SparseFormat?) -> String {
        format.map { "skips its zeros (\($0.rawValue))" } ?? "runs dense"
      }
      lines.append("the first \(words(before.skipsZeros)), the second \(words(after.skipsZeros))")
    }
    return lines
  }
}

extension Encoding {
  /// How many codes its grid or codebook has, and how many of these no weight uses; nil for storage
  /// without codes.
  package var codeUse: (codes: Int, dead: Int)? {
    func use(_ codes: [some BinaryInteger], from lowest: Int, of count: Int) -> (Int, Int) {
      var used = [Bool](repeating: false, count: count)
      for code in codes { used[Int(code) - lowest] = true }
      return (count, used.count { !$0 })
    }
    switch self {
    case let affine as Affine:
      let range = Affine.range(bits: affine.bits, isSigned: affine.isSigned)
      return use(affine.codes, from: Int(range.lowerBound), of: range.count)
    case let levels as Levels:
      let finite = levels.table.levels.count { $0.isFinite }
      let dead = use(levels.codes, from: 0, of: levels.table.levels.count).1
      return (finite, dead - (levels.table.levels.count - finite))
    case let codebook as Codebook: return use(codebook.codes, from: 0, of: codebook.entries)
    default: return nested?.codeUse
    }
  }
}
