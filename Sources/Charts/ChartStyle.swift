// How charts and tables may look: columns, rows, color, Unicode; and the glyphs and colors for it.

/// The page that a chart is drawn on.
package struct ChartStyle: Sendable, Equatable {
  /// Columns; no line is ever wider.
  package var width: Int
  /// Rows of the plotting area, without title, axes and notes. Nil chooses them from the width.
  package var height: Int?
  /// Whether escape codes for colors are allowed.
  package var color: Bool
  /// Whether glyphs beyond ASCII are allowed.
  package var unicode: Bool

  package init(width: Int = 80, height: Int? = nil, color: Bool = false, unicode: Bool = true) {
    self.width = max(width, 1)
    self.height = height.map { min(max($0, 2), 200) }
    self.color = color
    self.unicode = unicode
  }

  /// What notebooks use: 80 columns, no color.
  package static let notebook = ChartStyle()

  var rows: Int { height ?? min(max(width / 5, 8), 22) }
  var glyphs: Glyphs { unicode ? .unicode : .ascii }
}

/// The characters that charts are made of.
struct Glyphs: Sendable {
  let vertical, horizontal, corner, tickLeft, tickBelow: String
  let whiskerTop, whiskerBottom, whiskerLeft, whiskerRight: String
  let ellipsis, plusMinus, dot: String
  /// One per series of a scatter or line chart, in order; then they repeat.
  let markers: [String]
  /// The samples of line styles in a legend, in the order of `Dash.all`.
  let dashes: [String]
  /// One per series of a bar chart.
  let fills: [String]
  /// From little to much, the first is blank.
  let shades: [String]
  /// Partial columns from the bottom up; the last is a full cell.
  let columns: [String]
  /// Partial bars from the left; the last is a full cell.
  let bars: [String]

  static let unicode = Glyphs(
    vertical: "│", horizontal: "─", corner: "└", tickLeft: "┤", tickBelow: "┬",
    whiskerTop: "┬", whiskerBottom: "┴", whiskerLeft: "├", whiskerRight: "┤",
    ellipsis: "…", plusMinus: "±", dot: "·",
    markers: ["●", "○", "▲", "△", "■", "□"], dashes: ["───", "─ ─", "···", "─·─"],
    fills: ["█", "▒", "░", "▓"], shades: [" ", "░", "▒", "▓", "█"],
    columns: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    bars: ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"])

  static let ascii = Glyphs(
    vertical: "|", horizontal: "-", corner: "+", tickLeft: "+", tickBelow: "+",
    whiskerTop: "-", whiskerBottom: "-", whiskerLeft: "|", whiskerRight: "|",
    ellipsis: "~", plusMinus: "+-", dot: ".",
    markers: ["*", "o", "+", "x", "#", "@"], dashes: ["...", "...", "...", "..."],
    fills: ["#", "=", ":", "%"], shades: [" ", ".", ":", "+", "#"],
    columns: [".", "#"], bars: ["#"])

  func marker(_ series: Int) -> String { markers[series % markers.count] }
  func dash(_ series: Int) -> String { dashes[series % dashes.count] }
  func fill(_ series: Int) -> String { fills[series % fills.count] }
}

/// The color of a piece of text; `plain` is the terminal's own.
enum Ink: Sendable, Equatable {
  case plain, bold, dim
  case series(Int)
  /// An entry of the 256-color table, on another as background if there is one.
  case shade(UInt8, on: UInt8?)

  /// The escape code that switches it on, or nil.
  var code: String? {
    switch self {
    case .plain: nil
    case .bold: "\u{1B}[1m"
    case .dim: "\u{1B}[38;5;\(Palette.gray)m"
    case .series(let index): "\u{1B}[38;5;\(Palette.series(index))m"
    case .shade(let front, let back):
      "\u{1B}[38;5;\(front)" + (back.map { ";48;5;\($0)" } ?? "") + "m"
    }
  }

  static let reset = "\u{1B}[0m"
}

/// Colors of the 256-color table. Those of series have contrast 3:1 or more on black and on white.
/// All but violet have hues of Okabe and Ito 2008 (https://jfly.uni-koeln.de/color/), which
/// color-blind readers can tell apart.
package enum Palette {
  /// Blue, vermilion, green, purple, ochre, violet.
  package static let all: [UInt8] = [32, 166, 29, 169, 136, 98]
  package static let gray: UInt8 = 244
  /// From dark blue to yellow, with lightness rising all the way.
  static let rising: [UInt8] = [17, 18, 24, 30, 36, 71, 107, 149, 185, 227]
  /// From blue through light gray to vermilion.
  static let diverging: [UInt8] = [25, 32, 74, 110, 152, 254, 223, 215, 208, 166, 130]

  package static func series(_ index: Int) -> UInt8 { all[index % all.count] }
}
