// The law of sizes: what `ledger` lists, what `bytes` says and what `save` writes is one number, after
// every technique and their combinations; and the file loads as the network that was saved.
import Compression
import Interpreter
import Networks
import Tensors
import Testing

@Suite struct LedgerTests {
  static let techniques = halves + codes + pruned + combined

  static let halves = ["quantize(net, grid: .fp16)", "quantize(net, grid: .bf16)", "net"]

  static let codes: [String] = {
    var all: [String] = []
    for grid in Grid.all {
      for bits in [1, 2, 3, 4, 5, 8, 12, 16] where grid.bits.contains(bits) {
        for slices in grid.takesGranularity
          ? ["per: .tensor", "per: .channel", "group: 16, strict: false"] : []
        {
          all.append("quantize(net, bits: \(bits), grid: .\(grid.name), \(slices))")
        }
        if grid.takesFraction {
          all.append("quantize(net, bits: \(bits), grid: .\(grid.name), fraction: 5)")
        }
      }
    }
    return all
  }()

  static let pruned: [String] = {
    var all: [String] = []
    for scope in PruningScope.allCases {
      all.append("prune(net, 50%, scope: .\(scope.rawValue))")
    }
    // Of normalizations there are none in this network.
    for criterion in Criterion.all where criterion.name != Criterion.batchNormScale.name {
      let data =
        switch criterion.evidence {
        case .weights: ""
        case .inputs, .labels: ", on: data.train[0..<48]"
        case .training: ", on: data.train[0..<48], epochs: 1"
        }
      all.append("prune(net, 50%, by: .\(criterion.name)\(data))")
    }
    return all + [
      "prune(net, 93%)", "prune(net, 50%, per: .block, block: [2, 4])",
      "prune(net, pattern: \"1:4\")",
      "prune(net, (dense1: 90%, dense3: 20%))", "prune(net, bytes: 3KB)",
      "prune(net, bytes: 3KB, per: .neuron)",
      "prune(net, 50%, by: .geometric_median, per: .neuron)",
    ]
  }()

  static let combined = [
    "quantize(net, bits: 6, range: .mse)", "quantize(net, activations: 8, dynamic: .sample)",
    "quantize(net, narrow: false)",
    "quantize(net, bits: 8, biases: true)", "quantize(net, except: [\"dense1\"])",
    "prune(net, 80%) |> quantize bits: 4", "prune(net, 95%) |> quantize bits: 8, per: .tensor",
    "prune(net, 90%, scope: .global) |> quantize grid: .fp16",
    "prune(net, 90%) |> quantize bits: 5, group: 32, strict: false",
    "svd(net, rank: 4)", "svd(net, energy: 70%) |> quantize bits: 8", "svd(net, bytes: 6KB)",
    "svd(net, rank: 4) |> prune 60%", "prune(net, 50%, by: .l2) |> prune 70% |> quantize bits: 3",
    "finetune(prune(net, 80%), on: data.train[0..<64], epochs: 1)",
    "distill(mlp([64, 6, 10]), teacher: net, on: data.train[0..<64], epochs: 1)",
    "prune(net, 70%, on: data.train[0..<96], epochs: 1, from: 20%)",
  ]

  @Test(arguments: techniques) func everyByteIsAccountedFor(technique: String) throws {
    let folder = try Folder()
    let bench = Workbench(folder.path)
    let cell = bench.run(
      """
      data = load "digits"
      net = mlp([64, 24, 16, 10])
      small = \(technique)
      save(small, "small.cnbm")
      again = load "small.cnbm"
      """)
    #expect(cell.error == nil, "\(cell.message)")
    let file = try folder.bytes(of: "small.cnbm")
    #expect(try bench.value("sum(ledger(small).bits)").amount == Double(8 * file.count))
    #expect(try bench.value("small.bytes").amount == Double(file.count))
    #expect(try bench.value("measure(small, latency: false).bytes").amount == Double(file.count))
    let receipts = try (bench.value("small.receipt"), bench.value("again.receipt"))
    #expect(receipts.0 == receipts.1)
    let same = try bench.value(
      "all(predict(small, data.test, scores: true) == predict(again, data.test, scores: true))")
    #expect(same == .boolean(true))
    for part in try bench.value("small.layers.layer").sequence().map({ Text.plain($0) }) {
      for name in ["weight", "bias", "factor1", "factor2"] {
        guard case .tensor(let before)? = try? bench.value("small[\"\(part).\(name)\"]") else {
          continue
        }
        #expect(try bench.value("again[\"\(part).\(name)\"]") == .tensor(before))
      }
    }
  }

  @Test func sharesAddUpToOne() throws {
    let bench = Workbench()
    bench.run("net = mlp [64, 16, 10]")
    #expect(try abs((bench.value("sum(ledger(net).share)").amount ?? 0) - 1) < 1e-12)
  }

  @Test func sizesDoNotDependOnWhatWasTrained() throws {
    let bench = Workbench()
    bench.run(
      """
      data = load "digits"
      net = mlp [64, 16, 10]
      a = train(net, on: data.train[0..<64], epochs: 1)
      b = train(net, on: data.train[0..<64], epochs: 3, rate: 0.03) |> quantize bits: 4
      c = train(net, on: data.train[0..<64], epochs: 3, rate: 0.02) |> quantize bits: 4
      """)
    #expect(try bench.value("b.bytes == c.bytes") == .boolean(true))
    #expect(try bench.value("a.bytes").mark == .exact)
    #expect(try bench.value("b.bytes").mark == .exact)
    let coded = try bench.value("(prune(a, 90%) |> quantize bits: 4).bytes")
    #expect(coded.mark != .exact)
  }
}

extension Value {
  /// Of a number or a quantity.
  var amount: Double? {
    switch self {
    case .number(let number): number
    case .quantity(let quantity): quantity.value
    default: nil
    }
  }

  var mark: Quantity.Mark? {
    if case .quantity(let quantity) = self { return quantity.mark }
    return nil
  }
}
