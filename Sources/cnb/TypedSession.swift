// The session at the keyboard: what is typed is a cell, `?word` is help, `_` is the last value.

internal import Charts
internal import Glibc
internal import Interpreter
internal import Library
internal import Notebook
internal import Syntax

final class TypedSession: REPLSession {
  private let printer = Printer()
  /// Built with the first entry: the prompt needs no word of the language.
  private lazy var session = Session(
    registry: Library.registry, surroundings: printer.surroundings(folder: "."),
    modules: ModuleShelf.modules(in: "."), interrupt: Interrupt.flag)
  private let seeds = Seeds()
  private var record = SessionRecord()
  private var previousSeconds: Double?
  private var showsTimes = false

  func isIncomplete(_ text: String) -> Bool {
    !text.hasPrefix("?") && Parser.isIncomplete(text)
  }

  func run(_ entry: String) {
    guard entry.first != "?" else { return ask(Self.question(entry)) }
    guard !SessionRecord.isQuestion(entry) else { return ask(entry) }
    let start = Self.now()
    // The same stream of random numbers that the saved notebook will give this cell.
    let seed = seeds.begin(Key.seed(notebook: 0, cell: record.nextIdentity))
    session.setSeed(seed)
    var shown: [Value] = []
    let result = evaluate(entry) { shown.append($0) }
    if record.add(entry, result, valuesShown: shown.count) { seeds.end(session.seed) }
    bindLast(result.isFinished ? shown.last ?? .none : result.last, result)
    previousSeconds = Self.now() - start
    if showsTimes { print(Terminal.dimmed("time \(timing)")) }
  }

  /// What asks about the language is no part of the session.
  private func ask(_ question: String) { _ = evaluate(question) { _ in } }

  private func evaluate(_ text: String, _ see: (Value) -> Void) -> CellResult {
    printer.begin()
    let source = Source(name: "", text: text)
    let result = session.run(CellInput(source: source, identity: "cell")) { output in
      if case .value(let value) = output { see(value) }
      printer.show(output)
    }
    printer.report(result.diagnostics)
    return result
  }

  private func bindLast(_ value: Value, _ result: CellResult) {
    guard !value.isNone else { return }
    session.bind("_", value)
    if !result.isFinished {
      print("_ is what it had come to: \(value.lines(.notebook).first ?? value.kind)")
    }
  }

  /// `?prune` is `help "prune"`.
  private static func question(_ entry: String) -> String {
    let word = entry.drop { $0 == "?" || $0 == " " }.filter { !"\"\\{} ".contains($0) }
    return word.isEmpty ? "help()" : "help \"\(word)\""
  }

  func completions(in text: String, at cursor: Int) -> Completions {
    let isQuestion = text.hasPrefix("?")
    // To the language, a word behind a question mark stands alone.
    let whole = isQuestion ? " " + text.dropFirst() : text
    let bytes = String(String.UnicodeScalarView(whole.unicodeScalars.prefix(cursor))).utf8.count
    let found = session.completion(of: whole, at: bytes, files: Files.startingWith)
    let start = String(decoding: Array(whole.utf8.prefix(found.start)), as: UTF8.self)
    return Completions(
      replaceFrom: start.unicodeScalars.count,
      candidates: found.candidates.map { .init($0.text, detail: $0.detail) })
  }

  // MARK: The loop's commands

  /// How long the last entry took.
  var timing: String {
    guard let seconds = previousSeconds else { return "nothing has run yet" }
    return Text.quantity(Quantity(seconds, .seconds, mark: .volatile))
  }

  func showTimes(_ wish: String) -> String {
    switch wish {
    case "": return timing
    case "on", "off":
      showsTimes = wish == "on"
      return "the time of each entry is \(showsTimes ? "shown" : "not shown")"
    default: return ":time, :time on or :time off"
    }
  }

  func save(_ argument: String) -> String {
    let overwrites = argument.hasPrefix("!")
    let path = String(argument.drop { $0 == "!" || $0 == " " })
    return SavedSession(record).write(to: path, overwrites: overwrites)
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
