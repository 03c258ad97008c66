// Laws of going back to a start: the masks of the one, the values of the other.
import Networks
import Tensors
import Testing

@Suite struct RewindingTests {
  private func network(
    seed: UInt64 = 1, units: Int = 12, name: String = "norm", slope: Double = 0.1,
    weights: Initialization = .glorot
  ) throws -> Network {
    try Network.build(
      name: "net", input: [1, 6, 6],
      blueprint: [
        .layer(try Conv2D(filters: 4, kernel: [3, 3])), .layer(try BatchNorm(), name: name),
        .layer(try Activation(.leaky, slope: slope)), .layer(Flatten()),
        .layer(try DenseLayer(units: units)), .layer(try DenseLayer(units: 3)),
      ], weights: weights, random: RandomStream(seed: seed))
  }

  /// Every third weight pruned, and everything else moved.
  private func later(_ network: Network) -> Network {
    network.mapParameters { _, parameter in
      let moved = parameter.value.map { $0 + 0.5 }
      guard parameter.role == .weight else { return parameter.with(value: moved) }
      return parameter.with(value: moved)
        .with(pruned: moved.elements.indices.map { $0 % 3 == 0 })
    }
  }

  @Test func masksStayAndValuesGoBack() throws {
    let start = try network()
    let end = later(start)
    let rewound = try end.rewound(to: start)
    for ((_, made), (now, first)) in zip(
      rewound.parameters, zip(end.parameters.map(\.parameter), start.parameters.map(\.parameter)))
    {
      #expect(made.pruned == now.pruned)
      for i in made.value.elements.indices {
        let isPruned = now.pruned?[i] == true
        #expect(made.value.elements[i] == (isPruned ? 0 : first.value.elements[i]))
      }
    }
  }

  @Test func freshWeightsAreThoseOfAFreshNetwork() throws {
    for weights in Initialization.all {
      let fresh = try network(seed: 9, weights: weights)
      let whole = try network(seed: 1).reinitialized(weights, random: RandomStream(seed: 9))
      #expect(whole.parameters.map(\.parameter.value) == fresh.parameters.map(\.parameter.value))
      let end = later(try network(seed: 1))
      let made = end.reinitialized(weights, random: RandomStream(seed: 9))
      for (a, b) in zip(made.parameters, try end.rewound(to: fresh).parameters) {
        #expect(a.parameter.value == b.parameter.value && a.parameter.pruned == b.parameter.pruned)
      }
    }
  }

  /// The variance of each table's formula, of 12 × 64 and 3 × 12 weights.
  @Test(arguments: [("glorot", 2.0 / 76), ("glorot_normal", 2.0 / 76), ("he", 2.0 / 64)])
  func firstWeightsHaveTheirVariance(_ name: String, _ variance: Double) throws {
    let weights = try #require(Initialization.all.first { $0.name == name })
    var squares = 0.0
    var fourths = 0.0
    var count = 0.0
    for seed in 0..<40 {
      let layer = try network(seed: UInt64(seed), weights: weights).nodes[4]
      for weight in layer.parameters[0].value.elements {
        squares += Double(weight * weight)
        fourths += Double(weight * weight * weight * weight)
        count += 1
      }
    }
    #expect(abs(squares / count / variance - 1) < 0.03)
    // 9/5 for a uniform distribution, 3 for a normal one.
    let kurtosis = fourths / count / (squares / count * squares / count)
    #expect(abs(kurtosis - (name == "glorot" ? 1.8 : 3)) < 0.1)
  }

  @Test func theFirstDifferenceIsNamed() throws {
    let end = later(try network())
    func difference(_ start: Network) -> String? {
      do { _ = try end.rewound(to: start) } catch .different(let text) { return text } catch {}
      return nil
    }
    let other = "`dense1` is dense, units 12, bias 1, and dense, units 10, bias 1 in the start"
    #expect(difference(try network(units: 10)) == other)
    #expect(difference(try network(name: "bn")) == "layer 2 is `norm`, and `bn` in the start")
    #expect(difference(try network(slope: 0.2))?.contains("0.2") == true)
    let small = try Network.build(
      name: "net", input: [36], blueprint: [.layer(try DenseLayer(units: 3))],
      random: RandomStream(seed: 1))
    #expect(difference(small) == "the input is [1, 6, 6], and [36] in the start")
  }

  @Test func withoutMasksNothingIsRewound() throws {
    let start = try network()
    #expect(throws: RewindingError.whole) { try start.rewound(to: start) }
  }
}
