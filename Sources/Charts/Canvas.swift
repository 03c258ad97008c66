// A field of cells for dots (2 × 4 braille dots in a cell) and for single glyphs above them.

/// How a line is dashed, in dots: so many on, so many off, and again.
struct Dash: Sendable {
  let runs: [Int]

  static let solid = Dash(runs: [1])
  /// One per series, in the order of `Glyphs.dashes`.
  static let all = [solid, Dash(runs: [5, 4]), Dash(runs: [1, 3]), Dash(runs: [7, 3, 1, 3])]

  static func of(series: Int) -> Dash { all[series % all.count] }

  func isOn(_ step: Int) -> Bool {
    guard runs.count > 1 else { return true }
    var rest = step % runs.reduce(0, +)
    for (index, run) in runs.enumerated() {
      if rest < run { return index % 2 == 0 }
      rest -= run
    }
    return false
  }
}

/// Dots and glyphs in cells. Dot (0, 0) is at the bottom left; what is outside is not drawn.
struct Canvas: Sendable {
  let columns: Int
  let rows: Int
  /// Dots in a cell: 2 × 4 in Unicode, 1 × 1 in ASCII.
  let across: Int
  let down: Int

  private let isUnicode: Bool
  private var masks: [UInt8]
  private var inks: [Ink]
  private var glyphs: [String?]

  init(columns: Int, rows: Int, unicode: Bool) {
    self.columns = max(columns, 1)
    self.rows = max(rows, 1)
    isUnicode = unicode
    across = unicode ? 2 : 1
    down = unicode ? 4 : 1
    let cells = self.columns * self.rows
    masks = Array(repeating: 0, count: cells)
    inks = Array(repeating: .plain, count: cells)
    glyphs = Array(repeating: nil, count: cells)
  }

  var dotsAcross: Int { columns * across }
  var dotsUp: Int { rows * down }

  /// The braille bits of a cell, by column and by row from the top.
  private static let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]

  private func cell(_ column: Int, _ row: Int) -> Int? {
    guard column >= 0, column < columns, row >= 0, row < rows else { return nil }
    return row * columns + column
  }

  /// The row of cells, counted from the top, that holds the dots of this height.
  func row(ofDot y: Int) -> Int { rows - 1 - y / down }

  mutating func dot(_ x: Int, _ y: Int, _ ink: Ink) {
    guard x >= 0, y >= 0, let cell = cell(x / across, row(ofDot: y)) else { return }
    masks[cell] |= isUnicode ? Self.bits[x % 2][3 - y % 4] : 1
    inks[cell] = ink
  }

  /// A line of dots, both ends included (Bresenham). `step` carries the dash on to the next line.
  mutating func line(
    from start: (x: Int, y: Int), to end: (x: Int, y: Int), _ ink: Ink, _ dash: Dash,
    step: inout Int
  ) {
    let width = abs(end.x - start.x)
    let height = abs(end.y - start.y)
    let right = start.x < end.x ? 1 : -1
    let up = start.y < end.y ? 1 : -1
    var (x, y) = start
    var error = width - height
    for _ in 0...max(width, height) {
      if dash.isOn(step) { dot(x, y, ink) }
      step += 1
      let twice = 2 * error
      if twice > -height {
        error -= height
        x += right
      }
      if twice < width {
        error += width
        y += up
      }
    }
    step -= 1
  }

  /// A glyph of one column in a cell, over whatever is there.
  mutating func glyph(_ glyph: String, column: Int, row: Int, _ ink: Ink) {
    guard let cell = cell(column, row) else { return }
    glyphs[cell] = glyph
    inks[cell] = ink
  }

  /// Whether nothing is drawn in these cells, and all of them are inside.
  func isFree(columns range: Range<Int>, row: Int) -> Bool {
    range.allSatisfy { column in
      cell(column, row).map { glyphs[$0] == nil && masks[$0] == 0 } ?? false
    }
  }

  /// Writes text into cells, a wide character over two of them.
  mutating func text(_ text: String, column: Int, row: Int, _ ink: Ink) {
    var column = column
    for character in text {
      let width = TextWidth.columns(character)
      guard width > 0 else { continue }
      glyph(String(character), column: column, row: row, ink)
      if width == 2 { glyph("", column: column + 1, row: row, ink) }
      column += width
    }
  }

  /// A row of cells, counted from the top.
  func line(_ row: Int) -> Row {
    var line = Row()
    for column in 0..<columns {
      guard let cell = cell(column, row) else { continue }
      if let glyph = glyphs[cell] {
        line.add(glyph, inks[cell])
      } else if masks[cell] == 0 {
        line.add(" ")
      } else {
        line.add(pattern(masks[cell]), inks[cell])
      }
    }
    return line
  }

  private func pattern(_ mask: UInt8) -> String {
    guard isUnicode, let scalar = Unicode.Scalar(0x2800 + UInt32(mask)) else { return "." }
    return String(Character(scalar))
  }
}
