// Laws over the whole table of rank rules, then small spectra by hand.
import Compression
import Testing

@Suite struct RankRuleTests {
  let spectra = [
    Spectrum(layer: "a", rows: 40, columns: 30, values: falling(30, from: 9), storedBits: 38_400),
    Spectrum(layer: "b", rows: 10, columns: 20, values: falling(10, from: 4), storedBits: 6400),
    Spectrum(layer: "c", rows: 1, columns: 50, values: [3], storedBits: 1600),
  ]

  static func falling(_ count: Int, from first: Float) -> [Float] {
    (0..<count).map { first / Float($0 + 1) }
  }

  func bits(_ choices: [RankChoice]) -> Int {
    zip(spectra, choices).reduce(0) { sum, pair in
      if case .factor(let rank) = pair.1 { return sum + pair.0.bits(rank: rank) }
      return sum + pair.0.storedBits
    }
  }

  @Test func everyRuleSaysWhatItIs() {
    #expect(Set(RankRule.all.map(\.name)).count == RankRule.all.count)
    for rule in RankRule.all {
      #expect(!rule.summary.isEmpty && !rule.formula.isEmpty && !rule.source.isEmpty)
      #expect(!rule.amount.isEmpty)
    }
  }

  @Test func factorsOnlyWhereThatIsSmaller() throws {
    for rank in 1...30 {
      for (spectrum, choice) in zip(spectra, try choose(.number, Double(rank))) {
        guard case .factor(let rank) = choice else { continue }
        #expect(spectrum.weights(rank: rank) < spectrum.rows * spectrum.columns)
        #expect(rank <= spectrum.largestUsefulRank)
      }
    }
  }

  @Test func energyIsTheSmallestRankThatKeepsIt() throws {
    for share in [0.5, 0.8, 0.9, 0.99, 1] {
      for (spectrum, choice) in zip(spectra, try choose(.energy, share, larger: true)) {
        guard case .factor(let rank) = choice else { continue }
        #expect(spectrum.keptEnergy(rank: rank) >= share - 1e-12)
        #expect(rank == 1 || spectrum.keptEnergy(rank: rank - 1) < share)
      }
    }
  }

  @Test func bytesAreNeverExceededAndAlwaysUsed() throws {
    for budget in stride(from: 700, through: 7000, by: 100) {
      let choices = try choose(.bytes, Double(budget), other: 800)
      let left = 8 * budget - 800 - bits(choices)
      #expect(left >= 0)
      // The dearest step is a rank of `a`: 70 numbers.
      let isWhole = choices.allSatisfy { if case .keep = $0 { true } else { false } }
      #expect(left < 70 * 32 || isWhole)
    }
  }

  @Test func namesTheSmallestBudget() throws {
    // rank 1: a 70 numbers, b 30; c has 51 at rank 1 and stays with 50: 150 numbers of 4 bytes
    #expect(throws: CompressionError.budget(599, smallest: 600)) {
      try choose(.bytes, 599)
    }
    #expect(throws: Never.self) { try choose(.bytes, 600) }
  }

  @Test func namesTheLargestRank() {
    #expect(throws: CompressionError.rank(31, largest: 30, layer: "a")) {
      try choose(.number, 31)
    }
    #expect(throws: CompressionError.rank(0, largest: 30, layer: "a")) { try choose(.number, 0) }
    #expect(throws: CompressionError.self) { try choose(.number, 2.5) }
    #expect(throws: CompressionError.energy(0)) { try choose(.energy, 0) }
    #expect(CompressionError.energy(90).help == "energy is a fraction: did you mean 90%?")
  }

  @discardableResult
  func choose(
    _ rule: RankRule, _ amount: Double, other: Int = 0, larger: Bool = false
  ) throws -> [RankChoice] {
    try rule.choices(for: spectra, amount: amount, otherBits: other, allowsLarger: larger)
  }
}
