// What a word's declaration says of it, as a page. The same text for `help`, `?word` and the reference.
import Charts

package enum Help {
  /// The page of a function.
  package static func lines(_ function: Function, _ style: DisplayStyle) -> [String] {
    if let builtin = function.builtin { return page(builtin, style) }
    var lines = [function.signature]
    if let code = function.code, !code.documentation.isEmpty {
      lines += [""] + code.documentation.split(separator: "\n").map { "  \($0)" }
    }
    return lines
  }

  private static func page(_ word: Builtin, _ style: DisplayStyle) -> [String] {
    var lines = folded(word.signature, style.width, indent: 4)
    lines += [""] + folded(word.summary, style.width, indent: 0)
    if let details = word.details { lines += [""] + folded(details, style.width, indent: 0) }
    if !word.parameters.isEmpty {
      lines.append("")
      let width = word.parameters.map { TextWidth.columns($0.name) }.max() ?? 0
      for parameter in word.parameters { lines += entry(parameter, nameWidth: width, style) }
    }
    lines += ["", "Gives \(word.result)."]
    for example in word.examples {
      lines += [""] + example.code.split(separator: "\n").map { "  > \($0)" }
      if let shows = example.shows { lines += shows.split(separator: "\n").map { "    \($0)" } }
    }
    if let source = word.source {
      lines += [""] + folded("Source: \(source)", style.width, indent: 2)
    }
    if !word.seeAlso.isEmpty {
      lines += ["", "See also: \(word.seeAlso.joined(separator: ", "))."]
    }
    return lines
  }

  /// Its name and text in columns, and its choices below.
  private static func entry(
    _ parameter: ParameterInfo, nameWidth: Int, _ style: DisplayStyle
  ) -> [String] {
    var facts: [String] = []
    if parameter.choices.isEmpty {
      facts.append(parameter.kind + (parameter.rule.map { " " + $0 } ?? ""))
    }
    switch parameter.fallback {
    case nil: break
    case "none", "[]": facts.append("optional")
    case .some(let fallback): facts.append("by default \(fallback)")
    }
    var text = parameter.doc
    if !facts.isEmpty { text += " (\(facts.joined(separator: ", ")))" }
    var lines = row(parameter.name, nameWidth, text, indent: 2, style)
    let width = parameter.choices.map { TextWidth.columns($0.name) + 1 }.max() ?? 0
    for choice in parameter.choices {
      lines += row(".\(choice.name)", width, choice.summary, indent: nameWidth + 6, style)
    }
    return lines
  }

  /// A name in a column, and a text beside it that keeps to its own.
  private static func row(
    _ name: String, _ width: Int, _ text: String, indent: Int, _ style: DisplayStyle
  ) -> [String] {
    let lead = String(repeating: " ", count: indent) + TextWidth.leading(name, in: width) + "  "
    // In a terminal too narrow for columns, the text goes on below the name.
    let column = min(indent + width + 2, style.width / 2)
    return folded(lead + text, style.width, indent: column)
  }

  /// The chapters and their words, with a sentence each; then what the standard library provides.
  package static func index(
    _ registry: Registry, provided: [String] = [], _ style: DisplayStyle
  ) -> [String] {
    let width = registry.words.map { TextWidth.columns($0.name) }.max() ?? 0
    var lines: [String] = []
    for chapter in registry.chapters {
      if !lines.isEmpty { lines.append("") }
      lines.append(chapter.title)
      for word in chapter.words {
        lines += row(word.name, width, word.summary, indent: 2, style)
      }
    }
    guard !provided.isEmpty else { return lines }
    return lines + ["", "Standard library, written in the language (such as help mlp)"]
      + folded("  " + provided.sorted().joined(separator: ", "), style.width, indent: 2)
  }

  /// Words to lines of a width; later lines are indented.
  package static func folded(_ text: String, _ width: Int, indent: Int) -> [String] {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let lead = paragraph.prefix { $0 == " " }
      var line = String(lead)
      var isEmpty = true
      for word in paragraph.dropFirst(lead.count).split(
        separator: " ", omittingEmptySubsequences: false)
      {
        if !isEmpty, TextWidth.columns(line) + 1 + TextWidth.columns(String(word)) > width {
          lines.append(trimmed(line))
          line = String(repeating: " ", count: indent)
          isEmpty = true
        }
        line += (isEmpty ? "" : " ") + word
        isEmpty = false
      }
      lines.append(trimmed(line))
    }
    return lines
  }

  private static func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
