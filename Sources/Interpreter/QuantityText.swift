// How quantities are written: a value and what it is known within share one unit and one number of
// decimals. Not how they are compared: that follows from their marks.
import Charts

extension Text {
  /// With its unit and its mark: "92.68 ± 0.51%", "≈1.82 ms", "2.6 ms est.", "78,041 B", "6.1×".
  package static func quantity(_ quantity: Quantity) -> String {
    guard quantity.value.isFinite else { return number(quantity.value) }
    switch quantity.mark {
    case .exact: return exact(quantity.value, quantity.unit)
    case .volatile: return "≈" + volatile(quantity.value, quantity.unit)
    case .estimated: return exact(quantity.value, quantity.unit) + " est."
    case .within(let width): return interval(quantity.value, width, quantity.unit)
    }
  }

  /// As it was asked for, with every digit: what a receipt keeps.
  package static func unrounded(_ quantity: Quantity) -> String {
    let value = quantity.value
    switch quantity.unit {
    case .fraction: return NumberText.significant(value * 100, digits: 15) + "%"
    case .bytes where value.magnitude < 1e15: return "\(digits(value))B"
    case .seconds: return "\(digits(value))s"
    case .joules: return "\(digits(value))J"
    default: return digits(value)
    }
  }

  /// The shortest text that reads back as the same number.
  package static func digits(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
  }

  private static func exact(_ value: Double, _ unit: Quantity.Unit) -> String {
    switch unit {
    case .fraction: return percent(value)
    case .points: return signed(value) + " pp"
    case .bytes(.plain) where isRound(value): return NumberText.bytes(value)
    case .bytes: return bytes(value)
    case .seconds: return NumberText.seconds(value)
    case .joules: return NumberText.joules(value)
    case .count: return count(value)
    case .ratio: return NumberText.ratio(value)
    case .bits: return NumberText.significant(value, digits: 4)
    }
  }

  /// What changes from run to run deserves few digits: `≈0.077`, `≈3e-8`.
  private static func volatile(_ value: Double, _ unit: Quantity.Unit) -> String {
    if case .count = unit, value.magnitude < 1 {
      return NumberText.significant(value, digits: 2)
    }
    return exact(value, unit)
  }

  // MARK: Intervals

  /// Two significant digits of the width, and the value to the same place.
  private static func interval(
    _ value: Double, _ width: Double, _ unit: Quantity.Unit
  ) -> String {
    let scale = scale(of: unit, for: value)
    let (shown, around) = (value * scale.factor, width.magnitude * scale.factor)
    guard around.isFinite else { return exact(value, unit) }
    let places = places(of: around)
    let sign = unit == .points && shown > 0 ? "+" : ""
    if places > mostPlaces {
      return sign + short(shown, places) + " ± " + short(around, places) + scale.suffix
    }
    return sign + rounded(shown, places) + " ± " + rounded(around, places) + scale.suffix
  }

  private static func scale(
    of unit: Quantity.Unit, for value: Double
  ) -> (factor: Double, suffix: String) {
    switch unit {
    case .fraction: return (100, "%")
    case .points: return (100, " pp")
    // Sizes in one column stay comparable at a glance: bytes, as those that are exact.
    case .bytes: return value.magnitude < wholeBytes ? (1, " B") : (1e-6, " MB")
    case .seconds:
      for (least, suffix) in [(1.0, " s"), (1e-3, " ms"), (1e-6, " µs")]
      where value.magnitude >= least {
        return (1 / least, suffix)
      }
      return value == 0 ? (1, " s") : (1e9, " ns")
    case .joules: return (1, " J")
    case .ratio: return (1, "×")
    case .count, .bits: return (1, "")
    }
  }

  /// Digits behind the point that leave two significant ones: negative before the point.
  private static func places(of width: Double) -> Int {
    guard width > 0 else { return 0 }
    var power = 0
    var rest = width
    while rest >= 99.5, power < 300 {
      rest /= 10
      power += 1
    }
    while rest < 9.95, power > -20 {
      rest *= 10
      power -= 1
    }
    return -power
  }

  /// Behind the point, before small numbers are written like `1.23e-5 ± 1.2e-6`.
  private static let mostPlaces = 6

  private static func short(_ value: Double, _ places: Int) -> String {
    let text = NumberText.fixed(value, decimals: places)
    return NumberText.significant(Double(text) ?? value, digits: 15)
  }

  private static func rounded(_ value: Double, _ places: Int) -> String {
    guard places < 0 else { return NumberText.fixed(value, decimals: places, grouped: true) }
    var step = 1.0
    for _ in places..<0 { step *= 10 }
    return NumberText.fixed((value / step).rounded() * step, decimals: 0, grouped: true)
  }

  // MARK: Single numbers

  /// Below this, sizes are written to the byte.
  private static let wholeBytes = 1e7

  private static func bytes(_ value: Double) -> String {
    guard value.magnitude < wholeBytes, value == value.rounded() else {
      return NumberText.bytes(value)
    }
    return NumberText.grouped(Int(value)) + " B"
  }

  /// `27KB` comes back as it was typed: three digits say it exactly.
  private static func isRound(_ value: Double) -> Bool {
    guard value.magnitude < 1e15, var rest = Int(exactly: value), rest != 0 else { return true }
    while rest % 10 == 0 { rest /= 10 }
    return rest.magnitude < 1000
  }

  private static func signed(_ value: Double) -> String {
    (value > 0 ? "+" : "") + NumberText.fixed(value * 100, decimals: 2)
  }

  private static func count(_ value: Double) -> String {
    let isWhole = value == value.rounded() && value.magnitude < 1e15
    return isWhole ? NumberText.grouped(Int(value)) : number(value)
  }

  /// Whole percents as they are written, others with two digits: `90%`, `92.68%`.
  private static func percent(_ value: Double) -> String {
    let rounded = (value * 100).rounded()
    if abs(value * 100 - rounded) < 1e-9, abs(rounded) < 1e9 { return "\(Int(rounded))%" }
    return NumberText.percent(value, decimals: 2)
  }
}
