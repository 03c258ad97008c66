// Quantities keep their unit and their mark, or refuse.
import Interpreter
import Testing

@Suite struct QuantityTests {
  @Test(arguments: [
    ("1KB + 24B", "1,024 B"), ("2MB / 1KB", "2000×"), ("1KB * 3", "3 KB"), ("3 * 1KB", "3 KB"),
    ("50% * 1KB", "500 B"), ("1KB / 50%", "2 KB"), ("90% + 5%", "95%"), ("1 - 90%", "10%"),
    ("90% < 1", "true"), ("90% == 0.9", "true"), ("1KB == 1000", "!E0307"), ("1KB < 1KiB", "true"),
    ("1KB + 1", "!E0307"), ("1KB + 1s", "!E0307"), ("1KB < 1s", "!E0307"), ("1KB * 1KB", "!E0307"),
    ("1s / 0", "!E0306"), ("1s / 0s", "!E0306"), ("-(5ms)", "-5 ms"), ("4s mod 3s", "!E0307"),
    ("50% ^ 2", "0.25"), ("2KB.value", "2000"), ("90% * 200", "180"), ("90% - 5%", "+85.00 pp"),
    ("1 - 90%", "10%"),
    ("(90% - 5%) / (1% - 0%)", "85"), ("90% - (5% - 4%)", "89%"), ("(2KB / 1KB) * 1KB", "2 KB"),
  ])
  func laws(text: String, shown: String) {
    #expect(outcome(text) == shown, "\(text)")
  }

  private static let marks: [Quantity.Mark] = [.exact, .volatile, .estimated, .within(0.5)]

  @Test func marksOfSums() {
    for a in Self.marks {
      #expect(a + .exact == a)
      #expect(.exact + a == a)
      #expect(a + .volatile == .volatile)
    }
    #expect(Quantity.Mark.within(1) + .within(2) == .within(3))
    #expect(Quantity.Mark.within(1) + .estimated == .estimated)
    let two = Quantity(2, .fraction, mark: .within(0.25))
    let three = Quantity(3, .fraction)
    let none = Quantity(0, .fraction, mark: .within(0.5))
    #expect(Quantity.Mark.product(two, three) == .within(0.75))
    #expect(Quantity.Mark.product(none, two) == .within(1))
    #expect(Quantity.Mark.quotient(two, Quantity(4, .fraction)) == .within(0.0625))
    #expect(Quantity.Mark.quotient(none, two) == .within(0.25))
  }

  @Test func joiningIsSymmetric() {
    let bases = Quantity.Basis.allCases
    let units: [Quantity.Unit] =
      [.fraction, .points, .seconds, .joules, .bits]
      + bases.flatMap { [.bytes($0), .count($0), .ratio($0)] }
    for a in units {
      #expect(a.joined(with: a) == a)
      for b in units { #expect(a.joined(with: b) == b.joined(with: a), "\(a) \(b)") }
    }
  }
}
