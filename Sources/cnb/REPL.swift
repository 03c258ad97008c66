// The loop at the keyboard: read, evaluate, print, again. It knows libedit and the session's
// protocol, and nothing of the language.

internal import Glibc

/// What the loop needs from whoever knows the language.
protocol REPLSession: AnyObject {
  /// Whether the text needs more lines before it can run.
  func isIncomplete(_ text: String) -> Bool
  /// What could stand at the cursor, given in Unicode scalars from the start of the text.
  func completions(in text: String, at cursor: Int) -> Completions
  /// Runs one entry and prints what comes of it, errors included. Asks `Interrupt.question` while
  /// it works; a session that stopped for it has kept everything bound so far.
  func run(_ entry: String)
  /// Writes what was typed as a notebook; says what came of it.
  func save(_ argument: String) -> String
  /// How long the last entry took, or whether that is to be shown after each.
  func showTimes(_ wish: String) -> String
}

/// A command of the loop itself, typed after a colon.
struct REPLCommand: Sendable {
  let name: String
  /// What follows the name, such as "FILE.cnb", or nothing.
  let argument: String
  let summary: String
  /// Does it with what followed the name; true goes on, false ends the loop.
  let run: @Sendable (REPL, String) -> Bool

  static let all: [REPLCommand] = [
    REPLCommand(name: "help", argument: "", summary: "list these commands") { loop, _ in
      loop.listCommands()
      return true
    },
    REPLCommand(
      name: "save", argument: "FILE.cnb",
      summary: "write what was typed as a notebook; :save! replaces a file"
    ) { loop, argument in
      print(loop.session.save(argument))
      return true
    },
    REPLCommand(
      name: "time", argument: "", summary: "how long the last entry took; on or off: after each"
    ) { loop, argument in
      print(loop.session.showTimes(argument))
      return true
    },
    REPLCommand(name: "quit", argument: "", summary: "leave, as Ctrl-D does") { _, _ in false },
  ]
}

final class REPL {
  let session: any REPLSession
  private let prompt = "cnb> "

  init(session: any REPLSession) { self.session = session }

  /// Runs until Ctrl-D or `:quit`; gives the exit code.
  func start() throws(LineEditorError) -> Int32 {
    let editor = try LineEditor(
      isIncomplete: { text in !text.hasPrefix(":") && self.session.isIncomplete(text) },
      complete: { text, cursor in self.completions(in: text, at: cursor) })
    defer { editor.close() }
    while true {
      switch editor.readLine(prompt: prompt) {
      case .end: return 0
      case .interrupted: continue
      case .line(let entry):
        guard entry.contains(where: { !$0.isWhitespace }) else { continue }
        editor.remember(entry)
        guard handle(entry) else { return 0 }
      }
    }
  }

  func listCommands() {
    let keys = [
      ("?WORD", "what a word does, as help WORD; help() lists all words"),
      ("_", "the last value"), ("Tab", "complete; twice: list what fits"),
      ("Ctrl-R", "search what was typed before"), ("Ctrl-C", "stop what runs, or drop the line"),
      ("Ctrl-D", "leave"),
    ]
    let names = REPLCommand.all.map { (":\($0.name) \($0.argument)", $0.summary) } + keys
    let widest = names.map(\.0.count).max() ?? 0
    for (name, summary) in names { print("  " + name.padded(to: widest + 2) + summary) }
  }

  /// False ends the loop.
  private func handle(_ entry: String) -> Bool {
    guard entry.hasPrefix(":") else {
      session.run(entry)
      Terminal.flush()
      return true
    }
    let typed = entry.dropFirst()
    let name = String(typed.prefix { $0.isLetter })
    let fitting = REPLCommand.all.filter { $0.name.hasPrefix(name) && !name.isEmpty }
    guard let command = fitting.first(where: { $0.name == name }) ?? fitting.first else {
      print("no command :\(name); :help lists them")
      return true
    }
    let argument = typed.dropFirst(name.count).trimmedOfSpaces
    defer { Terminal.flush() }
    return command.run(self, argument)
  }

  private func completions(in text: String, at cursor: Int) -> Completions {
    guard text.hasPrefix(":") else { return session.completions(in: text, at: cursor) }
    let head = text.unicodeScalars.prefix(cursor)
    if let space = head.lastIndex(of: " ") {
      let start = head.index(after: space)
      let paths = Files.startingWith(String(head[start...]))
      return Completions(
        replaceFrom: head.distance(from: head.startIndex, to: start),
        candidates: paths.map { Completions.Candidate($0) })
    }
    let typed = String(text.unicodeScalars.prefix(cursor))
    let fitting = REPLCommand.all.filter { ":\($0.name)".hasPrefix(typed) }
    return Completions(
      replaceFrom: 0,
      candidates: fitting.map { Completions.Candidate(":\($0.name)", detail: $0.summary) })
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}

extension Substring {
  fileprivate var trimmedOfSpaces: String {
    let end = lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex
    return String(self[..<end].drop { $0 == " " })
  }
}
