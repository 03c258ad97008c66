// How many singular values a factored layer keeps: a table of rules.
// A rule sees spectra and sizes; it factors nothing.

/// What a rule decides for one layer.
package enum RankChoice: Sendable, Equatable {
  case factor(rank: Int)
  /// The layer stays as it is, and why.
  case keep(String)
}

package struct RankRule: Sendable {
  package let name: String
  package let summary: String
  package let formula: String
  package let source: String
  /// What its amount is and which amounts it takes.
  package let amount: String
  /// Whether it looks at all singular values, and not only at as many as its amount.
  let seesAll: Bool
  let choose:
    @Sendable (
      _ spectra: [Spectrum], _ amount: Double, _ otherBits: Int, _ allowsLarger: Bool
    ) throws(CompressionError) -> [RankChoice]

  /// How many of the largest singular values it looks at.
  func count(_ amount: Double) -> Int {
    seesAll ? .max : amount >= 1 && amount < 1e15 ? Int(amount) : 1
  }

  /// One choice per spectrum, in order.
  /// - Parameters:
  ///   - otherBits: what the network's other parameters take.
  ///   - allowsLarger: also factor where the factors hold no fewer numbers than the weight.
  /// - Throws: `CompressionError` for an amount that the rule does not take.
  package func choices(
    for spectra: [Spectrum], amount: Double, otherBits: Int, allowsLarger: Bool = false
  ) throws(CompressionError) -> [RankChoice] {
    try choose(spectra, amount, otherBits, allowsLarger)
  }

  package static let number = RankRule(
    name: "rank",
    summary: "the same rank in every layer; layers that have no such rank stay as they are",
    formula: "W ≈ Σ_{i ≤ r} σ_i u_i v_iᵀ",
    source: "Denton et al. 2014, arXiv:1404.0736",
    amount: "a whole number from 1 to the largest rank of the layers",
    seesAll: false
  ) { spectra, amount, _, allowsLarger throws(CompressionError) in
    let rank = try checked(amount, spectra)
    return spectra.map { spectrum in
      if rank > spectrum.largestRank {
        return .keep("rank \(rank) is above its largest, \(spectrum.largestRank)")
      }
      return choice(spectrum, rank, allowsLarger)
    }
  }

  package static let energy = RankRule(
    name: "energy",
    summary:
      "in every layer the smallest rank that keeps this share of the squared singular values",
    formula: "min r: Σ_{i ≤ r} σ_i² ≥ e Σ σ_i²",
    source: "Zhang et al. 2016, arXiv:1505.06798, there of a layer's responses",
    amount: "a fraction above 0 and at most 1",
    seesAll: true
  ) { spectra, amount, _, allowsLarger throws(CompressionError) in
    guard amount > 0, amount <= 1 else { throw .energy(amount) }
    return spectra.map { choice($0, smallestRank(of: $0, keeping: amount), allowsLarger) }
  }

  /// From rank 1 everywhere, the budget is spent on one singular value after the other: always on
  /// the one that brings the most σ² per bit and still fits; of equal ones, on the first layer's. A
  /// layer whose next rank would take as much as its weight may return to that weight, for all the
  /// σ² that are left.
  package static let bytes = RankRule(
    name: "bytes",
    summary: "ranks under a budget for the whole network, spent where a byte keeps the most energy",
    formula:
      "max Σ_layers Σ_{i ≤ r} σ_i² with all parameters in at most B bytes, greedily by σ² per byte",
    source: "greedy for the knapsack problem, Dantzig 1957, doi:10.1287/opre.5.2.266",
    amount: "bytes of all parameters",
    seesAll: true
  ) { spectra, amount, otherBits, _ throws(CompressionError) in
    try spend(bytes: amount, on: spectra, otherBits: otherBits)
  }

  package static let all = [number, energy, bytes]
}

private func checked(
  _ amount: Double, _ spectra: [Spectrum]
) throws(CompressionError) -> Int {
  guard amount == amount.rounded(), abs(amount) < 1e15 else {
    throw .setting(name: "rank", wanted: "a whole number", got: "\(amount)")
  }
  // Without candidates no rank is too large.
  guard let widest = spectra.max(by: { $0.largestRank < $1.largestRank }) else { return 1 }
  guard amount >= 1, amount <= Double(widest.largestRank) else {
    throw .rank(Int(amount), largest: widest.largestRank, layer: widest.layer)
  }
  return Int(amount)
}

private func choice(_ spectrum: Spectrum, _ rank: Int, _ allowsLarger: Bool) -> RankChoice {
  let weights = spectrum.rows * spectrum.columns
  if spectrum.weights(rank: rank) < weights || allowsLarger { return .factor(rank: rank) }
  return .keep(
    "rank \(rank) would hold \(spectrum.weights(rank: rank)) numbers, and the weight has \(weights)"
  )
}

private func smallestRank(of spectrum: Spectrum, keeping share: Double) -> Int {
  let energies = spectrum.energies
  let wanted = share * energies.reduce(0, +)
  var kept = 0.0
  for (i, energy) in energies.enumerated() {
    kept += energy
    if kept >= wanted { return i + 1 }
  }
  return spectrum.largestRank
}

/// A layer on its way through the budget.
private struct Purse {
  let spectrum: Spectrum
  let energies: [Double]
  /// 0 for a layer that stays as it is.
  var rank: Int

  init(_ spectrum: Spectrum) {
    self.spectrum = spectrum
    energies = spectrum.energies
    rank = spectrum.largestRank > 0 && spectrum.bits(rank: 1) < spectrum.storedBits ? 1 : 0
  }

  var bits: Int { rank == 0 ? spectrum.storedBits : spectrum.bits(rank: rank) }

  /// The next rank, or the weight itself; nil where there is nothing left to buy.
  var next: (rank: Int, bits: Int, energy: Double)? {
    guard rank > 0 else { return nil }
    let more = spectrum.bits(rank: rank + 1)
    if rank < spectrum.largestRank, more < spectrum.storedBits {
      return (rank + 1, more - bits, energies[rank])
    }
    return (0, spectrum.storedBits - bits, energies[rank...].reduce(0, +))
  }
}

private func spend(
  bytes: Double, on spectra: [Spectrum], otherBits: Int
) throws(CompressionError) -> [RankChoice] {
  guard bytes >= 0, bytes < 1e15 else {
    throw .setting(name: "bytes", wanted: "a size from 0", got: "\(bytes)")
  }
  var left = Int(bytes) * 8 - otherBits
  guard spectra.reduce(0, { $0 + $1.storedBits }) > left else {
    return spectra.map { _ in .keep("the network is within the budget as it is") }
  }
  var purses = spectra.map { Purse($0) }
  left -= purses.reduce(0) { $0 + $1.bits }
  guard left >= 0 else {
    throw .budget(Int(bytes), smallest: (Int(bytes) * 8 - left + 7) / 8)
  }
  while let i = bestBuy(purses, left), let next = purses[i].next {
    purses[i].rank = next.rank
    left -= next.bits
  }
  return purses.map { purse in
    if purse.rank > 0 { return .factor(rank: purse.rank) }
    return purse.spectrum.bits(rank: 1) < purse.spectrum.storedBits
      ? .keep("the budget holds its whole weight") : .keep("even rank 1 would not be smaller")
  }
}

/// Which layer's next singular value brings the most energy per bit and fits.
private func bestBuy(_ purses: [Purse], _ left: Int) -> Int? {
  var best: (index: Int, gain: Double)?
  for (i, purse) in purses.enumerated() {
    guard let next = purse.next, next.bits <= left else { continue }
    let gain = next.bits <= 0 ? Double.infinity : next.energy / Double(next.bits)
    if best.map({ gain > $0.gain }) ?? true { best = (i, gain) }
  }
  return best?.index
}
