// The marks that printed values carry: ≈ for what varies from run to run, ± for what is known
// within bounds. A line is read into pieces; how two pieces compare is said here, and nowhere by
// regular expressions.

/// A part of a printed line.
enum Piece: Equatable {
  /// Compared byte for byte.
  case text(String)
  /// One or more blanks.
  case gap
  /// Two or more of one character that draws a line, as under the head of a table.
  case rule(Unicode.Scalar)
  /// `≈1.82 ms`: only what it measures, and its sign, are compared.
  case volatile(kind: Measure.Kind, isNegative: Bool)
  /// `≈csr`: a word that follows from such numbers; which one is not compared.
  case volatileWord
  /// `92.68% ± 0.51%`: value and tolerance in base units.
  case tolerant(value: Double, tolerance: Double, kind: Measure.Kind)

  var isMark: Bool {
    switch self {
    case .volatile, .volatileWord, .tolerant: true
    case .text, .gap, .rule: false
    }
  }

  /// Whether a stored piece and a new one agree.
  func agrees(with new: Piece) -> Bool {
    switch (self, new) {
    case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
    case (.tolerant(let a, let s, let kind), .tolerant(let b, let t, let other)):
      // Printed decimals are not binary fractions: 0.93 and 0.94 are within 0.01.
      kind == other && abs(a - b) <= max(s, t) + 1e-9 * max(abs(a), abs(b))
    default: self == new
    }
  }

  /// What an exact comparison may see of it: marked numbers are blank.
  var skeleton: String {
    switch self {
    case .text(let text): text
    case .gap: " "
    case .rule(let scalar): String(Character(scalar))
    case .volatile(let kind, let isNegative): "≈\(isNegative ? "-" : "")\(kind)"
    case .volatileWord: "≈word"
    case .tolerant(_, _, let kind): "±\(kind)"
    }
  }

  /// The pieces of a line, without blanks at its ends.
  static func all(in line: String) -> [Piece] {
    var scanner = PieceScanner(line)
    return scanner.scan()
  }
}

/// Reads a line into pieces.
private struct PieceScanner {
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var text = ""
  private var pieces: [Piece] = []

  init(_ line: String) { scalars = Array(line.unicodeScalars) }

  mutating func scan() -> [Piece] {
    while let scalar = peek() {
      if scalar.isBlank {
        skipBlanks()
        add(.gap)
      } else if let piece = rule() ?? volatile() ?? tolerant() {
        add(piece)
      } else {
        takeText()
      }
    }
    flush()
    if pieces.first == .gap { pieces.removeFirst() }
    if pieces.last == .gap { pieces.removeLast() }
    return pieces
  }

  private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    position + ahead < scalars.count ? scalars[position + ahead] : nil
  }

  private mutating func skipBlanks() {
    while let scalar = peek(), scalar.isBlank { position += 1 }
  }

  private mutating func flush() {
    if !text.isEmpty { pieces.append(.text(text)) }
    text = ""
  }

  private mutating func add(_ piece: Piece) {
    flush()
    pieces.append(piece)
  }

  /// One scalar of text, or a whole number or word, so that no mark begins in its middle.
  private mutating func takeText() {
    let start = position
    while let scalar = peek(), scalar.isWordPart { position += 1 }
    if position == start { position += 1 }
    text.unicodeScalars.append(contentsOf: scalars[start..<position])
  }

  private mutating func rule() -> Piece? {
    guard let scalar = peek(), scalar.drawsRules else { return nil }
    var length = 1
    while peek(length) == scalar { length += 1 }
    guard length >= 2 else { return nil }
    position += length
    return .rule(scalar)
  }

  private mutating func volatile() -> Piece? {
    let start = position
    guard let mark = peek(), mark == "≈" || mark == "~" else { return nil }
    position += 1
    if mark == "≈", peek()?.isLetter == true {
      while let scalar = peek(), scalar.isWordPart { position += 1 }
      return .volatileWord
    }
    if mark == "≈" { skipBlanks() }
    guard let number = number() else {
      position = start
      return nil
    }
    let unit = unit()
    if takePlusMinus(), self.number() != nil { _ = self.unit() }
    return .volatile(kind: unit.kind, isNegative: number < 0)
  }

  private mutating func tolerant() -> Piece? {
    let start = position
    if let value = number() {
      var unit = unit()
      let isBare = unit == .none
      if takePlusMinus(), let tolerance = number() {
        let second = self.unit()
        if isBare { unit = second }
        if second == .none || second.kind == unit.kind {
          let scale = second == .none ? unit.scale : second.scale
          return .tolerant(
            value: value * unit.scale, tolerance: abs(tolerance) * scale, kind: unit.kind)
        }
      }
    }
    position = start
    return nil
  }

  /// `±`, `+-` or `+/-` with blanks around it; moves only when it is there.
  private mutating func takePlusMinus() -> Bool {
    let start = position
    skipBlanks()
    for sign in ["±", "+-", "+/-"] {
      let wanted = Array(sign.unicodeScalars)
      guard scalars[position...].starts(with: wanted) else { continue }
      position += wanted.count
      skipBlanks()
      return true
    }
    position = start
    return false
  }

  /// A decimal number with optional sign, thousands commas and exponent.
  private mutating func number() -> Double? {
    let start = position
    var digits = ""
    if let sign = peek(), sign == "-" || sign == "+" || sign == "−" {
      if sign != "+" { digits = "-" }
      position += 1
    }
    let whole = takeDigits(commas: true)
    digits += whole
    if !whole.isEmpty, peek() == ".", peek(1)?.isDigit == true {
      position += 1
      digits += "." + takeDigits(commas: false)
    }
    if !whole.isEmpty { digits += takeExponent() }
    guard !whole.isEmpty, let value = Double(digits), value.isFinite else {
      position = start
      return nil
    }
    return value
  }

  private mutating func takeDigits(commas: Bool) -> String {
    var digits = ""
    while let scalar = peek() {
      if scalar.isDigit {
        digits.unicodeScalars.append(scalar)
      } else if !(commas && scalar == "," && !digits.isEmpty && peek(1)?.isDigit == true) {
        break
      }
      position += 1
    }
    return digits
  }

  private mutating func takeExponent() -> String {
    guard let mark = peek(), mark == "e" || mark == "E" else { return "" }
    var length = 1
    var exponent = "e"
    if let sign = peek(1), sign == "-" || sign == "+" {
      exponent.unicodeScalars.append(sign)
      length = 2
    }
    guard peek(length)?.isDigit == true else { return "" }
    position += length
    return exponent + takeDigits(commas: false)
  }

  /// A unit that is known, after at most one blank; `.none` when there is none.
  private mutating func unit() -> Measure {
    let start = position
    if peek() == " " { position += 1 }
    let first = position
    if peek() == "%" {
      position += 1
    } else {
      while let scalar = peek(), scalar.isLetter { position += 1 }
    }
    var name = ""
    name.unicodeScalars.append(contentsOf: scalars[first..<position])
    if let unit = Measure.all.first(where: { $0.name == name }) { return unit }
    position = start
    return .none
  }
}

extension Unicode.Scalar {
  fileprivate var isBlank: Bool { self == " " || self == "\t" }
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
  fileprivate var isLetter: Bool { properties.isAlphabetic }
  fileprivate var isWordPart: Bool { isDigit || isLetter || self == "." || self == "_" }
  fileprivate var drawsRules: Bool { "─━═-—–_=".unicodeScalars.contains(self) }
}
