// A piece of program text and where its lines are. Positions are UTF-8 byte offsets.

/// A half-open range of bytes in a source.
package struct Span: Sendable, Hashable {
  package let start: Int
  package let end: Int

  package init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = max(start, end)
  }

  /// From the beginning of this span to the end of another.
  package func through(_ other: Span) -> Span { Span(start, max(end, other.end)) }

  /// The point just behind this span.
  package var after: Span { Span(end, end) }
}

package final class Source: Sendable {
  /// What a reader calls it: "cell 3", "sweep.cnb", "input".
  package let name: String
  package let text: String
  package let bytes: [UInt8]
  /// Byte offsets at which lines begin.
  private let lineStarts: [Int]

  package init(name: String, text: String) {
    self.name = name
    self.text = text
    bytes = Array(text.utf8)
    var starts = [0]
    for (i, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(i + 1) }
    lineStarts = starts
  }

  package var lineCount: Int { lineStarts.count }

  /// The line of an offset, counted from 1.
  package func line(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The bytes of a line without its end, counted from 1.
  package func lineSpan(_ line: Int) -> Span {
    let start = lineStarts[line - 1]
    var end = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return Span(start, end)
  }

  package func text(in span: Span) -> String {
    let end = min(span.end, bytes.count)
    return String(decoding: bytes[min(span.start, end)..<end], as: UTF8.self)
  }
}
