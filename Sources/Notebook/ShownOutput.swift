// What a cell shows, as text for a width: the same layout in a notebook, at the prompt and in a script.

internal import Charts
package import Interpreter

/// Lays outputs out one below the other: what takes several lines stands apart.
package struct ShownOutput {
  package let style: DisplayStyle
  private var wasTall = false
  private var isFirst = true

  package init(_ style: DisplayStyle) { self.style = style }

  /// The lines of the next output.
  package mutating func lines(_ output: Interpreter.Output) -> [String] {
    let lines = Self.bare(output, style)
    guard !lines.isEmpty else { return [] }
    let isTall = lines.count > 1
    defer {
      wasTall = isTall
      isFirst = false
    }
    return (isFirst || !(isTall || wasTall) ? [] : [""]) + lines
  }

  private static func bare(_ output: Interpreter.Output, _ style: DisplayStyle) -> [String] {
    switch output {
    case .value(let value): value.lines(style)
    case .text(let text):
      text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    case .warning(let text): ["warning: \(text)"]
    }
  }
}

extension Interpreter.Output {
  /// Drawn from values that another machine may come to slightly differently.
  var isLoose: Bool {
    if case .value(let value) = self { return value.isLoose }
    return false
  }
}
