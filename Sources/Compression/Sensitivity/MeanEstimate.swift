// A number that was estimated, with the interval in which the true one lies.
private import Glibc

/// A mean of independent draws, or a number that was computed and not drawn.
package struct MeanEstimate: Sendable, Equatable {
  package let value: Double
  /// Half the length of the 95% interval; nil where nothing was drawn, or only once.
  package let halfWidth: Double?

  package init(_ value: Double, halfWidth: Double? = nil) {
    self.value = value
    self.halfWidth = halfWidth
  }

  /// The mean of draws, at least one, with Student's interval: mean ± t(0.975, n − 1) s / √n, which
  /// holds exactly for normal draws. Student 1908, doi:10.1093/biomet/6.1.1.
  package init(meanOf draws: [Double]) {
    let count = Double(max(1, draws.count))
    let mean = draws.reduce(0, +) / count
    guard draws.count > 1 else {
      self.init(mean)
      return
    }
    let squares = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error = (squares / (count - 1) / count).squareRoot()
    self.init(mean, halfWidth: Student.quantile(freedom: draws.count - 1) * error)
  }

  package func scaled(by factor: Double) -> MeanEstimate {
    MeanEstimate(value * factor, halfWidth: halfWidth.map { $0 * abs(factor) })
  }
}

/// Student's t.
package enum Student {
  /// Where a share of 0.975 lies below, for so many degrees of freedom, at least 1: by halving an
  /// interval that holds it until it is as short as a double allows.
  package static func quantile(freedom: Int) -> Double {
    let freedom = Double(max(1, freedom))
    var (low, high) = (1.9, 12.8)
    while true {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { return middle }
      if tail(middle, freedom) > 0.05 { low = middle } else { high = middle }
    }
  }

  /// The share of |T| above t: the incomplete beta function I(ν / (ν + t²); ν / 2, ½).
  private static func tail(_ t: Double, _ freedom: Double) -> Double {
    let x = freedom / (freedom + t * t)
    let (a, b) = (freedom / 2, 0.5)
    let factor = exp(
      lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    return x < (a + 1) / (a + b + 2)
      ? factor * fraction(x, a, b) / a : 1 - factor * fraction(1 - x, b, a) / b
  }

  /// The continued fraction of the incomplete beta function, by Lentz's way (doi:10.1364/AO.15.000668).
  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    func kept(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
    var c = 1.0
    var d = 1 / kept(1 - (a + b) * x / (a + 1))
    var result = d
    for m in 1...500 {
      let m = Double(m)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / kept(1 + even * d)
      c = kept(1 + even / c)
      result *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / kept(1 + odd * d)
      c = kept(1 + odd / c)
      result *= d * c
      if abs(d * c - 1) < 1e-15 { break }
    }
    return result
  }
}
