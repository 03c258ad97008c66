// Bits under a budget, against every assignment there is.
import Compression
import Encodings
import Networks
import Synchronization
import Tensors
import Testing

@Suite struct AllocateTests {
  /// Every assignment's bytes and score, added in the layers' order as the front adds them.
  private func everything(_ layers: [[AllocationChoice]]) -> [(bytes: Int, score: Double)] {
    layers.reduce([(bytes: 0, score: 0.0)]) { all, choices in
      all.flatMap { one in
        choices.map { (bytes: one.bytes + $0.bytes, score: one.score + $0.score) }
      }
    }
  }

  private func random(_ seed: UInt64) -> [[AllocationChoice]] {
    var random = RandomStream(seed: seed)
    return (0..<1 + random.integer(below: 6)).map { _ in
      (0..<1 + random.integer(below: 5)).map { choice in
        // Few different numbers, so that ties are met; some scores below 0, as of a measured loss.
        AllocationChoice(
          bits: choice + 2, bytes: 1 + random.integer(below: seed % 2 == 0 ? 8 : 1000),
          score: Double(random.integer(below: 20)) / 8 - 0.5)
      }
    }
  }

  @Test(arguments: 0..<200) func theFrontIsThatOfAllAssignments(_ seed: UInt64) throws {
    let layers = random(seed)
    let front = try AllocationFront(layers)
    let all = everything(layers)
    // The definition: walk all by rising bytes, keep what is better than everything before.
    var wanted: [(bytes: Int, score: Double)] = []
    for one in all.sorted(by: { $0 < $1 }) where wanted.last.map({ one.score < $0.score }) ?? true {
      wanted.append(one)
    }
    #expect(front.bytes == wanted.map(\.bytes))
    #expect(front.scores == wanted.map(\.score))
    for place in front.bytes.indices {
      let assignment = front.assignment(place)
      #expect(assignment.count == layers.count)
      #expect(zip(assignment, layers).reduce(0) { $0 + $1.1[$1.0].bytes } == front.bytes[place])
      #expect(zip(assignment, layers).reduce(0.0) { $0 + $1.1[$1.0].score } == front.scores[place])
    }
  }

  @Test func aFrontThatIsTooLargeIsRefused() throws {
    let layers = (0..<30).map { layer in
      [
        AllocationChoice(bits: 2, bytes: 0, score: Double(1 << layer)),
        AllocationChoice(bits: 4, bytes: 1 << layer, score: 0),
      ]
    }
    let polls = Mutex(0)
    // Interrupted before it takes long: the limit itself is a matter of gigabytes.
    let monitor = Monitor(
      isInterrupted: {
        polls.withLock {
          $0 += 1
          return $0 > 12
        }
      }, report: { _ in })
    #expect(throws: CompressionError.network(.interrupted)) {
      try AllocationFront(layers, monitor: monitor)
    }
  }

  private static let rest = 40

  private func options(
    _ budget: Int, _ bits: [Int] = [2, 3, 4, 8], using estimator: SensitivityEstimator = .fisher
  ) -> AllocateOptions {
    AllocateOptions(
      budget: budget, using: estimator,
      SensitivityOptions(bits: bits, samples: 4),
      parameterBytes: { $0.encoding.ledger.bits / 8 },
      fileBytes: { network in
        AllocateTests.rest
          + network.parameters.reduce(0) { $0 + $1.parameter.encoding.ledger.bits / 8 }
      })
  }

  @Test(arguments: SensitivityEstimator.all) func noAssignmentWithinTheBudgetIsBetter(
    _ estimator: SensitivityEstimator
  ) throws {
    let network = try Specimens.network("cnn")
    let data = Specimens.dataset(for: network, count: 40)
    let bits = [2, 3, 5, 32]
    let scores = try sensitivity(
      network, on: data,
      SensitivityOptions(bits: [2, 3, 5], estimators: [estimator], samples: 4))
    let names = ["conv1", "conv2", "dense1", "dense2"]
    // Bytes by quantizing each layer alone, scores from `sensitivity`, every combination.
    let plain = network.parameters.reduce(0) { $0 + $1.parameter.encoding.ledger.bits / 8 }
    var layers: [[AllocationChoice]] = []
    for name in names {
      var own: [AllocationChoice] = []
      for bits in bits {
        guard bits < 32 else {
          own.append(AllocationChoice(bits: 32, bytes: 0, score: 0))
          continue
        }
        let alone = try quantize(
          network, QuantizeOptions(bits: bits, layers: .only([name]))
        ).network
        let bytes = alone.parameters.reduce(0) { $0 + $1.parameter.encoding.ledger.bits / 8 }
        let row = try #require(scores.rows.first { $0.layer == name && $0.bits == bits })
        let score = row.scores[0].value
        own.append(
          AllocationChoice(
            bits: bits, bytes: bytes - plain,
            score: estimator.name == "hessian" ? max(0, score) : score))
      }
      layers.append(own)
    }
    let all = everything(layers).map { (bytes: $0.bytes + plain + Self.rest, score: $0.score) }
    let (least, most) = (all.map(\.bytes).min() ?? 0, all.map(\.bytes).max() ?? 0)
    for budget in stride(from: least, through: most + 50, by: 397) {
      let result = try allocate(network, options(budget, bits, using: estimator), on: data)
      let best = all.filter { $0.bytes <= budget }.map(\.score).min()
      #expect(result.fileBytes <= budget)
      #expect(result.fileBytes == options(0).fileBytes(result.network))
      #expect(result.front[result.chosen].bytes == result.fileBytes)
      #expect(abs(result.front[result.chosen].score - (best ?? .infinity)) < 1e-9)
      #expect(result.layers.map(\.layer) == names)
      #expect(result.layers.map(\.bits) == result.front[result.chosen].bits)
      for (one, next) in zip(result.front, result.front.dropFirst()) {
        #expect(one.bytes < next.bytes && one.score > next.score)
      }
    }
    #expect(
      throws: CompressionError.budget(
        least - 1, smallest: least, with: "2 bits in every layer")
    ) { try allocate(network, options(least - 1, bits, using: estimator), on: data) }
  }

  @Test func layersAreStoredAsChosen() throws {
    let network = try Specimens.network("mlp")
    let result = try allocate(
      network, options(310, using: .weightMSE), on: nil)
    for layer in result.layers {
      let alone = try quantize(network, QuantizeOptions(bits: layer.bits)).network
      for (one, other) in zip(result.network.parameters, alone.parameters)
      where one.name == "\(layer.layer).weight" {
        #expect(one.parameter.value == other.parameter.value)
        #expect(one.parameter.encoding.summary == "int\(layer.bits) per channel")
      }
    }
    #expect(Set(result.layers.map(\.bits)).count > 1)
  }

  /// What a file says of the choice may make it longer: then the next smaller one is taken.
  @Test func theFileFitsWhateverItSays() throws {
    let network = try Specimens.network("mlp")
    var options = options(0, using: .weightMSE)
    let parameters = options.fileBytes
    options.fileBytes = { network in
      parameters(network) + network.receipt.steps.reduce(0) { $0 + $1.word.count }
    }
    options.note = { network, layers in
      var network = network
      let word = layers.map { String(repeating: "x", count: 9 - $0.bits) }.joined()
      network.receipt = network.receipt.adding(Receipt.Step(word, []))
      return network
    }
    for budget in 300..<420 {
      options.budget = budget
      let result = try allocate(network, options, on: nil)
      #expect(result.fileBytes <= budget && result.fileBytes == options.fileBytes(result.network))
      guard result.chosen + 1 < result.front.count else { continue }
      let next = result.front[result.chosen + 1]
      let words = next.bits.reduce(0) { $0 + 9 - $1 }
      let own = result.front[result.chosen].bits.reduce(0) { $0 + 9 - $1 }
      #expect(next.bytes - own + words > budget)
    }
  }

  @Test func abundanceGivesTheBest() throws {
    let network = try Specimens.network("mlp")
    let result = try allocate(network, options(1 << 40, [2, 4, 32], using: .weightMSE), on: nil)
    #expect(result.layers.allSatisfy { $0.bits == 32 && $0.score == 0 })
    #expect(result.chosen == result.front.count - 1)
    #expect(result.front[result.chosen].score == 0)
  }

  @Test func slipsAreRefused() throws {
    let network = try Specimens.network("mlp")
    for bits in [[], [4, 4], [32, 32]] {
      #expect(throws: CompressionError.self) {
        try allocate(network, options(1000, bits, using: .weightMSE), on: nil)
      }
    }
    #expect(throws: CompressionError.bits(33, wanted: 2...16, grid: "symmetric")) {
      try allocate(network, options(1000, [4, 33], using: .weightMSE), on: nil)
    }
    #expect(throws: CompressionError.setting(name: "budget", wanted: "a size from 0", got: "-1")) {
      try allocate(network, options(-1, using: .weightMSE), on: nil)
    }
    #expect(throws: CompressionError.self) { try allocate(network, options(1000), on: nil) }
  }
}
