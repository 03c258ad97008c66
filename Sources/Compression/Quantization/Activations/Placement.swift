// Where activations are rounded: which nodes of a network get a quantizer behind them.
import Networks
import Tensors

/// The places where a quantizer stands in a network.
struct Placement {
  /// Nodes whose output is rounded; `Network.input` is the input.
  private(set) var places: [Int] = []
  /// Activations that give way to a sign.
  private(set) var replaced: [Int] = []
  private let network: Network
  private let readers: Readers

  /// - Parameters:
  ///   - onlyForWeights: round what layers with weights read, and nothing else (dynamic ranges).
  ///   - signs: round to one bit: what layers with weights read, but for the first, in place of the
  ///     activation before them.
  ///   - layers: those whose inputs are rounded, where not everything is.
  init(_ network: Network, onlyForWeights: Bool, signs: Bool, layers: Layers) {
    self.network = network
    readers = Readers(network)
    if signs {
      placeSigns(layers)
    } else if onlyForWeights {
      places = weighted.filter { layers.contains(network.nodes[$0].name) }.reduce(into: []) {
        places, n in
        let source = network.nodes[n].inputs[0]
        if !places.contains(source) { places.append(source) }
      }
    } else {
      let nodes = [Network.input] + Array(network.nodes.indices)
      places = nodes.filter(isRounded)
    }
    places.sort()
  }

  /// Layers that multiply what flows by weights.
  private var weighted: [Int] {
    network.nodes.indices.filter { network.nodes[$0].layer.multipliesWeights }
  }

  // MARK: Everywhere

  private func isRounded(_ n: Int) -> Bool {
    if n == Network.input {
      // Indices are no numbers to round.
      return !readers[n].contains { network.nodes[$0].layer is Embedding }
    }
    return holdsNewValues(n) && !handsOn(n)
  }

  /// What leaves a node is not rounded yet.
  private func holdsNewValues(_ n: Int) -> Bool {
    let node = network.nodes[n]
    if node.layer.makesNewValues { return true }
    guard node.layer is MaxPool, let source = node.inputs.first, source != Network.input else {
      return false
    }
    return holdsNewValues(source) && handsOn(source)
  }

  /// The last of a chain is rounded, not what its parts hand on.
  private func handsOn(_ n: Int) -> Bool {
    readers.only(of: n).map { network.nodes[$0].layer.roundsForItsInput } ?? false
  }

  // MARK: Signs

  private mutating func placeSigns(_ layers: Layers) {
    for n in weighted.dropFirst() where layers.contains(network.nodes[n].name) {
      var source = network.nodes[n].inputs[0]
      let wanted = source
      // Back through what only passes values on.
      while source != Network.input, readers.only(of: source) != nil,
        !network.nodes[source].layer.makesNewValues
      {
        source = network.nodes[source].inputs[0]
      }
      if source != Network.input, readers.only(of: source) != nil,
        network.nodes[source].layer is Activation
      {
        replaced.append(source)
      } else if !places.contains(wanted) {
        places.append(wanted)
      }
    }
  }
}

extension Layer {
  /// Its weights multiply its input: a product that integers can do.
  package var multipliesWeights: Bool { self is DenseLayer || self is Conv2D }

  /// What leaves it are other values than those that enter.
  fileprivate var makesNewValues: Bool { !(handsOnValues || self is ActivationQuantizer) }

  /// Its own output is rounded in place of what it alone reads.
  var roundsForItsInput: Bool {
    (self as? Activation)?.function.clips == true || self is MaxPool || self is Concatenate
      || self is BatchNorm
  }
}
