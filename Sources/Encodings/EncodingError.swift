// What can go wrong when a way to store a tensor is put together, as data.
import Tensors

package enum EncodingError: EngineError, Equatable {
  /// Parts that do not make this encoding: its name, and what it wanted.
  case parts(encoding: String, wanted: String)

  package var code: String { "E0411" }

  package var message: String {
    switch self {
    case .parts(let encoding, let wanted): "\(encoding) storage wants \(wanted)"
    }
  }
}
