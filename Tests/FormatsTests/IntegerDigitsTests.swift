// A trained network decides as before when it runs with codes of eight bits.
import Formats
import Networks
import Tensors
import Testing

@Suite struct IntegerDigitsTests {
  @Test func `codes of eight bits decide as floats do`() throws {
    let train = try DatasetSource.digits.load(part: "train")
    let test = try DatasetSource.digits.load(part: "test")
    let network = try Network.build(
      name: "mlp", input: [64],
      blueprint: [
        .layer(try DenseLayer(units: 64)), .layer(try Activation(.relu)),
        .layer(try DenseLayer(units: 32)), .layer(try Activation(.relu)),
        .layer(try DenseLayer(units: 10)),
      ], random: RandomStream(seed: 1))
    var options = Training()
    options.epochs = 20
    let trained = try network.trained(on: train, options).network
    let floats = try trained.evaluate(on: test)
    #expect(floats.accuracy > 0.9)
    let predictor = try #require(try IntegerPredictor(trained))
    let scores = try predictor.predict(test.inputs).elements
    let same = floats.predictions.enumerated().count { example, wanted in
      let row = scores[example * 10..<(example + 1) * 10]
      return row.firstIndex(of: row.max() ?? 0) == example * 10 + wanted
    }
    #expect(Double(same) >= 0.99 * Double(test.count))
  }
}
