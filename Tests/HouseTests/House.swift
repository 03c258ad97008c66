// The house as data: its rooms and what they see, read side by side with its files.

internal import Foundation

enum House {
  private static let ground: Set = [
    "CKernels", "COpenBLAS", "CZlib", "CDigest", "CYAML", "CMarkdown", "CEditLine",
  ]

  /// Each room of ours with the rooms it may look into. Arrows point down only.
  static let rooms: [String: Set<String>] = [
    "Kernels": ["CKernels", "COpenBLAS"],
    "Tensors": ["Kernels"],
    "Encodings": ["Tensors", "Kernels", "CZlib"],
    "Networks": ["Encodings", "Tensors", "Kernels"],
    "Compression": ["Networks", "Encodings", "Tensors", "Kernels"],
    "Formats": ["Networks", "Encodings", "Tensors", "CZlib", "CDigest"],
    "Charts": [],
    "Syntax": [],
    "Interpreter": ["Syntax", "Charts", "Tensors"],
    "Library": [
      "Interpreter", "Syntax", "Compression", "Formats", "Networks", "Encodings", "Tensors",
      "Charts",
    ],
    "Stdlib": [],
    "Notebook": [
      "Library", "Formats", "Stdlib", "Interpreter", "Syntax", "Charts", "CMarkdown", "CYAML",
    ],
    "cnb": [
      "Notebook", "Library", "Formats", "Stdlib", "Interpreter", "Syntax", "Charts", "CEditLine",
    ],
  ]
  .merging(ground.map { ($0, []) }) { $1 }

  static func sees(_ room: String, _ other: String) -> Bool {
    room == other || (rooms[room]?.contains(other) ?? false)
  }

  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Every Swift file of sources and tests.
  static var files: [File] {
    get throws {
      var files: [File] = []
      for folder in ["Sources", "Stdlib", "Tests"] {
        let places = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
        for case let path as String in places ?? .init() where path.hasSuffix(".swift") {
          let whole = folder + "/" + path
          let text = try String(contentsOf: root.appending(path: whole), encoding: .utf8)
          files.append(File(path: whole, text: text))
        }
      }
      return files.sorted { $0.path < $1.path }
    }
  }

  /// The `room(…)` lines of the manifest: each name and the rooms it sees.
  static func manifestRooms(in manifest: String) -> [(String, Set<String>)] {
    manifest.split(separator: "\n").compactMap { line in
      guard line.trimmingCharacters(in: .whitespaces).hasPrefix("room(\"") else { return nil }
      let names = line.split(separator: "\"", omittingEmptySubsequences: false)
        .enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
      guard let name = names.first else { return nil }
      return (name, Set(names.dropFirst()).intersection(rooms.keys))
    }
  }

  struct Line {
    let number: Int
    let text: String
    /// The text without strings and comments.
    let code: String
  }

  struct File {
    let path: String
    let lines: [Line]

    init(path: String, text: String) {
      self.path = path
      var texts = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      if texts.last == "" { texts.removeLast() }
      var isInString = false
      lines = texts.enumerated().map { index, text in
        let hasQuotes = text.contains("\"\"\"")
        let code = isInString || hasQuotes ? "" : text.withoutStringsAndComments
        if text.components(separatedBy: "\"\"\"").count % 2 == 0 { isInString.toggle() }
        return Line(number: index + 1, text: text, code: code)
      }
    }

    var name: String { String(path.split(separator: "/").last ?? "") }
    var isSource: Bool { !path.hasPrefix("Tests/") }
    var room: String {
      path.hasPrefix("Stdlib/")
        ? "Stdlib" : String(path.split(separator: "/").dropFirst().first ?? "")
    }

    var opensWithASentence: Bool {
      guard let first = lines.first?.text, first.hasPrefix("// ") else { return false }
      let comment = lines.prefix { $0.text.hasPrefix("//") }.map(\.text).joined(separator: " ")
      return first.count >= 20 && comment.contains { ".:".contains($0) }
    }

    func says(_ line: Line, _ what: String) -> String { "\(path):\(line.number): \(what)" }

    /// Functions from their `func` or `init` to the closing brace at the same depth.
    func longFunctions(limit: Int) -> [String] {
      var found: [String] = []
      for (index, line) in lines.enumerated() where line.code.startsFunction {
        let indent = line.text.prefix { $0 == " " }
        let end = lines[index...].first {
          $0.text == indent + "}" || $0.text.hasPrefix(indent + "} ")
        }
        // A requirement of a protocol and a body on one line have no end of their own.
        let next = lines[(index + 1)...].first {
          $0.code.startsFunction && $0.text.hasPrefix(indent)
        }
        guard let end, next.map({ $0.number > end.number }) ?? true || line.code.hasSuffix("{")
        else { continue }
        let length = end.number - line.number + 1
        if length > limit, !line.code.hasSuffix("}") {
          found.append(says(line, "a function of \(length) lines, at most \(limit)"))
        }
      }
      return found
    }
  }
}

extension String {
  fileprivate var startsFunction: Bool {
    range(of: #"^\s*([a-z@()]+ )*(func [^ ]|init[?(<])"#, options: .regularExpression) != nil
  }

  var importedModule: String? {
    let words = split(separator: " ")
    guard let index = words.firstIndex(of: "import"), index < 3, words.count > index + 1 else {
      return nil
    }
    return String(words[index + 1])
  }

  fileprivate var withoutStringsAndComments: String {
    var code = ""
    var isInString = false
    var previous: Character = " "
    for character in self {
      if character == "\"", previous != "\\" { isInString.toggle() }
      if !isInString, character == "/", previous == "/" { return String(code.dropLast()) }
      if !isInString { code.append(character) }
      previous = previous == "\\" && character == "\\" ? " " : character
    }
    return code
  }
}
