// The command line: each subcommand, its options, and its exit code.

internal import ArgumentParser
internal import Interpreter
internal import Library
internal import Notebook
internal import Syntax

struct Cinnabar: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cnb",
    abstract: "A literate notebook language for neural-network compression.",
    usage: """
      cnb                    type commands, or run standard input as a script
      cnb FILE.cnb …         run notebooks
      cnb -e EXPRESSION      evaluate one expression
      cnb COMMAND …          one of the commands below
      """,
    discussion: """
      Without arguments: type commands and see what comes of them, or run standard input as a \
      script. With a notebook: run it.
      """,
    version: "cnb \(engineVersion)",
    subcommands: [
      Start.self, Run.self, Check.self, Status.self, Clean.self, Help.self, Explain.self,
    ],
    defaultSubcommand: Start.self)
}

/// `cnb`, `cnb FILE.cnb`, `cnb -e 'expression'`, or a script on standard input.
struct Start: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Type commands; the same as cnb without a command.",
    usage: "cnb [FILE.cnb …] or cnb -e EXPRESSION",
    shouldDisplay: false)

  @ArgumentParser.Option(name: .shortAndLong, help: "Evaluate this and show what it gives.")
  var evaluate: String?

  @ArgumentParser.Argument(help: "Notebooks to run.")
  var files: [String] = []

  func run() throws {
    if let evaluate {
      guard files.isEmpty else { throw ValidationError("either -e or notebooks, not both") }
      throw ExitCode(Self.evaluate(evaluate))
    }
    guard files.isEmpty else {
      Interrupt.install()
      throw ExitCode(try Notebooks(files).run(settings: Notebooks.settings(), prints: false))
    }
    throw ExitCode(try Self.converse())
  }

  /// What most calls come to, `cnb` and `cnb -e EXPRESSION`, done at once and given as an exit code:
  /// the parser of arguments takes longer than the rest of the start. Nil where it is needed.
  static func withoutParser(_ arguments: [String]) throws -> Int32? {
    if arguments.isEmpty { return try converse() }
    guard arguments.count == 2, arguments[0] == "-e", !arguments[1].hasPrefix("-") else {
      return nil
    }
    return evaluate(arguments[1])
  }

  private static func evaluate(_ text: String) -> Int32 {
    Interrupt.install()
    return Script(name: "-e").run(text)
  }

  private static func converse() throws -> Int32 {
    Interrupt.install()
    guard LineEditor.isPossible else { return Script.standardInput() }
    return try REPL(session: TypedSession()).start()
  }
}

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run notebooks from a clean state and store their outputs.")

  @ArgumentParser.Argument(help: "Notebooks.") var files: [String]
  @ArgumentParser.Option(
    name: .customLong("set"), help: "A value for a cell marked params: NAME=VALUE. May be repeated."
  )
  var values: [String] = []
  @ArgumentParser.Flag(help: "Store new outputs even where only times changed.") var refresh = false
  @ArgumentParser.Flag(help: "Print the prose, the cells and their outputs.") var print = false
  @ArgumentParser.Flag(help: "Allow what the notebooks ask for in their front matter.") var allow =
    false

  func run() throws {
    Interrupt.install()
    let settings = Notebooks.settings(try Notebooks.entries(values), refreshes: refresh)
    throw ExitCode(try Notebooks(files, allows: allow).run(settings: settings, prints: print))
  }
}

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run notebooks and compare with what they store; change nothing.")

  @ArgumentParser.Argument(help: "Notebooks.") var files: [String]
  @ArgumentParser.Option(
    name: .customLong("set"), help: "A value for a cell marked params: NAME=VALUE.")
  var values: [String] = []
  @ArgumentParser.Flag(help: "Allow what the notebooks ask for in their front matter.") var allow =
    false

  func run() throws {
    Interrupt.install()
    let settings = Notebooks.settings(try Notebooks.entries(values))
    throw ExitCode(try Notebooks(files, allows: allow).check(settings: settings))
  }
}

struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is fresh and what is stale; run nothing.")

  @ArgumentParser.Argument(help: "Notebooks.") var files: [String]
  @ArgumentParser.Option(
    name: .customLong("set"), help: "A value for a cell marked params: NAME=VALUE.")
  var values: [String] = []

  func run() throws {
    Interrupt.install()
    let settings = Notebooks.settings(try Notebooks.entries(values))
    throw ExitCode(try Notebooks(files).status(settings: settings))
  }
}

struct Clean: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Take all outputs out of notebooks.")

  @ArgumentParser.Argument(help: "Notebooks.") var files: [String]

  func run() throws {
    Interrupt.install()
    throw ExitCode(try Notebooks(files).clean())
  }
}

struct Help: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a word of the language does; without a word, list them all.")

  @ArgumentParser.Argument(help: "A word, such as prune.") var word: String?

  func run() throws {
    throw ExitCode(Script(name: "help").run("help" + (word.map { " " + Help.asked($0) } ?? "")))
  }

  /// A name, of the standard library's words, too; anything else as a string.
  private static func asked(_ word: String) -> String {
    let (tokens, _) = Lexer.tokens(of: Source(name: "", text: word))
    if case .name? = tokens.first?.kind, tokens.count == 2 { return word }
    return "\"\(word.filter { !"\"\\{".contains($0) })\""
  }
}

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say more about an error, by its code.")

  @ArgumentParser.Argument(help: "A code, such as E0203.") var code: String

  func run() throws {
    for line in Catalog.lines(code, width: min(Terminal.width, 100)) { Swift.print(line) }
    throw ExitCode(Catalog.entry(code) == nil ? 64 : Script.flushed(0))
  }
}
