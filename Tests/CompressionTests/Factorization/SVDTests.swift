// Laws of factored layers: exact at full rank, optimal below it, within the budget, trainable.
import Compression
import Networks
import Tensors
import Testing

@Suite struct SVDTests {
  static let names = ["mlp", "cnn", "residual", "branches"]

  func close(_ left: Tensor, _ right: Tensor, within tolerance: Float) -> Bool {
    left.shape == right.shape
      && zip(left.elements, right.elements).allSatisfy {
        abs($0 - $1) <= tolerance * max(1, abs($0))
      }
  }

  @Test(arguments: names)
  func fullRankReproducesTheNetwork(_ name: String) throws {
    let network = try Specimens.network(name)
    let result = try svd(network, SVDOptions(.energy, 1, allowsLarger: true))
    #expect(result.notes.isEmpty)
    #expect(result.network.nodes.count > network.nodes.count)
    let inputs = Specimens.inputs(for: network)
    #expect(
      close(try network.predict(inputs), try result.network.predict(inputs), within: 1e-4))
  }

  /// ‖W − UᵣVᵣ‖² = Σ_{i > r} σᵢ²
  @Test(arguments: [1, 2, 4, 7])
  func errsByTheTailOfTheSpectrum(_ rank: Int) throws {
    let network = try Specimens.network("mlp")
    let result = try svd(
      network, SVDOptions(.number, Double(rank), layers: .only(["dense2"]), allowsLarger: true)
    ).network
    let weights = Dictionary(
      uniqueKeysWithValues: result.parameters.map { ($0.name, $0.parameter.value) })
    let product = try #require(weights["dense2_u.weight"]).matrixProduct(
      try #require(weights["dense2_v.weight"]))
    let original = try #require(
      network.parameters.first { $0.name == "dense2.weight" }
    ).parameter.value
    let error = zip(product.elements, original.elements).reduce(0.0) {
      $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
    }
    let tail = try original.singularValues().elements.dropFirst(rank).reduce(0.0) {
      $0 + Double($1 * $1)
    }
    #expect(abs(error - tail) <= 1e-5 * max(1, tail))
  }

  @Test func runsAsTwoLayersAndCanBeTrained() throws {
    let network = try Specimens.network("cnn")
    let factored = try svd(network, SVDOptions(.number, 2)).network
    let names = factored.nodes.map(\.name)
    #expect(names.contains("conv1_v") && names.contains("conv1_u"))
    #expect(factored.nodes[0].parameters.map(\.value.shape) == [[2, 2, 3, 3]])
    #expect(factored.nodes[1].parameters.map(\.value.shape) == [[6, 2, 1, 1], [6]])
    #expect(Footprint(factored).weights < Footprint(network).weights)
    #expect(Footprint(factored).multiplyAccumulates < Footprint(network).multiplyAccumulates)
    var training = Training()
    training.epochs = 4
    let data = Specimens.dataset(for: factored)
    let trained = try factored.trained(on: data, training).network
    #expect(try trained.evaluate(on: data).loss < factored.evaluate(on: data).loss)
    #expect(trained.nodes.map(\.name) == names)
  }

  @Test(arguments: ["mlp", "cnn"])
  func theByteBudgetHoldsForTheWholeFile(_ name: String) throws {
    let network = try Specimens.network(name)
    let fileBytes: @Sendable (Network) -> Int = { network in
      (Footprint(network).payloadBits + 7) / 8 + 100 * network.nodes.count
    }
    let payload = Footprint(network).payloadBits / 8
    let plain = try svd(network, SVDOptions(.bytes, Double(payload * 3 / 4))).network
    #expect(Footprint(plain).payloadBits <= payload * 3 / 4 * 8)
    let whole = fileBytes(network)
    let small = try svd(
      network, SVDOptions(.bytes, Double(whole), fileBytes: fileBytes)
    ).network
    #expect(fileBytes(small) <= whole)
    do {
      _ = try svd(network, SVDOptions(.bytes, 300, fileBytes: fileBytes))
      Issue.record("300 bytes hold no network")
    } catch {
      #expect(error.code == "E0606")
    }
  }

  @Test func saysWhatStaysWhole() throws {
    let network = try Specimens.network("mlp")
    let result = try svd(network, SVDOptions(.number, 5))
    #expect(result.notes.map(\.subject) == ["dense2", "dense3"])
    #expect(result.notes.last?.text.contains("its largest, 4") == true)
    #expect(result.network.nodes.map(\.name).prefix(2) == ["dense1_v", "dense1_u"])
  }

  @Test func refusesWhatIsOutOfRange() throws {
    let network = try Specimens.network("mlp")
    #expect(throws: CompressionError.rank(11, largest: 10, layer: "dense1")) {
      try svd(network, SVDOptions(.number, 11))
    }
    #expect(throws: CompressionError.rank(5, largest: 4, layer: "dense3")) {
      try svd(network, SVDOptions(.number, 5, layers: .only(["dense3"])))
    }
    #expect(throws: CompressionError.energy(90)) { try svd(network, SVDOptions(.energy, 90)) }
    for amount in [-1, .nan, .infinity, 1e300] {
      for rule in RankRule.all {
        #expect(throws: CompressionError.self) { try svd(network, SVDOptions(rule, amount)) }
      }
    }
    let broken = network.mapParameters { _, parameter in
      parameter.with(value: parameter.value.map { _ in .infinity })
    }
    #expect(throws: CompressionError.notFinite(parameter: "dense1.weight", index: [0, 0])) {
      try svd(broken, SVDOptions(.number, 1))
    }
  }

  @Test func aWholeNetworkWithinItsBudgetStays() throws {
    let network = try Specimens.network("mlp")
    let result = try svd(network, SVDOptions(.bytes, 1e6))
    #expect(result.network.nodes.count == network.nodes.count)
    #expect(result.notes.count == 3)
  }
}
