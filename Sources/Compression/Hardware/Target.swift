// A machine that a network is made for: what it can multiply, what it can hold, how fast it moves
// bytes, and what that costs. Every figure carries its source.
import Encodings

/// A memory of a machine.
package struct Store: Sendable {
  /// Such as "flash", "SRAM".
  package let name: String
  package let bytes: Figure
  /// Bytes in a second, at most; of a cache with all cores reading.
  package let bandwidth: Figure

  package init(_ name: String, bytes: Figure, bandwidth: Figure) {
    self.name = name
    self.bytes = bytes
    self.bandwidth = bandwidth
  }
}

/// What the energy of an inference follows from.
package enum EnergyModel: Sendable {
  /// The power of the whole machine at work, for as long as it works.
  case power(Figure)
  /// Joules of one multiply-accumulate, and of one byte from each memory.
  case work(multiplyAccumulate: Figure, weightByte: Figure, activationByte: Figure)
}

/// What a machine cannot do with a layer.
package struct LayerLimits: Sendable {
  /// Kinds of layers and names of activations that do not run there.
  package let missing: [String]
  /// The largest stride, and the largest kernel (in one direction, in both) of a convolution.
  package let stride: Int
  package let kernel: Int
  package let kernelArea: Int
  package let source: String

  package init(missing: [String], stride: Int, kernel: Int, kernelArea: Int, _ source: String) {
    self.missing = missing
    self.stride = stride
    self.kernel = kernel
    self.kernelArea = kernelArea
    self.source = source
  }
}

package struct Target: Sendable {
  /// As the language writes it.
  package let name: String
  /// In one sentence, with the machine that the figures are of.
  package let summary: String
  /// A machine that one can buy.
  package let machine: String
  package let cores: Figure
  /// Cycles in a second.
  package let clock: Figure
  /// What it multiplies; fp32, where it has that, is what other formats are unpacked to.
  package let formats: [ComputeFormat]
  /// Where weights rest.
  package let weights: Store
  /// Where activations live; the same memory as that of the weights where the names are the same.
  package let activations: Store
  /// What both are read from where all of them fit into it, as when the same network runs again and again.
  package let cache: Store?
  package let energy: EnergyModel
  package let limits: LayerLimits?
  /// What somebody should know who believes these figures.
  package let notes: [String]

  package init(
    _ name: String, _ summary: String, machine: String, cores: Figure, clock: Figure,
    formats: [ComputeFormat], weights: Store, activations: Store, cache: Store? = nil,
    energy: EnergyModel, limits: LayerLimits? = nil, notes: [String]
  ) {
    self.name = name
    self.summary = summary
    self.machine = machine
    self.cores = cores
    self.clock = clock
    self.formats = formats
    self.weights = weights
    self.activations = activations
    self.cache = cache
    self.energy = energy
    self.limits = limits
    self.notes = notes
  }

  /// In order of increasing size.
  package static let all: [Target] = [
    cortexM4, cortexM7, int8NPU, armDotProduct, avx2, avx512VNNI, sparseGPU,
  ]

  /// Weights and activations share one memory.
  package var hasOneMemory: Bool { weights.name == activations.name }

  /// What other formats are unpacked to; nil where there is nothing.
  package var emulation: ComputeFormat? { formats.first { $0.isFP32 } }

  /// Multiply-accumulates in a second on so many cores, at most.
  package func peak(_ format: ComputeFormat, cores: Int? = nil) -> Double {
    format.perCycle.value * clock.value * Double(cores ?? Int(self.cores.value))
  }

  /// One figure in a table: what it is, its value with its unit, and its source.
  package struct Fact: Sendable {
    package let what: String
    package let figure: Figure
    package let unit: Unit
    package enum Unit: Sendable {
      case count, hertz, bytes, bytesPerSecond, perCycle, watts, joules
    }

    init(_ what: String, _ figure: Figure, _ unit: Unit) {
      self.what = what
      self.figure = figure
      self.unit = unit
    }
  }

  /// Every figure of this machine.
  package var facts: [Fact] {
    var facts = [Fact("cores", cores, .count), Fact("clock", clock, .hertz)]
    facts += formats.map { Fact("MACs, \($0.name)", $0.perCycle, .perCycle) }
    var stores = [weights]
    if !hasOneMemory { stores.append(activations) }
    if let cache { stores.append(cache) }
    for store in stores {
      facts.append(Fact("\(store.name) size", store.bytes, .bytes))
      facts.append(Fact("\(store.name) bandwidth", store.bandwidth, .bytesPerSecond))
    }
    switch energy {
    case .power(let power): facts.append(Fact("power at work", power, .watts))
    case .work(let operation, let weight, let activation):
      facts.append(Fact("energy of a MAC", operation, .joules))
      facts.append(Fact("energy of a byte from \(weights.name)", weight, .joules))
      facts.append(Fact("energy of a byte from \(activations.name)", activation, .joules))
    }
    return facts
  }
}
