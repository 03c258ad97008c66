// Augmented examples: training sees them moved, measuring does not, and the seed says how.
import Networks
import Tensors
import Testing

@Suite struct AugmentationTests {
  /// One image with one bright pixel, many times: the class is where a network must have seen it.
  private func data(shift: Int) -> Dataset {
    var inputs = [Float](repeating: 0, count: 64 * 49)
    for i in 0..<64 { inputs[i * 49 + 24] = 1 }
    return Dataset(
      name: "dot", part: "", inputs: Tensor(trusted: [64, 1, 7, 7], inputs),
      labels: (0..<64).map { $0 % 2 }, classes: 2, digest: "",
      augmentation: shift == 0 ? nil : Augmentation(image: [1, 7, 7], shift: shift))
  }

  private func network() throws -> Network {
    try Network.build(
      name: "n", input: [1, 7, 7],
      blueprint: [.layer(Flatten()), .layer(try Networks.DenseLayer(units: 2))],
      random: RandomStream(seed: 1))
  }

  /// The pixels whose weights moved are those that were bright at some time.
  @Test(arguments: [0, 1, 2]) func imagesMoveAsFarAsTheyMay(shift: Int) throws {
    let start = try network()
    var training = Training()
    (training.epochs, training.batch, training.optimizer) = (20, 16, .sgd)
    let trained = try start.trained(on: data(shift: shift), training).network
    let pairs = zip(
      start.parameters[0].parameter.value.elements,
      trained.parameters[0].parameter.value.elements)
    let moved = Set(pairs.enumerated().filter { $0.1.0 != $0.1.1 }.map { $0.0 % 49 })
    let near = (0..<49).filter { abs($0 / 7 - 3) <= shift && abs($0 % 7 - 3) <= shift }
    #expect(moved == Set(near))
    let again = try start.trained(on: data(shift: shift), training).network
    #expect(again.parameters[0].parameter.value == trained.parameters[0].parameter.value)
    let measured = try trained.evaluate(on: data(shift: shift))
    #expect(try trained.evaluate(on: data(shift: 0)).loss == measured.loss)
  }
}
