// A notebook as a value: its bytes, and where its cells and their outputs stand in them. It owns
// the outputs and nothing else; it is not a pretty-printer, and every other byte stays as it was.

/// One cell of a notebook.
package struct Cell: Equatable, Sendable {
  /// Its place among the cells, counted from 0.
  package let index: Int
  package let id: String?
  package let options: CellOptions
  /// Its code, with LF between lines and none at the end.
  package let source: String
  /// The line of the opening fence in the file, counted from 1.
  package let line: Int
  /// The outputs that stand after it.
  package let outputs: [Output]
  /// The bytes from its opening to its closing fence, without the last line ending.
  let range: Range<Int>
  /// The bytes from the end of the cell to the end of its last output; empty when it has none.
  let run: Range<Int>

  /// The line of the first line of code in the file, counted from 1.
  package var sourceLine: Int { line + 1 }

  /// What names it in a message.
  package var name: String { id.map { "#\($0)" } ?? "the cell in line \(line)" }
}

/// A notebook: `Document(parsing: bytes).bytes == bytes`, for all bytes that are UTF-8.
package struct Document: Sendable {
  package let bytes: [UInt8]
  package let frontMatter: FrontMatter
  package let cells: [Cell]
  package let claims: [Claim]
  /// Errors and warnings, in the order of their lines.
  package let problems: [NotebookProblem]
  package let ending: LineEnding

  /// Throws only when the bytes are not UTF-8; all else that is wrong is in `problems`.
  package init(parsing bytes: [UInt8]) throws(NotebookProblem) {
    if let offset = Self.firstBadByte(bytes) {
      let line = LineTable(Array(bytes[..<offset])).lines.count
      throw NotebookProblem(
        .encoding, "byte \(offset) of the notebook is not UTF-8",
        help: "save it as UTF-8", line: max(1, line))
    }
    self.init(valid: bytes)
  }

  package init(_ text: String) { self.init(valid: Array(text.utf8)) }

  private init(valid bytes: [UInt8]) {
    var parser = DocumentParser(bytes)
    parser.parse()
    self.bytes = bytes
    frontMatter = parser.frontMatter
    cells = parser.cells
    claims = parser.claims
    problems = parser.problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
    ending = parser.table.ending
  }

  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The first problem that keeps it from being run.
  package var obstacle: NotebookProblem? { problems.first { !$0.isWarning } }

  package var hasByteOrderMark: Bool { Self.lengthOfByteOrderMark(bytes) > 0 }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The number of bytes that byte order marks take at the start; careless tools write several.
  static func lengthOfByteOrderMark(_ bytes: [UInt8]) -> Int {
    var length = 0
    while bytes[length...].starts(with: byteOrderMark) { length += byteOrderMark.count }
    return length
  }

  private static func firstBadByte(_ bytes: [UInt8]) -> Int? {
    do {
      _ = try UTF8Span(validating: bytes.span)
      return nil
    } catch {
      return error.byteOffsets.lowerBound
    }
  }

  /// The document with the outputs of some cells replaced, and every other byte as it was. A byte
  /// order mark is left out, but only when something else changes too.
  package func replacingOutputs(_ replacements: [Int: [Output]]) -> Document {
    var result: [UInt8] = []
    var position = 0
    for cell in cells {
      guard let outputs = replacements[cell.index], outputs != cell.outputs else { continue }
      result += bytes[position..<cell.range.upperBound]
      result += printed(outputs, before: cell.run.upperBound)
      position = cell.run.upperBound
    }
    guard position > 0 else { return self }
    result += bytes[position...]
    result.removeFirst(Self.lengthOfByteOrderMark(result))
    return Document(valid: result)
  }

  /// The document without any output.
  package func withoutOutputs() -> Document {
    replacingOutputs(Dictionary(uniqueKeysWithValues: cells.map { ($0.index, []) }))
  }

  private func printed(_ outputs: [Output], before next: Int) -> [UInt8] {
    guard let last = outputs.last else { return [] }
    let end = ending.bytes
    var result: [UInt8] = []
    for output in outputs {
      result += end
      for line in output.markdown { result += end + Array(line.utf8) }
    }
    // A line of prose right below a figure would become part of its paragraph.
    let following = bytes[next...].drop { $0 == 0x0A || $0 == 0x0D }
    let isTouching = bytes.count - next - following.count <= end.count && !following.isEmpty
    if last.kind == .figure && isTouching { result += end }
    return result
  }
}
