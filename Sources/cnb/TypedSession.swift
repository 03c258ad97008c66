// The session at the keyboard: what is typed is a cell, `?word` is help, `_` is the last value.

internal import Glibc
internal import Interpreter
internal import Library
internal import Notebook
internal import Syntax

final class TypedSession: REPLSession {
  private let printer = Printer()
  private let session: Session
  /// What ran without an error, as it was typed: what `:save` writes.
  private(set) var entries: [String] = []
  private var previousSeconds: Double?

  init() {
    session = Session(
      registry: Library.registry, surroundings: printer.surroundings(folder: "."),
      modules: ModuleShelf.modules(in: "."), interrupt: Interrupt.flag)
  }

  func isIncomplete(_ text: String) -> Bool {
    !text.hasPrefix("?") && Parser.isIncomplete(text)
  }

  func run(_ entry: String) {
    let text = entry.hasPrefix("?") ? Self.question(entry) : entry
    let start = Self.now()
    // The same stream of random numbers that the saved notebook will give this cell.
    session.setSeed(Key.seed(notebook: 0, cell: "@\(entries.count + 1)"))
    let source = Source(name: "", text: text)
    var value = Value.none
    let result = session.run(CellInput(source: source, identity: "cell")) { output in
      if case .value(let shown) = output { value = shown }
      printer.show(output)
    }
    printer.report(result.diagnostics)
    previousSeconds = Self.now() - start
    if result.isFinished, !entry.hasPrefix("?") { entries.append(entry) }
    if !result.isFinished { value = result.last }
    if !value.isNone { session.bind("_", value) }
  }

  /// `?prune` is `help "prune"`.
  private static func question(_ entry: String) -> String {
    let word = entry.drop { $0 == "?" || $0 == " " }.filter { !"\"\\{} ".contains($0) }
    return word.isEmpty ? "help()" : "help \"\(word)\""
  }

  func completions(in text: String, at cursor: Int) -> Completions {
    let bytes = String(String.UnicodeScalarView(text.unicodeScalars.prefix(cursor))).utf8.count
    let found = session.completion(of: text, at: bytes, files: Files.startingWith)
    let start = String(decoding: Array(text.utf8.prefix(found.start)), as: UTF8.self)
    return Completions(
      replaceFrom: start.unicodeScalars.count,
      candidates: found.candidates.map { .init($0.text, detail: $0.detail) })
  }

  /// How long the last entry took.
  var timing: String {
    guard let seconds = previousSeconds else { return "nothing has run yet" }
    return Text.quantity(Quantity(seconds, .seconds, mark: .volatile))
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// The paths that a path so far may become.
enum Files {
  static func startingWith(_ typed: String) -> [String] {
    let slash = typed.lastIndex(of: "/")
    let folder = slash.map { String(typed[...$0]) } ?? ""
    let stem = slash.map { String(typed[typed.index(after: $0)...]) } ?? typed
    guard let handle = opendir(folder.isEmpty ? "." : folder) else { return [] }
    defer { closedir(handle) }
    var found: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name.hasPrefix(stem), !name.hasPrefix(".") || stem.hasPrefix(".") else { continue }
      let isFolder = entry.pointee.d_type == UInt8(DT_DIR)
      found.append(folder + name + (isFolder ? "/" : ""))
    }
    return found.sorted()
  }
}
