// What run, check, status and clean do with the notebooks that they are given, and what they print.

internal import ArgumentParser
internal import Glibc
internal import Interpreter
internal import Library
internal import Notebook

struct Notebooks {
  private let files: [String]
  private let allows: Bool

  init(_ files: [String], allows: Bool = false) throws {
    for file in files where !NotebookFile.isNotebook(file) {
      throw ValidationError("‘\(file)’ is not a notebook: its name ends in .cnb or .cnb.md")
    }
    self.files = files
    self.allows = allows
  }

  static func settings(
    _ parameters: [FrontMatter.Entry] = [], refreshes: Bool = false
  ) -> RunSettings {
    RunSettings(
      engine: engineVersion, parameters: parameters, refreshes: refreshes)
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

  func run(settings: RunSettings, prints: Bool) throws -> Int32 {
    each { path in
      let log = RunLog(path, prints: prints)
      let evaluator = evaluator(for: path, log)
      let report = NotebookFile.run(path, evaluator, settings) { log.observe($0) }
      log.finish(report)
      return report
    }
  }

  func check(settings: RunSettings) throws -> Int32 {
    each { path in
      let log = RunLog(path, prints: false)
      let evaluator = evaluator(for: path, log)
      let report = NotebookFile.check(path, evaluator, settings) { log.observe($0) }
      log.finish(report)
      return report
    }
  }

  func status(settings: RunSettings) throws -> Int32 {
    each { path in
      let log = RunLog(path, prints: false)
      let report = NotebookFile.status(path, evaluator(for: path, log), settings)
      log.finish(report)
      return report
    }
  }

  func clean() throws -> Int32 {
    each { path in
      let report = NotebookFile.clean(path)
      RunLog(path, prints: false).finish(report)
      return report
    }
  }

  /// All of them; the code of the first that went wrong.
  private func each(_ body: (String) -> Report) -> Int32 {
    var code: Int32 = 0
    for file in files {
      let report = body(file)
      if code == 0 { code = report.exitCode.rawValue }
      if report.exitCode == .interrupted { return code }
    }
    return code
  }

  /// A stranger's program: it reads its own folder, and writes only where that was allowed.
  private func evaluator(for path: String, _ log: RunLog) -> LanguageEvaluator {
    let folder = Self.folder(of: path)
    let real = RealPath.of(folder)
    var readable = [real]
    var writable: [String] = []
    if allows, let document = try? NotebookFile.load(path) {
      for wish in document.frontMatter.allow {
        let parts = wish.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { continue }
        let place = RealPath.of(parts[1].hasPrefix("/") ? parts[1] : "\(real)/\(parts[1])")
        let trimmed = place.hasSuffix("/") ? String(place.dropLast()) : place
        if parts[0] == "read" { readable.append(trimmed) }
        if parts[0] == "write" { writable.append(trimmed) }
      }
    }
    let surroundings = Surroundings(
      folder: folder, readable: readable, writable: writable, progress: log.progress)
    return LanguageEvaluator(surroundings, interrupt: Interrupt.flag)
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
