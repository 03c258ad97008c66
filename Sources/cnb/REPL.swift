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
    let names = REPLCommand.all.map { ":\($0.name) \($0.argument)" }
    let widest = names.map(\.count).max() ?? 0
    for (name, command) in zip(names, REPLCommand.all) {
      print("  " + name.padded(to: widest + 2) + command.summary)
    }
  }

  /// False ends the loop.
  private func handle(_ entry: String) -> Bool {
    guard entry.hasPrefix(":") else {
      session.run(entry)
      fflush(nil)
      return true
    }
    let words = entry.dropFirst().split(separator: " ", maxSplits: 1)
    let name = words.first.map(String.init) ?? ""
    let fitting = REPLCommand.all.filter { $0.name.hasPrefix(name) && !name.isEmpty }
    guard let command = fitting.first(where: { $0.name == name }) ?? fitting.first else {
      print("no command :\(name); :help lists them")
      return true
    }
    let argument = words.count > 1 ? words[1].trimmedOfSpaces : ""
    defer { fflush(nil) }
    return command.run(self, argument)
  }

  private func completions(in text: String, at cursor: Int) -> Completions {
    guard text.hasPrefix(":"), !text.unicodeScalars.prefix(cursor).contains(" ") else {
      return session.completions(in: text, at: cursor)
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
