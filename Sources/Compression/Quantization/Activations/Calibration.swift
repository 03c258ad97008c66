// What flows through a network on some examples, and the static grids that follow from it.
import Encodings
import Kernels
import Networks
import Tensors

/// What calibration saw of one place in a network.
struct ActivationObserver: Sendable {
  private(set) var least = Float.infinity
  private(set) var greatest = -Float.infinity
  private(set) var examples = 0
  /// The smallest and largest of each batch, in order.
  private(set) var batches: [(low: Float, high: Float)] = []
  private var positive = MagnitudeHistogram(upTo: 0)
  private var negative = MagnitudeHistogram(upTo: 0)

  /// Nothing seen is no number.
  var isFinite: Bool { least.isFinite && greatest.isFinite }

  /// The first look: ends.
  mutating func see(_ values: Tensor) {
    let extremes = Extremes(of: values.elements)
    let isWhole = extremes.areFinite
    least = isWhole ? min(least, extremes.least) : .nan
    greatest = isWhole ? max(greatest, extremes.greatest) : .nan
    batches.append((extremes.least, extremes.greatest))
    examples += values.shape.first ?? 0
  }

  /// Between the looks: bins up to the greatest magnitude.
  mutating func layOut() {
    let reach = max(0, max(greatest, -least))
    positive = MagnitudeHistogram(upTo: reach)
    negative = MagnitudeHistogram(upTo: reach)
  }

  /// The second look: how values are spread.
  mutating func count(_ values: Tensor) {
    let signed = values.elements
    positive.add(signed.filter { $0 >= 0 }[...])
    negative.add(signed.filter { $0 < 0 }[...])
  }

  /// The range that an estimator gives, and the step that covers it.
  func step(_ options: ActivationOptions) -> Step {
    guard case .uniform(let fit, _) = options.grid.kind else {
      preconditionFailure("activations have whole-number codes")
    }
    let settings = options.settings
    let quantizer = Quantizer(grid: options.grid, settings: settings, granularity: .tensor)
    let (low, high) = options.range.estimate(
      Observed(
        low: min(0, least), high: max(0, greatest),
        percentile: options.percentile ?? RangeEstimator.usualPercentile,
        levels: quantizer.levels, batches: batches,
        magnitudes: { positive.adding(negative) },
        meanMagnitude: {
          Float((positive.sum + negative.sum) / Double(max(1, positive.total + negative.total)))
        },
        error: { low, high in
          let step = fit(low, high, settings)
          return positive.squaredError(sign: 1, on: step)
            + negative.squaredError(sign: -1, on: step)
        }))
    return fit(low, high, settings)
  }
}

extension MagnitudeHistogram {
  /// Both histograms, of the same bins.
  func adding(_ other: MagnitudeHistogram) -> MagnitudeHistogram {
    var sum = self
    sum.merge(other)
    return sum
  }

  /// Σ (x − x̂)², every value taken as the middle of its bin.
  func squaredError(sign: Float, on step: Step) -> Double {
    var error = 0.0
    for (bin, count) in counts.enumerated() where count > 0 {
      let value = sign * middle(bin)
      let distance = Double(value - step.value(of: step.code(of: value)))
      error += Double(count) * distance * distance
    }
    return error
  }
}

extension Network {
  /// What flows at some places, on the first examples of some inputs.
  /// - Parameter places: nodes, by position; `Network.input` is the input.
  /// - Throws: `CompressionError.network`; `.setting` where something is not a finite number.
  func observed(
    at places: [Int], on inputs: Tensor, samples: Int, spread: Bool, monitor: Monitor
  ) throws(CompressionError) -> [Int: ActivationObserver] {
    let some = Tensor(
      trusted: [samples] + inputShape,
      Array(inputs.elements.prefix(samples * inputShape.reduce(1, *))))
    var observers: [Int: ActivationObserver] = [:]
    for place in places { observers[place] = ActivationObserver() }
    do throws(NetworkError) {
      try trace(some, outputsOf: places, monitor: monitor) { observers[$0]?.see($1) }
      for (place, observer) in observers where !observer.isFinite {
        throw .option(
          name: "on", wanted: "examples that the network answers with finite numbers",
          got: "others at `\(place == Network.input ? "the input" : nodes[place].name)`")
      }
      guard spread else { return observers }
      for place in places { observers[place]?.layOut() }
      try trace(some, outputsOf: places, monitor: monitor) { observers[$0]?.count($1) }
    } catch { throw .network(error) }
    return observers
  }
}
