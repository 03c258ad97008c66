// Which range of values the codes cover: a table of estimators.
import Kernels

package struct RangeEstimator: Sendable {
  package let name: String
  package let summary: String
  package let formula: String
  package let source: String
  /// What it can be asked about.
  package let use: Use
  /// The range for values that share a scale, from what was observed of them; it holds 0.
  let estimate: @Sendable (_ seen: Observed) -> (low: Float, high: Float)

  package enum Use: Sendable, Equatable {
    /// Weights, and activations seen during calibration.
    case anything
    /// Activations: it follows them from batch to batch.
    case batches
    /// It starts from an estimate, and training moves it.
    case training
  }

  package static let minmax = RangeEstimator(
    name: "minmax",
    summary: "from the smallest to the largest value: nothing is clipped",
    formula: "[min(x, 0), max(x, 0)]",
    source: "Jacob et al. 2018, arXiv:1712.05877", use: .anything
  ) { ($0.low, $0.high) }

  package static let percentile = RangeEstimator(
    name: "percentile",
    summary: "clips what is further out than the share `percentile` of the magnitudes",
    formula: "[max(min(x, 0), −t), min(max(x, 0), t)], t the percentile of |x|",
    source: "McKinstry et al. 2018, arXiv:1809.04191", use: .anything
  ) { seen in seen.clipped(to: seen.magnitudes().quantile(seen.percentile)) }

  /// The search: both ends are shrunk together by f = 1.00, 0.99, …, 0.10; of the 91 ranges the one
  /// with the smallest Σ (x − x̂)² wins, of equally good ones the widest. f = 1 is min-max, so the
  /// error is never larger.
  package static let mse = RangeEstimator(
    name: "mse",
    summary: "clips the rare large values where that makes the squared error smaller",
    formula:
      "argmin over f in {1.00, 0.99, …, 0.10} of Σ (x − x̂)², range f · [min(x, 0), max(x, 0)]",
    source: "Choukroun et al. 2019, arXiv:1902.06822", use: .anything
  ) { seen in
    var best = (low: seen.low, high: seen.high)
    var smallest = seen.error(best.low, best.high)
    for percent in stride(from: 99, through: 10, by: -1) where smallest > 0 {
      let factor = Float(percent) / 100
      let candidate = seen.error(seen.low * factor, seen.high * factor)
      if candidate < smallest {
        smallest = candidate
        best = (seen.low * factor, seen.high * factor)
      }
    }
    return best
  }

  package static let entropy = RangeEstimator(
    name: "kl",
    summary: "clips where the histogram on the grid says most about the one before (entropy); "
      + "as minmax where fewer than 1,024 values share a scale",
    formula: "argmin over thresholds t of KL(clipped histogram of |x| ‖ its 2^(b−1) levels)",
    source: "Migacz 2017, 8-bit Inference with TensorRT, GTC S7310", use: .anything
  ) { seen in seen.clipped(to: seen.magnitudes().entropyThreshold(levels: seen.levels)) }

  package static let movingAverage = RangeEstimator(
    name: "moving_average",
    summary: "follows the smallest and largest value from batch to batch: each counts a tenth",
    formula: "r ← r + 0.1 (r_batch − r), from the first batch on",
    source: "Jacob et al. 2018, arXiv:1712.05877", use: .batches
  ) { seen in
    var range = seen.batches.first ?? (low: seen.low, high: seen.high)
    for batch in seen.batches.dropFirst() {
      range.low += 0.1 * (batch.low - range.low)
      range.high += 0.1 * (batch.high - range.high)
    }
    return (min(0, range.low), max(0, range.high))
  }

  package static let learned = RangeEstimator(
    name: "learned",
    summary: "a step size that training moves by its own gradient, from 2 mean|x| / √q_max (LSQ)",
    formula: "∂x̂/∂s = round(x/s) − x/s inside, the end's code outside, times 1/√(n · q_max)",
    source: "Esser et al. 2020, arXiv:1902.08153", use: .training
  ) { seen in
    let top = Float(max(1, seen.levels))
    let reach = min(2 * seen.meanMagnitude() * top.squareRoot(), .greatestFiniteMagnitude)
    return (seen.low < 0 ? -reach : 0, seen.high > 0 || seen.low == 0 ? reach : 0)
  }

  package static let all = [minmax, percentile, mse, entropy, movingAverage, learned]
}

extension RangeEstimator {
  /// The share of magnitudes that is kept where none is asked for.
  package static let usualPercentile = 0.999

  /// - Throws: `CompressionError.setting` for a share that would clip half of the numbers or more.
  static func check(percentile: Double?) throws(CompressionError) {
    if let percentile, !(percentile > 0.5 && percentile <= 1) {
      throw .setting(
        name: "percentile", wanted: "above 50% and at most 100%", got: "\(percentile * 100)%")
    }
  }
}

/// What an estimator may ask about values that are to share a scale.
struct Observed {
  /// `low...high` holds all of them and 0.
  let low: Float
  let high: Float
  /// The share of the magnitudes that the percentile keeps, 0...1.
  let percentile: Double
  /// Codes on one side of 0.
  let levels: Int
  /// The smallest and the largest of each batch, in order.
  var batches: [(low: Float, high: Float)] = []
  let magnitudes: () -> MagnitudeHistogram
  let meanMagnitude: () -> Float
  /// The sum of squared errors that a range leads to.
  let error: (_ low: Float, _ high: Float) -> Double

  func clipped(to threshold: Float) -> (low: Float, high: Float) {
    (max(low, -threshold), min(high, threshold))
  }
}
