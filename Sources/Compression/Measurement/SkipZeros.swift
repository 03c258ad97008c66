// A pruned network as one that skips its zeros, and what that brings layer by layer: measured, never
// implied.
package import Networks
import Tensors

/// The network that skips zeros in a format wherever they have that structure. Its numbers stay, and so
/// does its storage.
/// - Throws: `CompressionError.structure` for a layer whose zeros are of another kind (not for `.auto`);
///   `.nothing` where no weight is zero; `.wholeNumbers`.
package func skipZeros(
  _ network: Network, in format: SparseFormat
) throws(CompressionError) -> Compressed {
  guard !network.runsOnCodes else { throw .wholeNumbers(technique: "skip_zeros") }
  let weights = network.nodes.indices.compactMap { n in
    network.sparseWeight(n).map { (n: n, weight: $0) }
  }
  guard weights.contains(where: { $0.weight.zeros > 0 }) else {
    throw .nothing(technique: "skip_zeros", wanted: "a dense or conv layer with weights of 0")
  }
  var made = network
  made.skipsZeros = format
  var notes: [Note] = []
  for ((n, weight), structure) in zip(weights, weights.map { made.sparseStructures[$0.n] })
  where structure == nil {
    let name = network.nodes[n].name
    guard weight.zeros > 0 else {
      notes.append(Note(name, "stays dense: none of its weights is 0"))
      continue
    }
    guard weight.structure(format) == nil else {
      notes.append(Note(name, "stays dense: no loop skips zeros there"))
      continue
    }
    guard format == .auto else { throw .structure(layer: name, format: format) }
    let share = Int((weight.density * 100).rounded())
    let most = Int(SparseWeight.autoDensity * 100)
    notes.append(
      Note(
        name,
        "stays dense: \(share)% of its weights are left, and zeros are skipped up to \(most)%"))
  }
  return Compressed(made, notes: notes)
}

/// What one layer takes by itself, dense and skipping zeros.
package struct SparseLatency: Sendable {
  package let layer: String
  /// The share of its weights that is not 0.
  package let density: Double
  package let dense: Latency
  /// Of the formats that its zeros fit.
  package let sparse: [(structure: SparseStructure, latency: Latency)]
  /// The density below which zeros at random places were faster skipped, in a layer of this shape: 0 where
  /// never, 1 where always.
  package let crossover: Double

  package var fastest: SparseStructure? {
    sparse.min { $0.latency.medianSeconds < $1.latency.medianSeconds }.flatMap {
      $0.latency.medianSeconds < dense.medianSeconds ? $0.structure : nil
    }
  }
}

package struct SparseLatencyOptions: Sendable {
  /// Examples at a time.
  package var batch = 1
  package var warmups = 5
  package var repetitions = 31
  /// Densities at which zeros at random places are timed, ascending.
  package var ladder = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]

  package init() {}
}

/// Times every dense and conv layer that has weights of 0, by itself, on noise.
/// - Throws: `CompressionError.nothing` where there is none; what running a layer throws, as `.network`.
package func sparseLatency(
  _ network: Network, _ options: SparseLatencyOptions = SparseLatencyOptions(),
  monitor: Monitor = .silent
) throws(CompressionError) -> [SparseLatency] {
  var found: [SparseLatency] = []
  for n in network.nodes.indices {
    guard let weight = network.sparseWeight(n), weight.zeros > 0 else { continue }
    do throws(NetworkError) {
      let bench = try LayerBench(network, n, options, monitor)
      let dense = try bench.latency(nil)
      var sparse: [(structure: SparseStructure, latency: Latency)] = []
      for format in SparseFormat.allCases where format != .auto {
        guard let structure = weight.structure(format) else { continue }
        sparse.append((structure, try bench.latency(format)))
      }
      found.append(
        SparseLatency(
          layer: network.nodes[n].name, density: weight.density, dense: dense, sparse: sparse,
          crossover: try bench.crossover(dense: dense)))
    } catch { throw .network(error) }
  }
  guard !found.isEmpty else {
    throw .nothing(
      technique: "sparse_latency", wanted: "a dense or conv layer with weights of 0")
  }
  return found
}

/// A layer as a network of its own, with inputs.
private struct LayerBench {
  private let network: Network
  private let inputs: Tensor
  private let options: SparseLatencyOptions
  private let monitor: Monitor

  init(
    _ whole: Network, _ n: Int, _ options: SparseLatencyOptions, _ monitor: Monitor
  ) throws(NetworkError) {
    let node = whole.nodes[n]
    let shape = whole.inputShapes(of: n)[0]
    network = try Network(
      name: node.name, inputShape: shape,
      nodes: [
        Node(
          name: node.name, layer: node.layer, inputs: [Network.input], parameters: node.parameters)
      ])
    var random = RandomStream(seed: 1)
    let count = options.batch * shape.reduce(1, *)
    inputs = Tensor(
      trusted: [options.batch] + shape, (0..<count).map { _ in Float(random.uniform()) - 0.5 })
    self.options = options
    self.monitor = monitor
  }

  func latency(_ format: SparseFormat?, of network: Network? = nil) throws(NetworkError) -> Latency
  {
    var network = network ?? self.network
    network.skipsZeros = format
    let predictor = try Predictor(network, batch: options.batch)
    let seconds = try Latency.measure(
      warmups: options.warmups, repetitions: options.repetitions
    ) { () throws(NetworkError) in _ = try predictor.predict(inputs, monitor: monitor) }
    return Latency(sorted: seconds.sorted(), warmups: options.warmups)
  }

  /// Between the last rung at which zeros were faster skipped and the next one.
  func crossover(dense: Latency) throws(NetworkError) -> Double {
    var last = (density: 0.0, ratio: 0.0)
    for density in options.ladder {
      let ratio = try latency(.csr, of: thinned(density)).medianSeconds / dense.medianSeconds
      guard ratio < 1 else {
        guard last.density > 0 else { return 0 }
        return last.density
          + (1 - last.ratio) / (ratio - last.ratio) * (density - last.density)
      }
      last = (density, ratio)
    }
    return 1
  }

  /// The layer with weights at random places.
  private func thinned(_ density: Double) -> Network {
    var random = RandomStream(seed: 2)
    return network.mapParameters { _, parameter in
      guard parameter.role == .weight else { return parameter }
      let elements = (0..<parameter.value.count).map { _ -> Float in
        Double(random.uniform()) < density ? 0.5 : 0
      }
      return parameter.with(value: Tensor(trusted: parameter.value.shape, elements))
    }
  }
}
