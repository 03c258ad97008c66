// The command line: each subcommand, its options, and its exit code.

internal import ArgumentParser
internal import Glibc

struct Cinnabar: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cnb",
    abstract: "A literate notebook language for neural-network compression.",
    version: "0.1.0",
    subcommands: [Interactive.self],
    defaultSubcommand: Interactive.self)
}

/// Without a subcommand: the loop at the keyboard, or standard input as a script.
struct Interactive: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repl", abstract: "Type commands and see what comes of them.")

  func run() throws {
    guard LineEditor.isPossible else {
      Interrupt.install()
      while let line = readLine() { EchoSession().run(line) }
      return
    }
    throw ExitCode(try REPL(session: EchoSession()).start())
  }
}
