// What becomes of the numbers that flow between layers: how they are rounded, and when their ranges
// are found.
package import Networks

package struct ActivationOptions: Sendable {
  /// Of a code: 2...16, or 1 for signs.
  package var bits: Int
  /// Affine, symmetric or power_of_two; with one bit it follows the grid of the weights.
  package var grid: Grid
  package var range: RangeEstimator
  /// Of the percentile range; nil for 99.9 %.
  package var percentile: Double?
  package var moment: ActivationQuantizer.Moment
  /// Examples that static ranges are calibrated on.
  package var samples: Int

  package static let usualSamples = 200
  package static let grids = [Grid.affine, .symmetric, .powerOfTwo]

  package init(
    bits: Int = 8, grid: Grid = .affine, range: RangeEstimator = .minmax,
    percentile: Double? = nil, moment: ActivationQuantizer.Moment = .fixed,
    samples: Int = ActivationOptions.usualSamples
  ) {
    self.bits = bits
    self.grid = grid
    self.range = range
    self.percentile = percentile
    self.moment = moment
    self.samples = samples
  }

  var isBinary: Bool { bits == 1 }

  var settings: Grid.Settings { Grid.Settings(bits: bits) }

  /// - Throws: `CompressionError`: `.bits`, `.setting`.
  func check(examples: Int?) throws(CompressionError) {
    guard isBinary || (2...16).contains(bits) else {
      throw .setting(
        name: "activations", wanted: "a whole number of bits from 1 to 16", got: "\(bits)")
    }
    guard ActivationOptions.grids.contains(where: { $0.name == grid.name }) else {
      let names = ActivationOptions.grids.map(\.name).joined(separator: ", ")
      throw .setting(name: "activation_grid", wanted: "one of \(names)", got: grid.name)
    }
    try RangeEstimator.check(percentile: percentile)
    guard moment == .fixed else {
      guard grid.name != Grid.powerOfTwo.name else {
        throw .setting(
          name: "activation_grid", wanted: "affine or symmetric where ranges are dynamic",
          got: grid.name)
      }
      guard range.name == RangeEstimator.minmax.name else {
        throw .setting(
          name: "activation_range", wanted: "left out where ranges are dynamic: they are minmax",
          got: range.name)
      }
      return
    }
    guard !isBinary else { return }
    guard let examples else {
      throw .setting(
        name: "on", wanted: "examples to calibrate static ranges on (or ask for dynamic ones)",
        got: "none")
    }
    guard examples > 0 else {
      throw .setting(name: "on", wanted: "at least one example to calibrate on", got: "none")
    }
    guard samples >= 1, samples <= examples else {
      throw .setting(
        name: "samples", wanted: "from 1 to the \(examples) examples that there are",
        got: "\(samples)")
    }
  }
}
