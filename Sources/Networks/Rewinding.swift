// Back to the start under the masks of the end, and to another start: lottery tickets and their
// control. Frankle and Carbin 2019, arXiv:1803.03635.
package import Tensors

extension Network {
  /// The masks of this network with the values of `start`: of all its parameters, also of biases,
  /// normalizations and running statistics. The receipt stays.
  /// - Throws: `RewindingError.different` for another architecture, `.whole` where nothing is pruned.
  package func rewound(to start: Network) throws(RewindingError) -> Network {
    if let difference = difference(from: start) { throw .different(difference) }
    guard parameters.contains(where: { $0.parameter.pruned?.contains(true) == true }) else {
      throw .whole
    }
    var values = start.parameters.map(\.parameter)[...]
    return mapParameters { _, parameter in
      let first = values.removeFirst()
      return parameter.pruned == nil ? first : first.with(pruned: parameter.pruned)
    }
  }

  /// The masks of this network, if any, with fresh values from the initializers of its layers: each
  /// parameter from a stream of its own, as `build` draws. The steps of quantizers stay.
  package func reinitialized(
    _ initialization: Initialization = .glorot, random: RandomStream
  ) -> Network {
    var plans = nodes.indices
      .flatMap { nodes[$0].layer.parameters(for: inputShapes(of: $0)) }[...]
    return mapParameters { node, parameter in
      let plan = plans.removeFirst()
      guard parameter.role != .step else { return parameter }
      var stream = random.split("\(node.name).\(plan.name)")
      let drawn = initialization.initializer(of: plan).draw(plan.shape, &stream)
      return parameter.with(value: drawn).with(pruned: parameter.pruned)
    }
  }

  /// The first thing in which two networks differ that have to be the same but for their values.
  private func difference(from other: Network) -> String? {
    func differ(_ what: String, _ here: String, _ there: String) -> String? {
      here == there ? nil : "\(what) is \(here), and \(there) in the start"
    }
    if let found = differ("the input", "\(inputShape)", "\(other.inputShape)") { return found }
    for (i, (mine, its)) in zip(nodes, other.nodes).enumerated() {
      if let found = differ("layer \(i + 1)", "`\(mine.name)`", "`\(its.name)`")
        ?? differ("`\(mine.name)`", mine.settings, its.settings)
      {
        return found
      }
      guard mine.inputs == its.inputs else { return "`\(mine.name)` has other layers before it" }
      for (a, b) in zip(mine.parameters, its.parameters) {
        let name = "`\(mine.name).\(a.name)`"
        if let found = differ(name, "\(a.value.shape)", "\(b.value.shape)") { return found }
      }
    }
    return differ("the number of layers", "\(nodes.count)", "\(other.nodes.count)")
  }
}

extension Node {
  /// Its layer as text: the same for the same layer.
  fileprivate var settings: String {
    let all = layer.attributes.map { "\($0.name) \($0.value.text)" }
    return ([type(of: layer).kind] + all).joined(separator: ", ")
  }
}

/// Why a network cannot go back to a start.
package enum RewindingError: EngineError, Equatable {
  /// The first difference, as a clause.
  case different(String)
  /// Nothing is pruned.
  case whole

  package var code: String {
    switch self {
    case .different: "E0640"
    case .whole: "E0641"
    }
  }

  package var message: String {
    switch self {
    case .different(let difference): "that is no start of this network: \(difference)"
    case .whole: "nothing of the network is pruned: there is no mask to keep"
    }
  }

  package var help: String? {
    switch self {
    case .different: "whole units leave for good; single weights leave masks, which can be rewound"
    case .whole: "prune it first; without a mask, the start itself is what you want"
    }
  }
}
