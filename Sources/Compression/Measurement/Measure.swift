// Measures a network: what it weighs, how often it is right, how long one example takes.
package import Networks
import Tensors

package struct MeasureOptions: Sendable {
  /// Unmeasured runs before the measured ones; 0 repetitions for no latency at all.
  package var warmups: Int
  package var repetitions: Int
  /// The length in bytes of the file that `save` would write, and of that file after gzip; whoever
  /// writes files supplies it.
  package var fileBytes: (@Sendable (Network) -> (file: Int, gzip: Int)?)?
  /// A network with weights of 0 is timed both ways: dense, and skipping them.
  package var timesZeros: Bool

  package init(
    warmups: Int = 5, repetitions: Int = 31, timesZeros: Bool = false,
    fileBytes: (@Sendable (Network) -> (file: Int, gzip: Int)?)? = nil
  ) {
    self.warmups = warmups
    self.repetitions = repetitions
    self.timesZeros = timesZeros
    self.fileBytes = fileBytes
  }
}

/// - Parameter data: a test set, or nil for the size and the cost alone.
/// - Throws: `CompressionError`: `.setting` for negative numbers of runs; what running the network
///   throws, as `.network`.
package func measure(
  _ network: Network, name: String, on data: Dataset?, _ options: MeasureOptions = MeasureOptions(),
  monitor: Monitor = .silent
) throws(CompressionError) -> Measurement {
  for (setting, value) in [("warmups", options.warmups), ("repetitions", options.repetitions)] {
    guard (0...1_000_000).contains(value) else {
      throw .setting(name: setting, wanted: "from 0 to 1000000", got: "\(value)")
    }
  }
  let bytes = options.fileBytes?(network)
  do {
    var evaluation: Evaluation?
    if let data { evaluation = try network.evaluate(on: data, monitor: monitor) }
    let latency = try latency(of: network, data, options, monitor)
    let other = try otherWay(of: network).map { network throws(NetworkError) in
      options.timesZeros ? try Compression.latency(of: network, data, options, monitor) : nil
    }
    return Measurement(
      name: name, footprint: Footprint(network),
      right: data.flatMap { data in
        evaluation.map { zip($0.predictions, data.labels).map { $0 == $1 } }
      },
      loss: evaluation?.loss, fileBytes: bytes?.file, gzipBytes: bytes?.gzip,
      latency: latency, skipsZeros: network.skipsZeros != nil, otherLatency: other ?? nil)
  } catch { throw .network(error) }
}

/// Forward passes of one example, the data's first or zeros, with everything laid out beforehand.
private func latency(
  of network: Network, _ data: Dataset?, _ options: MeasureOptions, _ monitor: Monitor
) throws(NetworkError) -> Latency? {
  guard options.repetitions > 0 else { return nil }
  let shape = [1] + network.inputShape
  var example = Tensor(repeating: 0, shape: shape)
  if let data, data.count > 0, data.exampleShape == network.inputShape {
    example = Tensor(trusted: shape, Array(data.inputs.elements.prefix(example.count)))
  }
  let predictor = try Predictor(network, batch: 1)
  let seconds = try Latency.measure(warmups: options.warmups, repetitions: options.repetitions) {
    () throws(NetworkError) in
    _ = try predictor.predict(example, monitor: monitor)
  }
  return Latency(sorted: seconds.sorted(), warmups: options.warmups)
}

/// The network that reads its weights the other way: dense where it skips zeros, and skipping those that
/// can be where it runs dense. Nil where none can.
private func otherWay(of network: Network) -> Network? {
  var other = network
  other.skipsZeros = network.skipsZeros == nil ? .auto : nil
  let skipping = network.skipsZeros == nil ? other : network
  return skipping.sparseStructures.contains { $0 != nil } ? other : nil
}
