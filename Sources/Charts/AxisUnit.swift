// The units that an axis can carry, with the scales among which it chooses (B, KB, MB …).

/// What the numbers on an axis count. Data stay in the base unit; the scale is for the eye.
package struct AxisUnit: Sendable, Equatable {
  /// A step of the unit: shown numbers are data × factor, followed by the suffix.
  package struct Scale: Sendable, Equatable {
    /// The smallest magnitude, in the base unit, for which this scale is used.
    package let threshold: Double
    package let factor: Double
    package let suffix: String

    init(_ threshold: Double, _ factor: Double, _ suffix: String) {
      self.threshold = threshold
      self.factor = factor
      self.suffix = suffix
    }

    /// The number in this scale. A division rounds once where a factor like 0.001 would twice.
    func shown(_ number: Double) -> Double {
      factor < 1 ? number / (1 / factor).rounded() : number * factor
    }
  }

  package let name: String
  package let summary: String
  /// In order of rising threshold, never empty.
  package let scales: [Scale]

  /// Every unit.
  package static let all: [AxisUnit] = [
    plain, bytes, binaryBytes, bits, seconds, joules, percent, ratio,
  ]

  package static let plain = AxisUnit(
    name: "plain", summary: "Numbers as they are.", scales: [Scale(0, 1, "")])

  package static let bytes = AxisUnit(
    name: "bytes", summary: "Bytes, in steps of 1000.",
    scales: [
      Scale(0, 1, " B"), Scale(1e3, 1e-3, " KB"), Scale(1e6, 1e-6, " MB"),
      Scale(1e9, 1e-9, " GB"), Scale(1e12, 1e-12, " TB"),
    ])

  package static let binaryBytes = AxisUnit(
    name: "binary_bytes", summary: "Bytes, in steps of 1024.",
    scales: [
      Scale(0, 1, " B"), Scale(0x1p10, 0x1p-10, " KiB"), Scale(0x1p20, 0x1p-20, " MiB"),
      Scale(0x1p30, 0x1p-30, " GiB"), Scale(0x1p40, 0x1p-40, " TiB"),
    ])

  package static let bits = AxisUnit(
    name: "bits", summary: "Bits, such as bits per weight.", scales: [Scale(0, 1, " bit")])

  package static let seconds = AxisUnit(
    name: "seconds", summary: "Seconds, from nanoseconds to hours.",
    scales: [
      Scale(0, 1e9, " ns"), Scale(1e-6, 1e6, " µs"), Scale(1e-3, 1e3, " ms"), Scale(1, 1, " s"),
      Scale(120, 1.0 / 60, " min"), Scale(7200, 1.0 / 3600, " h"),
    ])

  package static let joules = AxisUnit(
    name: "joules", summary: "Joules, from nanojoules up.",
    scales: [
      Scale(0, 1e9, " nJ"), Scale(1e-6, 1e6, " µJ"), Scale(1e-3, 1e3, " mJ"), Scale(1, 1, " J"),
    ])

  package static let percent = AxisUnit(
    name: "percent", summary: "Fractions 0...1, shown as percent.", scales: [Scale(0, 100, "%")])

  package static let ratio = AxisUnit(
    name: "ratio", summary: "Ratios, shown as 4×.", scales: [Scale(0, 1, "×")])

  /// The scale for numbers of this magnitude. Zero takes the one with factor 1.
  func scale(for number: Double) -> Scale {
    guard number != 0 else { return scales.first { $0.factor == 1 } ?? first }
    return scales.last { $0.threshold <= number.magnitude } ?? first
  }

  func scale(after scale: Scale) -> Scale? {
    guard let index = scales.firstIndex(of: scale), index + 1 < scales.count else { return nil }
    return scales[index + 1]
  }

  private var first: Scale { scales.first ?? Scale(0, 1, "") }

  /// A single value in this unit, such as at the end of a bar. Percent keep up to two decimals.
  package func text(_ number: Double) -> String {
    switch self {
    case .percent:
      let text = NumberText.percent(number, decimals: 2)
      return text.hasSuffix(".00%") ? NumberText.percent(number, decimals: 0) : text
    case .plain: return NumberText.significant(number, digits: 4, grouped: true)
    default: return NumberText.scaled(number, by: self)
    }
  }
}
