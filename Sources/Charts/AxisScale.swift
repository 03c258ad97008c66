// From data to positions along an axis: nice ticks (1, 2, 2.5, 5 × 10ⁿ), their labels, logarithms.

private import Glibc

/// A step between ticks, `mantissa × 10^exponent`.
struct TickStep {
  let mantissa: Double
  let exponent: Int

  var size: Double { mantissa * pow(10, Double(exponent)) }
  /// Digits behind the point that tell all multiples apart.
  var decimals: Int { max(0, -exponent + (mantissa == 2.5 ? 1 : 0)) }

  /// Mantissas for ticks, and more of them for the widths of bins.
  static let round = [1.0, 2, 2.5, 5]
  static let fine = [1.0, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8]

  /// The smallest nice step that is at least `size`; nil where that is not a normal number.
  init?(atLeast size: Double, from mantissas: [Double] = TickStep.round) {
    guard size.isNormal, size > 0 else { return nil }
    let power = Int(floor(log10(size)))
    let scale = pow(10, Double(power))
    guard scale.isNormal else { return nil }
    let lead = size / scale
    // 2.5 is taken where it costs no digit: 25, 250, but not 2.5 or 0.25.
    let allowed = mantissas.filter { $0 != 2.5 || power >= 1 || mantissas.count > 4 }
    let found = allowed.first { $0 >= lead * (1 - 1e-9) } ?? 10
    mantissa = found == 10 ? 1 : found
    exponent = found == 10 ? power + 1 : power
  }
}

/// A place on an axis with its label.
struct Tick {
  let fraction: Double
  let label: String
}

/// Maps data to 0...1 along an axis.
struct AxisScale {
  /// In shown units (data × factor), or their logarithms to base 10.
  private(set) var lower: Double
  private(set) var upper: Double
  private(set) var ticks: [Tick] = []
  private let isLogarithmic: Bool
  private let factor: Double

  /// The scale for data in `range`; `widened` moves the ends out to ticks.
  init(_ range: ClosedRange<Double>, _ axis: AxisSpec, maximumTicks: Int, widened: Bool) {
    isLogarithmic = axis.isLogarithmic && range.lowerBound > 0
    if isLogarithmic {
      factor = 1
      (lower, upper) = Self.spread(log10(range.lowerBound), log10(range.upperBound), by: 0.3)
      placeLogarithmic(axis.unit, max(maximumTicks, 2), widened)
    } else {
      let scale = Self.scale(range, axis.unit)
      factor = scale.factor
      let low = range.lowerBound * factor
      let high = range.upperBound * factor
      (lower, upper) = Self.spread(low, high, by: max(abs(low) * 0.1, low == 0 ? 1 : 0))
      placeLinear(scale.suffix, max(maximumTicks, 2), widened)
    }
  }

  /// Where the number lies; 0 is the lower end. Nil where it cannot be shown on this axis.
  func fraction(_ number: Double) -> Double? {
    guard number.isFinite, !isLogarithmic || number > 0 else { return nil }
    return place(isLogarithmic ? log10(number) : number * factor)
  }

  private func place(_ shown: Double) -> Double {
    // Halves, so that a range over all doubles does not overflow.
    let span = upper / 2 - lower / 2
    return span > 0 ? min(max((shown / 2 - lower / 2) / span, 0), 1) : 0.5
  }

  /// Rows for which the ticks of a linear axis stand at equal distances.
  func evenRows(atMost rows: Int) -> Int {
    let gaps = ticks.count - 1
    guard !isLogarithmic, gaps >= 1, rows > gaps else { return rows }
    return (rows - 1) / gaps * gaps + 1
  }

  private static func scale(_ range: ClosedRange<Double>, _ unit: AxisUnit) -> AxisUnit.Scale {
    let largest = max(range.lowerBound.magnitude, range.upperBound.magnitude)
    let scale = unit.scale(for: largest)
    return (largest * scale.factor).isFinite ? scale : AxisUnit.Scale(0, 1, "")
  }

  private static func spread(
    _ low: Double, _ high: Double, by margin: Double
  ) -> (Double, Double) {
    guard !(low < high) else { return (low, high) }
    let wide = (low - margin, high + margin)
    guard wide.0 < wide.1, wide.0.isFinite, wide.1.isFinite else { return (low, high) }
    return wide
  }

  // MARK: Linear

  private mutating func placeLinear(_ suffix: String, _ maximum: Int, _ widened: Bool) {
    let half = upper / 2 - lower / 2
    guard var step = TickStep(atLeast: half / Double(maximum + 1) * 2) else {
      return placeEnds(suffix)
    }
    while count(of: step, widened) > maximum {
      guard let wider = TickStep(atLeast: step.size * 1.1), wider.size < half * 4 else { break }
      step = wider
    }
    let size = step.size
    if widened {
      let low = floor(lower / size + 1e-9) * size
      let high = ceil(upper / size - 1e-9) * size
      if low.isFinite, high.isFinite { (lower, upper) = (min(low, lower), max(high, upper)) }
    }
    let first = ceil(lower / size - 1e-6)
    let last = floor(upper / size + 1e-6)
    guard size.isFinite, first.isFinite, last >= first, last - first < 1000 else {
      return placeEnds(suffix)
    }
    let values = (0...Int(last - first)).map { (first + Double($0)) * size }.filter(\.isFinite)
    ticks = values.map { Tick(fraction: place($0), label: Self.label($0, step, suffix, values)) }
  }

  /// How many ticks the step makes, those just outside included where the range is widened.
  private func count(of step: TickStep, _ widened: Bool) -> Int {
    let (low, high) = (lower / step.size, upper / step.size)
    let count =
      widened
      ? ceil(high - 1e-9) - floor(low + 1e-9) : floor(high + 1e-6) - ceil(low - 1e-6)
    return count < 1000 ? Int(max(count, 0)) + 1 : 1000
  }

  private mutating func placeEnds(_ suffix: String) {
    ticks = (lower < upper ? [lower, upper] : [lower]).map {
      Tick(fraction: place($0), label: NumberText.significant($0, digits: 3) + suffix)
    }
  }

  private static func label(
    _ value: Double, _ step: TickStep, _ suffix: String, _ all: [Double]
  ) -> String {
    let largest = max(all.first?.magnitude ?? 0, all.last?.magnitude ?? 0)
    let unit = suffix.hasPrefix(" ") && value == 0 ? "" : suffix
    guard value != 0 else { return "0" + unit }
    guard largest >= 1e6 || step.decimals > 5 else {
      return NumberText.fixed(value, decimals: step.decimals, grouped: true) + unit
    }
    let digits = Int(floor(log10(largest))) + step.decimals + 1
    let whole = step.decimals > 0 ? digits : Int(floor(log10(largest))) - step.exponent + 2
    return NumberText.significant(value, digits: min(max(whole, 1), 17), grouped: true) + unit
  }

  // MARK: Logarithmic

  private mutating func placeLogarithmic(_ unit: AxisUnit, _ maximum: Int, _ widened: Bool) {
    let low = Int(floor(lower + 1e-9))
    let high = Int(ceil(upper - 1e-9))
    for mantissas in [[1.0, 2, 5], [1.0, 3], [1.0]] {
      let marks = (low...high).flatMap { power in mantissas.map { Double(power) + log10($0) } }
      if place(marks, unit, maximum, widened) { return }
    }
    for stride in 2...max(high - low, 2) {
      let start = Int(floor(Double(low) / Double(stride))) * stride
      let powers = Array(Swift.stride(from: start, through: high + stride - 1, by: stride))
      if place(powers.map(Double.init), unit, maximum, widened) { return }
    }
    place([lower, upper], unit, 2, false)
  }

  /// Takes these marks if they are few enough, and at least two.
  @discardableResult
  private mutating func place(
    _ marks: [Double], _ unit: AxisUnit, _ maximum: Int, _ widened: Bool
  ) -> Bool {
    let before = marks.lastIndex { $0 <= lower + 1e-9 } ?? 0
    let after = marks.firstIndex { $0 >= upper - 1e-9 } ?? marks.count - 1
    let inside = marks.filter { $0 >= lower - 1e-9 && $0 <= upper + 1e-9 }
    let taken = widened && before <= after ? Array(marks[before...after]) : inside
    guard taken.count >= 2, taken.count <= maximum else { return false }
    if widened {
      lower = min(lower, taken.first ?? lower)
      upper = max(upper, taken.last ?? upper)
    }
    ticks = taken.map { Tick(fraction: place($0), label: Self.label(power: $0, unit)) }
    return true
  }

  private static func label(power: Double, _ unit: AxisUnit) -> String {
    let value = pow(10, power)
    switch unit {
    case .plain: return NumberText.significant(value, digits: 3, grouped: true)
    case .percent: return NumberText.significant(value * 100, digits: 3) + "%"
    default: return NumberText.scaled(value, by: unit)
    }
  }
}
