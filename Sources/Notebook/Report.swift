// What came of a run, a check or a status: one line per cell and claim, and the exit code of the
// whole.

/// What came of one cell.
package enum CellState: Equatable, Sendable {
  /// run: its outputs are stored as they were; check: it printed them again.
  case identical
  /// Other bytes that mean the same; the stored ones stay.
  case equal
  /// run: new outputs were stored; check: what is stored is not what it prints.
  case different([Difference])
  /// run and check: it failed and was not to; or it was to fail and did not.
  case failed(code: String, text: String, kind: CellFailure.Kind)
  case interrupted
  case skipped
  /// A cell above it ended the run.
  case notReached
  /// status: the stored key is the one that it has now.
  case fresh
  /// status: something that it depends on has changed since it ran.
  case stale
  /// status: it ended with an error that was not expected, and nothing has changed since.
  case storedFailure
  /// status: nothing is stored: it never ran, or it prints nothing.
  case withoutOutput
}

/// One cell in a report.
package struct CellReport: Equatable, Sendable {
  package let cell: Cell
  package let state: CellState
  /// check: the outputs were reproduced, but the stored key is not the one that the cell has now.
  package var isKeyStale = false
  /// The line of the file, counted from 1, where it failed.
  package var failedLine: Int?

  package init(_ cell: Cell, _ state: CellState) {
    self.cell = cell
    self.state = state
  }
}

/// One claim in a report.
package struct ClaimReport: Equatable, Sendable {
  package let claim: Claim
  package let outcome: ClaimOutcome
}

/// What came of a notebook.
package struct Report: Equatable, Sendable {
  /// What was asked for.
  package enum Purpose: Sendable { case run, check, status }

  package let purpose: Purpose
  package var cells: [CellReport] = []
  package var claims: [ClaimReport] = []
  /// Errors and warnings about the notebook itself.
  package var problems: [NotebookProblem] = []
  /// Cells whose outputs were taken over from a run that was killed.
  package var recoveredCells = 0

  package init(_ purpose: Purpose, _ problems: [NotebookProblem] = []) {
    self.purpose = purpose
    self.problems = problems
  }

  /// The code of the first thing that went wrong: an unreadable notebook, a failed cell, a
  /// mismatch.
  package var exitCode: ExitCode {
    if let problem = problems.first(where: { !$0.isWarning }) { return problem.code.exitCode }
    let codes = cells.map { exitCode(of: $0.state) } + claims.map { exitCode(of: $0.outcome) }
    return codes.first { $0 != .ok && $0 != .mismatch } ?? codes.first { $0 != .ok } ?? .ok
  }

  private func exitCode(of state: CellState) -> ExitCode {
    switch state {
    case .identical, .equal, .skipped, .notReached, .fresh, .withoutOutput: .ok
    case .different: purpose == .run ? .ok : .mismatch
    case .stale: .mismatch
    case .storedFailure: .failed
    case .interrupted: .interrupted
    case .failed(_, _, let kind):
      switch kind {
      case .error: .failed
      case .timeout: .timeout
      case .memory: .memory
      case .permission: .permission
      }
    }
  }

  private func exitCode(of outcome: ClaimOutcome) -> ExitCode {
    switch outcome {
    case .holds: .ok
    case .fails: .mismatch
    case .error: .failed
    }
  }
}
