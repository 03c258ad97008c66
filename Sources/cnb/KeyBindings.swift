// Which key does what, in one table; and what the keys that libedit does not know do.

internal import CEditLine

/// Single characters that no keyboard sends (C1 controls; `nextKey` drops typed ones). Bound to
/// libedit's own commands, they let our functions run those.
enum PrivateKey: UInt32, CaseIterable {
  case previousLine = 0x91
  case nextLine = 0x92
  case previousEntry = 0x93
  case nextEntry = 0x94
  case deleteNext = 0x95
  case submit = 0x9A
  case restore = 0x9B
  case paste = 0x9C

  var command: String {
    switch self {
    case .previousLine: "ed-prev-line"
    case .nextLine: "ed-next-line"
    case .previousEntry: "ed-prev-history"
    case .nextEntry: "ed-next-history"
    case .deleteNext: "ed-delete-next-char"
    case .submit: "ed-newline"
    case .restore: "cnb-restore"
    case .paste: "cnb-paste"
    }
  }
}

/// A key function of our own: what it is called for libedit, and what it does.
private struct KeyFunction {
  let name: String
  let help: String
  let run: cnb_key_function

  static let all: [KeyFunction] = [
    KeyFunction(name: "cnb-enter", help: "Run the text, or go on in a new line") { editor, _ in
      LineEditor.owner(of: editor)?.pressedEnter() ?? cnb_cc_error
    },
    KeyFunction(name: "cnb-newline", help: "A new line") { editor, _ in
      LineEditor.owner(of: editor)?.newLine() ?? cnb_cc_error
    },
    KeyFunction(name: "cnb-up", help: "The line above, or the entry before") { editor, _ in
      LineEditor.owner(of: editor)?.pressedUp() ?? cnb_cc_error
    },
    KeyFunction(name: "cnb-down", help: "The line below, or the entry after") { editor, _ in
      LineEditor.owner(of: editor)?.pressedDown() ?? cnb_cc_error
    },
    KeyFunction(name: "cnb-home", help: "To the start of the line") { editor, _ in
      LineEditor.owner(of: editor)?.moveToLineStart() ?? cnb_cc_error
    },
    KeyFunction(name: "cnb-end", help: "To the end of the line") { editor, _ in
      LineEditor.owner(of: editor)?.moveToLineEnd() ?? cnb_cc_error
    },
    KeyFunction(name: "cnb-close", help: "A closing bracket, moved out by one step") {
      editor, key in
      LineEditor.owner(of: editor)?.typedClosing(UInt32(key)) ?? cnb_cc_error
    },
    KeyFunction(name: "cnb-complete", help: "Complete, or list what fits") { editor, _ in
      LineEditor.owner(of: editor)?.pressedTab() ?? cnb_cc_error
    },
    KeyFunction(name: "cnb-leave", help: "Delete, or leave on an empty line") { editor, _ in
      LineEditor.owner(of: editor)?.pressedControlD() ?? cnb_cc_error
    },
    KeyFunction(name: "cnb-paste", help: "Take pasted text as it is") { editor, _ in
      LineEditor.owner(of: editor)?.paste() ?? cnb_cc_error
    },
    KeyFunction(name: "cnb-restore", help: "Show the line again") { editor, _ in
      LineEditor.owner(of: editor)?.restore() ?? cnb_cc_error
    },
  ]
}

/// What the terminal sends, and the command it runs. Enter arrives as a line feed, Ctrl-J as a
/// carriage return: in edit mode the terminal swaps them.
private let keys: [(sequence: String, command: String)] = [
  ("\n", "cnb-enter"), ("\r", "cnb-enter"),
  ("\u{1B}\n", "cnb-newline"), ("\u{1B}\r", "cnb-newline"),
  ("\t", "cnb-complete"), ("\u{4}", "cnb-leave"),
  (")", "cnb-close"), ("]", "cnb-close"), ("}", "cnb-close"),
  ("\u{1B}[A", "cnb-up"), ("\u{1B}OA", "cnb-up"), ("\u{10}", "cnb-up"),
  ("\u{1B}[B", "cnb-down"), ("\u{1B}OB", "cnb-down"), ("\u{E}", "cnb-down"),
  ("\u{1B}[C", "ed-next-char"), ("\u{1B}OC", "ed-next-char"),
  ("\u{1B}[D", "ed-prev-char"), ("\u{1B}OD", "ed-prev-char"),
  ("\u{1}", "cnb-home"), ("\u{1B}[H", "cnb-home"), ("\u{1B}OH", "cnb-home"),
  ("\u{1B}[1~", "cnb-home"), ("\u{1B}[7~", "cnb-home"),
  ("\u{5}", "cnb-end"), ("\u{1B}[F", "cnb-end"), ("\u{1B}OF", "cnb-end"),
  ("\u{1B}[4~", "cnb-end"), ("\u{1B}[8~", "cnb-end"),
  ("\u{1B}[3~", "ed-delete-next-char"),
  ("\u{1B}[1;5C", "em-next-word"), ("\u{1B}[5C", "em-next-word"), ("\u{1B}[1;3C", "em-next-word"),
  ("\u{1B}[1;5D", "ed-prev-word"), ("\u{1B}[5D", "ed-prev-word"), ("\u{1B}[1;3D", "ed-prev-word"),
  ("\u{17}", "ed-delete-prev-word"), ("\u{1B}\u{7F}", "ed-delete-prev-word"),
  ("\u{12}", "em-inc-search-prev"), ("\u{13}", "em-inc-search-next"),
  ("\u{C}", "ed-clear-screen"),
  ("\u{1B}[200~", "cnb-paste"),
]

extension LineEditor {
  /// Binds every key. Functions first: a key bound to an unknown name may harm libedit's heap.
  func bindKeys() {
    for function in KeyFunction.all {
      let name = Wide(function.name)
      let help = Wide(function.help)
      names += [name, help]
      cnb_el_add(editor, name.pointer, help.pointer, function.run)
    }
    for (sequence, command) in keys { bind(sequence, to: command) }
    for key in PrivateKey.allCases { bind(Self.string([key.rawValue]), to: key.command) }
  }

  private func bind(_ sequence: String, to command: String) {
    let sequence = Wide(sequence)
    let command = Wide(command)
    cnb_el_bind(editor, sequence.pointer, command.pointer)
  }

  // MARK: - Enter, and leaving

  /// Runs a complete text wherever the cursor is. Two empty lines at the end force an incomplete
  /// one through, so that nobody is locked in an open bracket.
  func pressedEnter() -> UInt8 {
    let (text, cursor) = buffer
    let insists = cursor == text.count && text.suffix(2) == [10, 10]
    if !insists, isIncomplete(Self.string(text)) { return newLine() }
    push(.submit)
    return cnb_cc_norm
  }

  /// Opens a line below, as deep as this one, or one step deeper after an opening bracket.
  func newLine() -> UInt8 {
    let (text, cursor) = buffer
    let line = text[lineStart(in: text, cursor)..<cursor]
    let depth = line.prefix { $0 == 32 }.count
    let last = line.last { $0 != 32 }
    let opens = last.map { [0x28, 0x5B, 0x7B].contains($0) } ?? false
    let isBlank = last == nil
    insert([10] + Array(repeating: 32, count: isBlank ? 0 : opens ? depth + 2 : depth))
    return cnb_cc_refresh
  }

  func pressedControlD() -> UInt8 {
    guard buffer.text.isEmpty else {
      push(.deleteNext)
      return cnb_cc_norm
    }
    outcome = .end
    push(.submit)
    return cnb_cc_norm
  }

  /// Types a closing bracket; the first thing in its line, it moves out by one step.
  func typedClosing(_ bracket: UInt32) -> UInt8 {
    let (text, cursor) = buffer
    let start = lineStart(in: text, cursor)
    if start > 0, cursor - start >= 2, text[start..<cursor].allSatisfy({ $0 == 32 }) {
      el_deletestr(editor, 2)
    }
    insert([bracket])
    return cnb_cc_refresh
  }

  // MARK: - Moving

  func pressedUp() -> UInt8 {
    let (text, cursor) = buffer
    if Terminal.isCapable, text[..<cursor].contains(10) {
      push(.previousLine)
      return cnb_cc_norm
    }
    // libedit keeps at most 1,024 characters of an unfinished text while it shows the history.
    guard isRecalled || text.count < 1000 else { return cnb_cc_error }
    isRecalled = true
    push(.previousEntry)
    return cnb_cc_norm
  }

  func pressedDown() -> UInt8 {
    let (text, cursor) = buffer
    let isInside = Terminal.isCapable && text[cursor...].contains(10)
    push(isInside ? .nextLine : .nextEntry)
    return cnb_cc_norm
  }

  func moveToLineStart() -> UInt8 {
    let (text, cursor) = buffer
    _ = el_cursor(editor, Int32(lineStart(in: text, cursor) - cursor))
    return cnb_cc_refresh
  }

  func moveToLineEnd() -> UInt8 {
    let (text, cursor) = buffer
    let rest = text[cursor...].firstIndex(of: 10) ?? text.count
    _ = el_cursor(editor, Int32(rest - cursor))
    return cnb_cc_refresh
  }

  /// Puts back a text that left the editor for a moment.
  func restore() -> UInt8 {
    guard case .restore(let text, let cursor) = outcome else { return cnb_cc_norm }
    outcome = .submit
    insert(text)
    _ = el_cursor(editor, Int32(cursor - text.count))
    return cnb_cc_refresh
  }

  private func lineStart(in text: [UInt32], _ cursor: Int) -> Int {
    (text[..<cursor].lastIndex(of: 10) ?? -1) + 1
  }
}
