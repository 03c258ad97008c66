// What people really type and really have: each comes back as one coded sentence with its exit code,
// and leaves nothing half-written.

import Testing

/// A program, or a notebook, and what is wrong with it.
struct BadInput: Sendable, CustomTestStringConvertible {
  let what: String
  let code: String
  let exitCode: Int32
  /// What the sentence or its suggestion must say.
  let says: String
  let text: String

  init(_ what: String, _ code: String, exit exitCode: Int32 = 1, says: String = "", _ text: String)
  {
    self.what = what
    self.code = code
    self.exitCode = exitCode
    self.says = says
    self.text = text
  }

  var testDescription: String { what }

  static let network = "net = mlp [64, 16, 10]\n"
  static let data = "data = load \"digits\"\n"

  static let programs = [
    BadInput("an unknown word", "E0201", says: "prune", network + "prunne net, 50%"),
    BadInput(
      "an unknown choice", "E0203", says: ".magnitude", network + "prune net, 50%, by: .magnitud"),
    BadInput("a wrong label", "E0204", says: "sparsity", network + "prune net, sparsit: 50%"),
    BadInput("a sparsity of 90", "E0207", says: "90%", network + "prune net, 90"),
    BadInput("a rank too large", "E06", network + "svd net, rank: 1000"),
    BadInput(
      "a layer that does not fit", "E05", says: "[",
      "network(input: [4, 4]) { conv(8, 3); dense(10) } |> describe"),
    BadInput("labels out of range", "E05", data + "train (mlp [64, 5]), on: data.train"),
    BadInput(
      "NaN in the loss", "E0507", says: "step",
      data + network + "train net, on: data.train, optimizer: .sgd, rate: 1e30"),
    BadInput("a missing file", "E0701", says: "none.npy", "load \"none.npy\""),
    BadInput("an unknown data set", "E0714", says: "digits", "load \"digit\""),
    BadInput("an open bracket", "E01", "[1, 2"),
    BadInput("an open string", "E0102", "\"abc"),
    BadInput("a NUL", "E01", "1 + \u{0}2"),
    BadInput("endless recursion", "E0902", "fn f(n) { f(n + 1) }\nf(1)"),
    BadInput("a deep nest", "E01", String(repeating: "(", count: 5000)),
  ]

  static let notebooks = [
    BadInput(
      "an unclosed fence", "E0802", exit: 6, says: "n.cnb:5", "```cnb\n1\n```\n\n```cnb\n2\n"),
    BadInput(
      "merge markers", "E0803", exit: 6, says: "n.cnb:",
      "<<<<<<< ours\n```cnb\n1\n```\n=======\n>>>>>>> theirs\n"),
    BadInput("a NUL", "E0806", exit: 6, says: "n.cnb:", "# T\n\n\u{0}\n"),
    BadInput("one id twice", "E0804", exit: 6, "```cnb #a\n1\n```\n\n```cnb #a\n2\n```\n"),
    BadInput("a wrong option", "E0807", exit: 6, "```cnb seed=x\n1\n```\n"),
    BadInput(
      "wrong front matter", "E0809", exit: 6, says: "n.cnb:2", "---\nallow: [everything]\n---\n"),
    BadInput("a format of tomorrow", "E0810", exit: 6, "---\ncnb: 2\n---\n"),
    BadInput("an error that did not come", "E0816", exit: 1, "```cnb error=E0301\n1\n```\n"),
    BadInput("another error", "E0201", exit: 1, "```cnb error=E0301\nboom\n```\n"),
    BadInput("a failing cell", "E0301", exit: 1, says: "n.cnb:4", "# T\n\n```cnb\n1 + none\n```\n"),
    BadInput("a limit", "E0906", exit: 3, "```cnb time=50ms\nwhile true {}\n```\n"),
    BadInput("a file outside", "E0717", exit: 5, "```cnb\nload \"/etc/passwd\"\n```\n"),
    BadInput("an unknown module", "E0211", exit: 1, "```cnb\nimport nothing\n```\n"),
  ]
}

@Suite struct BadInputTests {
  @Test(arguments: BadInput.programs) func aProgram(input: BadInput) throws {
    let work = try Workplace()
    let found = try work.run(input: input.text + "\n")
    #expect(found.errors.hasPrefix(input.code), "\(found)")
    #expect(found.errors.contains(input.says), "\(found.errors)")
    #expect(found.code == input.exitCode)
    #expect(work.names.isEmpty)
  }

  @Test(arguments: BadInput.notebooks) func aNotebook(input: BadInput) throws {
    let work = try Workplace()
    work.write(input.text, to: "n.cnb")
    for command in ["run", "check"] {
      let found = try work.run(command, "n.cnb")
      #expect(found.errors.hasPrefix("n.cnb"), "\(found.errors)")
      #expect(found.errors.contains(input.code), "\(found.errors)")
      #expect(found.errors.contains(input.says), "\(found.errors)")
      #expect(found.code == input.exitCode)
      if found.code == 6 { #expect(work.read("n.cnb") == input.text) }
      #expect(work.names == ["n.cnb"])
    }
  }

  @Test func aByteOrderMarkIsTakenAway() throws {
    let work = try Workplace()
    work.write("\u{FEFF}```cnb\n1\n```\n", to: "n.cnb")
    let found = try work.run("run", "n.cnb")
    #expect(found.code == 0 && found.errors.contains("warning E0814"))
    #expect(work.read("n.cnb").hasPrefix("```cnb"))
  }

  @Test func bytesThatAreNoText() throws {
    let work = try Workplace()
    work.write([0x23, 0x20, 0xFF], to: "n.cnb")
    for command in ["run", "check", "status", "clean"] {
      let found = try work.run(command, "n.cnb")
      #expect(found.code == 6 && found.errors.contains("E0801"))
    }
    let script = work.outcome(of: try work.start([], input: "1"))
    #expect(script.code == 0)
  }

  @Test(arguments: ["none.cnb", "folder.cnb"]) func noNotebook(name: String) throws {
    let work = try Workplace()
    work.makeFolder("folder.cnb")
    for command in ["run", "check", "status", "clean"] {
      let found = try work.run(command, name)
      #expect(found.code == 6 && found.errors.hasPrefix("\(name): E0819: "))
    }
    #expect(work.names == ["folder.cnb"])
  }

  @Test func aNotebookThatCannotBeWritten() throws {
    let work = try Workplace()
    let found = try work.run("run", "/proc/self/none.cnb")
    #expect(found.code == 6)
    #expect(work.names.isEmpty)
  }

  @Test(arguments: [".npy", ".npz", ".safetensors", ".cnbm", ".cnbm.gz"])
  func aTruncatedFile(ending: String) throws {
    let work = try Workplace()
    let value = ending.hasPrefix(".np") ? "tensor([1, 2, 3])" : "mlp([4, 2])"
    let saved = try work.run(input: "save \(value), \"x\(ending)\"\n")
    guard saved.code == 0 else { return }
    let whole = work.bytes("x\(ending)")
    for count in [0, 1, whole.count / 2, whole.count - 1] {
      work.write(Array(whole.prefix(count)), to: "x\(ending)")
      let found = try work.run(input: "load \"x\(ending)\"\n")
      #expect(found.code == 1 && found.errors.hasPrefix("E07"), "\(count): \(found.errors)")
      #expect(found.errors.contains("x\(ending)"))
    }
  }

  @Test func aSavedFileIsThereWholeOrNotAtAll() throws {
    let work = try Workplace()
    let found = try work.run(input: "save tensor([1]), \"/proc/x.npy\"\n")
    #expect(found.errors.hasPrefix("E0710: ") && found.code == 1)
    let full = try work.run(input: "save tensor([1]), \"/dev/full\"\n")
    #expect(full.errors.hasPrefix("E07") && full.code == 1)
    #expect(work.names.isEmpty)
  }
}
