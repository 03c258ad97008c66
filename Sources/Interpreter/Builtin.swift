// A word of the language. Its declaration is its documentation: checking of arguments, error texts, help,
// completion, reference pages and tests are derived from it.
import Syntax

package struct Parameter<T: Bridged>: Sendable {
  /// What a value must be besides its kind, as a law and in words: "from 2 to 8".
  package struct Rule: Sendable {
    let text: String
    let help: @Sendable (T) -> String?
    let allows: @Sendable (T) -> Bool
    package init(
      _ text: String, help: @escaping @Sendable (T) -> String? = { _ in nil },
      allows: @escaping @Sendable (T) -> Bool
    ) {
      self.text = text
      self.help = help
      self.allows = allows
    }
  }

  let name: String
  let doc: String
  let fallback: T?
  let isNamed: Bool
  let rule: Rule?

  /// - Parameters:
  ///   - named: the argument must be given by its label.
  package init(
    _ name: String, _ doc: String, default fallback: T? = nil, named: Bool = false,
    rule: Rule? = nil
  ) {
    self.name = name
    self.doc = doc
    self.fallback = fallback ?? T.absent
    self.isNamed = named || fallback != nil || T.absent != nil
    self.rule = rule
  }

  /// A parameter with a default that may also be given without its label.
  package init(
    positional name: String, _ doc: String, default fallback: T? = nil, rule: Rule? = nil
  ) {
    self.name = name
    self.doc = doc
    self.fallback = fallback ?? T.absent
    self.isNamed = false
    self.rule = rule
  }

  func convert(_ value: Value) throws(Mismatch) -> T {
    let typed: T
    do throws(Mismatch) { typed = try T(from: value) } catch {
      guard let rule, T.choices.isEmpty else { throw error }
      throw Mismatch("\(error.wanted) \(rule.text)", help: error.help, found: error.found)
    }
    if let rule, !rule.allows(typed) {
      throw Mismatch("\(T.kind) \(rule.text)", help: rule.help(typed))
    }
    return typed
  }
}

extension Parameter.Rule where T == Int {
  package static func within(_ range: ClosedRange<Int>) -> Self {
    Self("from \(range.lowerBound) to \(range.upperBound)") { range.contains($0) }
  }
  package static func atLeast(_ least: Int) -> Self { Self("from \(least)") { $0 >= least } }
}

extension Parameter.Rule where T == Double {
  package static func within(_ range: ClosedRange<Double>) -> Self {
    let bounds = "from \(Text.number(range.lowerBound)) to \(Text.number(range.upperBound))"
    return Self(bounds) { range.contains($0) }
  }
  package static var positive: Self { Self("above 0") { $0 > 0 && $0.isFinite } }
  package static var nonNegative: Self { Self("from 0") { $0 >= 0 && $0.isFinite } }
}

/// What the checker, help and completion need to know of a parameter.
package struct ParameterInfo: Sendable {
  package let name: String
  package let doc: String
  package let kind: String
  /// What the rule adds to the kind: "from 2 to 8".
  package let rule: String?
  package let choices: [Choice]
  /// As the user would write it; nil where the parameter must be given.
  package let fallback: String?
  package let isRequired: Bool
  package let isNamed: Bool
  package let isVariadic: Bool
  package let isDeferred: Bool
  package let keepsOwner: Bool
  /// What is wrong with a value, if anything.
  package let mismatch: @Sendable (Value) -> Mismatch?
}

package struct Example: Sendable {
  package let code: String
  /// What it shows; nil where it shows nothing that a test could compare.
  package let shows: String?
  package init(_ code: String, shows: String? = nil) {
    self.code = code
    self.shows = shows
  }
}

package struct Builtin: Sendable {
  package let name: String
  /// One sentence.
  package let summary: String
  /// More sentences: formula, shapes, errors.
  package let details: String?
  /// Authors, year, arXiv or DOI.
  package let source: String?
  package let parameters: [ParameterInfo]
  /// In a sentence, with its article.
  package let result: String
  package let examples: [Example]
  package let seeAlso: [String]
  let call: @Sendable (Context, [Value?]) throws -> Value
  /// What the word makes of a single argument, where that takes neither the context nor long.
  let atOnce: (@Sendable (Value) -> Value?)?
  /// Alone on its line it is called, and is not the function that it names.
  let runsAlone: Bool

  /// - Parameters:
  ///   - finish: what happens to every result, given the arguments that were written: a network's
  ///     receipt gets its line there.
  ///   - atOnce: the same as `body` for a single argument, without the way there; nil where only `body`
  ///     knows.
  package init<each P: Bridged, R: Bridged>(
    _ name: String, _ summary: String, _ parameters: repeat Parameter<each P>,
    details: String? = nil, source: String? = nil, examples: [Example], seeAlso: [String] = [],
    finish: (@Sendable (Value, [(name: String, value: Value)]) -> Value)? = nil,
    atOnce: (@Sendable (Value) -> Value?)? = nil, runsAlone: Bool = false,
    body: @escaping @Sendable (Context, repeat each P) throws -> R
  ) {
    var infos: [ParameterInfo] = []
    for parameter in repeat each parameters { infos.append(Self.info(parameter)) }
    self.name = name
    self.summary = summary
    self.details = details
    self.source = source
    self.parameters = infos
    self.examples = examples
    self.seeAlso = seeAlso
    self.atOnce = atOnce
    self.runsAlone = runsAlone
    result = R.kind
    let declared = (repeat each parameters)
    let names = infos.map(\.name)
    call = { context, arguments in
      let run = { () throws -> Value in
        var next = 0
        return try body(
          context, repeat try Self.take(each declared, arguments, &next, name)
        ).bridged
      }
      guard let finish else { return try run() }
      let given = zip(names, arguments).compactMap { name, value in value.map { (name, $0) } }
      // A word may call others.
      let before = context.arguments
      context.arguments = given
      defer { context.arguments = before }
      return finish(try run(), given)
    }
  }

  /// `prune(network, sparsity, by: .magnitude)`.
  package var signature: String {
    let list = parameters.map { parameter in
      if let fallback = parameter.fallback { return "\(parameter.name): \(fallback)" }
      if parameter.isVariadic { return "\(parameter.name), …" }
      return parameter.isNamed ? "\(parameter.name): …" : parameter.name
    }
    return "\(name)(\(list.joined(separator: ", ")))"
  }

  private static func info<T>(_ parameter: Parameter<T>) -> ParameterInfo {
    ParameterInfo(
      name: parameter.name, doc: parameter.doc, kind: T.kind, rule: parameter.rule?.text,
      choices: T.choices, fallback: parameter.fallback.map { Text.literal($0.bridged) },
      isRequired: parameter.fallback == nil && !T.isVariadic, isNamed: parameter.isNamed,
      isVariadic: T.isVariadic, isDeferred: T.isDeferred, keepsOwner: T.keepsOwner,
      mismatch: { value in
        do throws(Mismatch) {
          _ = try parameter.convert(value)
          return nil
        } catch { return error }
      })
  }

  private static func take<T>(
    _ parameter: Parameter<T>, _ arguments: [Value?], _ next: inout Int, _ word: String
  ) throws(Problem) -> T {
    defer { next += 1 }
    guard next < arguments.count, let value = arguments[next] else {
      if let fallback = parameter.fallback { return fallback }
      throw Problem("E0206", "`\(word)` needs `\(parameter.name)`: \(parameter.doc)")
    }
    do throws(Mismatch) { return try parameter.convert(value) } catch {
      throw .mismatch(error, value, parameter: parameter.name, choices: T.choices)
    }
  }
}

extension Problem {
  /// The one sentence for an argument that does not fit.
  static func mismatch(
    _ mismatch: Mismatch, _ value: Value, parameter: String, choices: [Choice]
  ) -> Problem {
    var help = mismatch.help
    if case .choice(let name) = value, !choices.isEmpty {
      let near = Spelling.suggestion(for: name, among: choices.map(\.name), prefix: ".")
      help = near ?? help
      // A long table hides what is wrong; where a near one is known, that is enough.
      let list = choices.map { ".\($0.name)" }.joined(separator: " ")
      let wanted =
        near != nil && choices.count > 8 ? "one of its \(choices.count) choices" : "one of \(list)"
      return Problem(
        "E0203", "`\(parameter)` must be \(wanted), got .\(name)", help: help,
        parameter: parameter)
    }
    if case .text(let name) = value, choices.contains(where: { $0.name == name }) {
      help = "write .\(name)"
    }
    return Problem(
      "E0207",
      "`\(parameter)` must be \(mismatch.wanted), got \(mismatch.found ?? Text.brief(value))",
      help: help, parameter: parameter)
  }
}
