// What a program wrote to a terminal, as lines that can stand in a document: carriage returns and
// escape sequences are acted out on a line, then gone; what is invisible or would mislead is
// spelled out.

/// Text that was written to a terminal, turned into plain lines.
package struct PlainText: Sendable {
  package let lines: [String]
  /// The last line had no line ending.
  package let endsInMidLine: Bool

  package init(_ text: String) {
    var screen = ScreenLine()
    var lines: [String] = []
    var scalars = Array(text.unicodeScalars)[...]
    var isOpen = false
    while let scalar = scalars.popFirst() {
      isOpen = true
      switch scalar {
      case "\n":
        lines.append(screen.finish())
        isOpen = false
      case "\r": screen.cursor = 0
      case "\u{8}": screen.cursor = max(0, screen.cursor - 1)
      case "\u{1B}": screen.obey(Escape(consuming: &scalars))
      default: screen.write(scalar)
      }
    }
    endsInMidLine = isOpen
    if isOpen { lines.append(screen.finish()) }
    self.lines = lines.map(Self.spelledOut)
  }

  /// Without blanks at the end, controls as `\x07`, direction marks as `\u{202e}`.
  private static func spelledOut(_ line: String) -> String {
    var result = ""
    for scalar in line.unicodeScalars {
      if scalar == "\t" || !isMisleading(scalar) {
        result.unicodeScalars.append(scalar)
      } else if scalar.value < 0x100 {
        let digits = String(scalar.value, radix: 16)
        result += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
      } else {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      }
    }
    let trimmed = Array(result.utf8)[...].trimmedRight.text
    return isMergeMarker(Array(trimmed.utf8)[...]) ? escapedFirst(trimmed) : trimmed
  }

  /// A printed merge marker would keep the notebook from being run again.
  private static func escapedFirst(_ line: String) -> String {
    (line.hasPrefix("<") ? "\\x3c" : "\\x3e") + line.dropFirst()
  }

  private static func isMisleading(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF: true
    default: isBidirectionalControl(scalar)
    }
  }

  static func isBidirectionalControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// Seven `<` or `>` at the start of a line, then a blank or nothing.
  static func isMergeMarker(_ line: ArraySlice<UInt8>) -> Bool {
    guard let mark = line.first, mark == 0x3C || mark == 0x3E else { return false }
    let run = line.prefix { $0 == mark }
    return run.count == 7 && (line.dropFirst(7).first?.isBlank ?? true)
  }
}

/// One line of a terminal, with a cursor.
private struct ScreenLine {
  private var cells: [Unicode.Scalar] = []
  var cursor = 0

  mutating func write(_ scalar: Unicode.Scalar) {
    if cursor < cells.count {
      cells[cursor] = scalar
    } else {
      while cells.count < cursor { cells.append(" ") }
      cells.append(scalar)
    }
    cursor += 1
  }

  mutating func obey(_ escape: Escape) {
    switch escape {
    case .eraseRight: cells.removeLast(max(0, cells.count - cursor))
    case .eraseLeft: for index in 0..<min(cursor, cells.count) { cells[index] = " " }
    case .eraseLine: cells.removeAll()
    case .column(let column): cursor = column
    case .move(let distance): cursor = min(max(0, cursor + distance), Escape.widest)
    case .other: return
    }
  }

  mutating func finish() -> String {
    var text = ""
    text.unicodeScalars.append(contentsOf: cells)
    cells.removeAll(keepingCapacity: true)
    cursor = 0
    return text
  }
}

/// An escape sequence: the few that move along a line, and all others, which only color or
/// decorate.
private enum Escape {
  case eraseRight, eraseLeft, eraseLine
  case column(Int)
  case move(Int)
  case other

  /// A cursor further right than any terminal is wide is held here.
  static let widest = 4096

  init(consuming scalars: inout ArraySlice<Unicode.Scalar>) {
    switch scalars.popFirst() {
    case "[": self = Self.control(&scalars)
    case "]", "P", "X", "^", "_": self = Self.string(&scalars)
    case "(", ")", "*", "+", "#", "%", " ":
      _ = scalars.popFirst()
      self = .other
    default: self = .other
    }
  }

  private static func control(_ scalars: inout ArraySlice<Unicode.Scalar>) -> Escape {
    var parameter = ""
    while let scalar = scalars.first, (0x20...0x3F).contains(scalar.value) {
      parameter.unicodeScalars.append(scalar)
      scalars.removeFirst()
    }
    guard let final = scalars.first, (0x40...0x7E).contains(final.value) else { return .other }
    scalars.removeFirst()
    let number = min(max(0, Int(parameter) ?? 0), widest)
    switch final {
    case "K": return number == 0 ? .eraseRight : number == 1 ? .eraseLeft : .eraseLine
    case "G": return .column(max(0, number - 1))
    case "C": return .move(max(1, number))
    case "D": return .move(-max(1, number))
    default: return .other
    }
  }

  /// A title or a link: all up to BEL or ESC \, on one line at most.
  private static func string(_ scalars: inout ArraySlice<Unicode.Scalar>) -> Escape {
    while let scalar = scalars.first, scalar != "\n" {
      scalars.removeFirst()
      if scalar == "\u{7}" { break }
      if scalar == "\u{1B}" {
        if scalars.first == "\\" { scalars.removeFirst() }
        break
      }
    }
    return .other
  }
}
