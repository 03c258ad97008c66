// Every code that the tool reports, explained for a student. `cnb explain CODE` shows an entry; a test
// holds that what is reported is explained, and that every specimen reports its own code.

package enum Catalog {
  package struct Entry: Sendable {
    package let code: String
    /// A few words.
    package let title: String
    /// What it means, why it is so, how to cure it.
    package let explanation: String
    /// A smallest thing that is reported with this code.
    package let specimen: Specimen

    init(_ code: String, _ title: String, _ explanation: String, _ specimen: Specimen) {
      self.code = code
      self.title = title
      self.explanation = explanation
      self.specimen = specimen
    }
  }

  package enum Specimen: Sendable {
    /// A program; run, it fails with the code.
    case program(String)
    /// A notebook.
    case document(String)
    /// Described, because it takes a certain file or moment.
    case situation(String)
  }

  /// Sorted by code.
  package static let all: [Entry] =
    syntax + names + evaluation + tensors + networks + compression + files + notebooks + limits

  package static func entry(_ code: String) -> Entry? {
    all.first { $0.code == code.uppercased() }
  }

  /// What `cnb explain` shows; for a code that does not exist, the nearest ones.
  /// - Parameter width: columns to fill at most.
  package static func lines(_ code: String, width: Int = 80) -> [String] {
    guard let entry = entry(code) else { return unknown(code) }
    var lines = ["\(entry.code): \(entry.title)", ""]
    lines += folded(entry.explanation, width)
    switch entry.specimen {
    case .program(let text):
      lines += ["", "For example:"] + text.split(separator: "\n").map { "    \($0)" }
    case .document(let text):
      lines += ["", "For example, a notebook with"]
      lines += text.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
    case .situation(let text): lines += [""] + folded("For example: \(text).", width)
    }
    return lines
  }

  private static func unknown(_ code: String) -> [String] {
    let near = Spelling.nearest(code.uppercased(), among: all.map(\.code))
    let family = all.filter { $0.code.hasPrefix(code.uppercased().prefix(3)) }.map(\.code)
    var lines = ["there is no code `\(code)`"]
    if let near { lines[0] += ": did you mean \(near)?" }
    if !family.isEmpty { lines.append("there are \(family.joined(separator: " "))") }
    return lines
  }

  private static func folded(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return lines + [line]
  }
}
