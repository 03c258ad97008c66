// Tab: what fits at the cursor goes in as far as it is certain; a second Tab lists the choices.

internal import CEditLine

/// What could stand at the cursor.
struct Completions: Equatable {
  struct Candidate: Equatable {
    let text: String
    /// A few words about it, or nothing.
    let detail: String

    init(_ text: String, detail: String = "") {
      self.text = text
      self.detail = detail
    }
  }

  /// Where the replaced text starts, in Unicode scalars from the start of the text.
  let replaceFrom: Int
  let candidates: [Candidate]

  init(replaceFrom: Int, candidates: [Candidate]) {
    self.replaceFrom = replaceFrom
    self.candidates = candidates
  }

  static let none = Completions(replaceFrom: 0, candidates: [])

  /// What all candidates begin with.
  var commonPrefix: [UInt32] {
    guard let first = candidates.first else { return [] }
    var prefix = first.text.unicodeScalars.map(\.value)
    for candidate in candidates.dropFirst() {
      let pairs = zip(prefix, candidate.text.unicodeScalars)
      prefix = Array(prefix.prefix(pairs.prefix { $0 == $1.value }.count))
    }
    return prefix
  }
}

extension LineEditor {
  func pressedTab() -> UInt8 {
    let (text, cursor) = buffer
    let line = text[((text[..<cursor].lastIndex(of: 10) ?? -1) + 1)..<cursor]
    if line.allSatisfy({ $0 == 32 || $0 == 9 }) {
      insert([32, 32])
      return cnb_cc_refresh
    }
    let found = complete(Self.string(text), cursor)
    let isSecond = lastTab.map { $0.text == text && $0.cursor == cursor } ?? false
    lastTab = (text, cursor)
    guard !found.candidates.isEmpty, (0...cursor).contains(found.replaceFrom) else {
      return cnb_cc_error
    }
    let typed = Array(text[found.replaceFrom..<cursor])
    let certain = found.commonPrefix
    if certain != typed, certain.count >= typed.count || found.candidates.count == 1 {
      el_deletestr(editor, Int32(typed.count))
      insert(certain)
      lastTab = buffer
      return cnb_cc_refresh
    }
    guard found.candidates.count > 1 else { return cnb_cc_norm }
    guard isSecond else { return cnb_cc_error }
    menu = found
    outcome = .showMenu(text: text, cursor: cursor)
    push(.submit)
    return cnb_cc_norm
  }
}

/// The list below the line: aligned, with details where there are any, and never longer than the
/// window.
enum CompletionMenu {
  static func rendered(_ completions: Completions, width: Int, height: Int) -> String {
    let candidates = completions.candidates
    let widest = candidates.map { Terminal.columns(of: $0.text) }.max() ?? 0
    let hasDetails = candidates.contains { !$0.detail.isEmpty }
    let rows =
      hasDetails ? detailed(candidates, widest, width) : columned(candidates, widest, width)
    let room = max(3, height - 3)
    guard rows.count > room else { return rows.joined() }
    return rows.prefix(room - 1).joined() + "  … \(rows.count - room + 1) more rows\r\n"
  }

  private static func detailed(
    _ candidates: [Completions.Candidate], _ widest: Int, _ width: Int
  ) -> [String] {
    let column = min(widest, max(8, width / 2))
    return candidates.map { candidate in
      let gap = max(0, column - Terminal.columns(of: candidate.text)) + 2
      let room = width - 3 - column - 2
      let detail = room > 8 ? Terminal.clipped(candidate.detail, to: room) : ""
      let spaces = String(repeating: " ", count: detail.isEmpty ? 0 : gap)
      let name = Terminal.clipped(candidate.text, to: width - 3)
      return "  \(name)\(spaces)\(Terminal.dimmed(detail))\r\n"
    }
  }

  private static func columned(
    _ candidates: [Completions.Candidate], _ widest: Int, _ width: Int
  ) -> [String] {
    let perRow = max(1, (width - 1) / (widest + 2))
    let count = (candidates.count + perRow - 1) / perRow
    return (0..<count).map { row in
      var line = ""
      for index in stride(from: row, to: candidates.count, by: count) {
        let text = candidates[index].text
        let isLast = index + count >= candidates.count
        let gap = isLast ? 0 : widest - Terminal.columns(of: text)
        line += "  " + text + String(repeating: " ", count: gap)
      }
      return line + "\r\n"
    }
  }
}
