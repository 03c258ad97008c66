// Finds the cells of a notebook and the outputs that belong to them, and everything that is wrong
// with it.

/// One pass over the bytes of a notebook. It never fails: what is wrong becomes a problem.
struct DocumentParser {
  let bytes: [UInt8]
  let table: LineTable
  private(set) var frontMatter = FrontMatter()
  private(set) var cells: [Cell] = []
  private(set) var claims: [Claim] = []
  private(set) var problems: [NotebookProblem] = []

  /// The first byte of text, after a byte order mark.
  private let start: Int
  private var blocks: [Markdown.Block] = []

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    start = Document.lengthOfByteOrderMark(bytes)
    table = LineTable(bytes, from: start)
  }

  mutating func parse() {
    let head = readFrontMatter()
    let body = head < table.lines.count ? table.lines[head].start : bytes.count
    let markdown = Markdown(bytes[body...], offset: head)
    blocks = markdown.blocks
    checkBytes()
    readBlocks()
    checkIDs()
    for line in markdown.nestedCells { warnMisplaced(line, "a list or a quote") }
    readClaims(markdown.claims)
    for line in markdown.brokenClaims {
      report(
        .claim, "this begins like a claim and is no link, so it would not be tested",
        help: "is a quote or a parenthesis open, or a line begun with > or #?", line: line)
    }
  }

  private mutating func report(
    _ code: NotebookCode, _ message: String, help: String? = nil, line: Int
  ) {
    problems.append(NotebookProblem(code, message, help: help, line: line + 1))
  }

  /// Returns the number of lines that it takes.
  private mutating func readFrontMatter() -> Int {
    do {
      let extent = try FrontMatter.extent(bytes, table)
      guard extent > 0 else { return 0 }
      let inside = table.lines[1..<(extent - 1)].map { bytes[$0.content].text }
      do {
        frontMatter = try FrontMatter(lines: inside)
      } catch {
        problems.append(error)
      }
      return extent
    } catch {
      problems.append(error)
      return 0
    }
  }
}

// Blocks: cells, the runs of outputs behind them, and fences that only look like cells.
extension DocumentParser {
  private mutating func readBlocks() {
    var index = 0
    while index < blocks.count {
      let block = blocks[index]
      index += 1
      switch block.kind {
      case .fence:
        guard let fence = Fence(at: block.firstLine, in: bytes, table) else { continue }
        guard fence.closing != nil else {
          report(
            .unclosedFence, "the fence that opens in this line is never closed",
            help: "close it with a line of at least as many marks", line: fence.opening)
          return
        }
        switch InfoString.name(of: Array(fence.info.utf8)[...]) {
        case "cnb": index = readCell(fence, next: index)
        case "cnb-out", "cnb-err":
          report(.orphanOutput, "this output does not follow a cell", line: fence.opening)
        default: continue
        }
      case .paragraph: checkParagraph(block)
      case .html: scanMisplaced(block, "HTML")
      case .indentedCode: scanMisplaced(block, "indented code")
      case .quoted, .other: continue
      }
    }
  }

  /// Returns the index of the block after the cell and its outputs.
  private mutating func readCell(_ fence: Fence, next: Int) -> Int {
    guard let closing = fence.closing else { return next }
    let end = table.lines[closing].end
    var outputs: [Output] = []
    var last = end
    var index = next
    var lastLineOfRun = closing
    while index < blocks.count, isBlank(lastLineOfRun + 1, blocks[index].firstLine),
      let (found, lastLine) = run(of: blocks[index])
    {
      lastLineOfRun = lastLine
      outputs += found
      last = table.lines[lastLine].end
      index += 1
    }
    let lines = fence.content(of: bytes, table)
    let info = readInfo(fence)
    checkCode(lines, below: fence)
    cells.append(
      Cell(
        index: cells.count, id: info.id, options: info.options,
        source: lines.joined(separator: "\n"), line: fence.opening + 1, outputs: outputs,
        range: table.lines[fence.opening].start..<end, run: end..<last))
    return index
  }

  /// Whether only blank lines stand between: a link definition is no block, and is still a user's
  /// text.
  private func isBlank(_ first: Int, _ end: Int) -> Bool {
    table.lines[min(first, end)..<end].allSatisfy { bytes[$0.content].trimmed.isEmpty }
  }

  private mutating func readInfo(_ fence: Fence) -> (id: String?, options: CellOptions) {
    if fence.indentation > 0 {
      report(
        .indentedFence, "the fence is indented, so its code loses as many spaces",
        line: fence.opening)
    }
    do {
      let info = try InfoString(parsing: fence.info)
      let options = try CellOptions(info)
      for option in options.unknown {
        report(.unknownOption, "cells have no option ‘\(option)’", line: fence.opening)
      }
      return (info.id, options)
    } catch {
      report(.infoString, error.sentence, line: fence.opening)
      return (nil, CellOptions())
    }
  }

  /// The outputs that a block holds, and its last line; nil when it is not an output.
  private func run(of block: Markdown.Block) -> ([Output], Int)? {
    switch block.kind {
    case .fence:
      guard let fence = Fence(at: block.firstLine, in: bytes, table), let closing = fence.closing,
        let output = Output(fence: fence, lines: fence.content(of: bytes, table))
      else { return nil }
      return ([output], closing)
    case .paragraph:
      guard block.firstLine <= block.lastLine, block.lastLine < table.lines.count else {
        return nil
      }
      let lines = table.lines[block.firstLine...block.lastLine].map { bytes[$0.content] }
      guard lines.allSatisfy(Output.isFigure) else { return nil }
      return (lines.map { Output(.figure, lines: [$0.trimmed.text]) }, block.lastLine)
    default: return nil
    }
  }
}

// What is wrong with the text, line by line.
extension DocumentParser {
  private mutating func checkBytes() {
    if start > 0 {
      report(.byteOrderMark, "the notebook begins with a byte order mark", line: 0)
    }
    for (index, line) in table.lines.enumerated() {
      let content = bytes[line.content]
      if PlainText.isMergeMarker(content) {
        report(
          .mergeMarker, "the notebook holds the marker of an unfinished merge",
          help: "finish the merge first", line: index)
      }
      if content.contains(0) {
        report(.nulByte, "the notebook holds a NUL byte", line: index)
      }
    }
  }

  private mutating func checkCode(_ lines: [String], below fence: Fence) {
    for (index, line) in lines.enumerated() {
      guard let control = line.unicodeScalars.first(where: PlainText.isBidirectionalControl) else {
        continue
      }
      let number = String(control.value, radix: 16, uppercase: true)
      let padded = String(repeating: "0", count: max(0, 4 - number.utf8.count)) + number
      report(
        .bidirectionalControl, "the code holds the invisible direction mark U+\(padded)",
        help: "delete it, or write it in a string as an escape", line: fence.opening + 1 + index)
    }
  }

  /// A backtick behind ```` ```cnb ```` makes it no fence at all, and its closing line opens one.
  private mutating func checkParagraph(_ block: Markdown.Block) {
    for line in block.firstLine...max(block.firstLine, block.lastLine) {
      guard line < table.lines.count else { return }
      let content = bytes[table.lines[line].content]
      guard content.first == 0x60, let info = Self.cellInfo(content), info.contains(0x60) else {
        continue
      }
      report(.infoString, "the opening line of a cell cannot hold a backtick", line: line)
    }
  }

  private mutating func scanMisplaced(_ block: Markdown.Block, _ place: String) {
    for line in block.firstLine...max(block.firstLine, block.lastLine) {
      guard line < table.lines.count else { return }
      if Self.cellInfo(bytes[table.lines[line].content].trimmed) != nil {
        warnMisplaced(line, place)
      }
    }
  }

  private mutating func warnMisplaced(_ line: Int, _ place: String) {
    report(.misplacedCell, "this cell stands inside \(place), so it never runs", line: line)
  }

  /// The info string of a line that begins like the fence of a cell.
  private static func cellInfo(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let mark = line.first, mark == 0x60 || mark == 0x7E else { return nil }
    let marks = line.prefix { $0 == mark }
    let info = line.dropFirst(marks.count)
    return marks.count >= 3 && InfoString.name(of: info) == "cnb" ? info : nil
  }

  private mutating func checkIDs() {
    var lines: [String: Int] = [:]
    for cell in cells {
      guard let id = cell.id else { continue }
      if let first = lines[id] {
        report(
          .duplicateID, "the id #\(id) is already that of the cell in line \(first)",
          help: "give one of them another id", line: cell.line - 1)
      } else {
        lines[id] = cell.line
      }
    }
  }

  private mutating func readClaims(_ links: [Markdown.ClaimLink]) {
    for link in links {
      do throws(NotebookProblem) {
        let claim = try Claim(link)
        if let id = claim.id, !cells.contains(where: { $0.id == id }) {
          throw NotebookProblem(
            .claim, "the claim ‘\(claim.text)’ names the cell #\(id), and there is none",
            line: claim.line)
        }
        claims.append(claim)
      } catch {
        problems.append(error)
      }
    }
  }
}
