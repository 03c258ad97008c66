// The line that every word which gives a network leaves on its receipt: what was asked, as it was asked.
// Nothing trained goes there, and no path of this machine: sizes and checks must not depend on them.
import Compression
import Formats
import Interpreter
import Networks

extension NetworkValue {
  /// What such a word does at its end.
  static func recorded(
    as word: String
  ) -> @Sendable (Value, [(name: String, value: Value)]) -> Value {
    { result, arguments in
      guard case .native(let native) = result, let value = native as? NetworkValue else {
        return result
      }
      func noted(_ network: Network, _ rest: [(name: String, value: String)]) -> Network {
        Receipting.noted(network, word, arguments, seed: value.seed, rest)
      }
      return NetworkValue(
        noted(value.network, value.remarks.map { ("instead", $0.description) }),
        history: value.history,
        best: value.best.map { noted($0, [("kept", "where the validation loss was least")]) },
        isRecorded: value.isRecorded
      ).bridged
    }
  }
}

enum Receipting {
  /// The network with one more line: the arguments as written, without the networks that the word works
  /// on (a teacher and a start it only looks at); the seed that it drew from; and what else there is to say.
  static func noted(
    _ network: Network, _ word: String, _ arguments: [(name: String, value: Value)],
    seed: UInt64?, _ rest: [(name: String, value: String)] = []
  ) -> Network {
    var written = arguments.filter { !$0.value.isNetwork || ["teacher", "to"].contains($0.name) }
      .filter { !$0.value.isNone }
      .map { (name: $0.name, value: text($0.value)) }
    if let seed { written.append(("seed", "\(seed)")) }
    var noted = network
    noted.receipt = network.receipt.adding(Receipt.Step(word, written + rest))
    return noted
  }

  /// The length of the file that a network has once the word that is being called has left its line: what
  /// a budget of bytes counts.
  static func fileBytes(
    _ word: String, _ context: Context, seed: UInt64? = nil
  ) -> @Sendable (Network) -> Int {
    let arguments = context.arguments
    return { Container.bytes(of: noted($0, word, arguments, seed: seed)).count }
  }

  /// Data sets with the beginning of their digest, networks by name, everything else with every digit.
  static func text(_ value: Value) -> String {
    switch value {
    case .native(let native):
      if let data = native as? DatasetValue {
        return "\(data.fullName) sha256:\(data.dataset.digest.prefix(16))"
      }
      if let network = native as? NetworkValue { return network.network.name }
      return native.summary
    case .number(let number): return Text.digits(number)
    case .quantity(let quantity): return Text.unrounded(quantity)
    case .list(let list):
      if !list.items.isEmpty, let layers = try? LayerValue(from: value) { return layers.summary }
      return "[\(list.items.map(text).joined(separator: ", "))]"
    default: return Text.literal(value)
    }
  }
}

extension Value {
  var isNetwork: Bool {
    if case .native(let native) = self {
      return native is NetworkValue || native is AllocationValue
    }
    return false
  }
}
