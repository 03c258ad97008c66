// Evaluates the cells of a notebook in the language: the one place where notebooks and sessions meet.

internal import Charts
package import Interpreter
internal import Library
internal import Syntax

/// The version that is part of every key: what a cell prints may change with it.
package let engineVersion = "0.1"

package struct LanguageEvaluator: CellEvaluator {
  private let session: Session
  private let folder: String
  private let seeds = Seeds()

  /// - Parameter surroundings: the notebook's folder, and what it may read and write.
  package init(_ surroundings: Surroundings, interrupt: InterruptFlag) {
    folder = surroundings.folder
    session = Session(
      registry: Library.registry, surroundings: surroundings,
      modules: ModuleShelf.modules(in: surroundings.folder), interrupt: interrupt)
  }

  /// No name of the language: stands for the seed in the graph of cells.
  private static let seedMark = "seed 0"

  // MARK: Before anything runs

  package mutating func outline(_ cell: CellSource) -> CellOutline {
    let names = CellNames(of: cell.source)
    // What draws after `seed 7` depends on that cell, though it reads no name of it.
    let seeding = names.reads.contains("seed") ? [Self.seedMark] : []
    var outline = CellOutline(
      tokens: names.tokens, binds: names.binds + seeding, reads: names.reads + [Self.seedMark],
      files: names.files.filter { !LoadedFile.isDataset($0) }.map {
        FileDigest(name: $0, digest: LoadedFile.digest($0, in: folder))
      })
    for module in names.imports {
      guard let document = try? ModuleShelf.document(of: module, in: folder) else { continue }
      for text in ModuleShelf.definitions(document) {
        let inner = CellNames(of: text)
        outline.tokens += inner.tokens
        outline.binds += inner.binds
      }
    }
    return outline
  }

  // MARK: Running

  package mutating func evaluate(_ cell: CellSource) -> CellOutcome {
    let source = Source(name: cell.id.map { "#\($0)" } ?? "", text: cell.source)
    session.setSeed(seeds.begin(cell.seed, isFixed: cell.options.seed != nil))
    let parameters = values(of: cell.parameters)
    let limits = CellLimits(
      seconds: cell.timeLimitSeconds, bytes: cell.memoryLimitBytes, session.interrupt)
    var shown = ShownOutput(.notebook)
    var texts: [CellText] = []
    let result = session.run(
      CellInput(source: source, identity: "cell", parameters: parameters)
    ) { output in
      var text = CellText(lines: shown.lines(output))
      text.isLoose = output.isLoose
      texts.append(text)
    }
    seeds.end(session.seed)
    let files = result.filesRead.map { FileDigest(name: $0.path, digest: $0.digest) }
    if let exceeded = limits.end() {
      session.interrupt.clear()
      return CellOutcome(texts, failure: exceeded, files: files)
    }
    if case .interrupted = result.status { return CellOutcome(isInterrupted: true) }
    return CellOutcome(texts, failure: failure(of: result, in: source), files: files)
  }

  private func failure(of result: CellResult, in source: Source) -> CellFailure? {
    guard !result.isFinished, let first = result.diagnostics.first(where: { $0.severity == .error })
    else { return nil }
    let lines = result.diagnostics.flatMap { Renderer().lines($0) }
    let isPermission = CatalogKinds.permission.contains(first.code)
    var failure = CellFailure(
      first.code, lines.map { $0 + "\n" }.joined(), kind: isPermission ? .permission : .error)
    if first.source === source, let span = first.span { failure.line = source.line(at: span.start) }
    return failure
  }

  /// `--set bits=4`: what the language makes of the text, or the text itself.
  private func values(of entries: [FrontMatter.Entry]) -> [String: Value] {
    var values: [String: Value] = [:]
    for entry in entries { values[entry.name] = Self.value(of: entry.value) }
    return values
  }

  private static func value(of text: String) -> Value {
    let scratch = Session(registry: Registry([]), surroundings: Surroundings(folder: "/"))
    let source = Source(name: "--set", text: text)
    let result = scratch.run(CellInput(source: source, identity: "set")) { _ in }
    return result.isFinished && !result.last.isNone ? result.last : .text(text)
  }

  // MARK: Claims

  package mutating func test(_ claim: Claim) -> ClaimOutcome {
    let source = Source(name: "claim", text: claim.expression)
    let result = session.run(CellInput(source: source, identity: "claim")) { _ in }
    guard result.isFinished else {
      let lines = result.diagnostics.flatMap { Renderer().lines($0) }
      let code = result.diagnostics.first?.code ?? "E0815"
      return .error(code: code, text: lines.joined(separator: "\n"))
    }
    guard case .boolean(let holds) = result.last else {
      return .error(
        code: "E0815", text: "the claim gives \(Text.brief(result.last)), not true or false")
    }
    return holds ? .holds : .fails(sides(of: claim.expression))
  }

  /// "q.bytes is 712 KB, net.bytes / 6 is 700 KB": the two sides of the comparison that is false.
  private func sides(of expression: String) -> String {
    let parts = Comparison.sides(of: expression)
    guard parts.count == 2 else { return "it is false" }
    let texts = parts.compactMap { part -> String? in
      let source = Source(name: "claim", text: part)
      let result = session.run(CellInput(source: source, identity: "claim")) { _ in }
      let text = Text.plain(result.last)
      return text == part ? nil : "\(part) is \(text)"
    }
    return texts.isEmpty ? "it is false" : texts.joined(separator: ", ")
  }
}

/// Codes with an exit code of their own.
private enum CatalogKinds {
  /// What was not allowed.
  static let permission: Set<String> = ["E0710", "E0717"]
}

extension Comparison {
  /// The texts left and right of the comparison in an expression, or nothing.
  static func sides(of expression: String) -> [String] {
    let source = Source(name: "claim", text: expression)
    let (tokens, _) = Lexer.tokens(of: source)
    let comparisons: Set<Symbol> = [.less, .lessEqual, .greater, .greaterEqual, .equal, .notEqual]
    let places = tokens.filter {
      if case .symbol(let symbol) = $0.kind { return comparisons.contains(symbol) }
      return $0.kind == .keyword(.and) || $0.kind == .keyword(.or)
    }
    guard places.count == 1, case .symbol = places[0].kind else { return [] }
    let span = places[0].span
    return [
      source.text(in: Span(0, span.start)), source.text(in: Span(span.end, source.bytes.count)),
    ].map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
  }
}
