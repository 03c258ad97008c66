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
  package let salvage: Value?

  package init(_ diagnostic: Diagnostic, isInterrupt: Bool = false, salvage: Value? = nil) {
    self.diagnostic = diagnostic
    self.isInterrupt = isInterrupt
    self.salvage = salvage
  }

  convenience init(_ problem: Problem, source: Source, at span: Span) {
    self.init(
      Diagnostic(problem.code, problem.message, source: source, at: span, help: problem.help),
      isInterrupt: problem.isInterrupt, salvage: problem.salvage)
  }

  /// The same failure seen from a call: inside functions, the reader also wants the way there.
  func called(from source: Source, at span: Span, function: String) -> Failure {
    let isRepeated = diagnostic.notes.contains { $0.source === source && $0.span == span }
    guard diagnostic.notes.count < 6, !isRepeated else { return self }
    var copy = diagnostic
    copy.notes.append(
      Diagnostic.Note("called as `\(function)` here", source: source, span: span))
    return Failure(copy, isInterrupt: isInterrupt, salvage: salvage)
  }
}
