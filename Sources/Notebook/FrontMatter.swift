// The few lines of metadata at the head of a notebook: a flat subset of YAML, checked key by key.

/// What a notebook says about itself before its first line of prose.
package struct FrontMatter: Equatable, Sendable {
  /// A name and the text of a value, in the order in which they were written.
  package struct Entry: Equatable, Sendable {
    package let name: String
    package let value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The version of the format; 1 is the only one.
  package var format = 1
  package var title: String?
  package var seed: UInt64 = 0
  /// Values for the cells that are marked `params`.
  package var parameters: [Entry] = []
  /// Limits for every cell, such as `cell: 60s` and `memory: 2GiB`.
  package var limits: [Entry] = []
  /// What the notebook asks to be allowed, such as `read:models/`.
  package var allow: [String] = []
  package var lock: String?
  package var language: String?

  package init() {}

  /// Keys with a sentence each: what the format knows.
  package static let keys: [Entry] = [
    Entry(name: "cnb", value: "the version of the format: 1"),
    Entry(name: "title", value: "the title of the notebook"),
    Entry(name: "seed", value: "the whole number that all randomness comes from"),
    Entry(name: "params", value: "values for cells marked params, such as {bits: 4}"),
    Entry(name: "limits", value: "limits for every cell, such as {cell: 60s, memory: 2GiB}"),
    Entry(name: "allow", value: "what it asks to be allowed, such as [read:models/]"),
    Entry(name: "lock", value: "the digest of what it was made with"),
    Entry(name: "lang", value: "the language that its prose is written in"),
  ]

  /// The longest front matter, in bytes, and the deepest inline value.
  private static let largest = 65_536
  private static let deepest = 8

  /// The number of lines that front matter takes at the head of a text, fences included; 0 for
  /// none.
  static func extent(_ bytes: [UInt8], _ table: LineTable) throws(NotebookProblem)
    -> Int
  {
    let lines = table.lines
    guard let first = lines.first, lines.count > 1, isFence(bytes[first.content]) else {
      return 0
    }
    let second = bytes[lines[1].content].trimmed
    guard !second.isEmpty else { return 0 }
    // A `---` that an output holds must not close what never was front matter: no fence comes
    // before it.
    let last = lines.dropFirst().firstIndex { line in
      isClosing(bytes[line.content]) || opensFence(bytes[line.content])
    }
    if let last, isClosing(bytes[lines[last].content]) { return last + 1 }
    guard second.first?.isLetter ?? false, second.contains(0x3A) else { return 0 }
    throw NotebookProblem(
      .frontMatter, "the front matter that opens with --- has no closing ---", line: 1)
  }

  private static func isFence(_ line: ArraySlice<UInt8>) -> Bool {
    line.trimmedRight.elementsEqual("---".utf8)
  }

  private static func opensFence(_ line: ArraySlice<UInt8>) -> Bool {
    let text = line.trimmed
    return text.starts(with: "```".utf8) || text.starts(with: "~~~".utf8)
  }

  private static func isClosing(_ line: ArraySlice<UInt8>) -> Bool {
    isFence(line) || line.trimmedRight.elementsEqual("...".utf8)
  }

  /// - Parameter lines: what stands between the fences; the first of them is line 2 of the file.
  init(lines: [String]) throws(NotebookProblem) {
    try Self.checkFlat(lines)
    let text = lines.joined(separator: "\n")
    guard let root = try Self.compose(text) else { return }
    guard case .mapping(let mapping) = root else {
      throw NotebookProblem(.frontMatter, "the front matter is a list of key: value", line: 2)
    }
    for pair in mapping { try set(pair.key.text ?? "", to: pair.value, line: pair.line + 2) }
  }

  private static func compose(_ text: String) throws(NotebookProblem) -> YAML? {
    do throws(YAMLFault) {
      // The front matter itself is a mapping, and `[a: 1]` holds one without a bracket of its own.
      return try YAML.document(text, deepest: 2 * deepest)
    } catch {
      switch error {
      case .malformed(let problem, let line):
        throw NotebookProblem(
          .frontMatter, "the front matter is not YAML: \(problem)", line: line + 2)
      case .reference(let line): throw reference(line: line + 2)
      case .tooDeep(let line): throw tooDeep(line: line + 2)
      }
    }
  }

  private static func reference(line: Int) -> NotebookProblem {
    NotebookProblem(
      .frontMatter, "the front matter has no anchors, aliases and tags",
      help: "put quotes around a value that begins with & or * or !", line: line)
  }

  private static func tooDeep(line: Int) -> NotebookProblem {
    NotebookProblem(.frontMatter, "the front matter is nested deeper than \(deepest)", line: line)
  }

  /// Flat keys only, so that nothing is nested deeper than brackets on one line.
  private static func checkFlat(_ lines: [String]) throws(NotebookProblem) {
    guard lines.reduce(0, { $0 + $1.utf8.count }) <= largest else {
      throw NotebookProblem(.frontMatter, "the front matter is longer than 64 KiB", line: 1)
    }
    for (index, line) in lines.enumerated() {
      let content = Array(line.utf8)[...].trimmedRight
      guard let first = content.first, first != 0x23 else { continue }
      guard first.isLetter, content.contains(0x3A) else {
        throw NotebookProblem(
          .frontMatter, "each line of the front matter is one key: value, starting at the margin",
          help: "write lists as [a, b] and maps as {a: 1, b: 2}", line: index + 2)
      }
      try checkValue(content, line: index + 2)
    }
  }

  /// Brackets within bounds, and no anchors or aliases, with which a short text can mean a huge
  /// one.
  private static func checkValue(_ content: ArraySlice<UInt8>, line: Int) throws(NotebookProblem) {
    var depth = 0
    var quote: UInt8?
    var before: UInt8 = 0x20
    for byte in content {
      if byte == 0x22 || byte == 0x27 { quote = quote == nil ? byte : quote == byte ? nil : quote }
      if byte == 0x5B || byte == 0x7B { depth += 1 }
      if byte == 0x5D || byte == 0x7D { depth -= 1 }
      guard depth <= deepest else { throw tooDeep(line: line) }
      let begins = before.isBlank || [0x5B, 0x7B, 0x2C].contains(before)
      if quote == nil, begins, [0x26, 0x2A, 0x21].contains(byte) {
        throw reference(line: line)
      }
      before = byte
    }
  }

  private mutating func set(_ key: String, to value: YAML, line: Int) throws(NotebookProblem) {
    switch key {
    case "cnb":
      format = try Self.number(value, key, line)
      guard format == 1 else {
        throw NotebookProblem(
          .formatVersion, "the notebook has format \(format), and this cnb reads format 1",
          help: "update cnb", line: line)
      }
    case "seed": seed = try Self.number(value, key, line)
    case "title": title = try Self.text(value, key, line)
    case "lock": lock = try Self.text(value, key, line)
    case "lang": language = try Self.text(value, key, line)
    case "params": parameters = try Self.entries(value, key, line)
    case "limits": limits = try Self.limits(value, line)
    case "allow": allow = try Self.wishes(try Self.list(value, key, line), line)
    default:
      throw NotebookProblem(
        .frontMatter, "the front matter has no key ‘\(key)’",
        help: "the keys are " + Self.keys.map(\.name).joined(separator: ", "), line: line)
    }
  }
}

// Reading the values: each either has the shape that its key wants, or is an error with its line.
extension FrontMatter {
  private static func text(_ node: YAML, _ key: String, _ line: Int) throws(NotebookProblem)
    -> String
  {
    guard let text = node.text else {
      throw NotebookProblem(.frontMatter, "\(key) in the front matter wants a text", line: line)
    }
    return text
  }

  private static func number<N: FixedWidthInteger>(_ node: YAML, _ key: String, _ line: Int)
    throws(NotebookProblem) -> N
  {
    guard let number = N(try text(node, key, line)), number >= 0 else {
      throw NotebookProblem(
        .frontMatter, "\(key) in the front matter wants a whole number from 0", line: line)
    }
    return number
  }

  private static func list(_ node: YAML, _ key: String, _ line: Int) throws(NotebookProblem)
    -> [String]
  {
    guard case .sequence(let sequence) = node else {
      throw NotebookProblem(
        .frontMatter, "\(key) in the front matter wants a list such as [a, b]", line: line)
    }
    var result: [String] = []
    for element in sequence { result.append(try text(element, key, line)) }
    return result
  }

  private static func wishes(_ list: [String], _ line: Int) throws(NotebookProblem) -> [String] {
    for wish in list {
      let parts = wish.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, ["read", "write"].contains(parts[0]) || wish == "net:none" else {
        throw NotebookProblem(
          .frontMatter, "‘\(wish)’ is nothing that can be allowed",
          help: "write read:FOLDER or write:FOLDER", line: line)
      }
    }
    return list
  }

  private static func entries(_ node: YAML, _ key: String, _ line: Int) throws(NotebookProblem)
    -> [Entry]
  {
    guard case .mapping(let mapping) = node else {
      throw NotebookProblem(
        .frontMatter, "\(key) in the front matter wants a map such as {a: 1}", line: line)
    }
    var result: [Entry] = []
    for pair in mapping {
      result.append(
        Entry(name: try text(pair.key, key, line), value: try text(pair.value, key, line)))
    }
    return result
  }

  private static func limits(_ node: YAML, _ line: Int) throws(NotebookProblem) -> [Entry] {
    let entries = try entries(node, "limits", line)
    for entry in entries {
      let isKnown =
        switch entry.name {
        case "cell", "total": Measure.seconds(entry.value) != nil
        case "memory": Measure.bytes(entry.value) != nil
        default: false
        }
      guard isKnown else {
        throw NotebookProblem(
          .frontMatter, "‘\(entry.name): \(entry.value)’ is not a limit",
          help: "limits are cell and total (such as 60s) and memory (such as 2GiB)", line: line)
      }
    }
    return entries
  }

  /// The longest time for one cell, in seconds.
  package var cellLimitSeconds: Double? { limit("cell", Measure.seconds) }
  /// The longest time for the whole notebook, in seconds.
  package var totalLimitSeconds: Double? { limit("total", Measure.seconds) }
  package var memoryLimitBytes: Int? { limit("memory", Measure.bytes) }

  private func limit<T>(_ name: String, _ read: (String) -> T?) -> T? {
    limits.first { $0.name == name }.flatMap { read($0.value) }
  }
}
