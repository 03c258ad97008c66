// The smallest pieces of the language.

package struct Token: Sendable {
  package enum Kind: Sendable, Equatable {
    /// `12`, `1.5e-3`; a `%` directly behind makes a fraction, a unit a size or a time.
    case number(Double)
    case percent(Double)
    /// In bytes, from `27KB`, `4MiB`.
    case size(Double)
    /// In seconds, from `5ms`, `2min`.
    case time(Double)
    case text([Piece])
    case name(String)
    case keyword(Keyword)
    /// `.magnitude`, where the dot does not follow an expression directly.
    case choice(String)
    case symbol(Symbol)
    case end

    /// What is spelled like a name, such as a label before its colon.
    package var word: String? {
      switch self {
      case .name(let name): name
      case .keyword(let keyword): keyword.rawValue
      default: nil
      }
    }
  }

  /// A part of a string: plain text, or the tokens between `{` and `}`.
  package enum Piece: Sendable, Equatable {
    case plain(String)
    case code([Token])
  }

  package let kind: Kind
  package let span: Span
  /// White space stands directly before it.
  package let spaceBefore: Bool
  /// A line end stands before it.
  package let lineBefore: Bool
}

extension Token: Equatable {
  /// Tokens are equal when they say the same, wherever they stand.
  package static func == (left: Token, right: Token) -> Bool { left.kind == right.kind }
}

package enum Keyword: String, Sendable, CaseIterable {
  case fn, `if`, `else`, `for`, `in`, `while`, `return`, `break`, `continue`, `import`
  case and, or, not, mod, `true`, `false`, none
}

package enum Symbol: String, Sendable, CaseIterable {
  case pipe = "|>"
  case arrow = "=>"
  case closedRange = "..."
  case halfOpenRange = "..<"
  case equal = "=="
  case notEqual = "!="
  case lessEqual = "<="
  case greaterEqual = ">="
  case less = "<"
  case greater = ">"
  case assign = "="
  case plus = "+"
  case minus = "-"
  case times = "*"
  case divide = "/"
  case power = "^"
  case dot = "."
  case comma = ","
  case colon = ":"
  case semicolon = ";"
  case leftParen = "("
  case rightParen = ")"
  case leftBracket = "["
  case rightBracket = "]"
  case leftBrace = "{"
  case rightBrace = "}"
}

/// Units that may stand directly behind a number.
package enum UnitSuffix {
  /// In bytes.
  package static let sizes: [String: Double] = [
    "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1024, "MiB": 1_048_576, "GiB": 1_073_741_824,
  ]
  /// In seconds.
  package static let times: [String: Double] = [
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600,
  ]
}
