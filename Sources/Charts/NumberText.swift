// Numbers as people read them: fixed and significant digits, percent, bytes, seconds, thousands.
// Rounding is half to even on the shortest decimal text; the result is never "-0".

/// The texts of numbers. Not-a-number is "nan", infinities are "inf" and "-inf".
package enum NumberText {
  /// With exactly `decimals` (0...100) digits behind the point: 2.5 with two is "2.50".
  package static func fixed(
    _ number: Double, decimals: Int, grouped: Bool = false
  ) -> String {
    guard var decimal = DecimalDigits(number) else { return nonFinite(number) }
    let places = min(max(decimals, 0), 100)
    decimal.round(toDigits: decimal.point + places)
    return plain(decimal, minimum: places, grouped: grouped)
  }

  /// With at most `digits` significant digits and no trailing zeros. The whole part of a number
  /// below 10 million is never rounded away; larger and tiny numbers are written like "1.5e-7".
  package static func significant(
    _ number: Double, digits: Int = 4, grouped: Bool = false
  ) -> String {
    guard var decimal = DecimalDigits(number) else { return nonFinite(number) }
    let count = max(digits, 1)
    let isOrdinary = decimal.point <= 7 && decimal.point > -4
    decimal.round(toDigits: isOrdinary ? max(count, decimal.point) : count)
    guard decimal.point > 7 || decimal.point <= -4 else {
      return plain(decimal, minimum: 0, grouped: grouped)
    }
    let lead = decimal.digits.first.map { "\($0)" } ?? "0"
    let rest = decimal.digits.dropFirst().map { "\($0)" }.joined()
    let sign = decimal.isNegative ? "-" : ""
    return sign + lead + (rest.isEmpty ? "" : "." + rest) + "e\(decimal.point - 1)"
  }

  /// A whole number with a comma between thousands: "1,234,567".
  package static func grouped(_ number: Int) -> String {
    let digits = Array("\(number.magnitude)")
    var text = number < 0 ? "-" : ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// A fraction as percent with `decimals` digits: `percent(0.9375)` is "93.8%".
  package static func percent(_ fraction: Double, decimals: Int = 1) -> String {
    guard var decimal = DecimalDigits(fraction) else { return nonFinite(fraction) + "%" }
    if !decimal.digits.isEmpty { decimal.point += 2 }
    let places = min(max(decimals, 0), 100)
    decimal.round(toDigits: decimal.point + places)
    return plain(decimal, minimum: places, grouped: false) + "%"
  }

  /// Bytes with three significant digits: "27.4 KB" (thousands), or "26.8 KiB" if `binary`.
  package static func bytes(_ bytes: Double, binary: Bool = false) -> String {
    scaled(bytes, by: binary ? AxisUnit.binaryBytes : .bytes)
  }

  /// A number of bytes with three significant digits.
  package static func bytes(_ count: Int, binary: Bool = false) -> String {
    bytes(Double(count), binary: binary)
  }

  /// A time in the unit that suits it, three significant digits: "1.25 ms", "2.5 min".
  package static func seconds(_ seconds: Double, unicode: Bool = true) -> String {
    let text = scaled(seconds, by: .seconds)
    return unicode ? text : String(text.map { $0 == "µ" ? "u" : $0 })
  }

  /// An energy in the unit that suits it, three significant digits: "4.2 mJ".
  package static func joules(_ joules: Double) -> String { scaled(joules, by: .joules) }

  /// A ratio with three significant digits: "6.1×".
  package static func ratio(_ ratio: Double, unicode: Bool = true) -> String {
    significant(ratio, digits: 3) + (unicode ? "×" : "x")
  }

  /// The number in the unit's best scale, with `digits` significant digits and no trailing zeros.
  package static func scaled(_ number: Double, by unit: AxisUnit, digits: Int = 3) -> String {
    guard number.isFinite else { return nonFinite(number) }
    var scale = unit.scale(for: number)
    if let next = unit.scale(after: scale), reaches(number, next, digits) { scale = next }
    return significant(scale.shown(number), digits: digits, grouped: true) + scale.suffix
  }

  /// Whether rounding carries the number into the next scale, as 999.96 KB into 1 MB.
  private static func reaches(_ number: Double, _ next: AxisUnit.Scale, _ digits: Int) -> Bool {
    guard var decimal = DecimalDigits(number.magnitude),
      let limit = DecimalDigits(next.threshold), limit.digits == [1]
    else { return false }
    decimal.round(toDigits: digits)
    return decimal.point >= limit.point
  }

  private static func plain(_ decimal: DecimalDigits, minimum: Int, grouped: Bool) -> String {
    let fraction = decimal.fraction(minimum: minimum)
    return (decimal.isNegative ? "-" : "") + decimal.whole(grouped: grouped)
      + (fraction.isEmpty ? "" : "." + fraction)
  }

  private static func nonFinite(_ number: Double) -> String {
    number.isNaN ? "nan" : number < 0 ? "-inf" : "inf"
  }
}
