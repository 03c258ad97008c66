// How much of a long output stays in a notebook: its head, its tail, a line that says what was left
// out, and a digest of the whole.

extension Output {
  /// The most lines and characters that are kept in full.
  package static let mostLines = 40
  package static let mostCharacters = 4096

  private static let (headLines, tailLines) = (24, 12)
  private static let (headCharacters, tailCharacters) = (2400, 1200)

  /// The output with its middle left out when it is long. A drawing is never cut.
  func shortened() -> Output {
    let characters = lines.reduce(0) { $0 + $1.unicodeScalars.count + 1 }
    guard !isLoose, lines.count > Self.mostLines || characters > Self.mostCharacters else {
      return self
    }
    let head = Self.fitting(lines[...], Self.headLines, Self.headCharacters)
    let rest = lines.dropFirst(head.count)
    let tail = Self.fitting(rest.reversed()[...], Self.tailLines, Self.tailCharacters).reversed()
    let middle = rest.dropLast(tail.count)
    let bytes = middle.reduce(0) { $0 + $1.utf8.count + 1 }
    var result = self
    result.cut = digest
    result.lines = head + [OmittedLines(count: middle.count, bytes: bytes).line] + tail
    return result
  }

  private static func fitting(_ lines: ArraySlice<String>, _ most: Int, _ characters: Int)
    -> [String]
  {
    var left = characters
    return Array(
      lines.prefix(most).prefix { line in
        left -= line.unicodeScalars.count + 1
        return left >= 0
      })
  }

  /// Of all that is compared exactly: marked numbers are blank, unless the text is raw.
  private var digest: String {
    var hash = KeyHash()
    for line in lines {
      hash.add(isRaw ? line : Piece.all(in: line).map(\.skeleton).joined())
    }
    return String(hash.finish().prefix(Key.shortLength))
  }
}

/// The line `… 412 lines, 31 KiB more` between the head and the tail of an output.
struct OmittedLines {
  let count: Int
  /// Written for the reader; the width of a marked number changes it, so it is not compared.
  let bytes: Int

  init(count: Int, bytes: Int) {
    self.count = count
    self.bytes = bytes
  }

  init?(_ line: String) {
    let words = line.utf8.split(separator: 0x20).map { Substring($0) }
    guard words.count == 6, words[0] == "…", let count = Int(words[1]), Int(words[3]) != nil,
      ["line,", "lines,"].contains(words[2]), ["B", "KiB"].contains(words[4]), words[5] == "more"
    else { return nil }
    self.init(count: count, bytes: 0)
  }

  var line: String {
    let size = bytes < 1024 ? "\(bytes) B" : "\((bytes + 512) / 1024) KiB"
    return "… \(count) \(count == 1 ? "line" : "lines"), \(size) more"
  }
}
