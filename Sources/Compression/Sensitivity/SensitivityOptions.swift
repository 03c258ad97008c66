// What is asked of a look at how sensitive layers are.
import Networks

package struct SensitivityOptions: Sendable {
  /// The numbers of bits that each layer is tried with, in this order.
  package var bits: [Int]
  /// How: all but the bits. Layers that are left out are neither looked at nor changed.
  package var weights: QuantizeOptions
  /// In the order of the result's columns.
  package var estimators: [SensitivityEstimator]
  /// Random vectors of the Hessian's trace.
  package var samples: Int
  /// Examples that are used, drawn without repetition; nil: 200, or all where there are fewer.
  package var examples: Int?
  /// Of the examples and the vectors.
  package var seed: UInt64

  package static let usualExamples = 200
  package static let samplesRange = 2...100_000

  package init(
    bits: [Int] = [4], _ weights: QuantizeOptions = QuantizeOptions(),
    estimators: [SensitivityEstimator] = SensitivityEstimator.all, samples: Int = 32,
    examples: Int? = nil, seed: UInt64 = 0
  ) {
    self.bits = bits
    self.weights = weights
    self.estimators = estimators
    self.samples = samples
    self.examples = examples
    self.seed = seed
  }

  /// - Parameter whole: the number of bits that stands for weights as they are, where it is a choice.
  func check(whole: Int? = nil) throws(CompressionError) {
    let grid = weights.grid
    guard grid.bits.count > 1, !grid.takesFraction else {
      throw .setting(name: "grid", wanted: "one with a choice of bits", got: grid.name)
    }
    if let range = weights.range, range.use == .training {
      throw .setting(name: "range", wanted: "one that needs no training", got: range.name)
    }
    guard !bits.isEmpty else {
      throw .setting(name: "bits", wanted: "at least one number of bits", got: "none")
    }
    for (i, bits) in bits.enumerated() {
      guard bits == whole || grid.bits.contains(bits) else {
        throw .bits(bits, wanted: grid.bits, grid: grid.name)
      }
      guard !self.bits[..<i].contains(bits) else {
        throw .setting(name: "bits", wanted: "each number once", got: "\(bits) twice")
      }
    }
    guard !estimators.isEmpty else {
      throw .setting(name: "estimators", wanted: "at least one", got: "none")
    }
    for (i, estimator) in estimators.enumerated()
    where estimators[..<i].contains(where: { $0.name == estimator.name }) {
      throw .setting(name: "estimators", wanted: "each once", got: "\(estimator.name) twice")
    }
    guard Self.samplesRange.contains(samples) else {
      throw .setting(
        name: "samples", wanted: "from 2 to 100000: one has no interval", got: "\(samples)")
    }
    if let examples, examples < 2 {
      throw .setting(
        name: "examples", wanted: "at least 2: one has no interval", got: "\(examples)")
    }
  }

  func quantization(bits: Int) -> QuantizeOptions {
    var options = weights
    options.bits = bits
    return options
  }
}
