// A receipt as JSON: a list of steps, each its word and its arguments in order.
import Encodings
import Networks

extension Receipt {
  var json: JSON {
    .array(
      steps.map { step in
        let arguments = step.arguments.map { JSON.array([.string($0.name), .string($0.value)]) }
        return .array([.string(step.word)] + arguments)
      })
  }

  /// - Throws: `BytesError` without a useful position, for JSON that is no receipt.
  init(_ json: JSON) throws(BytesError) {
    var steps: [Step] = []
    for line in json.array ?? [.null] {
      guard let parts = line.array, let word = parts.first?.string else {
        throw BytesError("the receipt is not a list of steps", at: 0)
      }
      var arguments: [(name: String, value: String)] = []
      for part in parts.dropFirst() {
        guard let pair = part.array?.compactMap(\.string), pair.count == 2 else {
          throw BytesError("a step of the receipt has an argument without a name or value", at: 0)
        }
        arguments.append((pair[0], pair[1]))
      }
      steps.append(Step(word, arguments))
    }
    self.init(steps)
  }
}
