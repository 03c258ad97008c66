// Numbers that know what they measure. Two different measures never mix silently: "12× smaller" by
// non-zeros and "12× smaller" by file bytes are different claims.

package struct Quantity: Sendable, Equatable {
  /// What was counted to get a size or a ratio.
  package enum Basis: String, Sendable, Hashable, CaseIterable {
    case plain = ""
    case file, gzip
    case nonzeros = "non-zeros"
    case entropy = "entropy bound"
    case operations = "MACs"
    case time, energy
  }

  package enum Unit: Sendable, Hashable {
    /// A share of a whole, shown in percent.
    case fraction
    /// A difference of two fractions, shown in percentage points.
    case points
    case bytes(Basis)
    case seconds
    case joules
    case count(Basis)
    /// How many times smaller or larger.
    case ratio(Basis)
    /// Bits per weight.
    case bits
  }

  /// How far the same value may differ on another run or machine.
  package enum Mark: Sendable, Equatable {
    case exact
    /// Times and memory: never compared. Shown with ≈.
    case volatile
    /// Worked out from figures of machines, not measured: the same everywhere. Shown with "est.".
    case estimated
    /// Compared within this much. Shown with ±.
    case within(Double)
  }

  package let value: Double
  package let unit: Unit
  package let mark: Mark

  package init(_ value: Double, _ unit: Unit, mark: Mark = .exact) {
    self.value = value
    self.unit = unit
    self.mark = mark
  }

  package func scaled(by factor: Double) -> Quantity {
    Quantity(value * factor, unit, mark: mark.scaled(by: abs(factor)))
  }
}

extension Quantity.Mark {
  func scaled(by factor: Double) -> Quantity.Mark {
    if case .within(let width) = self { return .within(width * factor) }
    return self
  }

  /// Of a sum or a difference.
  package static func + (left: Quantity.Mark, right: Quantity.Mark) -> Quantity.Mark {
    switch (left, right) {
    case (.volatile, _), (_, .volatile): .volatile
    case (.estimated, _), (_, .estimated): .estimated
    case (.within(let a), .within(let b)): .within(a + b)
    case (.within, .exact): left
    case (.exact, _): right
    }
  }

  /// Of `a * b`: each width counts as often as the other factor says.
  package static func product(_ a: Quantity, _ b: Quantity) -> Quantity.Mark {
    a.mark.scaled(by: abs(b.value)) + b.mark.scaled(by: abs(a.value))
  }

  /// Of `a / b`, where b is not 0.
  package static func quotient(_ a: Quantity, _ b: Quantity) -> Quantity.Mark {
    (a.mark + b.mark.scaled(by: abs(a.value / b.value))).scaled(by: 1 / abs(b.value))
  }
}

extension Quantity.Unit {
  /// In a sentence: "file bytes", "a ratio of gzip bytes".
  package var name: String {
    switch self {
    case .fraction: "a fraction"
    case .points: "percentage points"
    case .bytes(let basis): basis == .plain ? "bytes" : "\(basis.rawValue) bytes"
    case .seconds: "seconds"
    case .joules: "joules"
    case .count(let basis): basis == .plain ? "a count" : "a count of \(basis.rawValue)"
    case .ratio(let basis):
      switch basis {
      case .plain: "a ratio"
      case .file, .gzip: "a ratio of \(basis.rawValue) bytes"
      default: "a ratio of \(basis.rawValue)"
      }
    case .bits: "bits per weight"
    }
  }

  /// The unit of a sum or a comparison, where the two go together: a literal such as `27KB` takes the
  /// basis of what it is compared with.
  package func joined(with other: Quantity.Unit) -> Quantity.Unit? {
    switch (self, other) {
    case _ where self == other: self
    case (.bytes(.plain), .bytes), (.count(.plain), .count), (.ratio(.plain), .ratio),
      (.points, .fraction):
      other
    case (.bytes, .bytes(.plain)), (.count, .count(.plain)), (.ratio, .ratio(.plain)),
      (.fraction, .points):
      self
    default: nil
    }
  }

  /// What a quotient of two such quantities is: how many times one is the other, or a plain number
  /// where they were relative already.
  var quotient: Quantity.Unit {
    switch self {
    case .bytes(let basis), .count(let basis): .ratio(basis)
    case .seconds: .ratio(.time)
    case .joules: .ratio(.energy)
    case .fraction: .ratio(.plain)
    case .ratio, .points, .bits: .count(.plain)
    }
  }
}
