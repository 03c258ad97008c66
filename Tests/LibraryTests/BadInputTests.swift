// What a user may get wrong: each has its code, marks its argument, and says what to do.
import Interpreter
import Testing

@Suite struct BadInputTests {
  struct Slip: Sendable, CustomTestStringConvertible {
    let code: String
    let error: String
    var marks: String?
    var says: String?
    var help: String?
    var testDescription: String { code }
  }

  static let slips = [
    Slip(code: "prun(net, 90%)", error: "E0201", marks: "prun", help: "prune"),
    Slip(code: "prune(net, 90%, b: .magnitude)", error: "E0204", help: "by"),
    Slip(code: "prune(net, 90%, scop: .global)", error: "E0204", help: "scope"),
    Slip(code: "prune(net, 90%, by: .magnitud)", error: "E0203", help: ".magnitude"),
    Slip(code: "quantize(net, grid: .symetric)", error: "E0203", help: ".symmetric"),
    Slip(code: "prune(net, 90)", error: "E0207", marks: "90", help: "90%"),
    Slip(code: "n = 90\nprune(net, n)", error: "E0207", marks: "n", help: "90%"),
    Slip(code: "prune(net, 100%)", error: "E0207", marks: "100%"),
    Slip(code: "prune(net, -1%)", error: "E0207"),
    Slip(code: "quantize(net, bits: 33)", error: "E0207", marks: "33"),
    Slip(code: "quantize(net, bits: 2.5)", error: "E0207", marks: "2.5"),
    Slip(code: "quantize(net, group: 0)", error: "E0207", marks: "0"),
    Slip(
      code: "quantize(net, activations: 8, on: random([10, 63]))", error: "E0504",
      marks: "random([10, 63])"),
    Slip(code: "quantize(net, activations: 8, on: [1, 2, 3])", error: "E0504"),
    Slip(code: "quantize(net, activations: 8, on: 5)", error: "E0504", marks: "5"),
    Slip(
      code: "quantize(lenet5(), activations: 8, on: data.train)", error: "E0504",
      marks: "data.train"),
    Slip(code: "quantize(net, activation_range: .mse)", error: "E0205", marks: ".mse"),
    Slip(code: "quantize(net, activation_grid: .symmetric)", error: "E0205"),
    Slip(code: "quantize(net, batch: 64)", error: "E0205", marks: "64"),
    Slip(code: "quantize(net, schedule: .cosine)", error: "E0205", marks: ".cosine"),
    Slip(code: "quantize(net, optimizer: .sgd)", error: "E0205", marks: ".sgd"),
    Slip(
      code: "quantize(net, range: .percentile, percentile: 99)", error: "E0207", marks: "99",
      help: "did you mean 99%?"),
    Slip(code: "estimate(net, on: .avx2, efficiency: 29)", error: "E0207", help: "29%"),
    Slip(
      code: "quantize(net, grid: .binary, group: 8)", error: "E0611", marks: "8", says: "`group`"),
    Slip(
      code: "quantize(net, grid: .ternary, range: .learned)", error: "E0611", says: "another one"),
    Slip(
      code: "quantize(net, except: [\"dense1\", \"dense2\"])", error: "E0608",
      says: "not left out"),
    Slip(
      code: "quantize(net, activations: 16, on: data.train, for: .cortexM4)", error: "E0615",
      help: "activation_grid: .symmetric"),
    Slip(
      code: "arithmetic(quantize(net, activations: 8, dynamic: .batch), .integer)", error: "E0514",
      help: "dynamic: .sample"),
    Slip(code: "quantize(net, activations: 1, integer: true)", error: "E0514", help: ".xnor"),
    Slip(code: "sensitivity(net, on: data.train, samples: 1)", error: "E0611", marks: "1"),
    Slip(code: "svd(net, rank: 500)", error: "E0604", marks: "500", says: "from 1 to 16"),
    Slip(code: "svd(net, energy: 300%)", error: "E0605", marks: "300%"),
    Slip(code: "svd(net, bytes: 10B)", error: "E0606", marks: "10B"),
    Slip(code: "svd(net, bytes: -1e19)", error: "E0207", marks: "-1e19"),
    Slip(code: "svd(net, bytes: log(-1) * 1KB)", error: "E0207", marks: "log(-1) * 1KB"),
    Slip(code: "svd(net, bytes: 3ms)", error: "E0207", marks: "3ms"),
    Slip(code: "svd(net)", error: "E0206"),
    Slip(code: "svd(net, rank: 2, energy: 50%)", error: "E0206"),
    Slip(
      code: "prune(net, 50%, layers: [\"dens1\"])", error: "E0607", marks: "[\"dens1\"]",
      help: "dense1"),
    Slip(
      code: "prune(net, 50%, except: [\"dens1\"])", error: "E0607", marks: "[\"dens1\"]",
      help: "dense1"),
    Slip(code: "prune(net, 50%, except: [\"dense1\"], layers: [\"dense2\"])", error: "E0205"),
    Slip(code: "prune(net, 50%, by: .l1, on: data.train, epochs: 1)", error: "E0611", marks: "1"),
    Slip(code: "prune(net)", error: "E0206", says: "`sparsity`, `count`, `below`"),
    Slip(code: "prune(net, 50%, count: 3)", error: "E0206", marks: "3"),
    Slip(code: "prune(net, (dense1: 90))", error: "E0207", marks: "(dense1: 90)", help: "90%"),
    Slip(code: "prune(net, (dense7: 90%))", error: "E0607", help: "dense"),
    Slip(code: "prune(net, [50%, 40%, 30%, 20%])", error: "E0207", help: "dense1"),
    Slip(code: "prune(net, 50%, by: .taylor)", error: "E0619", marks: ".taylor", help: "on:"),
    Slip(
      code: "prune(net, 50%, by: .taylor, on: data.train.inputs)", error: "E0207",
      marks: "data.train.inputs"),
    Slip(code: "prune(net, 50%, on: data.train)", error: "E0205", marks: "data.train"),
    Slip(code: "prune(net, 50%, multiple: 4)", error: "E0611", marks: "4"),
    Slip(code: "prune(net, 50%, examples: 9)", error: "E0205", marks: "9"),
    Slip(code: "prune(net, 50%, rate: 0.1)", error: "E0205", marks: "0.1"),
    Slip(code: "prune(net, 50%, by: .movement)", error: "E0611", says: "training"),
    Slip(
      code: "prune(net, 50%, by: .movement, scope: .global, on: data.train, epochs: 1)",
      error: "E0611", marks: ".global"),
    Slip(code: "prune(net, 50%, by: .apoz, per: .weight)", error: "E0609", marks: ".apoz"),
    Slip(code: "prune(net, 99.99%)", error: "E0617", says: "dense"),
    Slip(code: "prune(net, 50%, per: .kernel)", error: "E0608"),
    Slip(code: "prune(net, 50%, per: .unit, scope: .row)", error: "E0611", marks: ".row"),
    Slip(code: "prune(net, 50%, per: .block)", error: "E0611"),
    Slip(code: "prune(net, 50%, block: [7, 7])", error: "E0616", marks: "[7, 7]", help: "except"),
    Slip(code: "prune(net, 50%, block: [0, 7])", error: "E0207", marks: "[0, 7]"),
    Slip(code: "prune(net, pattern: \"2:5\")", error: "E0618", marks: "\"2:5\"", help: "except"),
    Slip(code: "prune(net, pattern: \"4:2\")", error: "E0207", marks: "\"4:2\""),
    Slip(code: "prune(net, pattern: \"x\")", error: "E0207", marks: "\"x\""),
    Slip(code: "prune(net, bytes: 20B)", error: "E0606", marks: "20B"),
    Slip(code: "prune(net, macs: 0)", error: "E0606", marks: "0"),
    Slip(code: "prune(net, macs: 3ms)", error: "E0207", marks: "3ms"),
    Slip(code: "prune(net, count: 100000)", error: "E0611", marks: "100000"),
    Slip(code: "prune(net, below: log(-1))", error: "E0611"),
    Slip(
      code: "prune(net, count: 5, on: data.train, epochs: 1)", error: "E0611", marks: "1"),
    Slip(
      code: "prune(net, 50%, on: data.train, epochs: 1, from: 60%)", error: "E0611", marks: "60%"),
    Slip(code: "prune(net, 50%, on: data.train, epochs: 1, power: 0)", error: "E0611", marks: "0"),
    Slip(code: "network(input: 64) {\n  dense 10\n  conv(3, 3)\n}", error: "E0501", says: "[10]"),
    Slip(
      code: "network(input: [1, 4, 4]) { conv(8, 5) }", error: "E0501",
      says: "and the network's input is [1, 4, 4]"),
    Slip(
      code: "network(input: [1, 4, 4]) {\n  conv 8, 3\n  maxpool 9\n}", error: "E0501",
      says: "of at least 9×9, and the layer before it gives [8, 2, 2]"),
    Slip(
      code: "network(input: [6, 5]) { attention heads: 4, queries: [], keys: [], values: [] }",
      error: "E0501", says: "units that divide into 4 heads, and its inputs are [6, 5] and"),
    Slip(
      code: "network(input: [2, 4, 4]) { branches([[], [conv(3, 3)]], join: .multiply) }",
      error: "E0501", says: "or a second with one number for each unit"),
    Slip(
      code: "network(input: [2, 4, 4]) { branches([[], [conv(3, 3)]], join: .add) }",
      error: "E0501", says: "its inputs are [2, 4, 4] and [3, 2, 2]"),
    Slip(code: "branches([[], []], join: .multipl)", error: "E0203", help: ".multiply"),
    Slip(
      code: "network(input: [16, 5]) { dense 3 }", error: "E0501", says: "`positions: true`"),
    Slip(
      code: "network(input: 16) { dense 3, positions: true }", error: "E0501",
      says: "units at positions [units, positions]"),
    Slip(
      code: "network(input: [1, 2, 2]) { maxpool 3, ceil: true }", error: "E0501",
      says: "of at least 3×3"),
    Slip(
      code: "network(input: 8) { class_token() }", error: "E0501",
      says: "a sequence [units, positions]"),
    Slip(
      code: "network(input: [8, 20]) { position_embedding 10 }", error: "E0501",
      says: "at most 10 positions, and the network's input is [8, 20]"),
    Slip(code: "slice 3", error: "E0207", marks: "3", says: "a range"),
    Slip(code: "slice 4..<4", error: "E0207", marks: "4..<4", help: "such as 0..<58"),
    Slip(code: "slice 4..<9, axis: 8", error: "E0207", marks: "8", says: "from 0 to 7"),
    Slip(code: "attention(heads: 0, queries: [], keys: [], values: [])", error: "E0207"),
    Slip(code: "attention(heads: 2, queries: [])", error: "E0206", says: "`keys`"),
    Slip(code: "layernorm(epsilon: 0)", error: "E0207", marks: "0", says: "from 1e-12 to 1"),
    Slip(code: "channel_shuffle 0", error: "E0207", marks: "0"),
    Slip(
      code: "network(input: 4) { branches [] }", error: "E0207", marks: "[]",
      says: "at least one branch"),
    Slip(
      code: "network(input: 64) {\n  flatten\n  dense 10\n}", error: "E0207",
      says: "got the function flatten as item 1", help: "write flatten()"),
    Slip(
      code: "network(input: 64) {\n  dense 10\n  conv\n}", error: "E0207",
      says: "got the function conv as item 2", help: "conv(12, 3, .relu)"),
    Slip(
      code: "fn block(n) { dense n }\nnetwork(input: 64) { block }", error: "E0207",
      says: "got the function block as item 1", help: "block(n)"),
    Slip(
      code: "network(input: 64) {\n  train\n}", error: "E0207", says: "got the function train",
      help: "such as dense(10)"),
    Slip(code: "network(input: 64) { 5 }", error: "E0207", says: "got 5 as item 1"),
    Slip(
      code: "network(input: 64, layers: [dense(10), 5])", error: "E0207",
      says: "`layers` must be layers, got 5 as item 2", help: "dense(10)"),
    Slip(
      code: "network(input: 64, layers: [dense(10), [5]])", error: "E0207",
      says: "got 5 as item 1 of item 2"),
    Slip(
      code: "branches [[dense(3)], [softmax]]", error: "E0207",
      says: "got the function softmax as item 1", help: "write softmax()"),
    Slip(code: "network(input: 64, layers: [])", error: "E0509"),
    Slip(code: "network(input: 0) { dense 1 }", error: "E0508", marks: "0"),
    Slip(
      code: "train(mlp([64, 5]), on: data.train)", error: "E0505", marks: "data.train",
      says: "label"),
    Slip(
      code: "train(mlp([10, 10]), on: data.train)", error: "E0504", marks: "data.train",
      says: "[64]"),
    Slip(code: "accuracy(mlp([10, 10]), on: data.test)", error: "E0504", marks: "data.test"),
    Slip(code: "accuracy(mlp([64, 5]), on: data.test)", error: "E0505", marks: "data.test"),
    Slip(code: "confusion(mlp([64, 5]), on: data.test)", error: "E0505", marks: "data.test"),
    Slip(code: "measure(mlp([64, 5]), on: data.test)", error: "E0505", marks: "data.test"),
    Slip(code: "measure()", error: "E0206"),
    Slip(code: "train(net, on: data)", error: "E0207", marks: "data", help: "data.train"),
    Slip(
      code: "train(net, on: data.train, epochs: 1, rate: 1e30)", error: "E0507",
      says: "step 2 of epoch 1", help: "the network stays as it was before"),
    Slip(
      code: "train(net, on: data.train, momentum: 0.9)", error: "E0508", marks: "0.9", says: "sgd"),
    Slip(
      code: "finetune(net, on: data.train, optimizer: .adamw, nesterov: true)", error: "E0508",
      marks: "true", says: "sgd"),
    Slip(
      code: "train(net, on: data.train, patience: 3)", error: "E0508", marks: "3",
      says: "`validation` or `holdout`"),
    Slip(
      code: "train(net, on: data.train, gamma: 0.5)", error: "E0508", marks: "0.5", says: "step"),
    Slip(code: "train(net, on: data.train, every: 2)", error: "E0508", marks: "2", says: "step"),
    Slip(code: "train(net, on: data.train, rate: -1)", error: "E0508", marks: "-1"),
    Slip(code: "train(net, on: data.train, momentum: 2)", error: "E0508", marks: "2"),
    Slip(
      code: "train(net, on: data.train, frozen: [\"dense9\"])", error: "E0512",
      marks: "[\"dense9\"]", help: "dense"),
    Slip(code: "train(net, on: data.train, loss: .distillation)", error: "E0203"),
    Slip(code: "train(net, on: data.train, optimizer: .adm)", error: "E0203", help: ".adam"),
    Slip(code: "distill(net, teacher: mlp([64, 5]), on: data.train)", error: "E0611"),
    Slip(
      code: "distill(net, teacher: net, on: data.train, mix: 200%)", error: "E0611", marks: "200%"),
    Slip(code: "data.train[0..<9999]", error: "E0309"),
    Slip(code: "data.train[-1...3]", error: "E0309"),
    Slip(code: "data.train[3]", error: "E0308"),
    Slip(code: "data.tran", error: "E0305", help: "train"),
    Slip(code: "net[\"dense1.wight\"]", error: "E0309", help: "dense1.weight"),
    Slip(code: "net[0]", error: "E0308"),
    Slip(code: "load \"digit\"", error: "E0714", help: "digits"),
    Slip(code: "load \"\"", error: "E0715"),
    Slip(code: "load \"there/is/no.cnbm\"", error: "E0701", says: "`there/is/no.cnbm`"),
    Slip(code: "save(net, \"net.docx\")", error: "E0706", says: "`net.docx` was not written"),
    Slip(
      code: "save(net, \"no/such/folder/net.cnbm\")", error: "E0710",
      says: "`no/such/folder/net.cnbm`"),
    Slip(code: "save(tensor([1]), \"t.cnbm\")", error: "E0712"),
    Slip(code: "save(\"text\", \"t.npy\")", error: "E0716"),
    Slip(code: "save((a: \"text\"), \"t.npz\")", error: "E0716"),
    Slip(code: "zeros([1e9])", error: "E0207"),
    Slip(code: "zeros([100000, 100000, 100000, 100000, 100000])", error: "E0207"),
    Slip(code: "ones([-1])", error: "E0207"),
    Slip(code: "random([1e9])", error: "E0207"),
    Slip(code: "normal([70000, 70000])", error: "E0207"),
    Slip(code: "reshape(zeros([4]), [1e9, 1e9])", error: "E0405"),
    Slip(code: "reshape(zeros([4]), [-1, 2, 0])", error: "E0405"),
    Slip(code: "tensor(0..<1e9)", error: "E0301"),
    Slip(code: "tensor(-9e18..<9e18)", error: "E0301"),
    Slip(code: "tensor([[1, 2], [3]])", error: "E0401"),
    Slip(code: "map(0..<1e12, x => x)", error: "E0207"),
    Slip(code: "matmul(ones([2, 3]), ones([2, 3]))", error: "E0402"),
    Slip(code: "quantile([1, 2], 300%)", error: "E0406"),
    Slip(code: "quantile([], 50%)", error: "E0406"),
    Slip(code: "mean([])", error: "E0406"),
    Slip(code: "mean([1, \"a\"])", error: "E0307"),
    Slip(code: "sum([net.bytes, net.nonzeros])", error: "E0307"),
    Slip(code: "sort([net.bytes, net.gzip])", error: "E0307"),
    Slip(code: "sort([1, \"a\"])", error: "E0301"),
    Slip(code: "seed(-1)", error: "E0207"),
    Slip(code: "seed(0.5)", error: "E0207"),
    Slip(code: "sum(ones([2, 2]), axis: 5)", error: "E0403"),
    Slip(code: "round(1, digits: 99)", error: "E0207"),
    Slip(code: "plot([(a: 1, b: 2)], x: \"a\", y: \"c\")", error: "E0309"),
    Slip(code: "plot \"words\"", error: "E0310"),
    Slip(code: "line([1, 2], [1])", error: "E0310", marks: "[1]"),
    Slip(code: "line([net.bytes], [1])", error: "none"),
    Slip(code: "plot [net.bytes, net.gzip]", error: "E0307"),
    Slip(code: "dropout 150%", error: "E0502", marks: "150%", says: "99.9%, got 150%"),
    Slip(code: "dense 0", error: "E0207"),
    Slip(code: "conv(8, 0)", error: "E0502", marks: "0", says: "conv: `kernel`"),
    Slip(code: "conv 8, 3, stride: 0", error: "E0502", marks: "0", says: "from 1 to 1024, got 0"),
    Slip(code: "conv(8, 3, padding: -1)", error: "E0502", marks: "-1", says: "got -1"),
    Slip(code: "conv(8, 3, padding: [3, 1])", error: "E0502", marks: "[3, 1]", says: "got [3, 1]"),
    Slip(code: "conv(8, 3, groups: 3)", error: "E0502", marks: "3", says: "got 3"),
    Slip(code: "maxpool 0", error: "E0502", marks: "0", says: "maxpool: `size`"),
    Slip(code: "conv(8, [3, 3, 3])", error: "E0207"),
    Slip(code: "embedding(1e12, 3)", error: "E0207"),
    Slip(code: "view [-1]", error: "E0502", marks: "[-1]", says: "view: `shape`"),
  ]

  @Test(arguments: slips) func slipsAreCoded(slip: Slip) throws {
    let folder = try Folder()
    let bench = Workbench(folder.path)
    bench.run("data = load \"digits\"\nnet = mlp [64, 16, 10]")
    let cell = bench.run(slip.code)
    #expect(cell.code ?? "none" == slip.error, "\(cell.message)")
    if let marks = slip.marks { #expect(cell.marked == marks) }
    if let says = slip.says {
      #expect(cell.message.contains(says), "\(cell.message)")
    }
    if let help = slip.help {
      #expect(cell.help?.contains(help) == true, "\(cell.help ?? "no help")")
    }
    #expect(folder.names.isEmpty)
  }

  /// 150% is no slip for 1.5%.
  @Test func percentsAreTakenAtTheirWord() {
    let bench = Workbench()
    let cell = bench.run("prune(mlp([64, 10]), 150%)")
    #expect(cell.code == "E0207")
    #expect(cell.help == nil)
  }

  @Test func lastGoodWeightsSurviveDivergence() {
    let bench = Workbench()
    let cell = bench.run(
      "data = load \"digits\"\ntrain(mlp([64, 16, 10]), on: data.train, epochs: 2, rate: 1e30)")
    #expect(cell.code == "E0507")
    bench.session.bind("kept", cell.last)
    let kept = bench.run("accuracy(kept, on: data.test) >= 0%")
    #expect(kept.text == "true")
  }

  /// What the help of E0507 says: the name is not bound anew.
  @Test func divergenceLeavesTheNetworkAsItWas() {
    let bench = Workbench()
    bench.run(
      "data = load \"digits\"\nnet = mlp [64, 16, 10]\nbefore = accuracy(net, on: data.test)")
    let cell = bench.run("net = train(net, on: data.train, epochs: 2, rate: 1e30)")
    #expect(cell.code == "E0507")
    #expect(bench.run("accuracy(net, on: data.test) == before").text == "true")
  }

  @Test func numbersThatAreNoneDoNotTrap() {
    let bench = Workbench()
    for code in [
      "x = log(-1)", "round x", "floor x", "tensor([x, 1])", "plot [x, 1]", "histogram [x, 1]",
      "sort [x, 1]", "mean [x, 1]", "argmax [x, 1]", "clip([x], 0, 1)", "sign x", "x * 1KB",
      "x * 1ms", "x * 90%", "1e300 * 1KB", "1e300 * 1ms", "heatmap [[x, 1], [2, 3]]",
      "[(a: x * 1KB, b: x * 1%)]", "zeros [x]", "[1, 2][x]", "tensor([1, 2])[x]", "0...x",
      "seed x", "net = mlp [64, x, 10]", "quantile([1, 2], x)", "abs(x * 1KB)",
      "bars([\"a\"], [x])",
      "exp 1000", "log 0", "exp(1000) * 1KB", "exp(1000) * 1%", "plot [exp(1000), 1]",
    ] { _ = bench.run(code) }
  }
}
