// One line of input, which may be many lines of text, read through libedit. It knows nothing of the
// language: whether a text is complete, and what could be completed, it asks through two closures.

internal import CEditLine
internal import Glibc

/// What reading a line came to.
enum ReadResult: Equatable {
  case line(String)
  /// Ctrl-C: what was typed is dropped.
  case interrupted
  /// Ctrl-D on an empty line, or the terminal went away.
  case end
}

/// Why there is no line editor.
enum LineEditorError: Error {
  /// Standard input or output is not a terminal: read the input as a script.
  case noTerminal
  case refused
}

/// A line editor for the one terminal of the process. Use it on one thread only.
final class LineEditor {
  typealias Question = (_ text: String) -> Bool
  typealias Completer = (_ text: String, _ cursorInUnicodeScalars: Int) -> Completions

  let editor: OpaquePointer
  let isIncomplete: Question
  let complete: Completer
  private let log: HistoryFile?
  private let history: OpaquePointer
  private var prompt: UnsafeMutablePointer<wchar_t>
  private var isOpen = true
  private var seenWindowChange = 0
  private var promptColumns = 0

  /// Bytes read from the terminal and not yet used.
  var queue = ByteQueue()
  /// The names that libedit keeps pointers to.
  var names: [Wide] = []
  /// What the keys of this line have decided; see `KeyBindings.swift`.
  var outcome = Outcome.submit
  /// Where the last Tab left the text, to know a second Tab from a first.
  var lastTab: (text: [UInt32], cursor: Int)?
  /// The menu to print below the line before it is shown again.
  var menu: Completions?
  /// Whether the line came from the history: then moving on loses nothing.
  var isRecalled = false

  enum Outcome: Equatable {
    case submit
    case drop
    case end
    /// Print the menu, then go on with this text and cursor.
    case showMenu(text: [UInt32], cursor: Int)
    case restore(text: [UInt32], cursor: Int)
  }

  /// Whether there is somebody at a keyboard and in front of a screen.
  static var isPossible: Bool { isatty(0) == 1 && isatty(1) == 1 }

  /// Opens the editor; `historyPath` nil keeps no history between runs.
  init(
    historyPath: String? = HistoryFile.standardPath, isIncomplete: @escaping Question,
    complete: @escaping Completer
  ) throws(LineEditorError) {
    guard Self.isPossible else { throw .noTerminal }
    Self.prepareLocale()
    guard let editor = cnb_el_open("cnb"), let history = history_winit() else { throw .refused }
    self.editor = editor
    self.history = history
    self.isIncomplete = isIncomplete
    self.complete = complete
    self.log = historyPath.map { HistoryFile(path: $0) }
    self.prompt = Self.wideString([])
    Interrupt.install()
    cnb_el_set_client(editor, Unmanaged.passUnretained(self).toOpaque())
    let emacs = Wide("emacs")
    cnb_el_set_editor(editor, emacs.pointer)
    cnb_el_set_signal(editor, 0)
    cnb_el_set_reader(editor) { editor, place in
      guard let place, let owner = LineEditor.owner(of: editor) else { return -1 }
      return owner.nextKey(into: place)
    }
    cnb_el_set_prompt(editor, { LineEditor.owner(of: $0)?.prompt }, 1)
    bindKeys()
    openHistory()
  }

  deinit { close() }

  /// Gives the terminal back. The editor reads nothing afterwards.
  func close() {
    guard isOpen else { return }
    isOpen = false
    el_end(editor)
    history_wend(history)
    prompt.deallocate()
  }

  /// Shows the prompt and reads until Enter on a complete text, Ctrl-C or Ctrl-D.
  func readLine(prompt text: String) -> ReadResult {
    guard isOpen else { return .end }
    show(prompt: text)
    Interrupt.drain()
    Interrupt.lower()
    outcome = .submit
    Interrupt.setEditing(true)
    setBracketedPaste(true)
    defer {
      setBracketedPaste(false)
      // Not lowered: a Ctrl-C between Enter and the first step of the work is meant for the work.
      Interrupt.setEditing(false)
    }
    while true {
      var count: Int32 = 0
      // libedit prints the prompt before it stops the terminal's echo: a quick key would show twice.
      cnb_el_prepare_terminal(editor, 1)
      let start = el_wgets(editor, &count)
      switch outcome {
      case .showMenu(let text, let cursor):
        printMenu()
        resume(text: text, cursor: cursor)
      case .drop:
        el_reset(editor)
        return .interrupted
      case .end:
        return .end
      case .submit, .restore:
        guard let start, count > 0 else { return .end }
        return .line(Self.string(from: start, count: Int(count)))
      }
    }
  }

  /// Remembers an entry, in this session and in the file.
  func remember(_ entry: String) {
    let scalars = entry.trimmedOfNewlines.unicodeScalars.map(\.value)
    guard !scalars.isEmpty else { return }
    enterHistory(scalars)
    log?.append(entry.trimmedOfNewlines)
  }

  private func resume(text: [UInt32], cursor: Int) {
    outcome = .restore(text: text, cursor: cursor)
    push(.restore)
  }

  private func openHistory() {
    cnb_history_limit(history, Int32(HistoryFile.limit))
    cnb_history_unique(history, 1)
    cnb_el_set_history(editor, history)
    for entry in log?.load() ?? [] { enterHistory(entry.unicodeScalars.map(\.value)) }
  }

  private func enterHistory(_ scalars: [UInt32]) {
    let wide = Wide(scalars)
    cnb_history_enter(history, wide.pointer)
  }

  private func show(prompt text: String) {
    prompt.deallocate()
    prompt = Self.wideString(Terminal.paintedPrompt(text))
    promptColumns = Terminal.columns(of: text)
    isRecalled = false
    lastTab = nil
    applyWindowChange()
  }

  // MARK: - The window

  /// Tells libedit the new size while no line is on the screen.
  private func applyWindowChange() {
    let change = Interrupt.windowChange
    guard change != seenWindowChange else { return }
    seenWindowChange = change
    el_resize(editor)
  }

  /// Redraws the line in a window that changed under it: the terminal has wrapped it anew, so its
  /// first row is found by laying the text out at the new width.
  func redrawAfterResize() {
    seenWindowChange = Interrupt.windowChange
    let (text, cursor) = buffer
    let width = Terminal.width
    let row = Terminal.row(of: cursor, in: text, after: promptColumns, width: width)
    Terminal.send("\r" + (row > 0 ? "\u{1B}[\(row)A" : "") + "\u{1B}[J")
    el_resize(editor)
    cnb_el_refresh(editor)
  }

  /// Takes the terminal back after the process was stopped and continued.
  func redrawAfterResume() {
    cnb_el_prepare_terminal(editor, 0)
    cnb_el_prepare_terminal(editor, 1)
    setBracketedPaste(true)
    Terminal.send("\r\u{1B}[J")
    el_resize(editor)
    cnb_el_refresh(editor)
  }

  private func setBracketedPaste(_ on: Bool) {
    if Terminal.isCapable { Terminal.send("\u{1B}[?2004\(on ? "h" : "l")") }
  }

  private func printMenu() {
    guard let menu else { return }
    self.menu = nil
    Terminal.send(CompletionMenu.rendered(menu, width: Terminal.width, height: Terminal.height))
  }
}

// MARK: - Text in and out

extension LineEditor {
  /// The text being edited, in Unicode scalars, and the cursor in it.
  var buffer: (text: [UInt32], cursor: Int) {
    guard let line = el_wline(editor)?.pointee, let start = line.buffer, let end = line.lastchar,
      let cursor = line.cursor
    else { return ([], 0) }
    let text = UnsafeBufferPointer(start: start, count: max(0, end - start))
    return (text.map { UInt32(bitPattern: $0) }, min(max(0, cursor - start), text.count))
  }

  func insert(_ scalars: [UInt32]) {
    guard !scalars.isEmpty else { return }
    let wide = Wide(scalars)
    _ = el_winsertstr(editor, wide.pointer)
  }

  func push(_ command: PrivateKey) {
    let wide = Wide([command.rawValue])
    el_wpush(editor, wide.pointer)
  }

  /// The editor behind a callback of libedit.
  static func owner(of editor: OpaquePointer?) -> LineEditor? {
    guard let client = cnb_el_client(editor) else { return nil }
    return Unmanaged<LineEditor>.fromOpaque(client).takeUnretainedValue()
  }

  static func string(_ scalars: some Sequence<UInt32>) -> String {
    var text = String.UnicodeScalarView()
    for value in scalars { text.append(Unicode.Scalar(value) ?? "\u{FFFD}") }
    return String(text)
  }

  /// The line that `el_wgets` returned is not terminated: only the count says where it ends.
  private static func string(from start: UnsafePointer<wchar_t>, count: Int) -> String {
    let scalars = UnsafeBufferPointer(start: start, count: count)
    let text = string(scalars.map { UInt32(bitPattern: $0) })
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  private static func wideString(_ scalars: [UInt32]) -> UnsafeMutablePointer<wchar_t> {
    let place = UnsafeMutablePointer<wchar_t>.allocate(capacity: scalars.count + 1)
    for (index, scalar) in scalars.enumerated() { place[index] = wchar_t(bitPattern: scalar) }
    place[scalars.count] = 0
    return place
  }

  /// libedit drops every non-ASCII byte outside a UTF-8 locale, so there always is one. Only the
  /// character type is set: numbers keep their point.
  private static func prepareLocale() {
    setlocale(LC_CTYPE, "")
    guard let set = nl_langinfo(Int32(CODESET)), strcmp(set, "UTF-8") == 0 else {
      setlocale(LC_CTYPE, "C.UTF-8")
      return
    }
  }
}

/// A wide string for C, freed with its last reference.
final class Wide {
  let pointer: UnsafeMutablePointer<wchar_t>

  init(_ scalars: [UInt32]) {
    pointer = .allocate(capacity: scalars.count + 1)
    for (index, scalar) in scalars.enumerated() { pointer[index] = wchar_t(bitPattern: scalar) }
    pointer[scalars.count] = 0
  }

  convenience init(_ text: String) { self.init(text.unicodeScalars.map(\.value)) }

  deinit { pointer.deallocate() }
}

extension String {
  var trimmedOfNewlines: String {
    var scalars = unicodeScalars[...]
    while scalars.last == "\n" { scalars.removeLast() }
    return String(scalars)
  }
}
