// A program that is not typed line by line: `-e`, or standard input. One cell; values are shown as they come.

internal import Charts
internal import Glibc
internal import Interpreter
internal import Library
internal import Notebook
internal import Synchronization
internal import Syntax

struct Script {
  /// How errors call it.
  let name: String

  /// Runs it; gives the exit code.
  func run(_ text: String) -> Int32 {
    let printer = Printer()
    let session = Session(
      registry: Library.registry, surroundings: printer.surroundings(folder: "."),
      modules: ModuleShelf.modules(in: "."), interrupt: Interrupt.flag)
    let source = Source(name: name, text: text)
    let result = session.run(CellInput(source: source, identity: "cell")) { printer.show($0) }
    printer.report(result.diagnostics)
    let code: Notebook.ExitCode =
      switch result.status {
      case .finished: .ok
      case .rejected, .failed: .failed
      case .interrupted: .interrupted
      }
    return Self.flushed(code.rawValue)
  }

  static func standardInput() -> Int32 {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(0, &chunk, chunk.count)
      if count < 0, errno == EINTR, !Interrupt.isRaised { continue }
      if count < 0 { return refused("standard input cannot be read: \(reason(errno))") }
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      return refused("standard input is not UTF-8 text")
    }
    return Script(name: "input").run(text)
  }

  private static func refused(_ sentence: String) -> Int32 {
    if Interrupt.isRaised { return Notebook.ExitCode.interrupted.rawValue }
    Terminal.send("E0819: \(sentence)\n", to: 2)
    return Notebook.ExitCode.unreadable.rawValue
  }

  /// The exit code, or another one when what was printed did not arrive.
  static func flushed(_ code: Int32) -> Int32 {
    Terminal.flush()
    let fault = Terminal.fault.load(ordering: .relaxed)
    guard fault != 0 else { return code }
    Terminal.send("E0820: the output cannot be written: \(reason(fault))\n", to: 2)
    return Notebook.ExitCode.permission.rawValue
  }

  private static func reason(_ fault: Int32) -> String {
    String(cString: strerror(fault)).lowercased()
  }
}

/// Puts outputs and errors on the terminal, or wherever standard output goes.
final class Printer {
  private var shown = Printer.layout
  private let progress = ProgressLine.ifWatched()

  /// As wide as the terminal is now.
  private static var layout: ShownOutput {
    ShownOutput(
      ChartStyle(width: isatty(1) == 1 ? Terminal.width : 80, color: Terminal.hasColor))
  }

  /// An entry of its own begins.
  func begin() { shown = Self.layout }

  /// A folder, with long work shown where somebody watches.
  func surroundings(folder: String) -> Surroundings {
    Surroundings(
      folder: folder,
      progress: progress.map { line in { @Sendable report in line.report(report) } })
  }

  func show(_ output: Interpreter.Output) {
    progress?.clear()
    for line in shown.lines(output) { print(line) }
    Terminal.flush()
  }

  /// Errors go to standard error.
  func report(_ diagnostics: [Diagnostic]) {
    progress?.clear()
    Interrupt.erase()
    let renderer = Renderer(color: Terminal.hasColor && isatty(2) == 1)
    let text = diagnostics.flatMap { renderer.lines($0) }.map { $0 + "\n" }.joined()
    Terminal.send(text, to: 2)
  }
}
