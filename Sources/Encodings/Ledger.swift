// Where every bit of a stored thing is: lines of bits by purpose, which add up to the whole.

/// What a run of bits is for.
package enum Purpose: String, Sendable, CaseIterable {
  case values, codes, scales, indices, fillers, codebook, padding, header, receipt, checksum
  case zeroPoints = "zero points"
  case codeTable = "code table"
  /// Codes, scales and indices deflated together: what each takes cannot be told apart any more.
  case deflated
}

package struct Ledger: Sendable, Equatable {
  package struct Line: Sendable, Equatable {
    package let purpose: Purpose
    package let bits: Int
    package init(_ purpose: Purpose, bits: Int) {
      self.purpose = purpose
      self.bits = bits
    }
  }

  /// One line per purpose that takes any bits, in the order of the bits' first appearance.
  package private(set) var lines: [Line]

  package init(_ lines: [Line] = []) {
    self.lines = []
    for line in lines { add(line.purpose, bits: line.bits) }
  }

  package var bits: Int { lines.reduce(0) { $0 + $1.bits } }

  package func bits(for purpose: Purpose) -> Int {
    lines.first { $0.purpose == purpose }?.bits ?? 0
  }

  package mutating func add(_ purpose: Purpose, bits: Int) {
    guard bits != 0 else { return }
    if let i = lines.firstIndex(where: { $0.purpose == purpose }) {
      lines[i] = Line(purpose, bits: lines[i].bits + bits)
    } else {
      lines.append(Line(purpose, bits: bits))
    }
  }

  /// Without bits that these lines hold among others.
  func without(_ part: Ledger) -> Ledger {
    Ledger(lines.map { Line($0.purpose, bits: $0.bits - part.bits(for: $0.purpose)) })
  }

  package static func + (left: Ledger, right: Ledger) -> Ledger {
    Ledger(left.lines + right.lines)
  }
}
