// What the tool says when something is wrong: one shape for every phase.

package struct Diagnostic: Error, Sendable {
  package enum Severity: String, Sendable { case error, warning }

  /// A second place or sentence that helps to understand the first.
  package struct Note: Sendable {
    package let text: String
    package let source: Source?
    package let span: Span?
    package init(_ text: String, source: Source? = nil, span: Span? = nil) {
      self.text = text
      self.source = source
      self.span = span
    }
  }

  /// Its entry in `Catalog`.
  package let code: String
  package var severity = Severity.error
  /// One sentence in the words of the field, without a final full stop.
  package let message: String
  package let source: Source?
  package let span: Span?
  package var notes: [Note] = []
  /// One suggestion.
  package let help: String?
  /// The text so far is right and only not finished: the prompt asks for more.
  package var isIncomplete = false

  package init(
    _ code: String, _ message: String, source: Source? = nil, at span: Span? = nil,
    help: String? = nil
  ) {
    self.code = code
    self.message = message
    self.source = source
    self.span = span
    self.help = help
  }
}
