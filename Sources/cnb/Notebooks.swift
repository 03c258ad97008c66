// What run, check, status and clean do with the notebooks that they are given, and what they print.

internal import ArgumentParser
internal import Formats
internal import Interpreter
internal import Library
internal import Notebook

struct Notebooks {
  private let files: [String]
  private let allows: Bool

  init(_ files: [String], allows: Bool = false) throws {
    for file in files where !NotebookFile.isNotebook(file) {
      let commands = Cinnabar.configuration.subcommands.map { "\($0)".lowercased() }
      let near = files.count == 1 ? nil : Problem.suggestion(for: file, among: commands)
      throw ValidationError(
        "‘\(file)’ is not a notebook: its name ends in .cnb or .cnb.md"
          + (near.map { "; \($0)" } ?? ""))
    }
    self.files = files
    self.allows = allows
  }

  static func settings(
    _ parameters: [FrontMatter.Entry] = [], refreshes: Bool = false
  ) -> RunSettings {
    RunSettings(engine: engineVersion, parameters: parameters, refreshes: refreshes)
  }

  static func entries(_ values: [String]) throws -> [FrontMatter.Entry] {
    try values.map { value in
      let parts = value.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else {
        throw ValidationError("--set wants NAME=VALUE, got ‘\(value)’")
      }
      return FrontMatter.Entry(name: String(parts[0]), value: String(parts[1]))
    }
  }

  // MARK: The commands

  func run(settings: RunSettings, prints: Bool) -> Int32 {
    each(prints ? .printed : .plain) { path, evaluator, log in
      NotebookFile.run(path, evaluator, settings) { log.observe($0) }
    }
  }

  func check(settings: RunSettings) -> Int32 {
    each(.plain) { path, evaluator, log in
      NotebookFile.check(path, evaluator, settings) { log.observe($0) }
    }
  }

  func status(settings: RunSettings) -> Int32 {
    each(.plain) { path, evaluator, _ in NotebookFile.status(path, evaluator, settings) }
  }

  func clean() -> Int32 {
    each(.plain) { path, _, _ in NotebookFile.clean(path) }
  }

  /// All of them; the code of the first that went wrong.
  private func each(
    _ style: RunLog.Style, _ body: (String, LanguageEvaluator, RunLog) -> Report
  ) -> Int32 {
    var code: Int32 = 0
    for file in files {
      let place = Place(file, allows: allows)
      let log = RunLog(file, style)
      let report = body(file, place.evaluator(log.progress), log)
      log.finish(report)
      if report.exitCode == .permission, !allows { log.permissions(place.wishes) }
      if code == 0 { code = report.exitCode.rawValue }
      if report.exitCode == .interrupted { return Script.flushed(code) }
    }
    return Script.flushed(code)
  }

  /// Where a notebook is. It is a stranger's program: it reads its own folder, and more only where
  /// that was allowed.
  struct Place {
    /// What its front matter asks for, such as `read:models/`.
    let wishes: [String]
    private let folder: String
    private let readable: [String]
    private let writable: [String]

    init(_ path: String, allows: Bool = false) {
      let folder = Self.folder(of: path)
      let root = RealPath.of(folder)
      let wishes = (try? NotebookFile.load(path))?.frontMatter.allow ?? []
      func granted(_ prefix: String) -> [String] {
        wishes.filter { allows && $0.hasPrefix(prefix) }.map { wish in
          let wanted = String(wish.dropFirst(prefix.count))
          let place = RealPath.of(wanted.hasPrefix("/") ? wanted : "\(root)/\(wanted)")
          return place.count > 1 && place.hasSuffix("/") ? String(place.dropLast()) : place
        }
      }
      self.folder = folder
      self.wishes = wishes
      readable = [root] + granted("read:")
      writable = granted("write:")
    }

    func evaluator(_ progress: (@Sendable (ProgressReport) -> Void)?) -> LanguageEvaluator {
      let surroundings = Surroundings(
        folder: folder, readable: readable, writable: writable, progress: progress)
      return LanguageEvaluator(surroundings, interrupt: Interrupt.flag)
    }

    private static func folder(of path: String) -> String {
      guard let slash = path.lastIndex(of: "/") else { return "." }
      return slash == path.startIndex ? "/" : String(path[..<slash])
    }
  }
}
