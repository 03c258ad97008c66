// What every error of the number wing looks like: data without positions; the evaluator adds the
// span.

/// An error of the engine, in the words of the field.
package protocol EngineError: Error, CustomStringConvertible {
  /// Its entry in the catalog of codes, such as "E0401".
  var code: String { get }
  /// One sentence, lower case, without a final full stop: what was found and what was wanted.
  var message: String { get }
  /// One suggestion, or nil.
  var help: String? { get }
}

extension EngineError {
  package var help: String? { nil }
  package var description: String { message }
}
