// Product quantization of networks: what is stored, what inputs change, and what is refused.
import Compression
import Encodings
import Networks
import Tensors
import Testing

@Suite struct ProductQuantizationTests {
  static func codebook(_ network: Network, _ name: String) throws -> Codebook {
    let parameter = network.parameters.first { $0.name == "\(name).weight" }?.parameter
    return try #require(parameter?.encoding as? Codebook)
  }

  static func outputError(_ network: Network, _ other: Network, _ inputs: Tensor) throws -> Double {
    zip(try network.predict(inputs).elements, try other.predict(inputs).elements)
      .reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
  }

  @Test func layersHaveBlocksByTheirType() throws {
    let network = try Specimens.network("cnn")
    let options = BlockOptions(BlockSizes(conv: 2, dense: 4), centroids: 4, seed: 1)
    let result = try share(network, options)
    // [6, 2, 3, 3], [5, 6, 2, 2], [8, 20] and [3, 8].
    for (name, block, count) in [
      ("conv1", 2, 54), ("conv2", 2, 60), ("dense1", 4, 40), ("dense2", 4, 6),
    ] {
      let codebook = try Self.codebook(result.network, name)
      #expect(codebook.block == block && codebook.codes.count == count)
      #expect(codebook.entries == min(4, max(1, count / 4)))
    }
    #expect(result.notes.map(\.subject) == ["dense2.weight"])
    #expect(result.notes.allSatisfy { $0.isReplacement })
    for (_, parameter) in result.network.parameters {
      #expect(parameter.encoding.decoded() == parameter.value)
    }
    let half = try share(network, BlockOptions(BlockSizes(dense: 4), centroids: 4))
    #expect(half.network.parameters[0].parameter.value == network.parameters[0].parameter.value)
    #expect(half.notes.map(\.subject).prefix(2) == ["conv1.weight", "conv2.weight"])
  }

  /// Errors where inputs are large cost more: weighed by the inputs, the outputs err less.
  @Test(arguments: ["mlp", "cnn", "grouped", "residual"])
  func inputsMakeOutputsErrLess(_ name: String) throws {
    let network = try Specimens.network(name)
    // Inputs of very different sizes.
    var inputs = Specimens.inputs(for: network, count: 60)
    let size = inputs.count / 60
    inputs.withElements { elements in
      for i in elements.indices { elements[i] *= i % size < size / 3 ? 4 : 0.2 }
    }
    let first = try #require(network.nodes.first { $0.parameters.contains { $0.role == .weight } })
    var (plain, weighted) = (0.0, 0.0)
    for seed in UInt64(1)...4 {
      let options = BlockOptions(
        BlockSizes(3), centroids: 4, layers: .only([first.name]), seed: seed)
      plain += try Self.outputError(network, share(network, options).network, inputs)
      weighted += try Self.outputError(network, share(network, options, on: inputs).network, inputs)
    }
    #expect(weighted < plain)
  }

  /// The second layer's centroids follow from what the quantized first one gives.
  @Test func laterLayersSeeQuantizedInputs() throws {
    let network = try Specimens.network("mlp")
    let inputs = Specimens.inputs(for: network, count: 40)
    let both = BlockOptions(
      BlockSizes(dense: 2), centroids: 2, layers: .except(["dense3"]), seed: 1)
    var first = both
    first.layers = .only(["dense1"])
    var second = both
    second.layers = .only(["dense2"])
    let together = try share(network, both, on: inputs).network
    // dense2 has rows of 10.
    let inTurn = try share(
      try share(network, first, on: inputs).network, second, on: inputs
    ).network
    #expect(together.parameters.map(\.parameter.value) == inTurn.parameters.map(\.parameter.value))
  }

  @Test func trainingMovesTheCentroids() throws {
    let network = try Specimens.network("mlp")
    let data = Specimens.dataset(for: network)
    let start = try share(
      network, BlockOptions(BlockSizes(1), centroids: 6, seed: 1), on: data.inputs
    ).network
    var training = Training()
    (training.epochs, training.batch, training.rate) = (6, 8, 0.01)
    let trained = try distill(start, from: network, on: data, DistillOptions(mix: 1), training)
    for layer in ["dense1", "dense2", "dense3"] {
      let (before, after) = (
        try Self.codebook(start, layer), try Self.codebook(trained.network, layer)
      )
      #expect(before.codes == after.codes)
      #expect(before.centroids.decoded() != after.centroids.decoded())
    }
    #expect(
      try Self.outputError(network, trained.network, data.inputs)
        < Self.outputError(network, start, data.inputs))
  }

  // MARK: Bad input

  @Test func blocksThatDoNotDivideSayWhichDo() throws {
    let network = try Specimens.network("mlp")
    do {
      _ = try share(network, BlockOptions(BlockSizes(5), centroids: 4))
      Issue.record("an error was expected")
    } catch {
      #expect(error == .block(size: 5, row: 12, parameter: "dense1.weight"))
      #expect(error.help == "blocks of 4 divide them")
    }
  }

  @Test func whatCannotBeIsAnError() throws {
    let network = try Specimens.network("mlp")
    for options in [
      BlockOptions(BlockSizes(2), centroids: 1), BlockOptions(BlockSizes(2), centroids: 4096),
      BlockOptions(BlockSizes(0), centroids: 4), BlockOptions(BlockSizes(-2), centroids: 4),
      BlockOptions(BlockSizes(), centroids: 4), BlockOptions(BlockSizes(conv: 2), centroids: 4),
      BlockOptions(BlockSizes(1), centroids: 4, layers: .only(["dense9"])),
    ] {
      #expect(throws: CompressionError.self) { try share(network, options) }
    }
    let wrong = Specimens.inputs(for: try Specimens.network("cnn"))
    #expect(throws: CompressionError.self) {
      try share(network, BlockOptions(BlockSizes(1), centroids: 4), on: wrong)
    }
    let stopped = Monitor(isInterrupted: { true }, report: { _ in })
    #expect(throws: CompressionError.self) {
      try share(network, BlockOptions(BlockSizes(1), centroids: 4), monitor: stopped)
    }
  }

  @Test func fewDistinctBlocksAreKept() throws {
    let network = try Specimens.network("mlp").mapParameters { _, parameter in
      parameter.with(value: parameter.value.map { $0 > 0 ? 1 : -1 })
    }
    let result = try share(network, BlockOptions(BlockSizes(1), centroids: 16, seed: 1))
    #expect(
      result.network.parameters.map(\.parameter.value) == network.parameters.map(\.parameter.value))
    #expect(try Self.codebook(result.network, "dense1").entries == 2)
    #expect(result.notes[0].text.contains("distinct blocks"))
  }

  @Test func inputsOfNothingWeighNothing() throws {
    let network = try Specimens.network("mlp")
    let zeros = Tensor(repeating: 0, shape: [5, 12])
    let result = try share(
      network, BlockOptions(BlockSizes(2), centroids: 4, layers: .only(["dense1"])), on: zeros)
    #expect(result.network.parameters[0].parameter.value.isFinite)
  }
}
