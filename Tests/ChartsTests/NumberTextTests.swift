// The texts of numbers: rounding that never lies, units that fit, and no "-0".
import Charts
import Testing

@Suite struct NumberTexts {
  @Test(arguments: [
    (2.5, 0, "2"), (3.5, 0, "4"), (0.125, 2, "0.12"), (0.5, 0, "0"), (0.51, 0, "1"),
    (-0.4, 0, "0"), (-0.0, 2, "0.00"), (1.005, 2, "1.00"), (999.995, 1, "1000.0"),
    (1e21, 0, "1000000000000000000000"), (1e-7, 3, "0.000"), (-12.345, 1, "-12.3"),
    (0.1 + 0.2, 3, "0.300"), (9.99, 1, "10.0"), (.leastNonzeroMagnitude, 2, "0.00"),
  ])
  func fixed(_ number: Double, _ decimals: Int, _ text: String) {
    #expect(NumberText.fixed(number, decimals: decimals) == text)
  }

  @Test(
    arguments: [
      (0, "0"), (1, "1"), (0.1234567, "0.1235"), (12.34, "12.34"), (123_456, "123456"),
      (1_234_567.8, "1234568"), (12_345_678, "1.235e7"), (0.0001234, "0.0001234"),
      (0.00001234, "1.234e-5"), (-1.5e-7, "-1.5e-7"), (9999.96, "10000"), (1e300, "1e300"),
      (.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf"),
    ] as [(Double, String)])
  func significant(_ number: Double, _ text: String) {
    #expect(NumberText.significant(number) == text)
  }

  @Test(arguments: [
    (0, "0 B"), (1, "1 B"), (999, "999 B"), (1000, "1 KB"), (27_412, "27.4 KB"),
    (999_499, "999 KB"), (999_500, "1 MB"), (1_234_567, "1.23 MB"), (-2500, "-2.5 KB"),
    (3_000_000_000, "3 GB"),
  ])
  func bytes(_ count: Int, _ text: String) {
    #expect(NumberText.bytes(count) == text)
  }

  @Test func binaryBytes() {
    #expect(NumberText.bytes(1024, binary: true) == "1 KiB")
    #expect(NumberText.bytes(27_412, binary: true) == "26.8 KiB")
  }

  @Test(
    arguments: [
      (0, "0 s"), (1.5e-9, "1.5 ns"), (2.5e-6, "2.5 µs"), (0.00125, "1.25 ms"), (0.9996, "1 s"),
      (12.34, "12.3 s"), (119, "119 s"), (150, "2.5 min"), (9000, "2.5 h"),
    ] as [(Double, String)])
  func seconds(_ seconds: Double, _ text: String) {
    #expect(NumberText.seconds(seconds) == text)
  }

  @Test func percentRatioAndThousands() {
    #expect(NumberText.percent(0.9375) == "93.8%")
    #expect(NumberText.percent(0.9385, decimals: 1) == "93.8%", "half to even")
    #expect(NumberText.percent(1, decimals: 0) == "100%")
    #expect(NumberText.percent(-0.0001) == "0.0%")
    #expect(NumberText.ratio(6.1) == "6.1×")
    #expect(NumberText.grouped(0) == "0")
    #expect(NumberText.grouped(-1_234_567) == "-1,234,567")
    #expect(NumberText.grouped(Int.min) == "-9,223,372,036,854,775,808")
    #expect(NumberText.fixed(1234.5, decimals: 1, grouped: true) == "1,234.5")
    #expect(NumberText.fixed(100, decimals: 0, grouped: true) == "100")
  }

  @Test func seventeenDigitsReadBackAsTheSameNumber() {
    var noise = Noise(11)
    for _ in 0..<2000 {
      let bits = UInt64(noise.next() * 4_294_967_296) << 32 | UInt64(noise.next() * 4_294_967_296)
      let number = Double(bitPattern: bits)
      guard number.isFinite else { continue }
      #expect(Double(NumberText.significant(number, digits: 17)) == number)
    }
  }

  @Test func fixedIsWithinHalfAUnit() {
    var noise = Noise(12)
    for _ in 0..<2000 {
      let number = (noise.next() - 0.5) * 2000
      let back = Double(NumberText.fixed(number, decimals: 3))
      #expect(back.map { abs($0 - number) <= 0.0005000001 } == true)
    }
  }
}

@Suite struct TextWidths {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("量子化", 6), ("ｆｕｌｌ", 8), ("👩‍🔬", 2),
    ("🇨🇭", 2), ("❤️", 2), ("●○▲", 3), ("한국", 4), ("│─┤", 3), ("\u{200B}", 0), ("µ×±…", 4),
  ])
  func columns(_ text: String, _ columns: Int) {
    #expect(TextWidth.columns(text) == columns)
  }

  @Test func cutsAndPads() {
    #expect(TextWidth.cut("abcdef", to: 4) == "abc…")
    #expect(TextWidth.cut("量子化", to: 4) == "量…")
    #expect(TextWidth.cut("abc", to: 3) == "abc")
    #expect(TextWidth.cut("abc", to: 0) == "")
    #expect(TextWidth.leading("量", in: 4) == "量  ")
    #expect(TextWidth.trailing("ab", in: 4) == "  ab")
  }

  @Test func aCutIsNeverWider() {
    for text in ["abcdef", "量子化の", "a量b子", "👩‍🔬👩‍🔬", "e\u{301}e\u{301}e\u{301}"] {
      for room in 0...10 { #expect(TextWidth.columns(TextWidth.cut(text, to: room)) <= room) }
    }
  }
}
