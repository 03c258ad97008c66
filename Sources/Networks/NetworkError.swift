// What can go wrong with networks and their training, as data.
package import Tensors

package enum NetworkError: EngineError, Equatable {
  /// A layer that does not fit what comes before it: other layers, or nothing but the network's input.
  case fit(layer: String, wants: String, got: [[Int]], isFirst: Bool = false)
  /// - Parameter layer: the word that makes it.
  case attribute(layer: String, name: String, wanted: String, got: String)
  case unknownLayer(String)
  /// The data does not fit the network.
  case data(wanted: [Int], got: [Int])
  case label(found: Int, classes: Int, example: Int)
  case duplicateName(String)
  /// The loss stopped being a number.
  case diverged(epoch: Int, step: Int)
  case option(name: String, wanted: String, got: String)
  case tensor(TensorError)
  case interrupted
  /// A network without a layer.
  case empty
  /// A node that is fed by one that comes after it.
  case order(String)
  /// Parameters that are not those that the layer plans.
  case parameters(layer: String, wanted: String, got: String)
  case unknownNode(String, nodes: [String])
  /// More than a network may hold.
  case limit(what: String, most: Int)
  /// A plan whose buffers do not fit in the memory that is left, in bytes.
  case memory(batch: Int, bytes: Double, available: Int)
  /// An input of an embedding that is not an index of its vocabulary.
  case index(found: Float, vocabulary: Int, example: Int)
  /// A layer that cannot run with whole numbers, and why.
  case integer(layer: String, why: String, help: String? = nil)

  package var code: String {
    switch self {
    case .fit: "E0501"
    case .attribute: "E0502"
    case .unknownLayer: "E0503"
    case .data: "E0504"
    case .label: "E0505"
    case .duplicateName: "E0506"
    case .diverged: "E0507"
    case .option: "E0508"
    case .tensor(let error): error.code
    case .interrupted: "E0901"
    case .empty: "E0509"
    case .order: "E0510"
    case .parameters: "E0511"
    case .unknownNode: "E0512"
    case .index: "E0513"
    case .integer: "E0514"
    case .limit: "E0905"
    case .memory: "E0909"
    }
  }

  package var message: String {
    switch self {
    case .fit(let layer, let wants, let got, let isFirst):
      "\(layer) does not fit: it wants \(wants), and \(feed(got, isFirst))"
    case .attribute(let layer, let name, let wanted, let got):
      "\(layer): `\(name)` must be \(wanted), got \(got)"
    case .unknownLayer(let kind): "there is no layer called `\(kind)`"
    case .data(let wanted, let got):
      "the network wants examples of shape \(wanted), and the data has \(got)"
    case .label(let found, let classes, let example):
      "example \(example) has label \(found), and the network's \(classes) outputs stand for "
        + "0 to \(classes - 1)"
    case .duplicateName(let name): "two layers are called `\(name)`"
    case .diverged(let epoch, let step):
      "the loss is not a number since step \(step) of epoch \(epoch)"
    case .option(let name, let wanted, let got): "`\(name)` must be \(wanted), got \(got)"
    case .tensor(let error): error.message
    case .integer(let layer, let why, _): "`\(layer)` cannot run with whole numbers: \(why)"
    case .interrupted: "interrupted"
    case .empty: "a network needs at least one layer"
    case .order(let name): "`\(name)` is fed by a layer that does not come before it"
    case .parameters(let layer, let wanted, let got):
      wanted.isEmpty
        ? "`\(layer)` has no parameters, and got \(got)"
        : "`\(layer)` wants the parameters \(wanted), and got \(got)"
    case .unknownNode(let name, let nodes):
      "there is no layer called `\(name)`: they are \(nodes.joined(separator: ", "))"
    case .limit(let what, let most): "\(what), and the most is \(most)"
    case .memory(let batch, let bytes, let available):
      "batches of \(batch) need \(gibibytes(bytes)) of memory, and "
        + "\(gibibytes(Double(available))) are free"
    case .index(let found, let vocabulary, let example):
      "example \(example) has index \(found), and the vocabulary is 0 to \(vocabulary - 1)"
    }
  }

  package var help: String? {
    switch self {
    case .memory: "a smaller batch needs less"
    case .integer(_, _, let help): help
    case .diverged: "a smaller rate often cures this; the network stays as it was before"
    default: nil
    }
  }
}

/// What a layer is fed with, as a clause.
private func feed(_ shapes: [[Int]], _ isFirst: Bool) -> String {
  guard let first = shapes.first else { return "it has no input" }
  guard shapes.count == 1 else {
    return "its inputs are \(shapes.map { "\($0)" }.joined(separator: " and "))"
  }
  return isFirst ? "the network's input is \(first)" : "the layer before it gives \(first)"
}

/// Bytes as gibibytes, to a tenth.
private func gibibytes(_ bytes: Double) -> String {
  "\(Double(Int((min(bytes, 1e18) / Double(1 << 30) * 10).rounded(.up))) / 10) GiB"
}
