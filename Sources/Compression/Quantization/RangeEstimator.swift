// Which range of values the codes cover: a table of estimators.

package struct RangeEstimator: Sendable {
  package let name: String
  package let summary: String
  package let formula: String
  package let source: String
  /// The range for one block of values that share a scale. `low...high` holds all of them and 0;
  /// `error` gives the sum of squared errors that a range leads to.
  let estimate:
    @Sendable (
      _ low: Float, _ high: Float, _ error: (_ low: Float, _ high: Float) -> Double
    ) -> (low: Float, high: Float)

  package static let minmax = RangeEstimator(
    name: "minmax",
    summary: "from the smallest to the largest value: nothing is clipped",
    formula: "[min(w, 0), max(w, 0)]",
    source: "Jacob et al. 2018, arXiv:1712.05877"
  ) { low, high, _ in (low, high) }

  /// The search: both ends are shrunk together by f = 1.00, 0.99, …, 0.10; of the 91 ranges the one
  /// with the smallest Σ (w − ŵ)² wins, of equally good ones the widest. f = 1 is min-max, so the
  /// error is never larger.
  package static let mse = RangeEstimator(
    name: "mse",
    summary: "clips the rare large values where that makes the squared error smaller",
    formula:
      "argmin over f in {1.00, 0.99, …, 0.10} of Σ (w − ŵ)², range f · [min(w, 0), max(w, 0)]",
    source: "Choukroun et al. 2019, arXiv:1902.06822"
  ) { low, high, error in
    var best = (low: low, high: high)
    var smallest = error(low, high)
    for percent in stride(from: 99, through: 10, by: -1) where smallest > 0 {
      let factor = Float(percent) / 100
      let candidate = error(low * factor, high * factor)
      if candidate < smallest {
        smallest = candidate
        best = (low * factor, high * factor)
      }
    }
    return best
  }

  package static let all = [minmax, mse]
}
