// Pruning by mask: exact counts, order, ties, repetition, over all criteria and granularities.
import Compression
import Networks
import Tensors
import Testing

@Suite struct PruneWeightsTests {
  static let criteria = Criterion.all.filter { !$0.learns && $0.scores(.weight) }.map(\.name)

  func pruned(_ network: Network) -> Int {
    network.parameters.reduce(0) { sum, entry in
      sum + (entry.parameter.pruned ?? []).reduce(0) { $0 + ($1 ? 1 : 0) }
    }
  }

  func options(
    _ criterion: String, _ sparsity: Double, _ scope: PruningScope
  ) -> PruneOptions {
    PruneOptions(
      .share(sparsity), per: .weight, by: Criterion.all.first { $0.name == criterion },
      scope: scope)
  }

  @Test(arguments: criteria, Specimens.names)
  func removesExactlyTheCount(_ criterion: String, _ name: String) throws {
    let network = try Specimens.network(name)
    let data = Specimens.dataset(for: network, count: 12)
    for share in [0, 0.1, 0.5, 0.875] {
      let local = try prune(network, options(criterion, share, .local), on: data).network
      for (_, parameter) in local.parameters where parameter.role == .weight {
        let count = parameter.pruned?.count { $0 } ?? 0
        #expect(count == Int((share * Double(parameter.value.count)).rounded()))
      }
      let row = try prune(network, options(criterion, share, .row), on: data).network
      for (_, parameter) in row.parameters where parameter.role == .weight {
        let columns = parameter.value.count / parameter.value.shape[0]
        let mask = parameter.pruned ?? [Bool](repeating: false, count: parameter.value.count)
        for start in stride(from: 0, to: mask.count, by: columns) {
          let count = mask[start..<start + columns].count { $0 }
          #expect(count == Int((share * Double(columns)).rounded()))
        }
      }
    }
  }

  @Test(arguments: criteria, Specimens.names)
  func removesExactlyTheCountOfTheWholeNetwork(_ criterion: String, _ name: String) throws {
    let network = try Specimens.network(name)
    let data = Specimens.dataset(for: network, count: 12)
    let weights = Footprint(network).weights
    for share in [0.1, 0.5, 0.8] {
      guard
        let global = try Specimens.pruned(network, options(criterion, share, .global), on: data)
      else { continue }
      #expect(pruned(global) == Int((share * Double(weights)).rounded()))
      #expect(Footprint(global).nonZeros == weights - pruned(global))
    }
  }

  @Test func aLayerThatWouldLoseEverythingIsNamed() throws {
    let network = try Specimens.network("mlp")
    let all = CompressionError.everything(
      layer: "dense3", count: 28, noun: "weights", isGlobal: false)
    #expect(throws: all) { try prune(network, PruneOptions(.share(0.985))) }
    #expect(throws: CompressionError.self) {
      try prune(network, PruneOptions(.below(1e9)))
    }
    // What is gone already is not lost now.
    let mute = network.mapParameters { node, parameter in
      node.name == "dense1" && parameter.role == .weight
        ? parameter.with(pruned: [Bool](repeating: true, count: parameter.value.count)) : parameter
    }
    #expect(throws: Never.self) { try prune(mute, PruneOptions(.share(0.5))) }
  }

  @Test func removesTheSmallestAndLeavesTheRest() throws {
    let network = try Specimens.network("mlp")
    let result = try prune(network, PruneOptions(.share(0.6), scope: .global)).network
    var removed: Float = 0
    var kept = Float.infinity
    for (old, new) in zip(network.parameters, result.parameters) {
      for i in old.parameter.value.elements.indices {
        let value = old.parameter.value.elements[i]
        if new.parameter.pruned?[i] == true {
          removed = max(removed, abs(value))
          #expect(new.parameter.value.elements[i] == 0)
        } else {
          #expect(new.parameter.value.elements[i] == value)
          if old.parameter.role == .weight { kept = min(kept, abs(value)) }
        }
      }
    }
    #expect(removed <= kept)
  }

  @Test func whatIsPrunedStaysPrunedAndCounts() throws {
    let network = try Specimens.network("cnn")
    let half = try prune(network, PruneOptions(.share(0.5))).network
    let again = try prune(half, PruneOptions(.share(0.5))).network
    let less = try prune(half, PruneOptions(.share(0.2))).network
    let more = try prune(half, PruneOptions(.share(0.8))).network
    for i in half.parameters.indices {
      let mask = half.parameters[i].parameter.pruned
      #expect(again.parameters[i].parameter.pruned == mask)
      #expect(less.parameters[i].parameter.pruned == mask)
      for (was, now) in zip(mask ?? [], more.parameters[i].parameter.pruned ?? []) where was {
        #expect(now)
      }
    }
    #expect(pruned(more) == Footprint(network).weights - Footprint(more).nonZeros)
  }

  @Test func saysWhenCodesAreLost() throws {
    let network = try Specimens.network("mlp")
    #expect(try prune(network, PruneOptions(.share(0.5))).notes.isEmpty)
    let quantized = try quantize(network, QuantizeOptions(layers: .only(["dense2"]))).network
    let notes = try prune(quantized, PruneOptions(.share(0.5))).notes
    #expect(notes.map(\.subject) == ["dense2.weight"])
    #expect(notes[0].text.contains("int8 per channel"))
  }

  @Test func tiesGoToTheFirst() throws {
    let network = try Specimens.network("mlp").mapParameters { _, parameter in
      parameter.with(value: parameter.value.map { _ in -2 })
    }
    let result = try prune(network, PruneOptions(.share(0.25))).network
    let mask = try #require(result.parameters[0].parameter.pruned)
    #expect(mask == (0..<120).map { $0 < 30 })
  }

  @Test func onlyTheLayersAskedFor() throws {
    let network = try Specimens.network("mlp")
    let result = try prune(
      network, PruneOptions(.share(0.5), layers: .except(["dense3"]))
    ).network
    #expect(
      result.parameters.filter { $0.parameter.pruned != nil }.map(\.name) == [
        "dense1.weight", "dense2.weight",
      ])
    #expect(
      throws: CompressionError.unknownLayer("dense9", known: ["dense1", "dense2", "dense3"])
    ) {
      try prune(network, PruneOptions(.share(0.5), layers: .only(["dense9"])))
    }
  }

  @Test func refusesWhatIsNoFraction() throws {
    let network = try Specimens.network("mlp")
    for sparsity in [1, 90, -0.5, .nan, .infinity] {
      #expect(throws: CompressionError.self) {
        try prune(network, PruneOptions(.share(sparsity)))
      }
    }
    #expect(
      throws: CompressionError.criterion(
        "geometric_median", scores: "groups of weights", wanted: "per `weight`")
    ) {
      try prune(network, PruneOptions(.share(0.5), per: .weight, by: .geometricMedian))
    }
  }
}
