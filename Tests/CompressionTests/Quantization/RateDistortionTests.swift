// Rounding with an eye on bits: its laws, and that it wins what it promises.
import Compression
import Encodings
import Networks
import Tensors
import Testing

@Suite struct RateDistortionTests {
  private func weights(_ count: Int) -> Tensor {
    var stream = RandomStream(seed: 3)
    let values = (0..<count).map { _ in
      (0..<4).reduce(Float(0)) { sum, _ in sum + Float(stream.uniform()) - 0.5 }
    }
    return Tensor(trusted: [count / 50, 50], values)
  }

  private func quantized(_ lambda: Double?, bits: Int = 5) throws -> (
    codes: [Int32], bytes: Int, error: Double
  ) {
    let value = weights(5000)
    let layer = try LayerTable.make("dense", ["units": .integer(100)])
    let node = Node(
      name: "dense1", layer: layer, inputs: [-1],
      parameters: [
        Parameter("weight", role: .weight, value: value),
        Parameter("bias", role: .bias, value: Tensor(repeating: 0, shape: [100])),
      ])
    let network = try Network(name: "one", inputShape: [50], nodes: [node])
    let rule = try lambda.map { lambda throws(CompressionError) in
      try RoundingRule.rateDistortion.with(lambda: lambda)
    }
    let options = QuantizeOptions(bits: bits, granularity: .tensor, rounding: rule)
    let made = try quantize(network, options).network
    let affine = try #require(made.parameters.first?.parameter.encoding as? Affine)
    let step = Double(affine.scales[0])
    let error = zip(value.elements, affine.decoded().elements).reduce(0.0) {
      let difference = (Double($1.0) - Double($1.1)) / step
      return $0 + difference * difference
    }
    return (affine.codes, try Coded(affine, by: .range).ledger.bits / 8, error)
  }

  @Test func withoutAPriceItIsTheNearest() throws {
    #expect(try quantized(0).codes == quantized(nil).codes)
  }

  /// The dearer a bit, the smaller the file and the larger the error; no code moves away from 0.
  @Test func bitsArePaidWithError() throws {
    let plain = try quantized(0)
    var last = plain
    for lambda in [0.1, 0.3, 1] {
      let made = try quantized(lambda)
      #expect(made.bytes < last.bytes)
      #expect(made.error > last.error)
      #expect(
        zip(made.codes, plain.codes).allSatisfy {
          $0 == 0 || $0.signum() == $1.signum() && abs($0) <= abs($1)
        })
      last = made
    }
  }

  @Test func refusesOtherRules() {
    #expect(throws: CompressionError.self) { try RoundingRule.halfEven.with(lambda: 1) }
    #expect(throws: CompressionError.self) { try RoundingRule.rateDistortion.with(lambda: -1) }
    #expect(throws: CompressionError.self) { try RoundingRule.rateDistortion.with(lambda: .nan) }
  }
}
