// Takes a document through an evaluator, top to bottom: a document with new outputs, or a report of
// what differs. It touches no file; `NotebookFile` does.

/// What happens while cells run, for a terminal to show.
package enum RunEvent: Sendable {
  case begins(Cell)
  /// The outputs are those that the cell has now.
  case ended(CellReport, outputs: [Output])
}

/// Runs, checks, or looks at one document.
package struct Runner<Evaluator: CellEvaluator> {
  package let document: Document
  /// The evaluator, in the state after the last cell that ran.
  package private(set) var evaluator: Evaluator
  private let settings: RunSettings
  private let plan: Plan

  package init(_ document: Document, _ evaluator: Evaluator, _ settings: RunSettings) {
    self.document = document
    self.settings = settings
    var evaluator = evaluator
    plan = document.obstacle == nil ? Plan(document, settings, &evaluator) : Plan()
    self.evaluator = evaluator
  }

  /// The keys of all cells, in order.
  package var keys: [Key] { plan.cells.map(\.key) }

  /// Runs all cells. A cell that fails unexpectedly ends the run; its outputs are kept.
  /// - Parameter note: called when a cell has finished, before the next begins.
  package mutating func run(
    note: (Journal.Record) -> Void = { _ in }, observe: (RunEvent) -> Void = { _ in }
  ) -> (document: Document, report: Report) {
    var replacements: [Int: [Output]] = [:]
    let report = walk(.run, observe) { planned, outputs in
      replacements[planned.cell.index] = outputs
      note(Journal.Record(identity: planned.identity, key: planned.key, outputs: outputs))
    }
    return (document.replacingOutputs(replacements), report)
  }

  /// Runs all cells and tests all claims, and changes nothing.
  package mutating func check(observe: (RunEvent) -> Void = { _ in }) -> Report {
    walk(.check, observe) { _, _ in }
  }

  /// What is fresh and what is stale; runs nothing.
  package func status() -> Report {
    var report = emptyReport(.status)
    guard report.exitCode == .ok else { return report }
    report.cells = plan.cells.map { CellReport($0.cell, status(of: $0)) }
    return report
  }

  private func status(of planned: PlannedCell) -> CellState {
    let cell = planned.cell
    if cell.options.isSkipped { return .skipped }
    guard !cell.outputs.isEmpty else { return .withoutOutput }
    let keys = cell.outputs.filter { $0.kind != .figure }.map(\.key)
    guard keys.allSatisfy({ $0 == planned.key.short }) else { return .stale }
    let failed = cell.outputs.contains { $0.kind == .error } && cell.options.expectedError == nil
    return failed ? .storedFailure : .fresh
  }

  private func emptyReport(_ purpose: Report.Purpose) -> Report {
    Report(purpose, document.problems + plan.problems)
  }

  /// The outputs of records whose cells are unchanged, as replacements.
  func outputs(from records: [Journal.Record]) -> [Int: [Output]] {
    var result: [Int: [Output]] = [:]
    for planned in plan.cells {
      let record = records.last { $0.identity == planned.identity && $0.key == planned.key }
      if let record { result[planned.cell.index] = record.outputs }
    }
    return result
  }
}

// One walk from the first cell to the last, for run and check alike.
extension Runner {
  private mutating func walk(
    _ purpose: Report.Purpose, _ observe: (RunEvent) -> Void,
    _ finished: (PlannedCell, [Output]) -> Void
  ) -> Report {
    var report = emptyReport(purpose)
    guard report.exitCode == .ok else { return report }
    var hasEnded = false
    var chain = KeyChain(settings)
    test(claimsBeforeCells, in: &report)
    for before in plan.cells {
      let planned = current(before, &chain, hasEnded)
      if hasEnded || planned.cell.options.isSkipped {
        let state: CellState = planned.cell.options.isSkipped ? .skipped : .notReached
        report.cells.append(CellReport(planned.cell, state))
        continue
      }
      observe(.begins(planned.cell))
      let (cellReport, outputs) = evaluate(planned, &report)
      report.cells.append(cellReport)
      if let outputs { finished(planned, outputs) }
      observe(.ended(cellReport, outputs: outputs ?? planned.cell.outputs))
      switch cellReport.state {
      case .failed, .interrupted: hasEnded = true
      default: test(claims(after: planned.cell), in: &report)
      }
    }
    return report
  }

  /// The cell as it is now: a cell above may have written a file that it reads.
  private mutating func current(
    _ planned: PlannedCell, _ chain: inout KeyChain, _ hasEnded: Bool
  ) -> PlannedCell {
    let runs = !hasEnded && !planned.cell.options.isSkipped
    let outline = runs ? evaluator.outline(planned.source) : planned.outline
    return chain.link(planned.cell, planned.identity, planned.source, outline)
  }

  /// The outputs to store are nil when the cell was interrupted.
  private mutating func evaluate(_ planned: PlannedCell, _ report: inout Report)
    -> (CellReport, [Output]?)
  {
    let cell = planned.cell
    let outcome = evaluator.evaluate(planned.source)
    if outcome.isInterrupted { return (CellReport(cell, .interrupted), nil) }
    report.problems += unseenFiles(planned, outcome)
    let new = OutputPrinter(cell.id, planned.key).outputs(outcome)
    let comparison = Comparison(stored: cell.outputs, new: new)
    let outputs = comparison.agrees && !settings.refreshes ? rekeyed(planned) : new
    var cellReport = CellReport(cell, state(of: outcome, planned, comparison))
    cellReport.failedLine = outcome.failure?.line.map { cell.sourceLine + $0 - 1 }
    cellReport.isKeyStale = comparison.agrees && rekeyed(planned) != cell.outputs
    return (cellReport, outputs)
  }

  /// The stored outputs under the key that the cell has now.
  private func rekeyed(_ planned: PlannedCell) -> [Output] {
    planned.cell.outputs.map { output in
      guard output.kind != .figure else { return output }
      var result = output
      result.key = planned.key.short
      result.id = planned.cell.id
      return result
    }
  }

  private func state(
    of outcome: CellOutcome, _ planned: PlannedCell, _ comparison: Comparison
  ) -> CellState {
    let expected = planned.cell.options.expectedError
    if let failure = outcome.failure, failure.code != expected {
      return .failed(code: failure.code, text: failure.text, kind: failure.kind)
    }
    if let expected, outcome.failure == nil {
      return .failed(
        code: NotebookCode.expectedError.rawValue,
        text: "the cell was to fail with \(expected), and it did not fail", kind: .error)
    }
    switch comparison {
    case .identical: return .identical
    case .equal: return .equal
    case .different(let differences): return .different(differences)
    }
  }

  private func unseenFiles(_ planned: PlannedCell, _ outcome: CellOutcome) -> [NotebookProblem] {
    outcome.files.filter { file in
      !planned.outline.files.contains { $0.name == file.name }
    }.map {
      NotebookProblem(
        .unseenFile, "‘\($0.name)’ is read by a computed name, so status cannot watch it",
        help: "write the name of the file as a plain string", line: planned.cell.line)
    }
  }

  private var claimsBeforeCells: [Claim] {
    let first = document.cells.first?.line ?? Int.max
    return document.claims.filter { $0.id == nil && $0.line < first }
  }

  /// A claim that names a cell is tested after it; any other after the newest cell above it.
  private func claims(after cell: Cell) -> [Claim] {
    let next = cell.index + 1
    let end = next < document.cells.count ? document.cells[next].line : Int.max
    return document.claims.filter { claim in
      if let id = claim.id { return id == cell.id }
      return claim.line > cell.line && claim.line < end
    }
  }

  private mutating func test(_ claims: [Claim], in report: inout Report) {
    guard report.purpose == .check else { return }
    for claim in claims {
      report.claims.append(ClaimReport(claim: claim, outcome: evaluator.test(claim)))
    }
  }
}

/// Turns what came of a cell into the outputs that stand after it.
struct OutputPrinter {
  private let id: String?
  private let key: Key

  init(_ id: String?, _ key: Key) {
    self.id = id
    self.key = key
  }

  /// Texts with the same marks share a fence; a failure has its own.
  func outputs(_ outcome: CellOutcome) -> [Output] {
    var result: [Output] = []
    var pending: CellText?
    for text in outcome.texts where !text.text.isEmpty {
      if let before = pending, before.isRaw == text.isRaw, before.isLoose == text.isLoose {
        pending?.text += text.text
        continue
      }
      if let before = pending { result.append(output(before)) }
      pending = text
    }
    if let last = pending { result.append(output(last)) }
    if let failure = outcome.failure {
      let lines = PlainText(failure.text).lines
      result.append(Output(.error, lines: lines, id: id, key: key.short).shortened())
    }
    return result
  }

  private func output(_ text: CellText) -> Output {
    let plain = PlainText(text.text)
    var output = Output(.text, lines: plain.lines, id: id, key: key.short)
    output.isRaw = text.isRaw
    output.isLoose = text.isLoose
    output.endsInMidLine = plain.endsInMidLine
    return output.shortened()
  }
}
