// A fence of CommonMark read from its lines: how it opens, where it closes, and what stands
// between.

/// A top-level fence of backticks or tildes.
struct Fence {
  /// Lines of the file, counted from 0; `closing` is nil when the fence runs to the end of the
  /// text.
  let opening: Int
  let closing: Int?
  /// Spaces before the opening fence, 0...3; content loses as many.
  let indentation: Int
  let info: String

  /// The fence that opens at a line, or nil when the line opens none.
  init?(at line: Int, in bytes: [UInt8], _ table: LineTable) {
    let content = bytes[table.lines[line].content]
    let indentation = content.indentation
    let fence = content.dropFirst(indentation)
    guard indentation < 4, let mark = fence.first, mark == 0x60 || mark == 0x7E else { return nil }
    let length = fence.prefix { $0 == mark }.count
    guard length >= 3 else { return nil }
    self.opening = line
    self.indentation = indentation
    self.info = fence.dropFirst(length).trimmed.text
    self.closing = table.lines[(line + 1)...].firstIndex {
      Self.closes(bytes[$0.content], mark: mark, length: length)
    }
  }

  /// At most three spaces, at least as many marks, then nothing but blanks.
  private static func closes(_ content: ArraySlice<UInt8>, mark: UInt8, length: Int) -> Bool {
    let indentation = content.indentation
    guard indentation < 4 else { return false }
    let fence = content.dropFirst(indentation)
    let marks = fence.prefix { $0 == mark }
    return marks.count >= length && fence.dropFirst(marks.count).allSatisfy(\.isBlank)
  }

  /// The lines between the fences, without the indentation that the fence takes away.
  func content(of bytes: [UInt8], _ table: LineTable) -> [String] {
    let end = closing ?? table.lines.count
    return table.lines[(opening + 1)..<end].map { line in
      let content = bytes[line.content]
      return content.dropFirst(min(indentation, content.indentation)).text
    }
  }

  /// Backticks enough to hold `lines`: one more than their longest run, and at least three.
  static func adaptive(for lines: [String]) -> String {
    var longest = 2
    for line in lines {
      var run = 0
      for byte in line.utf8 {
        run = byte == 0x60 ? run + 1 : 0
        longest = max(longest, run)
      }
    }
    return String(repeating: "`", count: longest + 1)
  }
}
