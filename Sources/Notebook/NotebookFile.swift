// A notebook on the disk: lock, read, run, save. Whatever happens, the file is the old one or the
// new one, and no finished cell is lost.

/// What the command does with one file. Nothing here throws: what went wrong is in the report.
package enum NotebookFile {
  /// Whether a path is that of a notebook.
  package static func isNotebook(_ path: String) -> Bool {
    path.hasSuffix(".cnb") || path.hasSuffix(".cnb.md")
  }

  package static func load(_ path: String) throws(NotebookProblem) -> Document {
    try Document(parsing: DurableFile.read(path))
  }

  /// Runs a notebook and stores its outputs: in the journal as cells finish, in the file at the
  /// end.
  package static func run(
    _ path: String, _ evaluator: some CellEvaluator, _ settings: RunSettings,
    observe: (RunEvent) -> Void = { _ in }
  ) -> Report {
    attempt(.run) { () throws(NotebookProblem) in
      let journal = try Journal(for: path)
      let stored = try readable(path, journal)
      if stored.obstacle != nil { return Report(.run, stored.problems) }
      var runner = Runner(stored, evaluator, settings)
      let (document, taken) = try recover(journal, runner, path)
      if taken > 0 { runner = Runner(document, evaluator, settings) }
      var failure: NotebookProblem?
      var records: [Journal.Record] = []
      var (result, report) = runner.run(
        note: { record in
          records.append(record)
          do throws(NotebookProblem) { try journal.append(record) } catch { failure = error }
        }, observe: observe)
      report.recoveredCells = taken
      if let failure { report.problems.append(failure) }
      do throws(NotebookProblem) {
        report.problems += try save(result, over: document, path, records)
        journal.finish()
      } catch {
        report.problems.append(error)
      }
      return report
    }
  }

  /// Runs a notebook and compares; writes nothing.
  package static func check(
    _ path: String, _ evaluator: some CellEvaluator, _ settings: RunSettings,
    observe: (RunEvent) -> Void = { _ in }
  ) -> Report {
    attempt(.check) { () throws(NotebookProblem) in
      var runner = Runner(try load(path), evaluator, settings)
      return runner.check(observe: observe)
    }
  }

  /// What is fresh and what is stale; runs nothing, writes nothing.
  package static func status(
    _ path: String, _ evaluator: some CellEvaluator, _ settings: RunSettings
  ) -> Report {
    attempt(.status) { () throws(NotebookProblem) in
      Runner(try load(path), evaluator, settings).status()
    }
  }

  /// Takes all outputs out of a notebook.
  package static func clean(_ path: String) -> Report {
    attempt(.run) { () throws(NotebookProblem) in
      let journal = try Journal(for: path)
      let document = try readable(path, journal)
      let report = Report(.run, document.problems)
      if document.obstacle != nil { return report }
      try write(document.withoutOutputs(), over: document, path)
      journal.finish()
      return report
    }
  }

  private static func attempt(
    _ purpose: Report.Purpose, _ body: () throws(NotebookProblem) -> Report
  ) -> Report {
    do throws(NotebookProblem) {
      return try body()
    } catch {
      return Report(purpose, [error])
    }
  }

  /// Reads under the lock. An empty journal does not outlive a notebook that cannot be run; one
  /// with outputs waits until it can.
  private static func readable(_ path: String, _ journal: borrowing Journal)
    throws(NotebookProblem) -> Document
  {
    do throws(NotebookProblem) {
      let document = try load(path)
      if document.obstacle != nil && journal.recovered.isEmpty { journal.remove() }
      return document
    } catch {
      if journal.recovered.isEmpty { journal.remove() }
      throw error
    }
  }

  /// Takes over the outputs of a run that was killed, for all cells whose keys are still the same.
  private static func recover(
    _ journal: borrowing Journal, _ runner: Runner<some CellEvaluator>, _ path: String
  ) throws(NotebookProblem) -> (Document, count: Int) {
    let outputs = runner.outputs(from: journal.recovered)
    let document = runner.document.replacingOutputs(outputs)
    try write(document, over: runner.document, path)
    return (document, outputs.count)
  }

  private static func write(_ new: Document, over old: Document, _ path: String)
    throws(NotebookProblem)
  {
    if new.bytes != old.bytes { try DurableFile.replace(path, with: new.bytes) }
  }

  /// Saves the result of a run. When the file was edited meanwhile, the edited text stays, and
  /// takes the outputs of those cells that are still the same; returns a warning for each that is
  /// not.
  private static func save(
    _ result: Document, over old: Document, _ path: String, _ records: [Journal.Record]
  ) throws(NotebookProblem) -> [NotebookProblem] {
    let current = try load(path)
    guard current.bytes != old.bytes else {
      try write(result, over: old, path)
      return []
    }
    var replacements: [Int: [Output]] = [:]
    var sources: [String: Cell] = [:]
    for (identity, cell) in zip(Plan.identities(old.cells), old.cells) { sources[identity] = cell }
    for (identity, cell) in zip(Plan.identities(current.cells), current.cells) {
      guard let ran = sources[identity], ran.source.utf8.elementsEqual(cell.source.utf8),
        let record = records.last(where: { $0.identity == identity })
      else { continue }
      replacements[cell.index] = record.outputs
    }
    try write(current.replacingOutputs(replacements), over: current, path)
    guard replacements.count < records.count else { return [] }
    let lost = records.count - replacements.count
    return [
      NotebookProblem(
        .changedMeanwhile,
        "it was edited while it ran, and \(lost) of \(records.count) outputs have no cell",
        help: "run it again")
    ]
  }
}
