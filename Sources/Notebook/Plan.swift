// What a run would do, known before anything runs: the source, the outline and the key of every
// cell.

/// What a run is told from outside.
package struct RunSettings: Sendable {
  /// `--set name=value`, in order.
  package var parameters: [FrontMatter.Entry]
  /// The version of the engine, part of every key.
  package var engine: String
  /// New outputs are stored even when they mean the same as the stored ones.
  package var refreshes: Bool

  package init(engine: String, parameters: [FrontMatter.Entry] = [], refreshes: Bool = false) {
    self.engine = engine
    self.parameters = parameters
    self.refreshes = refreshes
  }
}

/// A cell, what it is handed, and its key.
struct PlannedCell: Sendable {
  let cell: Cell
  /// `#id`, or `@n` for the n-th cell without an id.
  let identity: String
  let source: CellSource
  let outline: CellOutline
  let key: Key
}

/// Gives cells their keys, in order: each from those of the cells that it reads.
struct KeyChain {
  private let settings: RunSettings
  private var binders: [String: Key] = [:]

  init(_ settings: RunSettings) { self.settings = settings }

  mutating func link(
    _ cell: Cell, _ identity: String, _ source: CellSource, _ outline: CellOutline
  ) -> PlannedCell {
    let key = Key(
      tokens: outline.tokens,
      reads: Set(outline.reads).compactMap { name in binders[name].map { (name, $0) } },
      parameters: source.parameters.filter { outline.binds.contains($0.name) },
      seed: source.seed, files: outline.files, engine: settings.engine)
    for name in outline.binds { binders[name] = key }
    return PlannedCell(
      cell: cell, identity: identity, source: source, outline: outline, key: key)
  }
}

/// The cells of a notebook in the order in which they run.
struct Plan: Sendable {
  private(set) var cells: [PlannedCell] = []
  private(set) var problems: [NotebookProblem] = []

  /// The plan of a notebook that cannot be run.
  init() {}

  init(
    _ document: Document, _ settings: RunSettings, _ evaluator: inout some CellEvaluator
  ) {
    let parameters = Self.merged(document.frontMatter.parameters, settings.parameters)
    var chain = KeyChain(settings)
    var settable: Set<String> = []
    for (cell, identity) in zip(document.cells, Self.identities(document.cells)) {
      let source = Self.source(cell, identity, document.frontMatter, parameters)
      let outline = cell.options.isSkipped ? CellOutline(tokens: []) : evaluator.outline(source)
      if cell.options.isParameters { settable.formUnion(outline.binds) }
      cells.append(chain.link(cell, identity, source, outline))
    }
    for parameter in parameters where !settable.contains(parameter.name) {
      let names = settable.sorted().joined(separator: ", ")
      problems.append(
        NotebookProblem(
          .unknownParameter, "no cell marked params binds ‘\(parameter.name)’",
          help: names.isEmpty ? "mark a cell: ```cnb params" : "what can be set: \(names)"))
    }
  }

  /// What was set on the command line comes before what the front matter says.
  private static func merged(_ document: [FrontMatter.Entry], _ command: [FrontMatter.Entry])
    -> [FrontMatter.Entry]
  {
    var result = document
    for entry in command {
      result.removeAll { $0.name == entry.name }
      result.append(entry)
    }
    return result
  }

  static func identities(_ cells: [Cell]) -> [String] {
    var nameless = 0
    return cells.map { cell in
      if let id = cell.id { return "#\(id)" }
      nameless += 1
      return "@\(nameless)"
    }
  }

  private static func source(
    _ cell: Cell, _ identity: String, _ head: FrontMatter, _ parameters: [FrontMatter.Entry]
  ) -> CellSource {
    CellSource(
      index: cell.index, id: cell.id, source: cell.source, line: cell.sourceLine,
      options: cell.options, parameters: cell.options.isParameters ? parameters : [],
      seed: cell.options.seed ?? Key.seed(notebook: head.seed, cell: identity),
      timeLimitSeconds: cell.options.timeLimitSeconds ?? head.cellLimitSeconds,
      memoryLimitBytes: cell.options.memoryLimitBytes ?? head.memoryLimitBytes)
  }
}
