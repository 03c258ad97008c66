// What can go wrong with networks and their training, as data.
package import Tensors

package enum NetworkError: EngineError, Equatable {
  /// A layer that does not fit what comes before it.
  case fit(layer: String, wants: String, got: [[Int]])
  case attribute(layer: String, name: String, wanted: String)
  case unknownLayer(String)
  /// The data does not fit the network.
  case data(wanted: [Int], got: [Int])
  case label(found: Int, classes: Int, example: Int)
  case duplicateName(String)
  /// The loss stopped being a number; training kept the last good weights.
  case diverged(epoch: Int, step: Int)
  case option(name: String, wanted: String, got: String)
  case tensor(TensorError)
  case interrupted

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
    }
  }

  package var message: String {
    switch self {
    case .fit(let layer, let wants, let got):
      "\(layer) does not fit: it wants \(wants), and the layer before it gives "
        + got.map { "\($0)" }.joined(separator: " and ")
    case .attribute(let layer, let name, let wanted): "\(layer): `\(name)` must be \(wanted)"
    case .unknownLayer(let kind): "there is no layer called `\(kind)`"
    case .data(let wanted, let got):
      "the network wants examples of shape \(wanted), and the data has \(got)"
    case .label(let found, let classes, let example):
      "example \(example) has label \(found), and the network's \(classes) outputs stand for 0 to \(classes - 1)"
    case .duplicateName(let name): "two layers are called `\(name)`"
    case .diverged(let epoch, let step):
      "the loss is not a number since step \(step) of epoch \(epoch)"
    case .option(let name, let wanted, let got): "`\(name)` must be \(wanted), got \(got)"
    case .tensor(let error): error.message
    case .interrupted: "interrupted"
    }
  }

  package var help: String? {
    switch self {
    case .diverged: "a smaller learning rate often cures this; the last good weights are kept"
    default: nil
    }
  }
}
