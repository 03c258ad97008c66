// Sharing weights: its laws over every kind of network, and centroids that are trained.
import Compression
import Encodings
import Networks
import Tensors
import Testing

@Suite struct ShareTests {
  private func codebooks(_ network: Network) -> [(name: String, codebook: Codebook)] {
    network.parameters.compactMap { name, parameter in
      let encoding = (parameter.encoding as? Sparse)?.values ?? parameter.encoding
      return (encoding as? Codebook).map { (name, $0) }
    }
  }

  private func pruned(_ network: Network) throws -> Network {
    try prune(network, PruneOptions(.share(0.6))).network
  }

  @Test(arguments: Specimens.names) func everyWeightBecomesTheNearestCentroid(
    name: String
  ) throws {
    for network in [try Specimens.network(name), try pruned(Specimens.network(name))] {
      for scope in SharingScope.allCases {
        let shared = try share(network, ShareOptions(centroids: 5, scope: scope)).network
        #expect(codebooks(shared).count == weightCount(network))
        for (old, new) in zip(network.parameters, shared.parameters) {
          guard old.parameter.role == .weight else {
            #expect(new.parameter.value == old.parameter.value)
            continue
          }
          let table = try #require(codebooks(shared).first { $0.name == new.name }).codebook
            .centroids.decoded().elements
          #expect(table.count <= 5)
          for (i, weight) in old.parameter.value.elements.enumerated() {
            let value = new.parameter.value.elements[i]
            if old.parameter.pruned?[i] == true {
              #expect(value == 0)
            } else {
              #expect(table.contains(value))
              #expect(table.allSatisfy { abs($0 - weight) >= abs(value - weight) })
            }
          }
          #expect(new.parameter.pruned == old.parameter.pruned)
        }
      }
    }
  }

  private func weightCount(_ network: Network) -> Int {
    network.parameters.count { $0.parameter.role == .weight }
  }

  @Test func enoughCentroidsChangeNothing() throws {
    let network = try pruned(Specimens.network("mlp"))
    let result = try share(network, ShareOptions(centroids: 1000, start: .random))
    for (old, new) in zip(network.parameters, result.network.parameters) {
      #expect(old.parameter.value == new.parameter.value)
    }
    #expect(result.notes.count == 3)
    #expect(result.notes.allSatisfy { $0.isReplacement })
  }

  @Test func tiedLayersHaveOneCodebook() throws {
    let shared = try share(
      Specimens.network("cnn"), ShareOptions(centroids: 6, scope: .network)
    ).network
    let found = codebooks(shared).map(\.codebook)
    #expect(found.allSatisfy { $0.isTied(to: found[0]) })
    let next = try share(
      shared, ShareOptions(centroids: 4, scope: .network, layers: .only(["conv1"]))
    ).network
    #expect(Set(codebooks(next).map(\.codebook.tie)) == [1, 2])
  }

  @Test(arguments: SharingScope.allCases) func biasesShareWhereAskedTo(scope: SharingScope) throws {
    let network = try Specimens.network("mlp")
    let shared = try share(
      network, ShareOptions(centroids: 3, scope: scope, biases: true)
    ).network
    #expect(codebooks(shared).count == 6)
    let values = shared.parameters.map { Set($0.parameter.value.elements) }
    #expect(values.allSatisfy { $0.count <= 3 })
    if scope == .network { #expect(values.reduce(Set()) { $0.union($1) }.count == 3) }
  }

  @Test func whatCannotBeSharedIsAnError() throws {
    let network = try Specimens.network("mlp")
    func code(_ options: ShareOptions, _ network: Network) -> String? {
      do throws(CompressionError) { _ = try share(network, options) } catch { return error.code }
      return nil
    }
    #expect(code(ShareOptions(centroids: 0), network) == "E0611")
    #expect(code(ShareOptions(centroids: 1 << 17), network) == "E0611")
    #expect(code(ShareOptions(centroids: 4, layers: .only(["x"])), network) == "E0607")
    let all = ["dense1", "dense2", "dense3"]
    #expect(code(ShareOptions(centroids: 4, layers: .except(all)), network) == "E0608")
  }

  // MARK: Training

  private func data(_ network: Network, seed: UInt64 = 5) throws -> Dataset {
    var random = RandomStream(seed: seed)
    let inputs = try random.normal(shape: [64] + network.inputShape)
    let classes = network.outputShape.reduce(1, *)
    return Dataset(
      name: "noise", part: "", inputs: inputs,
      labels: (0..<64).map { _ in random.integer(below: classes) }, classes: classes, digest: "")
  }

  /// A step of plain gradient descent moves each centroid by the sum of its weights' gradients.
  @Test(arguments: SharingScope.allCases) func centroidsMoveBySummedGradients(
    scope: SharingScope
  ) throws {
    for start in [try Specimens.network("mlp"), try pruned(Specimens.network("mlp"))] {
      let shared = try share(start, ShareOptions(centroids: 4, scope: scope)).network
      let data = try data(shared)
      var training = Training()
      (training.epochs, training.batch, training.rate) = (1, 64, 0.1)
      (training.optimizer, training.momentum) = (.sgd, 0)
      // The gradient of single weights, from a step of the same network without its codebooks.
      let plain = try dequantized(shared).trained(on: data, training).network
      training.projections = shared.quantizedProjections
      let moved = try shared.trained(on: data, training).network
      var wanted: [String: [Float]] = [:]
      var tied = [Float](repeating: 0, count: 4)
      for (name, codebook) in codebooks(shared) {
        let before = try #require(shared.parameters.first { $0.name == name }).parameter
        let after = try #require(plain.parameters.first { $0.name == name }).parameter
        var kept = before.value.elements.indices.filter { before.pruned?[$0] != true }[...]
        var sums = [Float](repeating: 0, count: codebook.entries)
        for code in codebook.codes {
          guard let i = kept.popFirst() else { continue }
          sums[Int(code)] += after.value.elements[i] - before.value.elements[i]
        }
        wanted[name] = sums
        for (k, sum) in sums.enumerated() where k < tied.count { tied[k] += sum }
      }
      for ((name, old), (_, new)) in zip(codebooks(shared), codebooks(moved)) {
        #expect(old.codes == new.codes)
        let sums = scope == .layer ? wanted[name] ?? [] : tied
        for (k, sum) in sums.enumerated() {
          let change =
            new.centroids.decoded().elements[k] - old.centroids.decoded().elements[k]
          #expect(abs(change - sum) < 1e-5, "\(name) \(k)")
        }
      }
    }
  }

  @Test func trainingKeepsWhatIsShared() throws {
    let start = try pruned(Specimens.network("cnn"))
    let shared = try share(start, ShareOptions(centroids: 8, format: .fp16)).network
    var training = Training()
    (training.epochs, training.batch) = (3, 16)
    training.projections = shared.quantizedProjections
    let trained = try shared.trained(on: data(shared), training).network
    #expect(codebooks(trained).count == codebooks(shared).count)
    for (old, new) in zip(shared.parameters, trained.parameters)
    where old.parameter.role == .weight {
      #expect(new.parameter.pruned == old.parameter.pruned)
      #expect(new.parameter.value != old.parameter.value)
      #expect(new.parameter.encoding.summary == old.parameter.encoding.summary)
      #expect(new.parameter.encoding.ledger == old.parameter.encoding.ledger)
      #expect(new.parameter.encoding.decoded() == new.parameter.value)
    }
  }
}
