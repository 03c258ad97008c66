// What a terminal sees while a notebook runs, and the lines at its end: results on standard output,
// what went wrong on standard error.

internal import Glibc
internal import Interpreter
internal import Notebook

final class RunLog {
  enum Style { case plain, printed, quiet }

  private let path: String
  private let style: Style
  private let line = ProgressLine.ifWatched()
  private let start = RunLog.now()
  private var printer: ProsePrinter?
  private var cells = 0

  init(_ path: String, _ style: Style) {
    self.path = path
    self.style = style
    guard let document = try? NotebookFile.load(path) else { return }
    cells = document.cells.count
    if style == .printed { printer = ProsePrinter(document) }
  }

  var progress: (@Sendable (ProgressReport) -> Void)? {
    line.map { line in { @Sendable report in line.report(report) } }
  }

  func clear() { line?.clear() }

  func observe(_ event: RunEvent) {
    line?.clear()
    switch event {
    case .begins(let cell):
      printer?.prose(before: cell)
      Terminal.flush()
      line?.note("\(path): cell \(cell.index + 1) of \(cells)")
    case .ended(let report, let outputs):
      printer?.outputs(outputs)
      if style != .quiet { describe(report) }
    }
    Terminal.flush()
  }

  private func describe(_ report: CellReport) {
    switch report.state {
    case .failed(_, let text, _):
      // A printed notebook holds the error where it belongs.
      let first = style == .printed ? String(text.prefix { $0 != "\n" }) : text
      complain("\(path):\(report.failedLine ?? report.cell.line): \(first)")
    case .interrupted: complain("\(path):\(report.cell.line): interrupted")
    default: break
    }
  }

  private func complain(_ text: String) {
    Interrupt.erase()
    Terminal.send(text.hasSuffix("\n") ? text : text + "\n", to: 2)
  }

  /// The differences of a check, the problems, and one line for the whole.
  func finish(_ report: Report) {
    line?.clear()
    printer?.rest()
    if report.purpose == .check { for cell in report.cells { differences(cell) } }
    for claim in report.claims { describe(claim) }
    for problem in report.problems { describe(problem) }
    if report.purpose == .status { for cell in report.cells { status(cell) } }
    if report.problems.allSatisfy(\.isWarning) || !report.cells.isEmpty {
      print(Terminal.dimmed(summary(report)))
    }
    Terminal.flush()
  }

  private func differences(_ report: CellReport) {
    guard case .different(let differences) = report.state else { return }
    print("\(path):\(report.cell.line): \(report.cell.name) prints something else now")
    for difference in differences { for line in difference.lines { print("  \(line)") } }
  }

  private func describe(_ problem: NotebookProblem) {
    let at = problem.line.map { ":\($0)" } ?? ""
    let kind = problem.isWarning ? "warning \(problem.code.rawValue)" : problem.code.rawValue
    let help = problem.help.map { "; \($0)" } ?? ""
    complain("\(path)\(at): \(kind): \(problem.message)\(help)")
  }

  /// What a notebook was not allowed, and how to allow it.
  func permissions(_ wishes: [String]) {
    guard !wishes.isEmpty else { return }
    complain("\(path) asks for \(wishes.joined(separator: ", ")); --allow grants that")
  }

  private func describe(_ claim: ClaimReport) {
    let at = "\(path):\(claim.claim.line)"
    switch claim.outcome {
    case .holds: break
    case .fails(let text): print("\(at): the claim “\(claim.claim.text)” does not hold: \(text)")
    case .error(_, let text): print("\(at): the claim “\(claim.claim.text)”: \(text)")
    }
  }

  private func status(_ report: CellReport) {
    let word =
      switch report.state {
      case .fresh: "fresh"
      case .stale: "stale"
      case .storedFailure: "failed"
      case .withoutOutput: "no output"
      case .skipped: "skipped"
      default: ""
      }
    print("\(path):\(report.cell.line): \(report.cell.id.map { "#\($0) " } ?? "")\(word)")
  }

  // MARK: - The last line

  private func summary(_ report: Report) -> String {
    var parts = ["\(path): \(Text.count(cells, "cell"))"]
    for (count, words) in counts(report) where count > 0 { parts.append("\(count) \(words)") }
    if report.purpose != .status, report.cells.contains(where: { $0.state != .skipped }) {
      let seconds = Quantity(RunLog.now() - start, .seconds, mark: .volatile)
      parts.append(Text.quantity(seconds))
    }
    return parts.joined(separator: ", ")
  }

  private func counts(_ report: Report) -> [(Int, String)] {
    func states(_ isMeant: (CellState) -> Bool) -> Int {
      report.cells.count { isMeant($0.state) }
    }
    let same = states { $0 == .identical || $0 == .equal }
    let other = states { if case .different = $0 { true } else { false } }
    let failed = states { if case .failed = $0 { true } else { false } }
    let holding = report.claims.count { $0.outcome == .holds }
    let failing = report.claims.count - holding
    let isCheck = report.purpose == .check
    return [
      (isCheck ? same : 0, "reproduced"), (other, isCheck ? "different" : "changed"),
      (holding, holding == 1 ? "claim holds" : "claims hold"),
      (failing, failing == 1 ? "claim fails" : "claims fail"), (failed, "failed"),
      (states { $0 == .interrupted }, "interrupted"), (states { $0 == .notReached }, "not reached"),
      (states { $0 == .fresh }, "fresh"), (states { $0 == .stale }, "stale"),
      (states { $0 == .storedFailure }, "failed when it ran"),
      (states { $0 == .withoutOutput }, "without output"), (states { $0 == .skipped }, "skipped"),
      (report.recoveredCells, "recovered from a run that was cut off"),
    ]
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
