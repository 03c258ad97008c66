// Where the lines of a text begin and end, in bytes. Only LF, CRLF and CR end a line, as in
// CommonMark; never a `Character`, for which CRLF is one thing and U+2028 a line end.

/// How a file ends its lines.
package enum LineEnding: String, CaseIterable, Sendable {
  case lf = "\n"
  case crlf = "\r\n"
  case cr = "\r"

  package var bytes: [UInt8] { Array(rawValue.utf8) }
}

/// The lines of a text as ranges of its bytes.
package struct LineTable: Sendable {
  /// One line: its content, and where the next one starts.
  package struct Line: Equatable, Sendable {
    package let start: Int
    /// The end of the content, before the line ending.
    package let end: Int
    /// The start of the next line.
    package let next: Int

    package var content: Range<Int> { start..<end }
    package var isLastWithoutEnding: Bool { end == next }
  }

  package let lines: [Line]
  /// The ending of the first line that has one, or LF.
  package let ending: LineEnding

  /// - Parameter first: where the text begins, after a byte order mark.
  package init(_ bytes: [UInt8], from first: Int = 0) {
    var lines: [Line] = []
    var ending: LineEnding?
    var start = first
    var position = first
    while position < bytes.count {
      guard let found = Self.ending(in: bytes, at: position) else {
        position += 1
        continue
      }
      let next = position + found.bytes.count
      lines.append(Line(start: start, end: position, next: next))
      ending = ending ?? found
      start = next
      position = next
    }
    if start < bytes.count {
      lines.append(Line(start: start, end: bytes.count, next: bytes.count))
    }
    self.lines = lines
    self.ending = ending ?? .lf
  }

  private static func ending(in bytes: [UInt8], at position: Int) -> LineEnding? {
    switch bytes[position] {
    case 0x0A: .lf
    case 0x0D: position + 1 < bytes.count && bytes[position + 1] == 0x0A ? .crlf : .cr
    default: nil
    }
  }
}

extension ArraySlice<UInt8> {
  /// Without spaces and tabs at both ends.
  var trimmed: Self {
    var slice = self
    while let first = slice.first, first.isBlank { slice = slice.dropFirst() }
    return slice.trimmedRight
  }

  /// Without spaces and tabs at the end.
  var trimmedRight: Self {
    var slice = self
    while let last = slice.last, last.isBlank { slice = slice.dropLast() }
    return slice
  }

  /// The number of spaces at the start.
  var indentation: Int { prefix { $0 == 0x20 }.count }

  var text: String { String(decoding: self, as: UTF8.self) }
}

extension UInt8 {
  var isBlank: Bool { self == 0x20 || self == 0x09 }
}
