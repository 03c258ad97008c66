// What a terminal sees while a notebook runs, and the lines at its end.

internal import Glibc
internal import Interpreter
internal import Notebook

final class RunLog {
  private let path: String
  private let prints: Bool
  private let line = ProgressLine.ifWatched()
  private let start = RunLog.now()
  private var printer: ProsePrinter?

  init(_ path: String, prints: Bool) {
    self.path = path
    self.prints = prints
    if prints, let document = try? NotebookFile.load(path) { printer = ProsePrinter(document) }
  }

  var progress: (@Sendable (ProgressReport) -> Void)? {
    line.map { line in { @Sendable report in line.report(report) } }
  }

  func observe(_ event: RunEvent) {
    line?.clear()
    switch event {
    case .begins(let cell): printer?.prose(before: cell)
    case .ended(let report, let outputs):
      printer?.outputs(outputs)
      describe(report)
    }
    fflush(nil)
  }

  private func describe(_ report: CellReport) {
    switch report.state {
    case .different(let differences) where !prints:
      printIfCheck(report, differences)
    case .failed(let code, let text, _):
      if !prints { print("\(place(report.cell)): \(text)", terminator: text.hasSuffix("\n") ? "" : "\n") }
      _ = code
    case .interrupted: print("\(place(report.cell)): interrupted")
    default: break
    }
  }

  var isCheck = false

  private func printIfCheck(_ report: CellReport, _ differences: [Difference]) {
    pending.append((report, differences))
  }

  private var pending: [(CellReport, [Difference])] = []

  private func place(_ cell: Cell) -> String {
    "\(path):\(cell.line)" + (cell.id.map { " #\($0)" } ?? "")
  }

  /// The differences of a check, the problems, and one line for the whole.
  func finish(_ report: Report) {
    line?.clear()
    printer?.rest()
    if report.purpose == .check {
      for (cell, differences) in pending {
        print("\(place(cell.cell)): it prints something else now")
        for difference in differences { for line in difference.lines { print("  \(line)") } }
      }
    }
    for claim in report.claims { describe(claim) }
    for problem in report.problems {
      let at = problem.line.map { ":\($0)" } ?? ""
      let kind = problem.isWarning ? "warning \(problem.code.rawValue)" : problem.code.rawValue
      print("\(path)\(at): \(kind): \(problem.message)" + (problem.help.map { "; \($0)" } ?? ""))
    }
    if report.purpose == .status { for cell in report.cells { status(cell) } }
    print(summary(report))
    fflush(nil)
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
    print("  \(place(report.cell))  \(word)")
  }

  private func summary(_ report: Report) -> String {
    let states = report.cells.map(\.state)
    var parts = ["\(path): \(Text.count(states.count, "cell"))"]
    func add(_ count: Int, _ word: String) { if count > 0 { parts.append("\(count) \(word)") } }
    if report.purpose == .check {
      add(states.count { $0 == .identical || $0 == .equal }, "reproduced")
      add(states.count { if case .different = $0 { true } else { false } }, "different")
      add(report.claims.count { $0.outcome == .holds }, "claims hold")
      add(report.claims.count { $0.outcome != .holds }, "claims do not hold")
    }
    if report.purpose == .run {
      add(states.count { if case .different = $0 { true } else { false } }, "changed")
    }
    add(states.count { if case .failed = $0 { true } else { false } }, "failed")
    add(states.count { $0 == .notReached }, "not reached")
    add(states.count { $0 == .stale }, "stale")
    add(report.recoveredCells, "recovered from a run that was cut off")
    if report.purpose != .status {
      let seconds = Quantity(RunLog.now() - start, .seconds, mark: .volatile)
      parts.append(Text.quantity(seconds))
    }
    return parts.joined(separator: ", ")
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// Prints a notebook as it runs: prose and cells as they stand, outputs as they come.
final class ProsePrinter {
  private let lines: [String]
  private var next = 0

  init(_ document: Document) {
    lines = document.withoutOutputs().text.split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
    cells = document.withoutOutputs().cells.map(\.line)
  }

  private let cells: [Int]
  private var done = 0

  /// Everything up to and including the cell that begins.
  func prose(before cell: Cell) {
    guard cell.index < cells.count else { return }
    let start = cells[cell.index] - 1
    let length = cell.source.split(separator: "\n", omittingEmptySubsequences: false).count + 2
    show(upTo: min(lines.count, start + length))
  }

  private func show(upTo end: Int) {
    while next < end {
      print(Terminal.hasColor ? painted(lines[next]) : lines[next])
      next += 1
    }
  }

  private func painted(_ line: String) -> String {
    line.hasPrefix("#") ? "\u{1B}[1m\(line)\u{1B}[0m" : line
  }

  func outputs(_ outputs: [Notebook.Output]) {
    for output in outputs {
      print("")
      for line in output.lines { print(line) }
    }
  }

  func rest() { show(upTo: lines.count) }
}
