// A program that is not typed line by line: `-e`, or standard input. One cell; values are shown as they come.

internal import Charts
internal import Glibc
internal import Interpreter
internal import Library
internal import Notebook
internal import Syntax

struct Script {
  /// How errors call it.
  let name: String

  /// False when it failed.
  func run(_ text: String) -> Bool {
    let printer = Printer()
    let session = Session(
      registry: Library.registry, surroundings: printer.surroundings(folder: "."),
      modules: ModuleShelf.modules(in: "."), interrupt: Interrupt.flag)
    let source = Source(name: name, text: text)
    let result = session.run(CellInput(source: source, identity: "cell")) { printer.show($0) }
    printer.report(result.diagnostics)
    return result.isFinished
  }

  /// The exit code.
  static func standardInput() -> Int32 {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(0, &chunk, chunk.count)
      if count < 0, errno == EINTR, !Interrupt.isRaised { continue }
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return Script(name: "input").run(String(decoding: bytes, as: UTF8.self)) ? 0 : 1
  }
}

/// Puts outputs and errors on the terminal, or wherever standard output goes.
final class Printer {
  private var shown: ShownOutput
  private let progress = ProgressLine.ifWatched()

  init() {
    shown = ShownOutput(ChartStyle(width: isatty(1) == 1 ? Terminal.width : 80, color: Terminal.hasColor))
  }

  /// A folder, with long work shown where somebody watches.
  func surroundings(folder: String) -> Surroundings {
    Surroundings(folder: folder, progress: progress.map { line in { @Sendable report in line.report(report) } })
  }

  func show(_ output: Interpreter.Output) {
    progress?.clear()
    for line in shown.lines(output) { print(line) }
    fflush(nil)
  }

  /// Errors go to standard error where standard output is not a terminal as well.
  func report(_ diagnostics: [Diagnostic]) {
    progress?.clear()
    fflush(nil)
    let isWatched = isatty(1) == 1
    let renderer = Renderer(color: Terminal.hasColor)
    let text = diagnostics.flatMap { renderer.lines($0) }.map { $0 + "\n" }.joined()
    Terminal.send(text, to: isWatched ? 1 : 2)
  }
}
