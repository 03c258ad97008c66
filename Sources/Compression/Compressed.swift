// What every technique hands back: the new network, and what was left as it was and why.
package import Networks

/// A remark about one layer or parameter, such as that it was left as it was.
package struct Note: Sendable, Equatable, CustomStringConvertible {
  /// A layer or a parameter with its full name, such as "dense1.weight".
  package let subject: String
  /// Lower case, without a final full stop.
  package let text: String
  /// It belongs on the receipt: something was done in another way than asked for.
  package let isReplacement: Bool
  package var description: String { "\(subject): \(text)" }

  package init(_ subject: String, _ text: String) {
    self.subject = subject
    self.text = text
    isReplacement = false
  }

  /// Something else was done than was asked for.
  package init(_ subject: String, asked: String, got: String, why: String) {
    self.subject = subject
    text = "asked for \(asked), got \(got): \(why)"
    isReplacement = true
  }
}

/// A network after a technique. The receipt is untouched: whoever knows the words as written adds
/// the step.
package struct Compressed: Sendable {
  package let network: Network
  /// Everything that was asked for and not done, in the order of the network.
  package let notes: [Note]

  package init(_ network: Network, notes: [Note] = []) {
    self.network = network
    self.notes = notes
  }
}

/// The layers that a technique works on.
package enum Layers: Sendable, Equatable {
  case all
  /// These, by name.
  case only([String])
  /// All others.
  case except([String])

  package func contains(_ name: String) -> Bool {
    switch self {
    case .all: true
    case .only(let names): names.contains(name)
    case .except(let names): !names.contains(name)
    }
  }

  /// - Throws: `CompressionError.nothing` where a network has no layers with weights, or all of them are
  ///   left out; `.unknownLayer`.
  func check(_ network: Network, for technique: String) throws(CompressionError) {
    let known = weightedLayers(of: network)
    guard !known.isEmpty else {
      throw .nothing(technique: technique, wanted: "layers with weights")
    }
    try check(known: known)
    guard known.contains(where: contains) else {
      throw .nothing(technique: technique, wanted: "a layer that is not left out")
    }
  }

  /// - Throws: `CompressionError.unknownLayer` for a name that is not among `known`.
  func check(known: [String]) throws(CompressionError) {
    switch self {
    case .all: return
    case .only(let names), .except(let names):
      for name in names where !known.contains(name) { throw .unknownLayer(name, known: known) }
    }
  }
}
