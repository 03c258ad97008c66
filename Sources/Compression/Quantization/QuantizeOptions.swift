// What quantization is asked to do, and what is refused before any work: settings that are out of
// range, and settings that would do nothing.
package import Encodings
import Networks

package struct QuantizeOptions: Sendable {
  package var grid: Grid
  /// Nil for the grid's usual ones.
  package var bits: Int?
  /// What shares a scale; nil for the channel, where the grid leaves a choice.
  package var granularity: Affine.Granularity?
  /// Nil for min-max.
  package var range: RangeEstimator?
  /// Of the percentile range: the share of magnitudes that is kept; nil for 99.9 %.
  package var percentile: Double?
  /// Of the fixed-point grid: bits behind the point.
  package var fraction: Int?
  /// Nil for half to even.
  package var rounding: RoundingRule?
  /// Of the signed grids: leave out the lowest code; nil for yes.
  package var narrow: Bool?
  /// Of the grid of points: where they are at first; nil for evenly spaced.
  package var start: CentroidStart?
  /// Quantize biases too; they stay fp32 otherwise.
  package var biases: Bool
  package var layers: Layers
  /// What cannot be had is an error; where not, it is left or replaced, and a note says so.
  package var strict: Bool
  /// Pruned weights may be stored in fewer bits than all codes one by one, where that is smaller.
  package var packs = true
  /// Of the random numbers of stochastic rounding, and of starts that draw.
  package var seed: UInt64 = 0

  package init(
    grid: Grid = .symmetric, bits: Int? = nil, granularity: Affine.Granularity? = nil,
    range: RangeEstimator? = nil, percentile: Double? = nil, fraction: Int? = nil,
    rounding: RoundingRule? = nil, narrow: Bool? = nil, biases: Bool = false,
    layers: Layers = .all, strict: Bool = true, start: CentroidStart? = nil
  ) {
    self.grid = grid
    self.bits = bits
    self.granularity = granularity
    self.range = range
    self.percentile = percentile
    self.fraction = fraction
    self.rounding = rounding
    self.narrow = narrow
    self.biases = biases
    self.start = start
    self.layers = layers
    self.strict = strict
  }

  /// Bits per code.
  package var width: Int { bits ?? grid.usualBits }

  func takes(_ role: Parameter.Role) -> Bool { role == .weight || role == .bias && biases }

  package var quantizer: Quantizer {
    Quantizer(
      grid: grid,
      settings: Grid.Settings(bits: width, narrow: narrow ?? true, fraction: fraction ?? 0),
      range: range ?? .minmax, percentile: percentile ?? RangeEstimator.usualPercentile,
      granularity: grid.takesGranularity ? granularity ?? .channel : .tensor, packs: packs,
      start: start ?? .linear, seed: seed)
  }

  /// - Throws: `CompressionError`: `.bits`, `.group`, `.setting`.
  package func check() throws(CompressionError) {
    guard grid.bits.contains(width) else {
      throw .bits(width, wanted: grid.bits, grid: grid.name)
    }
    if case .group(let size) = granularity, size < 1 { throw .group(size) }
    try checkUse()
    try RangeEstimator.check(percentile: percentile)
    if let fraction, !(-32...32).contains(fraction) {
      throw .setting(name: "fraction", wanted: "from -32 to 32", got: "\(fraction)")
    }
    if grid.takesFraction, fraction == nil {
      throw .setting(
        name: "fraction", wanted: "given with the grid \(grid.name): the bits behind the point",
        got: "nothing")
    }
  }

  /// What would do nothing is not taken: it would stand on the receipt as if it had.
  private func checkUse() throws(CompressionError) {
    var slices = "per"
    if case .group = granularity { slices = "group" }
    try use(slices, granularity, grid.takesGranularity, \.takesGranularity)
    try use("range", range, grid.takesRange, \.takesRange)
    try use("rounding", rounding, grid.takesRounding(rounding), \.isUniform)
    try use("narrow", narrow, grid.takesNarrow, \.takesNarrow)
    try use("fraction", fraction, grid.takesFraction, \.takesFraction)
    try use("start", start, grid.takesStart, \.takesStart)
    if percentile != nil, range?.name != RangeEstimator.percentile.name {
      throw .setting(
        name: "percentile", wanted: "left out with another range than percentile",
        got: range?.name ?? "minmax")
    }
    if let range, range.use == .batches {
      throw .setting(
        name: "range", wanted: "one for weights: \(range.name) follows activations",
        got: range.name)
    }
  }

  private func use<T>(
    _ name: String, _ value: T?, _ isTaken: Bool, _ users: (Grid) -> Bool
  ) throws(CompressionError) {
    guard value != nil, !isTaken else { return }
    let grids = Grid.all.filter(users).map(\.name).joined(separator: ", ")
    throw .setting(
      name: name, wanted: "left out with the grid \(grid.name) (it is for \(grids))",
      got: "a value")
  }
}
