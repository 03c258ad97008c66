// Words that say why a network is as large as it is, how two differ, and what can be left out: why, diff,
// strip, hexdump, container.
import Charts
import Compression
import Encodings
import Formats
import Interpreter
import Networks

enum ExplainingWords {
  static let all = [why, diff, strip, hexdump, container]

  static let why = Builtin(
    "why", "Says what a figure of a network is made of: every part, its share, and a bar.",
    Parameter<Asked>("figure", "a member of a network, such as net.bytes, or a network"),
    details: "Figures: "
      + Explanation.all.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ")
      + ". A network alone stands for its bytes. Members: rows, chart.",
    examples: [
      Example("why mlp([64, 16, 10]).bytes"),
      Example("net = mlp [64, 16, 10]\n(why net.macs).macs[0]", shows: "1,184"),
    ], seeAlso: ["ledger", "diff", "measure"]
  ) { _, asked -> ExplanationValue in asked.explanation.explain(asked.network) }

  static let diff = Builtin(
    "diff", "Compares two networks tensor by tensor: what changed, how far, and what that won.",
    Parameter<NetworkValue>("before", "the network that is compared with"),
    Parameter<NetworkValue>("after", "the network that came of it"),
    details: "changed: numbers that are not the same bits. zeroed: those that became 0. sqnr: "
      + "10 log10 Σw² / Σ(w − ŵ)², in decibels. dead: codes of a grid or codebook that no weight uses, and how "
      + "many there are. bytes: in the file. A row for each tensor, to be sorted, filtered and plotted; "
      + "remarks: what is not in the rows, such as layers of only one of them.",
    examples: [
      Example(
        "net = mlp [64, 16, 10]\n(diff net, quantize(net, bits: 4)).what",
        shows: "[\"changed\", \"same\", \"changed\", \"same\"]")
    ], seeAlso: ["why", "measure", "receipt"]
  ) { context, before, after -> DifferenceValue in
    try DifferenceValue(before, after, monitor: context.monitor("diff"))
  }

  static let strip = Builtin(
    "strip", "Takes off what a network does not need to run, for files in which every byte counts.",
    Parameter<NetworkValue>("network", "any network"),
    details:
      "It takes off the receipt, names that somebody gave, which pruned weights were not merely 0, and "
      + "what calibration saw; and says what that was. Answers stay the same, bit for bit.",
    examples: [
      Example("count(strip(mlp([64, 16, 10])).receipt)", shows: "taken off: the receipt (26 B)\n0")
    ], seeAlso: ["save", "why", "diff"]
  ) { context, network -> NetworkValue in
    let (bare, removed) = Container.stripped(network.network)
    let words = removed.isEmpty ? "nothing: every byte is needed" : removed.joined(separator: ", ")
    context.emit(.text("taken off: \(words)"))
    return NetworkValue(bare, history: network.history, isRecorded: network.isRecorded)
  }

  static let hexdump = Builtin(
    "hexdump", "Shows the bytes of a network's file, part by part, or those of any file.",
    Parameter<Dumpable>("of", "a network, or the path of a file"),
    Parameter<Value.Range?>(
      positional: "bytes", "which, such as 0..<64; the first 256 without"),
    details: "Members: bytes, the numbers shown; parts, what stands where.",
    examples: [
      Example("hexdump(mlp([64, 16, 10]), 0..<2).bytes", shows: "[203  109]\nshape [2]")
    ], seeAlso: ["container", "ledger", "why"]
  ) { context, source, range -> HexdumpValue in
    try HexdumpValue(try source.file(context), range)
  }

  static let container = Builtin(
    "container",
    "The tables of the .cnbm format: the words and the forms that files refer to by number.",
    details:
      "Members: words, forms, dictionary. The reference is Notebooks/reference/container.cnb.",
    examples: [
      Example("container().words[0]", shows: "number  0\nword    flatten")
    ], seeAlso: ["hexdump", "save"]
  ) { _ -> Record in
    let words = ContainerWords.all.enumerated().map { number, word in
      Value.record([("number", .number(Double(number))), ("word", .text(word))])
    }
    let forms = LayerForm.all.enumerated().map { number, form in
      Value.record([
        ("number", .number(Double(number))), ("kind", .text(form.kind)),
        (
          "settings",
          .text(form.settings.map { "\($0.name) \($0.type)" }.joined(separator: ", "))
        ),
      ])
    }
    return Record([
      ("words", .list(words)), ("forms", .list(forms)),
      ("dictionary", .text(String(decoding: Receipt.dictionary, as: UTF8.self))),
    ])
  }
}

/// What `why` is asked about: a figure does not know whose it is, so the member is looked at as it was
/// written.
struct Asked: Bridged {
  let network: NetworkValue
  let explanation: Explanation
  let bridged: Value

  static var kind: String { "a figure of a network, such as net.bytes" }
  static var keepsOwner: Bool { true }

  init(from value: Value) throws(Mismatch) {
    let names = Explanation.all.map(\.name)
    guard case .native(let native) = value, let member = native as? MemberOf else {
      if let network = try? NetworkValue(from: value) {
        self.init(network, .bytes, value)
        return
      }
      throw Mismatch(
        Self.kind,
        help: "a number does not know whose it is: write `why net.bytes`, not `why` of a copy")
    }
    if let network = try? NetworkValue(from: member.value) {
      self.init(network, .bytes, value)
      return
    }
    guard let network = try? NetworkValue(from: member.owner) else {
      throw Mismatch(Self.kind, help: "explained are " + names.joined(separator: ", "))
    }
    guard let explanation = Explanation.all.first(where: { $0.name == member.name }) else {
      throw Mismatch(
        "one of " + names.map { "net.\($0)" }.joined(separator: ", "),
        found: "net.\(member.name)")
    }
    self.init(network, explanation, value)
  }

  private init(_ network: NetworkValue, _ explanation: Explanation, _ bridged: Value) {
    self.network = network
    self.explanation = explanation
    self.bridged = bridged
  }
}
