// What was typed, as far as it can be run again: the cells of the notebook that `:save` writes.

internal import Interpreter
internal import Syntax

/// One entry of a session.
struct Entry {
  /// As it was typed; a value that a later entry calls `_` gets that name.
  var text: String
  /// The code that it failed with, when names that it bound before are used later.
  var error: String?
  /// Why it cannot be part of a notebook.
  var obstacle: String?
}

struct SessionRecord {
  private(set) var entries: [Entry] = []
  /// Names whose values no run would reach again, with the reason.
  private var tainted: [String: String] = [:]
  /// The entry that `_` came from, and whether it is known which of its values that is.
  private var last: (index: Int, statement: Span)?
  private var lastObstacle: String?

  /// What the notebook will call the next entry's cell: the n-th cell without an id.
  var nextIdentity: String { "@\(kept.count + 1)" }

  /// The entries that a notebook can hold.
  var kept: [Entry] { entries.filter { $0.obstacle == nil } }

  /// `help prune` asks something, and does nothing.
  static func isQuestion(_ entry: String) -> Bool {
    let (tokens, _) = Lexer.tokens(of: Source(name: "", text: entry))
    guard tokens.first?.kind == .name("help") else { return false }
    return !tokens.dropFirst().contains { token in
      token.kind != .end && (token.lineBefore || token.kind == .symbol(.semicolon))
    }
  }

  /// - Returns: whether it became a cell of the notebook.
  mutating func add(_ text: String, _ result: CellResult, valuesShown: Int) -> Bool {
    guard result.isFinished || !result.bound.isEmpty || !result.last.isNone else { return false }
    var entry = Entry(text: text)
    if case .failed(let diagnostic) = result.status { entry.error = diagnostic.code }
    if case .interrupted = result.status { entry.obstacle = "it was interrupted" }
    if entry.error != nil, result.bound.isEmpty { entry.obstacle = "it failed" }
    if let name = result.reads.first(where: { tainted[$0] != nil }), let reason = tainted[name] {
      entry.obstacle = entry.obstacle ?? "it uses `\(name)`: \(reason)"
    }
    if result.reads.contains("_") { nameLast(&entry) }
    settle(entry, result, valuesShown)
    return entry.obstacle == nil
  }

  private mutating func nameLast(_ entry: inout Entry) {
    if let last {
      entries[last.index].name(last.statement)
      self.last = nil
    } else if let lastObstacle {
      entry.obstacle = entry.obstacle ?? "it uses `_`: \(lastObstacle)"
    }
  }

  private mutating func settle(_ entry: Entry, _ result: CellResult, _ valuesShown: Int) {
    let number = entries.count + 1
    for name in result.bound {
      tainted[name] = entry.obstacle.map { "entry \(number) left it, and \($0)" }
    }
    entries.append(entry)
    guard result.isFinished ? valuesShown > 0 : !result.last.isNone else { return }
    last = nil
    lastObstacle = nil
    if let obstacle = entry.obstacle {
      lastObstacle = "entry \(number) gave it, and \(obstacle)"
    } else if !result.isFinished {
      lastObstacle = "entry \(number) gave it when it failed"
    } else if let statement = Self.statement(of: entry.text, valuesShown) {
      last = (entries.count - 1, statement)
    } else {
      lastObstacle = "entry \(number) shows several values; bind the one you want to a name"
    }
  }

  /// The statement whose value was shown last, where the text alone tells.
  private static func statement(of text: String, _ valuesShown: Int) -> Span? {
    let (statements, _) = Parser.parse(Source(name: "", text: text))
    let spans = statements.compactMap { statement -> Span? in
      if case .expression = statement.kind { return statement.span }
      return nil
    }
    return spans.count == valuesShown ? spans.last : nil
  }
}

extension Entry {
  /// `_ = …` in front of the statement, and `_` behind it, which shows the value as before.
  fileprivate mutating func name(_ statement: Span) {
    let bytes = Array(text.utf8)
    guard statement.end <= bytes.count else { return }
    let head = String(decoding: bytes[..<statement.start], as: UTF8.self)
    let middle = String(decoding: bytes[statement.start..<statement.end], as: UTF8.self)
    let tail = String(decoding: bytes[statement.end...], as: UTF8.self)
    text = "\(head)_ = \(middle)\n_\(tail)"
  }
}
