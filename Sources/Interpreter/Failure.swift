// What stops an evaluation: a problem (an engine's or a word's, without a place), and the failure that
// the evaluator makes of it by adding the place. The only conversion is here.
package import Syntax
import Tensors

/// What a word reports; the evaluator knows where.
package struct Problem: Error, Sendable {
  package let code: String
  package let message: String
  package let help: String?
  /// The parameter whose argument is to be marked; nil marks the whole call.
  package var parameter: String?
  package var isInterrupt = false
  /// The place to show is where the function that found it was called.
  package var blamesCaller = false
  /// What the work had come to before it stopped: the last good weights.
  package var salvage: Value?

  package init(_ code: String, _ message: String, help: String? = nil, parameter: String? = nil) {
    self.code = code
    self.message = message
    self.help = help
    self.parameter = parameter
  }

  /// Any error that a word throws, in this shape.
  package init(_ error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case let failure as Failure:
      self.init(failure.diagnostic.code, failure.diagnostic.message, help: failure.diagnostic.help)
      isInterrupt = failure.isInterrupt
      blamesCaller = failure.blamesCaller
      salvage = failure.salvage
    case let error as any EngineError:
      self.init(error.code, error.message, help: error.help)
      isInterrupt = error.code == Problem.interruptCode
    case let mismatch as Mismatch:
      self.init("E0301", "\(mismatch.wanted) is wanted here", help: mismatch.help)
    default: self.init("E0399", "\(error)")
    }
  }

  /// "did you mean `word`?", where one of the candidates is near.
  package static func suggestion(
    for word: String, among candidates: some Sequence<String>
  ) -> String? {
    Spelling.suggestion(for: word, among: candidates)
  }

  package static let interruptCode = "E0901"
  package static var interrupt: Problem {
    var problem = Problem(interruptCode, "interrupted")
    problem.isInterrupt = true
    return problem
  }
}

/// A class, so that throwing stays cheap on paths that never throw.
package final class Failure: Error, Sendable {
  package let diagnostic: Diagnostic
  package let isInterrupt: Bool
  let blamesCaller: Bool
  package let salvage: Value?

  package init(
    _ diagnostic: Diagnostic, isInterrupt: Bool = false, blamesCaller: Bool = false,
    salvage: Value? = nil
  ) {
    self.diagnostic = diagnostic
    self.isInterrupt = isInterrupt
    self.blamesCaller = blamesCaller
    self.salvage = salvage
  }

  /// In the text that is running, which the function is left with says.
  convenience init(_ problem: Problem, at span: Span) {
    self.init(
      Diagnostic(problem.code, problem.message, at: span, help: problem.help),
      isInterrupt: problem.isInterrupt, blamesCaller: problem.blamesCaller,
      salvage: problem.salvage)
  }

  /// The same failure, whose places without a text are in this one.
  func placed(in source: Source) -> Failure {
    guard diagnostic.source == nil || diagnostic.notes.last?.source == nil else { return self }
    var copy = Diagnostic(
      diagnostic.code, diagnostic.message, source: diagnostic.source ?? source,
      at: diagnostic.span, help: diagnostic.help)
    copy.notes = diagnostic.notes.map { note in
      Diagnostic.Note(note.text, source: note.source ?? source, span: note.span)
    }
    return Failure(
      copy, isInterrupt: isInterrupt, blamesCaller: blamesCaller, salvage: salvage)
  }

  /// The same failure seen from a call: inside functions, the reader also wants the way there.
  /// - Parameters:
  ///   - source: the text of the function that is left.
  ///   - span: where it was called, in the text that runs on.
  func leaving(_ source: Source, function: String, calledAt span: Span) -> Failure {
    if blamesCaller {
      return Failure(
        Diagnostic(diagnostic.code, diagnostic.message, at: span, help: diagnostic.help),
        salvage: salvage)
    }
    let placed = placed(in: source)
    let notes = placed.diagnostic.notes
    let last = notes.last
    let isRepeated = last?.source === source && last?.span == span
    guard !isInterrupt, notes.count < 6, !isRepeated else { return placed }
    var copy = placed.diagnostic
    copy.notes.append(Diagnostic.Note("called as `\(function)` here", span: span))
    return Failure(copy, isInterrupt: isInterrupt, salvage: salvage)
  }
}
