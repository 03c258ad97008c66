// The words that hash, share blocks and learn points, as a user writes them: files, receipts, slips.
import Interpreter
import Testing

@Suite struct HashingWordsTests {
  static func prepared(_ folder: String? = nil) -> Workbench {
    let bench = folder.map { Workbench($0) } ?? Workbench()
    bench.run("data = load \"digits\"\nnet = mlp [64, 16, 10]")
    return bench
  }

  static let makers = [
    "hash(net, factor: 8)", "hash(net, factor: 1)", "hash(net, buckets: 40, sign: false)",
    "hash(net, bytes: 2KB)", "quantize(hash(net, factor: 4), bits: 6)",
    "quantize(hash(net, factor: 4), grid: .points, bits: 3)",
    "share(net, centroids: 8, block: 4)", "share(net, bits: 3, block: (dense: 2))",
    "share(net, bits: 4, block: 8, on: data.train, samples: 50)",
    "share(net, bits: 4, block: 8, codebook: .fp16, layers: [\"dense1\"])",
    "quantize(net, grid: .points, bits: 2, group: 16)",
    "quantize(net, grid: .points, bits: 3, start: .density)",
    "quantize(net, grid: .points, bits: 3, on: data.train, epochs: 1)",
    "quantize(hash(net, factor: 4), bits: 4, on: data.train, epochs: 1)",
    "finetune(quantize(net, grid: .points, bits: 3), on: data.train, epochs: 1)",
    "finetune(hash(net, factor: 4), on: data.train, epochs: 1)",
    "distill(share(net, bits: 3, block: 4), teacher: net, on: data.train, mix: 100%, epochs: 1)",
    "distill(quantize(net, grid: .affine, bits: 4, group: 16), teacher: net, on: data.train, epochs: 1)",
  ]

  @Test(arguments: makers) func filesHoldWhatIsSaid(_ code: String) throws {
    let folder = try Folder()
    let bench = Self.prepared(folder.path)
    let cell = bench.run(
      """
      small = \(code)
      save(small, "small.safetensors")
      save(small, "small.\(Self.ending)")
      again = load "small.\(Self.ending)"
      all(predict(small, data.test, scores: true) == predict(again, data.test, scores: true))
      """)
    #expect(cell.lines.last == "true", "\(cell.message)")
    #expect(try bench.value("small.bytes == again.bytes") == .boolean(true))
    let size = try folder.bytes(of: "small.\(Self.ending)").count
    #expect(try bench.value("small.bytes == \(size)B") == .boolean(true))
  }

  private static let ending = "cnbm"

  @Test func sizesFitTheirBudget() throws {
    let bench = Self.prepared()
    for budget in ["1KB", "1.5KB", "3KB"] {
      #expect(
        try bench.value(
          "b = hash(net, bytes: \(budget), except: []).bytes\nb <= \(budget) and b > \(budget) - 60B"
        )
          == .boolean(true))
      // The line of the receipt counts, too.
      let made = bench.run("svd(mlp([64, 32, 10]), bytes: 3 * \(budget), except: []).bytes")
      let limit = try bench.value("3 * \(budget)")
      guard case .quantity(let size) = made.last, case .quantity(let most) = limit else {
        Issue.record("sizes: \(made.message)")
        continue
      }
      #expect(size.value <= most.value)
    }
  }

  @Test func hashedLayersSaySo() throws {
    let bench = Self.prepared()
    #expect(
      bench.run("hash(net, factor: 10.5).layers[0].stored").lines.last
        == "hashed to 98 values, fp32")
    #expect(
      bench.run("quantize(hash(net, factor: 4), bits: 8).layers[0].stored").lines.last
        == "hashed to 256 values, int8 per channel")
    let cell = bench.run("hash(net, buckets: 200)")
    #expect(cell.warnings.contains { $0.contains("dense2.weight") })
  }

  static let slips: [(code: String, error: String, marks: String?)] = [
    ("hash(net)", "E0206", nil), ("hash(net, factor: 8, buckets: 3)", "E0206", nil),
    ("hash(net, factor: 0.5)", "E0207", "0.5"), ("hash(net, factor: 0)", "E0207", "0"),
    ("hash(net, factor: -1)", "E0207", nil), ("hash(net, buckets: 0)", "E0207", "0"),
    ("hash(net, bytes: 20B)", "E0606", "20B"), ("hash(net, bytes: 3s)", "E0207", "3s"),
    ("hash(net, factor: 8, layers: [\"dens1\"])", "E0607", "[\"dens1\"]"),
    ("hash(network(input: 4) { activation .relu }, factor: 2)", "E0608", nil),
    ("share(net, centroids: 4, block: 5)", "E0616", "5"),
    ("share(net, centroids: 4, block: 0)", "E0207", "0"),
    ("share(net, centroids: 4, block: \"a\")", "E0207", "\"a\""),
    ("share(net, centroids: 4, block: (dens: 4))", "E0207", nil),
    ("share(net, centroids: 4, block: (conv: 4))", "E0608", nil),
    ("share(net, centroids: 4096, block: 4)", "E0611", "4096"),
    ("share(net, bits: 0, block: 4)", "E0611", nil),
    ("share(net, bits: 3, block: 4, start: .density)", "E0205", ".density"),
    ("share(net, bits: 3, block: 4, samples: 5)", "E0205", "5"),
    ("share(net, bits: 3, on: data.train)", "E0205", "data.train"),
    ("share(net, bits: 3, block: 4, on: random([4, 60]))", "E0504", nil),
    ("quantize(net, grid: .points, bits: 9)", "E0602", "9"),
    ("quantize(net, grid: .points, range: .mse)", "E0611", ".mse"),
    ("quantize(net, grid: .points, group: 7)", "E0614", "7"),
    ("quantize(net, start: .density)", "E0611", ".density"),
    ("quantize(hash(net, factor: 2), range: .learned, on: data.train, epochs: 1)", "E0611", nil),
  ]

  @Test(arguments: slips) func slipsHaveCodes(_ slip: (code: String, error: String, marks: String?))
  {
    let cell = Self.prepared().run(slip.code)
    #expect(cell.code == slip.error, "\(cell.message)")
    if let marks = slip.marks { #expect(cell.marked == marks) }
  }
}
