// A sentence in the prose that can be tested: `[text](claim:#id "expression")`, a link for every
// renderer.

/// A claim in the prose: what it says, and the expression that must be true.
package struct Claim: Equatable, Sendable {
  /// What the reader reads.
  package let text: String
  /// The cell after which it is tested; without one, the newest cell above it.
  package let id: String?
  package let expression: String
  /// The line in the file, counted from 1.
  package let line: Int

  init(_ link: Markdown.ClaimLink) throws(NotebookProblem) {
    let target = String(link.destination.dropFirst("claim:".count))
    line = link.line + 1
    text = link.text
    // Prose is wrapped by editors, and an expression ends with its line.
    expression = link.expression.split(whereSeparator: \.isNewline).joined(separator: " ")
    id = target.isEmpty ? nil : String(target.dropFirst())
    guard target.isEmpty || (target.hasPrefix("#") && InfoString.isID(id ?? "")) else {
      throw NotebookProblem(
        .claim, "the claim ‘\(text)’ names its cell as ‘\(target)’, and wants #id", line: line)
    }
    guard !Array(expression.utf8)[...].trimmed.isEmpty else {
      throw NotebookProblem(
        .claim, "the claim ‘\(text)’ holds no expression",
        help: "write [text](claim:#id \"expression\")", line: line)
    }
  }
}
