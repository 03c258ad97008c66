// A small terminal screen: enough of xterm to see what a user would see, with wide characters,
// wrapping, and lines laid out anew when the window changes.

internal import Glibc

struct Screen {
  private(set) var columns: Int
  private(set) var rows: Int
  private(set) var x = 0
  private(set) var y = 0
  private var cells: [[String]]
  /// Rows that go on in the next one because the text was too wide.
  private var wraps: [Bool]
  private var insertsCells = false
  private var pendingWrap = false
  private var escape: String?
  private var undecoded: [UInt8] = []
  /// Whether colour was ever used.
  private(set) var sawColor = false
  private(set) var bracketsPaste = false

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
    wraps = Array(repeating: false, count: rows)
  }

  /// The lines from the top, without the spaces at their ends and without the empty ones below.
  var lines: [String] {
    var lines = cells.map { row in Self.trimmed(row.joined()) }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  var text: String { lines.joined(separator: "\n") }
  var cursorLine: String { Self.trimmed(cells[y].joined()) }

  mutating func feed(_ bytes: some Sequence<UInt8>) {
    undecoded += bytes
    var whole = undecoded.count
    for length in 1...3 where length <= undecoded.count {
      let byte = undecoded[undecoded.count - length]
      let wanted = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      if byte & 0xC0 == 0x80 { continue }
      if wanted > length { whole = undecoded.count - length }
      break
    }
    let text = String(decoding: undecoded[..<whole], as: UTF8.self)
    undecoded.removeFirst(whole)
    for scalar in text.unicodeScalars { take(scalar) }
  }

  /// Lays wrapped lines out anew, as most terminals do.
  mutating func resize(columns newColumns: Int) {
    var logical: [[String]] = []
    var cursor = (line: 0, offset: 0)
    var goesOn = false
    for (index, row) in cells.enumerated() {
      if !goesOn { logical.append([]) }
      if index == y { cursor = (logical.count - 1, (logical.last?.count ?? 0) + x) }
      logical[logical.count - 1] += row
      goesOn = wraps[index]
    }
    var new = Screen(columns: newColumns, rows: rows)
    var row = 0
    for (index, line) in logical.enumerated() {
      let end = (line.lastIndex { $0 != " " } ?? -1) + 1
      let kept = Array(line[..<end])
      let count = max(1, (kept.count + newColumns - 1) / newColumns)
      if index == cursor.line {
        new.y = min(rows - 1, row + cursor.offset / newColumns)
        new.x = cursor.offset % newColumns
      }
      for part in 0..<count where row + part < rows {
        let piece = kept.dropFirst(part * newColumns).prefix(newColumns)
        new.cells[row + part].replaceSubrange(0..<piece.count, with: piece)
        new.wraps[row + part] = part + 1 < count
      }
      row += count
    }
    new.sawColor = sawColor
    self = new
  }

  private static func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }

  // MARK: - Characters

  private mutating func take(_ scalar: Unicode.Scalar) {
    if escape != nil {
      takeEscaped(scalar)
      return
    }
    switch scalar {
    case "\u{1B}": escape = ""
    case "\r": (x, pendingWrap) = (0, false)
    case "\n": lineFeed(wrapping: false)
    case "\u{8}": (x, pendingWrap) = (max(0, x - 1), false)
    case "\t": x = min(columns - 1, (x / 8 + 1) * 8)
    case _ where scalar.value < 32: break
    default: put(scalar)
    }
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    let isWide = scalar.value >= 0x1100 && (scalar.value < 0x2000 || scalar.value >= 0x2E80)
    let width = isWide ? 2 : 1
    if pendingWrap || x + width > columns { lineFeed(wrapping: true) }
    if insertsCells {
      cells[y].insert(contentsOf: Array(repeating: " ", count: width), at: x)
      cells[y].removeLast(width)
    }
    cells[y][x] = String(Character(scalar))
    if isWide { cells[y][x + 1] = "" }
    x += width
    if x >= columns { (x, pendingWrap) = (columns - 1, true) }
  }

  private mutating func lineFeed(wrapping: Bool) {
    if wrapping {
      wraps[y] = true
      x = 0
    }
    pendingWrap = false
    y += 1
    if y == rows {
      y -= 1
      cells.removeFirst()
      wraps.removeFirst()
      cells.append(Array(repeating: " ", count: columns))
      wraps.append(false)
    }
  }

  // MARK: - Escape sequences

  private mutating func takeEscaped(_ scalar: Unicode.Scalar) {
    let sequence = (escape ?? "") + String(Character(scalar))
    guard sequence.hasPrefix("[") else {
      // A character set, such as ESC ( B, has one more character; all else is done.
      escape = ["(", ")"].contains(sequence) ? sequence : nil
      return
    }
    guard sequence.count > 1, (0x40...0x7E).contains(scalar.value) else {
      escape = sequence
      return
    }
    escape = nil
    let body = sequence.dropFirst().dropLast()
    if body.hasPrefix("?") {
      if body == "?2004" { bracketsPaste = scalar == "h" }
      return
    }
    run(scalar, body.split(separator: ";").map { Int($0) ?? 0 })
  }

  private mutating func run(_ command: Unicode.Scalar, _ arguments: [Int]) {
    pendingWrap = false
    let first = arguments.first ?? 0
    let count = max(1, first)
    switch command {
    case "A": y = max(0, y - count)
    case "B": y = min(rows - 1, y + count)
    case "C": x = min(columns - 1, x + count)
    case "D": x = max(0, x - count)
    case "G": x = min(columns - 1, count - 1)
    case "H":
      y = min(rows - 1, count - 1)
      x = min(columns - 1, max(1, arguments.dropFirst().first ?? 1) - 1)
    case "K": erase(row: y, from: first == 0 ? x : 0, to: first == 1 ? x + 1 : columns)
    case "J":
      erase(row: y, from: first == 2 ? 0 : x, to: columns)
      for row in (first == 2 ? 0 : y + 1)..<rows { erase(row: row, from: 0, to: columns) }
    case "@":
      cells[y].insert(contentsOf: Array(repeating: " ", count: count), at: x)
      cells[y].removeLast(count)
    case "P":
      cells[y].removeSubrange(x..<min(columns, x + count))
      cells[y] += Array(repeating: " ", count: columns - cells[y].count)
    case "h": if first == 4 { insertsCells = true }
    case "l": if first == 4 { insertsCells = false }
    case "m": if arguments.contains(where: { (30...37).contains($0) }) { sawColor = true }
    default: break
    }
  }

  private mutating func erase(row: Int, from start: Int, to end: Int) {
    guard start < end else { return }
    for column in start..<end { cells[row][column] = " " }
    if end == columns { wraps[row] = false }
  }
}
