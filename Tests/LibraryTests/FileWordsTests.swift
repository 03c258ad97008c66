// Files in and out: every format, what may be read and written, and files that are not what they say.
import Formats
import Interpreter
import Library
import Networks
import Testing

@Suite struct FileWordsTests {
  @Test(arguments: ["cnbm", "safetensors"]) func networksComeBack(ending: String) throws {
    let folder = try Folder()
    let bench = Workbench(folder.path)
    let cell = bench.run(
      """
      net = prune(mlp([64, 16, 10]), 50%)
      save(net, "net.\(ending)")
      again = load "net.\(ending)"
      data = load "digits"
      all(predict(net, data.test, scores: true) == predict(again, data.test, scores: true))
      """)
    #expect(cell.lines.last == "true", "\(cell.message)")
    #expect(try bench.value("again.receipt") == bench.value("net.receipt"))
    #expect(cell.result.filesRead.map(\.path) == ["net.\(ending)"])
  }

  /// What follows from trained values is compared with a tolerance; what a file holds, exactly.
  @Test func sizesOfFilesAreExact() throws {
    let folder = try Folder()
    let bench = Workbench(folder.path)
    bench.run(
      """
      net = prune(mlp([64, 16, 10]), 80%) |> share(bits: 3)
      save(code(net), "net.cnbm")
      again = load "net.cnbm"
      """)
    func text(_ code: String) -> String { bench.run(code).text }
    #expect(text("code(net).bytes").contains("±"))
    for figure in [
      "again.bytes", "code(strip(again), by: .huffman).bytes", "again.nonzeros", "ledger(again)",
      "entropy(again)", "why again.bytes", "diff(again, strip(again))",
    ] {
      let shown = text(figure)
      #expect(!shown.isEmpty && !shown.contains("±"), "\(figure): \(shown)")
    }
    #expect(text("finetune(again, on: load(\"digits\").train, epochs: 1).bytes").contains("±"))
  }

  @Test func tensorsComeBack() throws {
    let folder = try Folder()
    let bench = Workbench(folder.path)
    bench.run(
      """
      a = normal([3, 4])
      b = tensor(1...5)
      save(a, "a.npy")
      save((a: a, b: b), "both.npz")
      save((a: a, b: b), "both.safetensors")
      """)
    #expect(try bench.value("all(load(\"a.npy\") == a)") == .boolean(true))
    for file in ["both.npz", "both.safetensors"] {
      let record = try bench.value("load \"\(file)\"")
      #expect(record == .record([("a", try bench.value("a")), ("b", try bench.value("b"))]))
    }
  }

  @Test func aStarStandsForManyFiles() throws {
    let folder = try Folder()
    let bench = Workbench(folder.path, readable: [folder.path])
    bench.run(
      """
      for n in [2, 1] { save(tensor([n]), "part-{n}.npy") }
      save(tensor([7]), ".part-3.npy")
      save(mlp([2, 2]), "part-x.cnbm")
      """)
    let cell = bench.run("parts = load \"part-*.npy\"\nfor p in parts { sum(p) }")
    #expect(cell.text == "[1, 2]", "\(cell.message) \(cell.text)")
    #expect(cell.result.filesRead.map(\.path) == ["part-*.npy"])
    let before = LoadedFile.digest("part-*.npy", in: folder.path)
    #expect(cell.result.filesRead.map(\.digest) == [before])
    bench.run("save(tensor([3]), \"part-3.npy\")")
    #expect(LoadedFile.digest("part-*.npy", in: folder.path) != before)
    #expect(try bench.value("count(load(\"part-*\")) == 4") == .boolean(true))
    for none in ["parts-*", "*/part-1.npy", "no/*.npy"] {
      #expect(bench.run("load \"\(none)\"").code == "E0701", "\(none)")
    }
    #expect(bench.run("load \"../*\"").code == "E0717")
    let whole = bench.run("load \".\"")
    #expect(whole.code == "E0702" && whole.help == "a star loads many files: \"./*.cnbm\"")
    let open = Workbench(folder.path)
    #expect(open.run("save(tensor([9]), \"part-*.npy\")").code == "E0710")
    // A name with a star of its own is that file.
    try folder.write(try folder.bytes(of: "part-1.npy"), to: "part-*.npy")
    #expect(bench.run("sum(load(\"part-*.npy\"))").text == "1")
    try folder.write([1, 2, 3], to: "part-0.npy")
    #expect(bench.run("load \"part-?*.npy\"").code?.hasPrefix("E07") == true)
  }

  /// Many networks are a table, too.
  @Test func networksInAListHaveColumns() throws {
    let bench = Workbench()
    bench.run("nets = [mlp([4, 2]), mlp([4, 3, 2])]")
    #expect(try bench.value("nets.parameters") == bench.value("[10, 23]"))
    #expect(try bench.value("nets.layers[1][2].layer") == .text("dense2"))
    let slip = bench.run("nets.bites")
    #expect(slip.code == "E0305" && slip.help == "did you mean bytes?", "\(slip.message)")
    #expect(bench.run("(nets + [3]).bytes").code == "E0305")
  }

  static let files = ["net.cnbm", "net.safetensors", "a.npy", "both.npz"]

  @Test(arguments: files) func damageIsCoded(file: String) throws {
    let folder = try Folder()
    let bench = Workbench(folder.path)
    bench.run(
      """
      net = prune(mlp([64, 16, 10]), 50%)
      a = normal([3, 4])
      save(net, "net.cnbm")
      save(net, "net.safetensors")
      save(a, "a.npy")
      save((a: a, b: a), "both.npz")
      """)
    let whole = try folder.bytes(of: file)
    for length in [0, 1, 7, 9, whole.count / 2, whole.count - 1] {
      try folder.write(Array(whole.prefix(length)), to: file)
      let cell = bench.run("load \"\(file)\"")
      #expect(cell.code?.hasPrefix("E07") == true, "\(length): \(cell.code ?? "none")")
      #expect(cell.message.contains("`\(file)`"), "\(cell.message)")
    }
    // A header that claims more than there is.
    var huge = whole
    let claims = file.hasSuffix("npz") ? huge.count - 14..<huge.count - 2 : 4..<16
    for i in claims { huge[i] = 0xff }
    try folder.write(huge, to: file)
    #expect(bench.run("load \"\(file)\"").code?.hasPrefix("E07") == true)
  }

  @Test func valuesThatAreNotNumbersAreFound() throws {
    let folder = try Folder()
    let bench = Workbench(folder.path)
    bench.run("net = mlp [2, 2]\nsave(net, \"net.safetensors\")")
    var bytes = try folder.bytes(of: "net.safetensors")
    bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0, 0, 0xc0, 0x7f])
    try folder.write(bytes, to: "net.safetensors")
    let cell = bench.run("load \"net.safetensors\"")
    #expect(cell.code == "E0705", "\(cell.message)")
  }

  @Test func otherContentsAreNotTheDataSet() throws {
    let folder = try Folder()
    for name in ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"] {
      try folder.write([0, 0, 8, 1, 0, 0, 0, 1, 7], to: name)
    }
    let cell = Workbench(folder.path).run("load \".\"")
    #expect(cell.code == "E0708", "\(cell.message)")
  }

  @Test func onlyWhatIsAllowedIsReadAndWritten() throws {
    let (inside, outside) = (try Folder(), try Folder())
    let free = Workbench(outside.path)
    free.run("save(mlp([2, 2]), \"net.cnbm\")")
    let real = try #require(inside.path.isEmpty ? nil : inside.path)
    let bench = Workbench(real, readable: [real], writable: [])
    #expect(bench.run("load \"\(outside.path)/net.cnbm\"").code == "E0717")
    #expect(bench.run("load \"../../../../../../../../etc/passwd\"").code == "E0717")
    #expect(bench.run("save(mlp([2, 2]), \"net.cnbm\")").code == "E0717")
    #expect(inside.names.isEmpty)
    #expect(bench.run("count((load \"digits\").train)").error == nil)
  }
}
