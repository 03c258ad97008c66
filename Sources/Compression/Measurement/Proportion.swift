// A share of successes, with the interval in which the true share lies.
private import Glibc

/// `successes` out of `trials`, such as right answers on a test set.
package struct Proportion: Sendable, Equatable {
  package let successes: Int
  package let trials: Int

  package init(successes: Int, trials: Int) {
    precondition(0 <= successes && successes <= trials, "successes are among the trials")
    self.successes = successes
    self.trials = trials
  }

  /// The share, 0...1; of no trials it is 0.
  package var value: Double { trials == 0 ? 0 : Double(successes) / Double(trials) }

  /// The two-sided 95% interval of the true share: the shares p for which `successes` is not
  /// farther than z √(p(1−p)/n) from p·n, with z = 1.96. It never leaves 0...1 and works at 0% and
  /// 100%. Wilson 1927, doi:10.1080/01621459.1927.10502953.
  package var interval: ClosedRange<Double> {
    guard trials > 0 else { return 0...1 }
    let z = 1.959963984540054
    let n = Double(trials)
    let shrink = 1 / (1 + z * z / n)
    let center = (value + z * z / (2 * n)) * shrink
    let half = z * shrink * sqrt(value * (1 - value) / n + z * z / (4 * n * n))
    let low = successes == 0 ? 0 : max(0, center - half)
    let high = successes == trials ? 1 : min(1, center + half)
    return low...high
  }
}
