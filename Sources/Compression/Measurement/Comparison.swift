// Several networks on one test set: each one's measurement, and what changed against the first.

/// What is known about one network. What was not measured is nil.
package struct Measurement: Sendable {
  package let name: String
  package let footprint: Footprint
  /// For each example of the test set, whether the answer was right; nil without a test set.
  package let right: [Bool]?
  package let loss: Double?
  /// The length of the file that `save` would write.
  package let fileBytes: Int?
  /// The length of that file after gzip.
  package let gzipBytes: Int?
  package let latency: Latency?
  /// It skips its weights of 0.
  package let skipsZeros: Bool
  /// Of the same network the other way: dense, where it skips zeros.
  package let otherLatency: Latency?

  package init(
    name: String, footprint: Footprint, right: [Bool]? = nil, loss: Double? = nil,
    fileBytes: Int? = nil, gzipBytes: Int? = nil, latency: Latency? = nil,
    skipsZeros: Bool = false, otherLatency: Latency? = nil
  ) {
    self.name = name
    self.footprint = footprint
    self.right = right
    self.loss = loss
    self.fileBytes = fileBytes
    self.gzipBytes = gzipBytes
    self.latency = latency
    self.skipsZeros = skipsZeros
    self.otherLatency = otherLatency
  }

  /// What the same numbers take skipping zeros, and dense; nil where only one way was timed.
  package var sparseLatency: Latency? { otherLatency.flatMap { skipsZeros ? latency : $0 } }
  package var denseLatency: Latency? { otherLatency.flatMap { skipsZeros ? $0 : latency } }

  package var accuracy: Proportion? {
    right.map { right in
      Proportion(successes: right.reduce(0) { $0 + ($1 ? 1 : 0) }, trials: right.count)
    }
  }
}

/// How many times smaller something became. Ratios of different kinds never meet on one axis.
package struct Ratio: Sendable, Equatable {
  package let kind: Kind
  /// Before divided by after.
  package let value: Double

  package enum Kind: String, Sendable, CaseIterable {
    case fileBytes = "file bytes"
    case gzipBytes = "gzip bytes"
    case storedBits = "stored bits"
    case nonZeros = "non-zeros"
    case multiplyAccumulates = "multiply-accumulates"

    /// The quantity that is compared, or nil where it was not measured.
    package func quantity(of measurement: Measurement) -> Int? {
      switch self {
      case .fileBytes: measurement.fileBytes
      case .gzipBytes: measurement.gzipBytes
      case .storedBits: measurement.footprint.payloadBits
      case .nonZeros: measurement.footprint.nonZeros
      case .multiplyAccumulates: measurement.footprint.multiplyAccumulates
      }
    }
  }

  /// Nil where one of them was not measured, or nothing is left.
  package init?(_ kind: Kind, from before: Measurement, to after: Measurement) {
    guard let before = kind.quantity(of: before), let after = kind.quantity(of: after), after > 0
    else { return nil }
    self.kind = kind
    value = Double(before) / Double(after)
  }
}

package struct Comparison: Sendable {
  package struct Row: Sendable {
    package let measurement: Measurement
    /// Against the first network; nil in its own row and without a test set.
    package let flips: Flips?
    /// Accuracy minus the first network's, -1...1; nil as above.
    package let accuracyDelta: Double?
    /// Against the first network, those that can be given; none in its own row.
    package let ratios: [Ratio]
  }

  package let rows: [Row]

  /// - Parameter measurements: the first is the one that the others are compared with.
  /// - Throws: `CompressionError.unpaired` where the networks answered different numbers of
  ///   examples.
  package init(_ measurements: [Measurement]) throws(CompressionError) {
    var rows: [Row] = []
    for (i, measurement) in measurements.enumerated() {
      guard i > 0 else {
        rows.append(Row(measurement: measurement, flips: nil, accuracyDelta: nil, ratios: []))
        continue
      }
      rows.append(try Comparison.row(measurement, against: measurements[0]))
    }
    self.rows = rows
  }

  private static func row(
    _ measurement: Measurement, against first: Measurement
  ) throws(CompressionError) -> Row {
    var flips: Flips?
    var delta: Double?
    if let before = first.right, let after = measurement.right {
      flips = try Flips(from: before, to: after)
      delta = (measurement.accuracy?.value ?? 0) - (first.accuracy?.value ?? 0)
    }
    return Row(
      measurement: measurement, flips: flips, accuracyDelta: delta,
      ratios: Ratio.Kind.allCases.compactMap { Ratio($0, from: first, to: measurement) })
  }
}
