// Estimates keep their laws on every machine, and agree with a calculation by hand.
import Compression
import Encodings
import Networks
import Tensors
import Testing

@Suite struct EstimateTests {
  static let names = Target.all.map(\.name)

  private func target(_ name: String) throws -> Target {
    try #require(Target.all.first { $0.name == name })
  }

  /// Images 1×16×16 through two convolutions and a dense layer, so many times as wide.
  private func net(_ width: Int) throws -> Network {
    let blueprint: [Blueprint] = [
      try Specimens.conv(8 * width, 3), .layer(try Activation(.relu)),
      try Specimens.conv(8 * width, 3),
      .layer(try MaxPool(size: [2, 2])), .layer(Flatten()), try Specimens.dense(16 * width),
      try Specimens.dense(10),
    ]
    return try Network.build(
      name: "net", input: [1, 16, 16], blueprint: blueprint, random: RandomStream(seed: 3))
  }

  /// Layers that can run on every machine: their sums are the totals.
  @Test(arguments: names) func totalsAreSums(name: String) throws {
    let estimate = try Estimate(try net(1), on: try target(name))
    let weights = estimate.layers.reduce(0) { $0 + $1.weightBytes }
    #expect(weights == Double(estimate.weightBytes))
    #expect(estimate.operations == estimate.layers.reduce(0) { $0 + $1.operations })
    #expect(estimate.memory.peak == estimate.memory.bytes.max())
    guard let seconds = estimate.seconds, let joules = estimate.joules else {
      #expect(estimate.illegalCount > 0)
      return
    }
    #expect(seconds == estimate.layers.reduce(0) { $0 + $1.seconds } && seconds > 0)
    #expect(joules == estimate.layers.reduce(0) { $0 + $1.joules } && joules > 0)
    let share = try #require(estimate.memoryShare)
    #expect((0...1).contains(share))
  }

  @Test(arguments: names) func widerIsNeverFaster(name: String) throws {
    let target = try target(name)
    var before = 0.0
    for width in 1...4 {
      let estimate = try Estimate(try net(width), on: target)
      let seconds = estimate.layers.reduce(0) { $0 + $1.seconds }
      #expect(seconds > before, "\(width)")
      before = seconds
    }
  }

  @Test(arguments: names) func fewerCoresAndLessEfficiencyAreNeverFaster(name: String) throws {
    let target = try target(name)
    let network = try net(1)
    let all = try Estimate(network, on: target)
    let one = try Estimate(network, on: target, cores: 1)
    let half = try Estimate(network, on: target, efficiency: 0.5)
    for (a, (b, c)) in zip(all.layers, zip(one.layers, half.layers)) {
      #expect(b.seconds >= a.seconds)
      #expect(abs(c.seconds - 2 * a.seconds) <= 1e-12 * c.seconds)
    }
  }

  @Test func moreMemoryNeverStopsFitting() throws {
    let network = try net(1)
    var fitted = false
    for factor in [0.001, 0.05, 0.1, 0.3, 1, 10] {
      let fits = try Estimate(network, on: Target.cortexM4.resized(by: factor)).fits
      #expect(fits || !fitted, "\(factor)")
      fitted = fits
    }
    #expect(fitted)
    let small = try Estimate(network, on: Target.cortexM4.resized(by: 0.001))
    #expect(small.lacking.map(\.memory) == ["flash", "SRAM"])
    let bytes = small.weightBytes - Int(Target.cortexM4.weights.bytes.value * 0.001)
    #expect(small.lacking.first?.bytes == bytes)
  }

  /// y = W x + b, 64 to 10, in fp32 on the Cortex-M4: 640 products at half a product in a cycle,
  /// 2606 bytes of parameters from flash, 296 bytes of activations.
  @Test func aDenseLayerByHand() throws {
    let network = try Network.build(
      name: "net", input: [64], blueprint: [try Specimens.dense(10)],
      random: RandomStream(seed: 3))
    let estimate = try Estimate(network, on: .cortexM4)
    let layer = estimate.layers[0]
    let stored = network.parameters.reduce(0) { $0 + $1.parameter.encoding.ledger.bits / 8 }
    #expect(layer.operations == 1280)
    #expect(layer.weightBytes == Double(stored))
    #expect(layer.activationBytes == 296)
    #expect(abs(layer.computeSeconds - 640 / (0.5 * 168e6)) < 1e-12)
    let moving = Double(stored) / (16 * 168e6 / 6) + 296 / (4 * 168e6)
    #expect(abs(layer.memorySeconds - moving) < 1e-12)
    #expect(layer.seconds == layer.memorySeconds || layer.seconds == layer.computeSeconds)
    #expect(abs(layer.joules - 0.132 * layer.seconds) < 1e-12)
  }

  /// 10 outputs take as long as 16 where 16 stand in a vector, rows of 25 as long as 28.
  @Test func restsTakeAsLongAsWholeVectors() throws {
    let network = try Network.build(
      name: "net", input: [1, 9, 9], blueprint: [try Specimens.conv(10, 5)],
      random: RandomStream(seed: 3))
    let layer = try Estimate(network, on: .avx512VNNI, cores: 1).layers[0]
    #expect(layer.operations == 2 * 10 * 25 * 25)
    #expect(abs(layer.computeSeconds - 16 * 25 * 25 / (16 * 2.4e9)) < 1e-15)
  }

  /// One filter for each channel keeps the channels beside each other.
  @Test func depthwiseFiltersFillVectors() throws {
    let network = try Network.build(
      name: "net", input: [32, 8, 8],
      blueprint: [try Specimens.conv(32, 3, padding: 1, groups: 32)],
      random: RandomStream(seed: 3))
    let layer = try Estimate(network, on: .avx512VNNI, cores: 1).layers[0]
    #expect(abs(layer.computeSeconds - 32 * 9 * 64 / (16 * 2.4e9)) < 1e-15)
  }

  /// All in 8 bits: what the small machines are made for. A quarter of the bytes, more than fp32's speed.
  @Test(arguments: names) func eightBitsRunEverywhere(name: String) throws {
    let target = try target(name)
    let small = try quantize(try net(1), QuantizeOptions(bits: 8)).network
    let format = ActivationFormat(.integer(bits: 8, isSymmetric: true))
    let activations = ActivationFormats(format, in: small)
    let estimate = try Estimate(small, on: target, activations: activations)
    #expect(estimate.objections.isEmpty, "\(estimate.objections)")
    let products = estimate.layers.filter { !$0.format.isEmpty }
    #expect(products.allSatisfy { $0.format.contains("int8 × int8") && $0.standing == .native })
    let seconds = try #require(estimate.seconds)
    let plain = try Estimate(try net(1), on: target)
    #expect(4 * estimate.memory.peak == plain.memory.peak)
    if let slower = plain.seconds { #expect(seconds < slower) }
  }

  /// CIFAR-10's network of Lai et al. 2018, table 1: 24.7 million operations. Their 99.1 ms on a
  /// Cortex-M7 at 216 MHz are the 29% of the peak that the machine's notes speak of.
  @Test func thePublishedRunReaches29Percent() throws {
    let relu = Blueprint.layer(try Activation(.relu))
    func conv(_ filters: Int) throws -> Blueprint {
      try Specimens.conv(filters, 5, padding: 2)
    }
    let pool = Blueprint.layer(try MaxPool(size: [3, 3], stride: [2, 2], padding: [1, 1]))
    let network = try Network.build(
      name: "cifar10", input: [3, 32, 32],
      blueprint: [
        try conv(32), relu, pool, try conv(32), relu, pool, try conv(64), relu, pool,
        .layer(Flatten()), try Specimens.dense(10),
      ], random: RandomStream(seed: 1))
    let products = Double(network.multiplyAccumulates)
    #expect(abs(2 * products / 24.7e6 - 1) < 0.01)
    let reached = products / 99.1e-3 / (2 * 216e6)
    #expect(abs(reached - 0.29) < 0.005)
  }

  @Test func settingsOutOfRangeAreRefused() throws {
    let network = try net(1)
    #expect(throws: CompressionError.self) { try Estimate(network, on: .cortexM4, cores: 2) }
    #expect(throws: CompressionError.self) { try Estimate(network, on: .avx2, cores: 0) }
    for efficiency in [0, -1, 1.5, .nan] {
      #expect(throws: CompressionError.self) {
        try Estimate(network, on: .avx2, efficiency: efficiency)
      }
    }
  }
}

extension Target {
  /// The same machine with memories so many times as large.
  fileprivate func resized(by factor: Double) -> Target {
    func resized(_ store: Store) -> Store {
      Store(
        store.name, bytes: Figure((store.bytes.value * factor).rounded(.down), "a test"),
        bandwidth: store.bandwidth)
    }
    return Target(
      name, summary, machine: machine, cores: cores, clock: clock, formats: formats,
      weights: resized(weights), activations: resized(activations), energy: energy, notes: notes)
  }
}
