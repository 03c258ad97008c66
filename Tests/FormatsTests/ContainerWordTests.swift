// Laws of a container's lists: they hold what the tables have, and never change but at their end.
import Encodings
import Formats
import Networks
import Tensors
import Testing

@Suite struct ContainerWordTests {
  @Test func `words are only ever appended`() {
    let first = ContainerWords.all.prefix(271).joined(separator: "|")
    #expect(
      Digest.sha256(Array(first.utf8))
        == "78fd9b42f031951e8c1e3df4b0ed338be740ac94b01f546cc8285383859184c8")
    #expect(Set(ContainerWords.all).count == ContainerWords.all.count)
    #expect(ContainerWords.all.allSatisfy { $0.utf8.allSatisfy { $0 < 128 } && !$0.isEmpty })
  }

  @Test func `forms are only ever appended`() {
    let first = LayerForm.all.prefix(32).map { form in
      ([form.kind] + form.settings.map { "\($0.name):\($0.type)" }).joined(separator: " ")
    }
    #expect(
      Digest.sha256(Array(first.joined(separator: "|").utf8))
        == "b138dc747724f5b79b9caa3f0bef0aa87d3b6e15efed092ddfc9b1ed20e2e8c9")
    #expect(LayerForm.all.count < 63)
  }

  @Test func `every kind of layer has a form, and its words are in the list`() throws {
    let words = Set(ContainerWords.all)
    #expect(Set(Self.layers.map(\.kind)) == Set(LayerTable.all.map(\.name)))
    var used: Set<Int> = []
    for (kind, settings) in Self.layers {
      let layer = try LayerTable.make(kind, settings)
      used.insert(try #require(LayerForm.number(of: layer), "\(kind) \(settings)"))
      #expect(words.contains(kind))
      for (name, value) in layer.attributes {
        #expect(words.contains(name))
        if case .text(let text) = value { #expect(words.contains(text)) }
      }
    }
    #expect(used.count == LayerForm.all.count, "a form that no layer has")
  }

  @Test func `every text that a setting can be is in the list`() {
    let texts =
      Activation.Function.all.map(\.name) + ActivationQuantizer.Grid.allCases.map(\.rawValue)
      + ActivationQuantizer.Moment.allCases.map(\.rawValue)
    #expect(Set(texts).isSubset(of: Set(ContainerWords.all)))
  }

  /// Every kind with every set of settings that it stores.
  private static let layers: [(kind: String, settings: [String: Attribute])] = {
    let seen: [String: Attribute] = [
      "least": .number(-1.5), "greatest": .number(2), "examples": .integer(10),
    ]
    func quantizer(_ grid: String, _ more: [String: Attribute] = [:]) -> [String: Attribute] {
      ["bits": .integer(8), "grid": .text(grid), "range": .text("static")]
        .merging(more) { $1 }
    }
    let window: [String: Attribute] = ["size": .integers([2, 2])]
    return [
      ("flatten", [:]), ("reshape", ["shape": .integers([2, 3])]),
      ("activation", ["function": .text("relu")]),
      ("activation", ["function": .text("leaky"), "slope": .number(0.01)]),
      ("quantizer", quantizer("affine")), ("quantizer", quantizer("affine", seen)),
      ("quantizer", quantizer("symmetric")), ("quantizer", quantizer("symmetric", seen)),
      ("dropout", ["share": .number(0.5)]), ("add", [:]), ("multiply", [:]), ("concatenate", [:]),
      ("slice", ["start": .integer(1), "end": .integer(2)]),
      ("slice", ["start": .integer(1), "end": .integer(2), "axis": .integer(1)]),
      ("channel_shuffle", ["groups": .integer(2)]), ("softmax", [:]),
      ("dense", ["units": .integer(3)]), ("dense", ["units": .integer(3), "bias": .integer(0)]),
      ("dense", ["units": .integer(3), "positions": .integer(1)]),
      ("embedding", ["vocabulary": .integer(9), "units": .integer(2)]),
      ("position_embedding", ["positions": .integer(9)]),
      ("segment_embedding", ["segments": .integer(2)]), ("class_token", [:]),
      ("maxpool", window), ("maxpool", window.merging(["ceil": .integer(1)]) { $1 }),
      ("avgpool", window), ("avgpool", window.merging(["ceil": .integer(1)]) { $1 }),
      ("globalpool", [:]), ("globalpool", ["keepdims": .integer(1)]),
      ("layernorm", [:]), ("batchnorm", [:]),
      ("conv2d", ["filters": .integer(3), "kernel": .integers([3, 5])]),
      ("attention", ["heads": .integer(2)]),
    ]
  }()

  // MARK: Texts and numbers

  private static let texts = [
    "", "a", "relu", "0", "7", "00", "01", "12", "99999", "-1", "1.5", "18446744073709551615",
    "18446744073709551616", "13204665464606751012", "562949953421311", "562949953421312", "ä",
    "a\u{308}",
    "\u{212a}", String(repeating: "x", count: 26), String(repeating: "x", count: 27),
    String(repeating: "ü", count: 5000), "\u{0}", "✓", "0.0003", "99%", ".adam",
  ]

  @Test func `texts come back byte for byte`() throws {
    var network = try Samples.small()
    let steps = Self.texts.map { text in Receipt.Step(text, Self.texts.map { (text, $0) }) }
    for receipt in [Receipt(steps)] + steps.map({ Receipt([.init($0.word, [])]) }) {
      network.receipt = receipt
      let back = try Container.read(Container.bytes(of: network), file: "a").receipt
      for (old, new) in zip(receipt.steps, back.steps) {
        #expect(old.word.utf8.elementsEqual(new.word.utf8))
        #expect(
          old.arguments.elementsEqual(new.arguments) {
            $0.name.utf8.elementsEqual($1.name.utf8) && $0.value.utf8.elementsEqual($1.value.utf8)
          })
      }
      #expect(back.steps.count == receipt.steps.count)
    }
  }

  @Test(arguments: [
    0, -0.0, 1, -1, 0.1, 0.5, 1e-5, 1e-12, 0.1 + 0.2, .pi, 1 / 3, Double(Float(0.1)), 123456.75,
    -987_654_321, 1e15, 1e22, 1e-300, 3e38, -3.25e-7,
  ])
  func `numbers come back bit for bit`(value: Double) throws {
    let layer = try LayerTable.make(
      "quantizer",
      [
        "bits": .integer(8), "grid": .text("affine"), "range": .text("batch"),
        "least": .number(value), "greatest": .number(-value), "examples": .integer(1),
      ])
    let network = try Network(
      name: "n", inputShape: [2],
      nodes: [Node(name: "quant1", layer: layer, inputs: [-1], parameters: [])])
    let back = try Container.read(Container.bytes(of: network), file: "a")
    let seen = try #require((back.nodes[0].layer as? ActivationQuantizer)?.observed)
    #expect(seen.least.bitPattern == value.bitPattern)
    #expect(seen.greatest.bitPattern == (-value).bitPattern)
  }

  @Test func `a plain network has few bytes besides its values`() throws {
    let network = try Samples.plain()
    let rows = Container.ledger(of: network).filter { $0.part == "file" }
    // 3 to begin with, the name, the input, the nodes; dense 4 each, relu 2; and the checksum.
    #expect(rows.map(\.bits) == [8 * (3 + 1 + 3 + 1 + 4 + 2 + 3), 32])
  }
}
