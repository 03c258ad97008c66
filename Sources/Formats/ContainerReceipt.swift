// The receipt as a container holds it: a count of steps; for each its word, a count of arguments, and
// for each of these its name and its value, as texts. Deflated where that is smaller.
import Encodings
package import Networks

extension Receipt {
  /// The most bytes that a receipt takes before it is deflated.
  static let sizeLimit = 1 << 20

  /// What texts often hold that are no words of the list: deflating begins with it in mind. A part of
  /// the format, like the list.
  package static let dictionary = Array(
    ("[64, 32, 10][784, 300, 100, 10][\"dense1\", \"dense2\", \"dense3\"][\"conv1\", \"conv2\"]"
      + "batchnorm, globalpool, avgpool size 2×2, stride 2×2, dropout share 0.5, "
      + "conv filters 20, kernel 5×5, maxpool size 2×2, stride 2×2, conv filters 50, kernel 3×3, "
      + "padding 1×1, relu, flatten, dense units 500, relu, dense units 300, relu, dense units 10")
      .utf8)

  /// Its bytes, and whether they are deflated. None where there are no steps.
  var packed: (bytes: [UInt8], isDeflated: Bool) {
    guard !steps.isEmpty else { return ([], false) }
    let plain = bytes
    let deflated = Deflate.deflate(plain, dictionary: Receipt.dictionary)
    return deflated.count < plain.count ? (deflated, true) : (plain, false)
  }

  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.append(count: steps.count)
    for step in steps {
      ContainerWords.write(step.word, to: &writer)
      writer.append(count: step.arguments.count)
      for (name, value) in step.arguments {
        ContainerWords.write(name, to: &writer)
        ContainerWords.write(value, to: &writer)
      }
    }
    return writer.bytes
  }

  /// - Throws: `BytesError` for bytes that are no receipt, or more than one.
  init(packed bytes: [UInt8], isDeflated: Bool) throws(BytesError) {
    let plain =
      isDeflated
      ? try Deflate.inflate(bytes, limit: Receipt.sizeLimit, dictionary: Receipt.dictionary) : bytes
    guard plain.count <= Receipt.sizeLimit else {
      throw BytesError("a receipt of more than \(Receipt.sizeLimit) bytes", at: 0)
    }
    var reader = ByteReader(plain)
    var steps: [Step] = []
    for _ in 0..<(try reader.count(upTo: reader.remaining)) {
      let word = try ContainerWords.read(from: &reader)
      var arguments: [(name: String, value: String)] = []
      for _ in 0..<(try reader.count(upTo: reader.remaining)) {
        let name = try ContainerWords.read(from: &reader)
        arguments.append((name, try ContainerWords.read(from: &reader)))
      }
      steps.append(Step(word, arguments))
    }
    guard reader.remaining == 0 else {
      throw BytesError("\(reader.remaining) bytes behind the receipt", at: 0)
    }
    self.init(steps)
  }
}
