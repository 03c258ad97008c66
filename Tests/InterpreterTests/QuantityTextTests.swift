// How quantities are written: one unit, two digits of what they are known within, whole bytes.
import Interpreter
import Testing

@Suite struct QuantityTextTests {
  typealias Line = (Double, Quantity.Unit, Quantity.Mark, String)

  @Test func exact() {
    let lines: [Line] = [
      (0.9, .fraction, .exact, "90%"), (0.92684, .fraction, .exact, "92.68%"),
      (78_041, .bytes(.file), .exact, "78,041 B"), (0, .bytes(.file), .exact, "0 B"),
      (9_999_999, .bytes(.file), .exact, "9,999,999 B"),
      (12_345_678, .bytes(.file), .exact, "12.3 MB"), (1.25e-3, .seconds, .exact, "1.25 ms"),
      (50_610, .count(.plain), .exact, "50,610"), (6.849, .ratio(.file), .exact, "6.85×"),
      (0.0028, .points, .exact, "+0.28 pp"), (-0.0028, .points, .exact, "-0.28 pp"),
      (1.7576, .bits, .exact, "1.758"), (.nan, .bytes(.file), .exact, "nan"),
      (.infinity, .fraction, .exact, "inf"),
    ]
    check(lines)
  }

  @Test func known() {
    let lines: [Line] = [
      (0.92684, .fraction, .within(0.0051), "92.68 ± 0.51%"),
      (0.975, .fraction, .within(0.0168), "97.5 ± 1.7%"),
      (0.485126, .count(.plain), .within(0.0485126), "0.485 ± 0.049"),
      (10, .ratio(.file), .within(0.301), "10.00 ± 0.30×"),
      (18_123, .bytes(.gzip), .within(363), "18,120 ± 360 B"),
      (18_123_456, .bytes(.gzip), .within(362_500), "18.12 ± 0.36 MB"),
      (1.5, .count(.plain), .within(0.0996), "1.50 ± 0.10"),
      (15, .count(.plain), .within(9.96), "15 ± 10"),
      (1500, .count(.plain), .within(99.6), "1,500 ± 100"),
      (3, .count(.plain), .within(0), "3 ± 0"),
      (0.0028, .points, .within(0.01), "+0.3 ± 1.0 pp"),
    ]
    check(lines)
  }

  @Test func volatile() {
    let lines: [Line] = [
      (4.18e-6, .seconds, .volatile, "≈4.18 µs"), (0.0768, .count(.plain), .volatile, "≈0.077"),
      (3.2e-8, .count(.plain), .volatile, "≈3.2e-8"), (1, .count(.plain), .volatile, "≈1"),
    ]
    check(lines)
  }

  /// What was worked out and not measured says so, wherever it stands.
  @Test func estimated() {
    let lines: [Line] = [
      (2.61e-3, .seconds, .estimated, "2.61 ms est."), (4.2e-6, .joules, .estimated, "4.2 µJ est."),
      (1.5, .joules, .exact, "1.5 J"), (0, .joules, .exact, "0 J"),
      (2e-10, .joules, .exact, "0.2 nJ"),
    ]
    check(lines)
  }

  /// What a receipt keeps says all that was asked.
  @Test func unrounded() {
    #expect(Text.unrounded(Quantity(0.97125, .fraction)) == "97.125%")
    #expect(Text.unrounded(Quantity(27_512, .bytes(.plain))) == "27512B")
    #expect(Text.digits(0.00123456789) == "0.00123456789")
    #expect(Text.digits(3) == "3")
  }

  private func check(_ lines: [Line]) {
    for (value, unit, mark, text) in lines {
      #expect(Text.quantity(Quantity(value, unit, mark: mark)) == text)
    }
  }
}
