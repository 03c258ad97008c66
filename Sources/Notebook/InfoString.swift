// What stands behind the backticks that open a fence: a word, an id, flags, and key=value pairs.

/// The info string of a fence, taken apart.
package struct InfoString: Equatable, Sendable {
  /// One word after the first.
  package enum Word: Equatable, Sendable {
    case id(String)
    case flag(String)
    case pair(key: String, value: String)
  }

  /// The first word, such as `cnb`.
  package let name: String
  package let words: [Word]

  package var id: String? {
    for case .id(let id) in words { return id }
    return nil
  }

  package func value(of key: String) -> String? {
    for case .pair(key, let value) in words { return value }
    return nil
  }

  package func has(_ flag: String) -> Bool { words.contains(.flag(flag)) }

  /// The first word of an info string, whatever follows.
  static func name(of info: ArraySlice<UInt8>) -> String {
    info.trimmed.prefix { !$0.isBlank }.text
  }

  /// Throws a sentence that says what is wrong.
  package init(parsing text: String) throws(InfoError) {
    if let bad = text.unicodeScalars.first(where: { "`\\&".unicodeScalars.contains($0) }) {
      throw InfoError(sentence: "the opening line of a cell cannot hold \(Self.spoken(bad))")
    }
    var scanner = InfoScanner(text)
    self.name = scanner.bareWord()
    var words: [Word] = []
    while let word = try scanner.word() {
      if case .id = word, words.contains(where: { if case .id = $0 { true } else { false } }) {
        throw InfoError(sentence: "a cell has one id, and this one has two")
      }
      words.append(word)
    }
    self.words = words
  }

  private static func spoken(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "`": "a backtick"
    case "\\": "a backslash"
    default: "an ampersand"
    }
  }

  /// Whether a text can be an id: a letter, then letters, digits, `-` and `_`.
  package static func isID(_ text: String) -> Bool {
    guard let first = text.utf8.first, first.isLetter else { return false }
    return text.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == 0x2D || $0 == 0x5F }
  }
}

/// Why an info string could not be read, as one sentence.
package struct InfoError: Error, Equatable {
  package let sentence: String
}

/// Reads the words of an info string from left to right.
private struct InfoScanner {
  private var rest: ArraySlice<UInt8>

  init(_ text: String) { rest = Array(text.utf8)[...] }

  mutating func bareWord() -> String {
    rest = rest.drop(while: \.isBlank)
    let word = rest.prefix { !$0.isBlank }
    rest = rest.dropFirst(word.count)
    return word.text
  }

  mutating func word() throws(InfoError) -> InfoString.Word? {
    rest = rest.drop(while: \.isBlank)
    guard !rest.isEmpty else { return nil }
    let key = rest.prefix { !$0.isBlank && $0 != 0x3D }.text
    rest = rest.dropFirst(key.utf8.count)
    guard rest.first == 0x3D else { return try lone(key) }
    rest = rest.dropFirst()
    guard InfoString.isID(key) else {
      throw InfoError(sentence: "‘\(key)’ is not the name of an option")
    }
    return .pair(key: key, value: try value(of: key))
  }

  private func lone(_ text: String) throws(InfoError) -> InfoString.Word {
    if text.hasPrefix("#") {
      let id = String(text.dropFirst())
      guard InfoString.isID(id) else {
        throw InfoError(
          sentence: "‘\(text)’ is not an id: # and a letter, then letters, digits, - and _")
      }
      return .id(id)
    }
    guard InfoString.isID(text) else {
      throw InfoError(sentence: "‘\(text)’ is not the name of an option")
    }
    return .flag(text)
  }

  private mutating func value(of key: String) throws(InfoError) -> String {
    if rest.first == 0x22 {
      let inside = rest.dropFirst().prefix { $0 != 0x22 }
      let after = rest.dropFirst(inside.count + 1)
      guard after.first == 0x22 else {
        throw InfoError(sentence: "the value of \(key) has no closing quote")
      }
      rest = after.dropFirst()
      guard rest.first?.isBlank ?? true else {
        throw InfoError(sentence: "the value of \(key) goes on after its closing quote")
      }
      return inside.text
    }
    let bare = rest.prefix { !$0.isBlank }
    rest = rest.dropFirst(bare.count)
    guard !bare.isEmpty, bare.allSatisfy(\.isBareValue) else {
      throw InfoError(sentence: "the value of \(key) needs quotes: \(key)=\"…\"")
    }
    return bare.text
  }
}

extension UInt8 {
  var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
  var isDigit: Bool { (0x30...0x39).contains(self) }
  fileprivate var isBareValue: Bool {
    isLetter || isDigit || "._:/+,-%".utf8.contains(self)
  }
}
