// What the runner asks of whoever evaluates cells. It knows text, names and keys; never tokens,
// trees or values.

/// A cell as it is handed to an evaluator.
package struct CellSource: Sendable {
  /// Its place among the cells, counted from 0.
  package let index: Int
  package let id: String?
  package let source: String
  /// The line of the first line of code in the file, counted from 1.
  package let line: Int
  package let options: CellOptions
  /// Values from `--set` and the front matter, for a cell marked `params`; else empty.
  package let parameters: [FrontMatter.Entry]
  /// The seed of the cell's own stream of random numbers.
  package let seed: UInt64
  /// The longest that it may take, in seconds, and the most memory that it may use, in bytes.
  package let timeLimitSeconds: Double?
  package let memoryLimitBytes: Int?
}

/// What can be said of a cell without running it.
package struct CellOutline: Sendable {
  /// The texts of its tokens, without comments and spacing.
  package var tokens: [String]
  /// The names that it binds for cells below.
  package var binds: [String]
  /// The names that it reads from cells above.
  package var reads: [String]
  /// The files that it names, with their digests; an empty digest when there is none now.
  package var files: [FileDigest]

  package init(
    tokens: [String], binds: [String] = [], reads: [String] = [], files: [FileDigest] = []
  ) {
    self.tokens = tokens
    self.binds = binds
    self.reads = reads
    self.files = files
  }
}

/// Something that a cell printed.
package struct CellText: Sendable {
  package var text: String
  /// The text is a user's: ≈ and ± mean nothing in it.
  package var isRaw: Bool
  /// It was drawn from inexact values.
  package var isLoose: Bool

  package init(_ text: String, isRaw: Bool = false, isLoose: Bool = false) {
    self.text = text
    self.isRaw = isRaw
    self.isLoose = isLoose
  }

  /// Whole lines, without line endings.
  package init(lines: [String]) {
    self.init(lines.map { $0 + "\n" }.joined())
  }
}

/// How a cell failed.
package struct CellFailure: Sendable {
  /// What ended it; each has its own exit code.
  package enum Kind: Sendable { case error, timeout, memory, permission }

  package var kind: Kind
  package var code: String
  /// The diagnostic as it is printed: sentence, excerpt, carets, suggestion. It must not depend on
  /// the line in the file, or an edit of the prose above would change it.
  package var text: String
  /// The line of the cell's code, counted from 1, where it failed.
  package var line: Int?

  package init(_ code: String, _ text: String, kind: Kind = .error) {
    self.code = code
    self.text = text
    self.kind = kind
  }
}

/// What came of a cell.
package struct CellOutcome: Sendable {
  /// What it printed, in order, also when it failed afterwards.
  package var texts: [CellText]
  package var failure: CellFailure?
  /// The files that it really read; the runner warns of those that its outline did not name.
  package var files: [FileDigest]
  /// The user stopped it: its outputs are not kept.
  package var isInterrupted: Bool

  package init(
    _ texts: [CellText] = [], failure: CellFailure? = nil, files: [FileDigest] = [],
    isInterrupted: Bool = false
  ) {
    self.texts = texts
    self.failure = failure
    self.files = files
    self.isInterrupted = isInterrupted
  }
}

/// What came of the expression of a claim.
package enum ClaimOutcome: Equatable, Sendable {
  case holds
  /// It is false; the text says with which numbers.
  case fails(String)
  /// It could not be evaluated.
  case error(code: String, text: String)
}

/// Evaluates the cells of one notebook, in order, from a clean state.
package protocol CellEvaluator {
  /// What the cell depends on; runs nothing. Asked for every cell, top to bottom, before any is
  /// evaluated, and once more right before the cell itself is: a cell above may have written a
  /// file.
  mutating func outline(_ cell: CellSource) -> CellOutline
  mutating func evaluate(_ cell: CellSource) -> CellOutcome
  /// Whether an expression is true in the state after the cells evaluated so far.
  mutating func test(_ claim: Claim) -> ClaimOutcome
}
