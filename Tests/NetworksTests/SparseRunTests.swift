// Networks that skip their zeros answer as dense ones do: every sample, every format, any batch, any
// number of threads; and what their zeros are like is found.
import Encodings
import Kernels
import Networks
import Tensors
import Testing

@Suite("Networks that skip zeros") struct SparseRunTests {
  /// Zeros that a format takes.
  static let shapes: [(format: SparseFormat, isKept: @Sendable (Int, Int, Double) -> Bool)] = [
    (.csr, { _, _, chance in chance < 0.3 }),
    (.csr, { _, _, _ in false }),
    (.block, { row, column, _ in (row / 4 * 7 + column * 5) % 3 == 0 }),
    (.block, { row, column, _ in (row * 7 + column / 4 * 5) % 3 == 0 }),
    (.pattern, { row, column, _ in (row + column) % 4 < 2 }),
    (.auto, { _, _, chance in chance < 0.1 }),
    (.auto, { _, _, chance in chance < 0.9 }),
  ]

  /// The network with the zeros of a shape in every weight.
  static func pruned(
    _ network: Network, _ isKept: (_ row: Int, _ column: Int, _ chance: Double) -> Bool
  ) -> Network {
    var random = RandomStream(seed: 3)
    return network.mapParameters { _, parameter in
      guard parameter.role == .weight else { return parameter }
      let columns = parameter.value.count / parameter.value.shape[0]
      return parameter.with(
        pruned: (0..<parameter.value.count).map {
          !isKept($0 / columns, $0 % columns, Double(random.uniform()))
        })
    }
  }

  private func scores(_ network: Network, _ inputs: Tensor, threads: Int = 1) throws -> Tensor {
    try Predictor(network, batch: inputs.shape[0], workers: Workers(threads: threads))
      .predict(inputs)
  }

  @Test(arguments: GradientTests.samples, shapes.indices)
  func answerAsDenseOnes(_ sample: Sample, _ shape: Int) throws {
    let dense = SparseRunTests.pruned(
      try sample.network(), SparseRunTests.shapes[shape].isKept)
    var sparse = dense
    sparse.skipsZeros = SparseRunTests.shapes[shape].format
    for count in [1, 3, 8, 33] {
      let inputs = sample.inputs(count)
      let wanted = try scores(dense, inputs)
      let found = try scores(sparse, inputs)
      let scale = max(1, wanted.elements.map { abs($0) }.max() ?? 0)
      let error = zip(found.elements, wanted.elements).map { abs($0 - $1) / scale }.max() ?? 0
      #expect(error < 1e-5, "\(count) examples")
      #expect(try scores(sparse, inputs, threads: 2).elements == found.elements)
    }
  }

  /// Large enough for the workers to share a layer.
  @Test(arguments: [1, 2, 64, 100]) func largeLayersAreShared(_ count: Int) throws {
    let network = try Network.build(
      name: "large", input: [600],
      blueprint: [
        .layer(try DenseLayer(units: 500)), .layer(try Activation(.relu)),
        .layer(try Reshape(shape: [20, 5, 5])),
        .layer(try Conv2D(filters: 30, kernel: [3, 3], padding: [1, 1])),
        .layer(try Activation(.relu)), .layer(try MaxPool(size: [2, 2])), .layer(Flatten()),
        .layer(try DenseLayer(units: 10)),
      ], random: RandomStream(seed: 1))
    var random = RandomStream(seed: 5)
    let inputs = Tensor(
      trusted: [count, 600], (0..<count * 600).map { _ in Float(random.normal()) })
    for (format, isKept) in SparseRunTests.shapes {
      let dense = SparseRunTests.pruned(network, isKept)
      var sparse = dense
      sparse.skipsZeros = format
      let found = try scores(sparse, inputs)
      let wanted = try scores(dense, inputs)
      let error = zip(found.elements, wanted.elements).map { abs($0 - $1) }.max() ?? 0
      #expect(error < 2e-5)
      for threads in [2, 3] {
        #expect(try scores(sparse, inputs, threads: threads).elements == found.elements)
      }
    }
  }

  private func weight(
    _ rows: Int, _ columns: Int, _ isKept: (Int, Int, Double) -> Bool
  ) throws -> SparseWeight {
    var random = RandomStream(seed: 9)
    let elements = (0..<rows * columns).map {
      isKept($0 / columns, $0 % columns, Double(random.uniform())) ? Float(1) : 0
    }
    return try #require(
      SparseWeight(
        Parameter("w", role: .weight, value: Tensor(trusted: [rows, columns], elements))))
  }

  @Test func structuresAreFound() throws {
    let blocks = try weight(64, 96) { row, column, _ in (row / 16 * 5 + column * 3) % 4 == 0 }
    #expect(blocks.structure(.block)?.summary == "block 16×1")
    #expect(blocks.structure(.auto)?.summary == "block 16×1")
    let wide = try weight(64, 96) { row, column, _ in (row * 5 + column / 8 * 3) % 4 == 0 }
    #expect(wide.structure(.block)?.summary == "block 1×8")
    #expect(wide.structure(.auto) == .csr)
    let half = try weight(64, 96) { row, column, _ in (row * 3 + column) % 4 < 2 }
    #expect(half.structure(.pattern) == .pattern(kept: 2, of: 4))
    #expect(half.structure(.auto) == .pattern(kept: 2, of: 4))
    #expect(half.structure(.csr) == .csr)
  }

  @Test(arguments: [0.02, 0.1, 0.5, 0.9]) func chanceHasNoStructure(_ density: Double) throws {
    let random = try weight(128, 256) { _, _, chance in chance < density }
    #expect(random.structure(.block) == nil)
    #expect(random.structure(.pattern) == nil)
    #expect(random.structure(.csr) == .csr)
    #expect((random.structure(.auto) == .csr) == (density < 0.25))
    let dense = try weight(32, 64) { _, _, _ in true }
    for format in SparseFormat.allCases { #expect(dense.structure(format) == nil) }
  }

  @Test func trainingAndWholeNumbersStayDense() throws {
    var network = SparseRunTests.pruned(
      try Network.build(
        name: "n", input: [8], blueprint: [.layer(try DenseLayer(units: 4))],
        random: RandomStream(seed: 1))
    ) { _, _, chance in chance < 0.2 }
    network.skipsZeros = .csr
    #expect(network.sparseStructures == [.csr])
    network.runsInIntegers = true
    #expect(network.sparseStructures == [nil])
  }
}
