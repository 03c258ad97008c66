// The terminal as a place: how wide it is, whether it takes colour, how many columns a text fills.

internal import CEditLine
internal import Glibc
internal import Synchronization

enum Terminal {
  static var width: Int { size?.columns ?? 80 }
  static var height: Int { size?.rows ?? 24 }

  /// Understands escape sequences: everything but TERM=dumb and a terminal without a name.
  static var isCapable: Bool {
    guard let name = environment("TERM") else { return false }
    return name != "dumb" && !name.isEmpty
  }

  /// Colour on standard output, unless NO_COLOR is set to anything.
  static var hasColor: Bool {
    isatty(1) == 1 && isCapable && (environment("NO_COLOR") ?? "").isEmpty
  }

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Why printed text did not arrive, as the system's error number; 0 while all of it did.
  static let fault = Atomic<Int32>(0)

  /// Brings what was printed to where it goes.
  static func flush() {
    if fflush(nil) != 0 { fault.store(errno, ordering: .relaxed) }
  }

  /// Sends bytes at once, past the buffers of the C library.
  static func send(_ text: String, to descriptor: Int32 = 1) {
    flush()
    var bytes = Array(text.utf8)
    while !bytes.isEmpty {
      let count = write(descriptor, bytes, bytes.count)
      if count > 0 {
        bytes.removeFirst(count)
      } else if errno != EINTR {
        return
      }
    }
  }

  static func dimmed(_ text: String) -> String {
    hasColor && !text.isEmpty ? "\u{1B}[2m\(text)\u{1B}[0m" : text
  }

  /// The prompt for libedit: between marks of U+0001 stands what fills no column. It ends in a
  /// visible character, since libedit drops a mark at the end and the colour would bleed.
  static func paintedPrompt(_ text: String) -> [UInt32] {
    let plain = text.unicodeScalars.map(\.value).filter { $0 != 1 }
    guard hasColor, let last = plain.last else { return plain }
    let start = "\u{1}\u{1B}[1;31m\u{1}".unicodeScalars.map(\.value)
    let end = "\u{1}\u{1B}[0m\u{1}".unicodeScalars.map(\.value)
    return start + plain.dropLast() + end + [last]
  }

  // MARK: - Columns

  static func columns(of scalar: UInt32) -> Int {
    max(0, Int(cnb_columns(wchar_t(bitPattern: scalar))))
  }

  static func columns(of text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + columns(of: $1.value) }
  }

  /// The text cut to a number of columns, with an ellipsis where something is missing.
  static func clipped(_ text: String, to room: Int) -> String {
    guard columns(of: text) > room else { return text }
    var kept = String.UnicodeScalarView()
    var used = 1
    for scalar in text.unicodeScalars {
      used += columns(of: scalar.value)
      if used > room { break }
      kept.append(scalar)
    }
    return String(kept) + "…"
  }

  /// The row, counted from the prompt's, on which the cursor stands when the text is laid out.
  static func row(of cursor: Int, in text: [UInt32], after prompt: Int, width: Int) -> Int {
    let width = max(1, width)
    var row = prompt / width
    var column = prompt % width
    for scalar in text.prefix(cursor) {
      if scalar == 10 {
        (row, column) = (row + 1, 0)
        continue
      }
      let filled = scalar == 9 ? 8 - column % 8 : scalar < 32 ? 2 : columns(of: scalar)
      if column + filled > width { (row, column) = (row + 1, 0) }
      column += filled
      if column >= width { (row, column) = (row + 1, 0) }
    }
    return row
  }

  private static var size: (columns: Int, rows: Int)? {
    var window = winsize()
    for descriptor: Int32 in [1, 2, 0] where ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0 {
      if window.ws_col > 0, window.ws_row > 0 { return (Int(window.ws_col), Int(window.ws_row)) }
    }
    return nil
  }
}
