// The language at the prompt: what a user types, interrupts, completes and saves.

import Testing

@Suite struct SessionTests {
  private let up = "\u{1B}[A"

  private func prompt(_ rows: Int) -> (Screen) -> Bool {
    { $0.cursorLine == "cnb>" && $0.y >= rows }
  }

  /// Types an entry on an empty screen and waits for what comes of it.
  private func enter(_ entry: String, _ terminal: PseudoTerminal) throws {
    try terminal.send("\u{C}", until: "an empty screen") { $0.lines == ["cnb>"] }
    try terminal.send(entry + "\r", until: "the end of \(entry)") {
      $0.cursorLine == "cnb>" && $0.y > 0
    }
  }

  @Test func theLastValueHasAName() throws {
    let terminal = try PseudoTerminal()
    try terminal.send("40 + 2\r", until: "a value", prompt(2))
    try terminal.send("_ / 2\r", until: "half of it", prompt(4))
    #expect(terminal.screen.lines[3] == "21")
  }

  @Test func controlCStopsAComputationAndKeepsTheSession() throws {
    let terminal = try PseudoTerminal()
    try terminal.send("x = 7\r", until: "a prompt", prompt(1))
    terminal.send("while true {}\r")
    try terminal.wait("the work") { $0.y == 2 }
    try terminal.send("\u{3}", until: "a prompt") { $0.cursorLine == "cnb>" && $0.y > 4 }
    #expect(terminal.screen.lines[2] == "E0901: interrupted")
    try terminal.send("x\r", until: "what was bound") {
      $0.lines.contains("7") && $0.cursorLine == "cnb>"
    }
    terminal.send("\u{4}")
    #expect(try terminal.exitCode() == 0)
  }

  @Test func trainingShowsWhereItIsAndStops() throws {
    // On a busy machine minutes are left, and only a wide line has room for them and the bar.
    let terminal = try PseudoTerminal(columns: 110)
    try terminal.send("data = load \"digits\"\r", until: "a prompt", prompt(1))
    try terminal.send("net = mlp [64, 10]\r", until: "a prompt", prompt(2))
    terminal.send("good = train net, on: data.train, epochs: 20000\r")
    try terminal.wait("the progress") {
      ["%", "/s", "left", "loss", "accuracy", "░"].allSatisfy($0.cursorLine.contains)
    }
    #expect(terminal.screen.cursorLine.hasPrefix("train"))
    try terminal.send("\u{3}", until: "a prompt") { $0.cursorLine == "cnb>" }
    #expect(!terminal.screen.text.contains("left") && !terminal.screen.text.contains("^C"))
    #expect(terminal.screen.lines.contains("E0901: interrupted"))
    try terminal.send("net\r", until: "what was bound") { $0.text.contains("650 parameters") }
  }

  @Test func aDivergedTrainingLeavesItsLastGoodWeights() throws {
    let terminal = try PseudoTerminal(columns: 80)
    try terminal.send("data = load \"digits\"\r", until: "a prompt", prompt(1))
    try terminal.send("net = mlp [64, 32, 10]\r", until: "a prompt", prompt(2))
    try terminal.send(
      "train net, on: data.train, optimizer: .sgd, rate: 1e30\r", until: "the error"
    ) { $0.text.contains("E0507") && $0.cursorLine == "cnb>" }
    #expect(terminal.screen.text.contains("_ is what it had come to: network mlp"))
    try terminal.send("\u{C}_\r", until: "the network") {
      $0.lines.dropFirst().first?.hasPrefix("network mlp") ?? false
    }
  }

  @Test(arguments: [
    ("pru\t", "prune"), ("prune net, sche\t", "prune net, schedule: "),
    ("prune net, 50%, by: .mag\t", "prune net, 50%, by: .magnitude"),
    ("train net, opt\t", "train net, optimizer: "), ("facts.wid\t", "facts.width"),
    ("net.spars\t", "net.sparsity"), ("wob\t", "wobbly"), ("?pru\t", "?prune"),
    ("help pru\t", "help prune"), ("load \"num\t", "load \"numbers.npy"),
    ("load \"sub/n\t", "load \"sub/nested.npy"), (":sa\t", ":save"), ("_.spa\t", "_.sparsity"),
    (":save num\t", ":save numbers.npy"), ("x |> quantiz\t", "x |> quantize"),
  ])
  func tabCompletes(typed: String, completed: String) throws {
    let work = try Workplace()
    work.write("", to: "numbers.npy")
    work.makeFolder("sub")
    work.write("", to: "sub/nested.npy")
    let terminal = try PseudoTerminal(columns: 80, folder: work.folder)
    try terminal.send("x = 1\r", until: "a prompt", prompt(1))
    try terminal.send("facts = (width: 3, height: 4); wobbly = 1\r", until: "a prompt", prompt(2))
    try terminal.send("net = mlp [64, 10]\r", until: "a prompt", prompt(3))
    try terminal.send("net\r", until: "a prompt", prompt(5))
    let wanted = "cnb> " + String(completed.reversed().drop { $0 == " " }.reversed())
    try terminal.send(typed, until: completed) { $0.cursorLine == wanted }
  }

  @Test func aSavedSessionReproduces() throws {
    let work = try Workplace()
    let terminal = try PseudoTerminal(columns: 80, folder: work.folder)
    let entries = [
      "x = 3", "x + 1", "_ * 2", "boom", "random([2])", "help count", "seed 7", "random([2])",
      "y = 5; z = y + none", "y + 1", "\"a ``` b\"", "fn twice(n) { 2 * n }", "twice(_.length)",
      "twice(4)", "[1,\r2]", "_[0]", "time 1 + 1",
    ]
    for entry in entries {
      try enter(entry, terminal)
    }
    try terminal.send("\u{C}:save s.cnb\r", until: "the notebook") {
      $0.text.contains("saved s.cnb: ") && $0.cursorLine == "cnb>"
    }
    #expect(terminal.screen.text.contains("run once more from the start"))
    let check = try work.run("check", "s.cnb")
    #expect(check.code == 0, "\(check.output)\(check.errors)\(work.read("s.cnb"))")
    try terminal.send("\u{C}:save s.cnb\r", until: "no") { $0.text.contains("is there already") }
    try terminal.send("\u{C}:save! s.cnb\r", until: "yes") { $0.text.contains("saved s.cnb: ") }
  }

  /// What the screen showed is what the notebook holds: the same random numbers.
  @Test func aSavedSessionDrawsTheSameNumbers() throws {
    let work = try Workplace()
    let terminal = try PseudoTerminal(columns: 80, folder: work.folder)
    var shown: [String] = []
    for entry in ["random([3])", "nothing", "random([3])", "seed 7", "random([3])", "random([3])"] {
      try enter(entry, terminal)
      shown += terminal.screen.lines.filter { $0.hasPrefix("[") }
    }
    #expect(shown.count == 4 && Set(shown).count == 4)
    try terminal.send("\u{C}:save s.cnb\r", until: "it") { $0.text.contains("saved s.cnb") }
    let stored = work.read("s.cnb").split(separator: "\n").filter { $0.hasPrefix("[") }
    #expect(stored.map(String.init) == shown)
  }

  @Test func whatNoRunReachesAgainIsLeftOut() throws {
    let work = try Workplace()
    let terminal = try PseudoTerminal(columns: 80, folder: work.folder)
    try terminal.send("x = 1\r", until: "a prompt", prompt(1))
    terminal.send("x = 2; while true {}\r")
    try terminal.wait("the work") { $0.y == 2 }
    try terminal.send("\u{3}", until: "a prompt") { $0.cursorLine == "cnb>" && $0.y > 2 }
    try terminal.send("\u{C}x + 1\r", until: "3") {
      $0.lines.contains("3") && $0.cursorLine == "cnb>"
    }
    try terminal.send("\u{C}:save s.cnb\r", until: "it") {
      $0.text.contains("saved s.cnb: 1 cell,")
    }
    #expect(terminal.screen.text.contains("left out entry 2: it was interrupted"))
    #expect(terminal.screen.text.contains("left out entry 3: it uses `x`: entry 2 left it"))
    #expect(try work.run("check", "s.cnb").code == 0)
  }

  @Test(arguments: [
    (":save", ":save FILE.cnb writes"), (":save a.txt", "is no name for a notebook"),
    (":save a.cnb", "nothing to save yet"), (":nix", "no command :nix"),
    (":time", "nothing has run yet"), (":time on", "is shown"), (":help", "leave, as Ctrl-D does"),
  ])
  func commandsOfTheLoopAnswer(typed: String, answer: String) throws {
    let terminal = try PseudoTerminal(columns: 80)
    try terminal.send(typed + "\r", until: answer) { $0.text.contains(answer) }
  }

  @Test func aFolderThatCannotBeWrittenIsSaid() throws {
    let terminal = try PseudoTerminal(columns: 80)
    try terminal.send("1\r", until: "a prompt", prompt(2))
    try terminal.send(":save /proc/s.cnb\r", until: "why") { $0.text.contains("E0710: ") }
  }

  @Test func quitLeaves() throws {
    let terminal = try PseudoTerminal()
    terminal.send(":quit\r")
    #expect(try terminal.exitCode() == 0)
  }

  @Test func aRunShowsItsProgressAndTakesItAway() throws {
    let work = try Workplace()
    work.write("```cnb\nwhile true {}\n```\n", to: "n.cnb")
    let terminal = try PseudoTerminal(
      columns: 80, arguments: ["run", "n.cnb"], folder: work.folder)
    try terminal.wait("the cell") { $0.cursorLine == "n.cnb: cell 1 of 1" }
    terminal.send("\u{3}")
    #expect(try terminal.exitCode() == 130)
    #expect(!terminal.screen.text.contains("cell 1 of 1"))
    #expect(terminal.screen.text.contains("n.cnb:1: interrupted"))
  }
}
