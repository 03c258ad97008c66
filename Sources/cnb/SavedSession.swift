// `:save`: a session becomes a notebook, which is then run once, so that it holds its outputs and is
// known to reproduce.

internal import Formats
internal import Interpreter
internal import Notebook

struct SavedSession {
  private let entries: [Entry]
  private let left: [(number: Int, reason: String)]

  init(_ record: SessionRecord) {
    entries = record.kept
    left = record.entries.enumerated().compactMap { index, entry in
      entry.obstacle.map { (index + 1, $0) }
    }
  }

  /// Writes and runs it; what came of that, in sentences.
  func write(to path: String, overwrites: Bool) -> String {
    guard !path.isEmpty else { return ":save FILE.cnb writes the session as a notebook" }
    guard NotebookFile.isNotebook(path) else {
      return "‘\(path)’ is no name for a notebook: \(path).cnb would be"
    }
    guard !entries.isEmpty else { return "there is nothing to save yet" }
    guard overwrites || !FileAccess.exists(path) else {
      return "‘\(path)’ is there already; :save! \(path) replaces it"
    }
    do throws(FormatError) {
      try FileAccess.writeAtomically(Array(Self.text(of: entries, title(path)).utf8), to: path)
    } catch {
      return "\(error.code): \(error.message)"
    }
    return (left.map { "left out entry \($0.number): \($0.reason)" } + [proof(path)])
      .joined(separator: "\n")
  }

  private func title(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return String(name.prefix { $0 != "." })
  }

  /// Runs it as anybody would: from a clean state, in its own folder.
  private func proof(_ path: String) -> String {
    let notebook = Notebooks.Place(path)
    let log = RunLog(path, .quiet)
    let report = NotebookFile.run(path, notebook.evaluator(log.progress), Notebooks.settings()) {
      log.observe($0)
    }
    log.clear()
    let count = Text.count(entries.count, "cell")
    if report.exitCode == .ok { return "saved \(path): \(count), run once more from the start" }
    if report.exitCode == .interrupted {
      return "saved \(path): \(count); running it was interrupted, so it lacks outputs"
    }
    for case .failed(_, let text, _) in report.cells.map(\.state) {
      let error = text.trimmedOfNewlines
      return "saved \(path): \(count), but it fails when it is run from the start\n\(error)"
    }
    let problem = report.problems.first { !$0.isWarning }
    return "saved \(path): \(count), but it cannot be run: \(problem?.message ?? "")"
  }

  /// A heading and one cell for each entry.
  static func text(of entries: [Entry], _ title: String) -> String {
    var text = "# \(title)\n"
    for entry in entries {
      let fence = String(repeating: "`", count: max(3, longestRun(in: entry.text) + 1))
      let option = entry.error.map { " error=\($0)" } ?? ""
      text += "\n\(fence)cnb\(option)\n\(entry.text.trimmedOfNewlines)\n\(fence)\n"
    }
    return text
  }

  private static func longestRun(in text: String) -> Int {
    var longest = 0
    var run = 0
    for byte in text.utf8 {
      run = byte == 0x60 ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }
}
