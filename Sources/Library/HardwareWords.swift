// Words about machines that are not here: target, estimate, objections. Nothing here measures.
import Charts
import Compression
import Interpreter
import Networks

enum HardwareWords {
  static let all = [target, estimate, objections]

  static let target = Builtin(
    "target", "A machine that networks are made for: every figure of it, with its source.",
    Parameter<Target>("machine", "which one"),
    details:
      "formats: weights × activations that its libraries multiply, with the multiply-accumulates in a "
      + "second that it reaches at most. memories: where weights rest, where activations live, and the "
      + "cache that both are read from where they fit into it. What nobody has read in its source is "
      + "marked as not verified.",
    examples: [
      Example("target(.cortexM4).machine", shows: "STM32F407 (Cortex-M4 with FPU)"),
      Example("target(.cortexM4).memories[0].bytes < 2MB", shows: "true"),
    ], seeAlso: ["estimate", "objections"]
  ) { _, machine -> TargetValue in TargetValue(machine) }

  static let estimate = Builtin(
    "estimate",
    "Predicts from data sheets whether a network fits a machine, its time and its energy.",
    Parameter<NetworkValue>("network", "any network"),
    Parameter<Machines?>("on", "a machine, or a list of them; all without"),
    Parameter<Int?>(
      "cores", "that work on it; all of the machine's without",
      rule: .init("from 1") { $0.map { $0 >= 1 } ?? true }),
    Parameter<Fraction>(
      "efficiency", "the share that is reached of what the machine computes and moves at most",
      default: Fraction(1),
      rule: .init(
        "above 0% and at most 100%", help: { $0.meantAsPercent("efficiency") },
        allows: { $0.share > 0 && $0.share <= 1 })
    ),
    details:
      "Nothing is measured. A layer takes the longer of two times: its operations at the peak of its "
      + "format, and its bytes at the bandwidth of the memory they are in (the roofline). Without "
      + "`efficiency` both are what the data sheet has at its clock: most kernels are slower; fewer "
      + "products, or a processor above its clock, can be faster. activations: the most that is alive at a "
      + "time, in the order of the layers. energy: power × time, or work × energy of each operation and "
      + "byte. A layer whose format the machine lacks is unpacked to fp32 (emulated), or cannot run "
      + "(illegal): then there is no time.",
    source: "Williams et al. 2009, doi:10.1145/1498765.1498785; Horowitz 2014, "
      + "doi:10.1109/ISSCC.2014.6757323",
    examples: [
      Example("estimate(mlp([64, 16, 10]), on: .cortexM4).fits", shows: "true"),
      Example("estimate(mlp([64, 16, 10]), on: .int8_npu).illegal", shows: "2"),
    ], seeAlso: ["target", "objections", "measure", "quantize"]
  ) { context, network, machines, cores, efficiency -> Value in
    func one(_ target: Target) throws -> EstimateRow {
      try context.checkInterrupt()
      let estimate = try Marking.arguments {
        try Estimate(network.network, on: target, cores: cores, efficiency: efficiency.share)
      }
      return EstimateRow(estimate, of: network)
    }
    guard let machines else { return .list(try Target.all.map { .record(try one($0).fields) }) }
    if let only = machines.only { return .record(try one(only).allFields) }
    return .list(try machines.items.map { .record(try one($0).fields) })
  }

  static let objections = Builtin(
    "objections", "Says what of a network a machine cannot run as it is, why, and what it could.",
    Parameter<NetworkValue>("network", "any network"),
    Parameter<Target>("on", "the machine", named: true),
    details:
      "emulated: unpacked to fp32 on the way, so right, and no faster than fp32. illegal: it does not "
      + "run. Which formats a machine has is what the library has kernels for that people use there.",
    examples: [
      Example("objections(mlp([64, 16, 10]), on: .cortexM4).count", shows: "0"),
      Example("objections(mlp([64, 16, 10]), on: .int8_npu).rows[0].asked", shows: "fp32"),
    ], seeAlso: ["estimate", "target", "quantize"]
  ) { _, network, target -> ObjectionsValue in
    ObjectionsValue(target.objections(to: network.network), target)
  }
}

extension Target: TableEntry { static var noun: String { "a machine" } }

/// One machine, or a list of them.
struct Machines: Bridged {
  let items: [Target]
  /// Where one was asked for, and not a list.
  let only: Target?
  static var kind: String { "a machine or a list of them" }
  static var choices: [Choice] { Target.choices }

  init(from value: Value) throws(Mismatch) {
    guard case .list(let list) = value else {
      let target = try Target(from: value)
      (items, only) = ([target], target)
      return
    }
    guard !list.items.isEmpty else { throw Mismatch("at least one machine") }
    var items: [Target] = []
    for item in list.items { items.append(try Target(from: item)) }
    (self.items, only) = (items, nil)
  }

  var bridged: Value { only?.bridged ?? .list(items.map(\.bridged)) }
}

/// An estimate as a row of a table, and as a record of its own with its layers.
private struct EstimateRow {
  let estimate: Estimate
  let network: NetworkValue

  init(_ estimate: Estimate, of network: NetworkValue) {
    self.estimate = estimate
    self.network = network
  }

  /// What is compared from machine to machine.
  var fields: [(name: String, value: Value)] {
    let weights = Double(estimate.weightBytes)
    return [
      ("target", .choice(estimate.target.name)), ("fits", .boolean(estimate.fits)),
      ("lacks", estimate.fits ? .none : .text(lacks)),
      ("illegal", .number(Double(estimate.illegalCount))),
      ("latency", estimated(estimate.seconds, .seconds)),
      ("energy", estimated(estimate.joules, .joules)),
      ("weights", .quantity(weights, .bytes(.plain), mark: network.sizeMark(weights))),
      ("activations", .quantity(Double(estimate.memory.peak), .bytes(.plain))),
      ("emulated", .number(Double(estimate.emulatedCount))),
    ]
  }

  var allFields: [(name: String, value: Value)] {
    let head: [(name: String, value: Value)] = [
      ("estimate", .text("from data sheets, not measured")),
      ("machine", .text(estimate.target.machine)),
    ]
    return head + fields + [
      ("operations", .quantity(estimate.operations, .count(.plain))),
      ("memory_bound", estimated(estimate.memoryShare, .fraction)),
      ("busiest", .text(estimate.busiestLayer)),
      ("read_from", .text(readFrom)),
      ("layers", .list(estimate.layers.map { .record(row($0)) })),
    ]
  }

  private var lacks: String {
    estimate.lacking.map { "\(NumberText.bytes($0.bytes)) of \($0.memory)" }
      .joined(separator: ", ")
  }

  private var readFrom: String {
    let target = estimate.target
    if estimate.runsFromCache, let cache = target.cache { return cache.name }
    return target.hasOneMemory
      ? target.weights.name : "\(target.weights.name) and \(target.activations.name)"
  }

  private func estimated(_ value: Double?, _ unit: Quantity.Unit) -> Value {
    value.map { .quantity($0, unit, mark: $0 == 0 ? .exact : .estimated) } ?? .none
  }

  private func row(_ layer: LayerEstimate) -> [(name: String, value: Value)] {
    let bytes = layer.weightBytes + layer.activationBytes
    let runs = layer.standing != .illegal
    return [
      ("layer", .text(layer.layer)), ("runs", .text(layer.format)),
      ("operations", .quantity(layer.operations, .count(.plain))),
      ("bytes", .quantity(bytes, .bytes(.plain))),
      ("bound", .text(bytes == 0 && layer.operations == 0 ? "" : bound(layer))),
      ("latency", estimated(runs ? layer.seconds : nil, .seconds)),
      ("energy", estimated(runs ? layer.joules : nil, .joules)),
      ("compute", estimated(runs ? layer.computeSeconds : nil, .seconds)),
      ("memory", estimated(runs ? layer.memorySeconds : nil, .seconds)),
    ]
  }

  private func bound(_ layer: LayerEstimate) -> String {
    switch layer.standing {
    case .illegal: "illegal"
    case .native, .emulated: layer.isMemoryBound ? "memory" : "compute"
    }
  }
}
