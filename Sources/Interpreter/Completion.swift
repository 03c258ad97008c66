// What Tab offers at a place in a text: words, labels, choices, bound names, members, entries, files.
import Syntax

package struct Candidate: Sendable, Equatable {
  /// What stands in the text then.
  package let text: String
  /// What the menu says of it.
  package let detail: String
  package init(_ text: String, _ detail: String = "") {
    self.text = text
    self.detail = detail
  }
}

package struct Completion: Sendable {
  /// The byte from which the candidates replace the text, up to the cursor.
  package let start: Int
  package let candidates: [Candidate]
}

extension Session {
  /// - Parameters:
  ///   - cursor: a byte offset into the text.
  ///   - files: the files that a path so far may go on to.
  package func completion(
    of text: String, at cursor: Int, files: (String) -> [String] = { _ in [] }
  ) -> Completion {
    let head = String(decoding: Array(text.utf8.prefix(max(0, cursor))), as: UTF8.self)
    let source = Source(name: "", text: head)
    let (all, diagnostics) = Lexer.tokens(of: source)
    let tokens = Array(all.dropLast())
    if let open = diagnostics.last(where: { $0.code == "E0102" })?.span {
      return inString(tokens, source, quote: open.start, files)
    }
    guard let last = tokens.last, last.span.end == head.utf8.count else {
      return Completion(start: head.utf8.count, candidates: fresh(tokens))
    }
    let before = Array(tokens.dropLast())
    switch last.kind {
    case .choice(let name):
      return matching(name, choices(before), from: last.span.start + 1)
    case .symbol(.dot):
      let owner = value(endingAt: before)
      let names = owner?.memberNames.map { Candidate($0, owner?.member($0)?.kind ?? "") }
      return Completion(start: last.span.end, candidates: names ?? choices(before))
    case .name, .keyword:
      let name = source.text(in: last.span)
      if before.last?.kind == .symbol(.dot) {
        let owner = value(endingAt: Array(before.dropLast()))
        let names = owner?.memberNames.map { Candidate($0, owner?.member($0)?.kind ?? "") } ?? []
        return matching(name, names, from: last.span.start)
      }
      return matching(name, labels(before) + names(), from: last.span.start)
    default: return Completion(start: head.utf8.count, candidates: fresh(tokens))
    }
  }

  private func matching(_ typed: String, _ all: [Candidate], from start: Int) -> Completion {
    let fitting = all.filter { $0.text.hasPrefix(typed) }
    return Completion(start: start, candidates: fitting)
  }

  /// Behind a blank: the labels of the call that is open, else every name.
  private func fresh(_ tokens: [Token]) -> [Candidate] {
    let labels = labels(tokens)
    if !labels.isEmpty, tokens.last?.kind == .symbol(.comma) { return labels }
    return labels + names()
  }

  private func names() -> [Candidate] {
    let words = registry.words.map { Candidate($0.name, $0.summary) }
    let bound = visibleNames.map { name in Candidate(name, bindings[name]?.kind ?? "") }
    let keywords = Keyword.allCases.map { Candidate($0.rawValue) }
    var seen: Set<String> = []
    return (bound + words + keywords).filter { seen.insert($0.text).inserted }
      .sorted { $0.text < $1.text }
  }

  // MARK: The open call

  /// The function whose arguments the text is in, and the token index behind its opening.
  private func openCall(_ tokens: [Token]) -> (function: Function, arguments: Int)? {
    var level = 0
    for i in tokens.indices.reversed() {
      switch tokens[i].kind {
      case .symbol(.rightParen), .symbol(.rightBracket), .symbol(.rightBrace): level += 1
      case .symbol(.leftParen) where level == 0:
        guard i > 0 else { return nil }
        return function(tokens[i - 1]).map { ($0, i + 1) }
      case .symbol(.leftBracket) where level == 0, .symbol(.leftBrace) where level == 0: return nil
      case .symbol(.leftParen), .symbol(.leftBracket), .symbol(.leftBrace): level -= 1
      case .name where level == 0:
        let starts = i == 0 || tokens[i].lineBefore || tokens[i - 1].opensStage
        if starts, let function = function(tokens[i]), i + 1 <= tokens.count {
          return (function, i + 1)
        }
      default: break
      }
      if level == 0, tokens[i].lineBefore, tokens[i].kind != .symbol(.pipe) { return nil }
    }
    return nil
  }

  private func function(_ token: Token) -> Function? {
    guard case .name(let name) = token.kind else { return nil }
    if let word = registry[name] { return word }
    if case .function(let function) = value(of: name) { return function }
    return nil
  }

  private func labels(_ tokens: [Token]) -> [Candidate] {
    guard let (function, start) = openCall(tokens) else { return [] }
    let given = tokens[start...].indices.compactMap { i -> String? in
      guard i + 1 < tokens.count, tokens[i + 1].kind == .symbol(.colon),
        let name = tokens[i].kind.word
      else { return nil }
      return name
    }
    if let builtin = function.builtin {
      return builtin.parameters.filter { $0.isNamed && !given.contains($0.name) }
        .map { Candidate("\($0.name): ", $0.doc) }
    }
    return function.parameterNames.filter { !given.contains($0) }.map { Candidate("\($0): ") }
  }

  /// The choices of the parameter whose label stands last, else those of every parameter of the call.
  private func choices(_ tokens: [Token]) -> [Candidate] {
    guard let (function, _) = openCall(tokens), let word = function.builtin else { return [] }
    var parameters = word.parameters
    if tokens.count >= 2, tokens[tokens.count - 1].kind == .symbol(.colon),
      let label = tokens[tokens.count - 2].kind.word
    {
      parameters = parameters.filter { $0.name == label }
    }
    return parameters.flatMap(\.choices).map { Candidate($0.name, $0.summary) }
  }

  // MARK: Members, entries and files

  /// The value of `a.b.c` at the end of the tokens, where it needs no computing.
  private func value(endingAt tokens: [Token]) -> Value? {
    guard let last = tokens.last, case .name(let name) = last.kind else { return nil }
    guard tokens.count >= 3, tokens[tokens.count - 2].kind == .symbol(.dot) else {
      return value(of: name)
    }
    return value(endingAt: Array(tokens.dropLast(2)))?.member(name)
  }

  private func inString(
    _ tokens: [Token], _ source: Source, quote: Int, _ files: (String) -> [String]
  ) -> Completion {
    let typed = source.text(in: Span(quote + 1, source.bytes.count))
    let before = tokens.filter { $0.span.end <= quote }
    if before.last?.kind == .symbol(.leftBracket),
      let owner = value(endingAt: Array(before.dropLast()))
    {
      return matching(typed, owner.entryKeys.map { Candidate($0) }, from: quote + 1)
    }
    return matching(typed, files(typed).map { Candidate($0) }, from: quote + 1)
  }
}

extension Token {
  /// A command may stand behind it.
  fileprivate var opensStage: Bool {
    switch kind {
    case .symbol(.pipe), .symbol(.assign), .symbol(.leftBrace), .symbol(.semicolon): true
    default: false
    }
  }
}
