// One entry in a table of the number wing is one choice of the language: nothing to write twice.
import Compression
import Encodings
import Interpreter
import Library
import Networks
import Testing

@Suite struct TablesTests {
  static let tables: [(word: String, parameter: String, names: [String])] = [
    ("train", "optimizer", Optimizer.all.map(\.name)),
    ("train", "schedule", Schedule.all.map(\.name)),
    ("train", "loss", Loss.all.filter { !$0.wantsTeacher }.map(\.name)),
    ("prune", "by", Criterion.all.map(\.name)),
    ("prune", "per", Granularity.all.map(\.name)),
    ("prune", "scope", PruningScope.allCases.map(\.rawValue)),
    ("prune", "schedule", PruningSchedule.all.map(\.name)),
    ("quantize", "grid", Grid.all.map(\.name)),
    ("quantize", "range", RangeEstimator.all.map(\.name)),
    ("quantize", "activation_range", RangeEstimator.all.map(\.name)),
    ("quantize", "activation_grid", ActivationOptions.grids.map(\.name)),
    ("quantize", "dynamic", ["batch", "sample", "token"]),
    ("quantize", "rounding", RoundingRule.all.map(\.name)),
    ("index", "by", IndexFamily.all.map(\.name)),
    ("code", "by", Coder.all.map(\.name)),
    ("activation", "function", Activation.Function.all.map(\.name)),
    ("target", "machine", Target.all.map(\.name)),
    ("estimate", "on", Target.all.map(\.name)),
    ("objections", "on", Target.all.map(\.name)),
  ]

  @Test func everyEntryIsAChoiceWithASentence() throws {
    for table in Self.tables {
      let builtin = try #require(Library.registry[table.word]?.builtin)
      let parameter = try #require(builtin.parameters.first { $0.name == table.parameter })
      #expect(parameter.choices.map(\.name) == table.names)
      #expect(parameter.choices.allSatisfy { !$0.summary.isEmpty })
      #expect(Set(table.names).count == table.names.count)
    }
  }

  /// Choices that want something beside themselves.
  static let special: [String: String] = {
    var calls = [
      "quantizefixed_point": "quantize(net, grid: .fixed_point, fraction: 6)",
      "quantizemoving_average":
        "quantize(net, activations: 8, activation_range: .moving_average, on: some)",
      "quantizelearned":
        "quantize(net, bits: 3, range: .learned, activations: 4, activation_range: .learned, "
        + "on: some, epochs: 1)",
    ]
    for family in IndexFamily.all {
      calls["index" + family.name] = "index(prune(net, 50%), by: .\(family.name))"
    }
    for coder in Coder.all { calls["code" + coder.name] = "code(net, by: .\(coder.name))" }
    for rule in RoundingRule.all where rule.needsExamples {
      calls["quantize" + rule.name] = "quantize(net, rounding: .\(rule.name), bits: 3, on: some)"
    }
    for criterion in Criterion.all where criterion.evidence != .weights {
      let training = criterion.learns ? ", epochs: 1" : ""
      calls["prune" + criterion.name] =
        "prune(net, 50%, by: .\(criterion.name), on: some\(training))"
    }
    let block = "conv(4, 3, padding: 1)\n  batchnorm()\n  activation .relu"
    let images =
      "network(input: [1, 8, 8]) {\n  \(block)\n  residual { \(block) }\n  flatten()\n  dense 10\n}"
    for name in ["batchnorm_scale"] {
      calls["prune" + name] = "prune(\(images), 50%, by: .\(name))"
    }
    for name in ["kernel", "filter", "layer"] {
      calls["prune" + name] = "prune(\(images), 50%, per: .\(name))"
    }
    calls["prunepattern"] = "prune(net, pattern: \"2:4\")"
    calls["pruneblock"] = "prune(net, 50%, block: [2, 2])"
    calls["prunehead"] =
      "prune(network(input: [8, 4]) {\n  attention heads: 2, queries: [dense(8, positions: true)], "
      + "keys: [dense(8, positions: true)], values: [dense(8, positions: true)]\n"
      + "  dense(8, positions: true)\n}, 50%, per: .head)"
    for schedule in PruningSchedule.all {
      calls["prune" + schedule.name] =
        "prune(net, 60%, on: some, epochs: 1, schedule: .\(schedule.name))"
    }
    return calls
  }()

  @Test func everyChoiceRuns() throws {
    let calls = [
      "optimizer": "train(net, on: some, epochs: 1, optimizer: .NAME)",
      "schedule": "train(net, on: some, epochs: 2, schedule: .NAME)",
      "loss": "train(net, on: some, epochs: 1, loss: .NAME)", "by": "prune(net, 50%, by: .NAME)",
      "per": "prune(net, 50%, per: .NAME)",
      "grid": "quantize(net, grid: .NAME)", "range": "quantize(net, range: .NAME, bits: 3)",
      "activation_range": "quantize(net, activations: 8, activation_range: .NAME, on: some)",
      "activation_grid": "quantize(net, activations: 8, activation_grid: .NAME, on: some)",
      "dynamic": "quantize(net, activations: 8, dynamic: .NAME)",
      "rounding": "quantize(net, rounding: .NAME)",
      "function": "network(input: 4) { activation .NAME }", "machine": "target .NAME",
      "on": "estimate(net, on: .NAME)\nobjections(net, on: .NAME)",
    ]
    let bench = Workbench()
    bench.run("data = load \"digits\"\nsome = data.train[0..<40]\nnet = mlp [64, 16, 10]")
    for table in Self.tables {
      guard let call = calls[table.parameter] else { continue }
      for name in table.names {
        let code = Self.special[table.word + name] ?? call.replacing("NAME", with: name)
        let cell = bench.run(code)
        #expect(cell.error == nil, "\(code): \(cell.message)")
      }
    }
  }
}
