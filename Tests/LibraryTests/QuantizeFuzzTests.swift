// Random settings of `quantize` on small networks that were prepared in every way: an error with a
// code, or a network whose file holds what it says.
import Interpreter
import Library
import Syntax
import Testing

@Suite struct QuantizeFuzzTests {
  private static let networks = [
    "mlp [64, 6, 10]",
    """
    network(input: [1, 8, 8]) {
      conv(3, 3)
      batchnorm()
      activation(.relu)
      maxpool 2
      flatten()
      dense 10
    }
    """,
    """
    network(input: [1, 8, 8]) {
      conv(3, 3, padding: 1)
      residual { conv(3, 3, padding: 1), batchnorm(), activation(.relu) }
      activation(.relu)
      globalpool()
      dense 10
    }
    """,
    """
    network(input: [1, 8, 8]) {
      branches([[conv(2, 3)], [conv(3, 3), activation(.gelu)]])
      flatten()
      branches([[], [dense(4)]])
      activation(.relu)
      dense 10
    }
    """,
    """
    network(input: [1, 8, 8]) {
      conv(4, 3)
      conv(4, 3, groups: 4)
      activation(.relu6)
      avgpool 2
      flatten()
      dense 10
    }
    """,
  ]

  private static let before = [
    "", "", "net = prune(net, sparsity: 60%)", "net = quantize(net, bits: 4)",
    "net = quantize(net, grid: .ternary)", "net = svd(net, rank: 2)", "net = fold net",
    "net = quantize(net, activations: 8, on: data)", "net = quantize(net, grid: .fp16)",
    "net = quantize(prune(net, sparsity: 90%), bits: 5, per: .tensor)",
  ]

  private struct Writer {
    var random: Lot

    private mutating func some(_ share: Int, _ text: String) -> [String] {
      random.below(10) < share ? [text] : []
    }

    private mutating func choice(_ names: [String]) -> String { "." + random.pick(names) }

    /// Mostly settings that fit each other.
    mutating func settings() -> String {
      let grid = random.pick(Grids.all + ["affine", "symmetric"])
      let isUniform = ["affine", "symmetric", "power_of_two"].contains(grid)
      let trains = random.below(6) == 0
      let flows = random.below(10) < 6
      let isDynamic = flows && random.below(3) == 0
      var all = ["grid: .\(grid)"]
      var text: String
      if grid == "fixed_point" { all.append("fraction: \(random.pick([0, 3, 8, -2]))") }
      if isUniform { all += some(7, "bits: \(random.pick([2, 3, 5, 7, 8, 8, 9, 16]))") }
      if isUniform || ["ternary", "xnor", "fp8_e4m3"].contains(grid) {
        text = random.pick(["per: .tensor", "per: .channel", "group: 3", "group: 64"])
        all += some(4, text)
        if grid != "ternary", grid != "xnor" {
          text = "range: \(choice(trains ? Grids.ranges + ["learned"] : Grids.ranges))"
          all += some(4, text)
        }
      }
      if isUniform, !trains {
        text = "rounding: \(choice(["half_even", "half_away", "stochastic"]))"
        all += some(3, text)
      }
      if flows {
        let bits = random.pick(grid == "xnor" || grid == "binary" ? [1, 8] : [2, 4, 7, 8, 8, 12])
        all.append("activations: \(bits)")
        text = "activation_grid: \(choice(["affine", "symmetric"]))"
        all += some(5, text)
        if isDynamic {
          all.append("dynamic: \(choice(["batch", "sample", "token"]))")
        } else {
          text = "activation_range: \(choice(Grids.ranges + ["moving_average"]))"
          all += some(3, text)
        }
        all += some(6, "integer: true")
      }
      if trains { all.append("epochs: 1, batch: 128") }
      if trains || flows && !isDynamic { all.append("on: data") }
      all += some(2, "biases: true")
      all += some(8, "strict: false")
      // Now and then what does not fit.
      let wrong = [
        "bits: 17", "fraction: 40", "samples: 100000", "per: .channel", "narrow: false",
        "percentile: 10%", "range: .learned", "group: 1000", "dynamic: .token", "layers: [\"x\"]",
      ]
      text = random.pick(wrong)
      all += some(1, text)
      return all.joined(separator: ", ")
    }

    mutating func program() -> String {
      """
      digits = load "digits"
      data = digits.test
      net = \(random.pick(QuantizeFuzzTests.networks))
      \(random.pick(QuantizeFuzzTests.before))
      small = quantize(net, \(settings()))
      """
    }
  }

  private enum Grids {
    static let all = [
      "affine", "symmetric", "power_of_two", "fixed_point", "fp16", "bf16", "fp8_e4m3", "fp8_e5m2",
      "ternary", "binary", "xnor",
    ]
    static let ranges = ["minmax", "percentile", "mse", "kl"]
  }

  @Test(arguments: 0..<6) func settingsEnd(_ round: Int) throws {
    var writer = Writer(random: Lot(seed: UInt64(round) + 77))
    let folder = try Folder()
    for _ in 0..<8 {
      let program = writer.program()
      let bench = Workbench(folder.path)
      let cell = bench.run(program)
      guard cell.error == nil else {
        #expect(cell.code != nil, "\(program)")
        continue
      }
      let law = bench.run(
        """
        save(small, "small.cnbm")
        again = load "small.cnbm"
        here = measure(small, on: data)
        there = measure(again, on: data)
        here.loss == there.loss and sum(ledger(again).bits) == 8 * small.bytes.value
        """)
      #expect(law.text.hasSuffix("true"), "\(program)\n\(law.message) \(law.text)")
    }
  }
}

@Suite struct QuantizeRegressionTests {
  private let bench = Workbench()

  /// Kernels that read every weight get every weight.
  @Test func prunedWeightsAreStoredAsAMachineReadsThem() {
    bench.run("data = load \"digits\"\nnet = prune(mlp([64, 16, 10]), 90%)")
    let cell = bench.run(
      """
      q = quantize(net, activations: 8, on: data.train, for: .cortexM4)
      [count(objections(q, on: .cortexM4)), q.nonzeros == net.nonzeros]
      """)
    #expect(cell.error == nil, "\(cell.message)")
    #expect(cell.text.hasPrefix("[0"), "\(cell.text)")
  }
}
