// Laws of quantized networks over every grid, range and granularity.
import Compression
import Encodings
import Networks
import Tensors
import Testing

@Suite struct QuantizeTests {
  static let granularities: [Affine.Granularity] = [.tensor, .channel, .group(5)]

  /// Every combination worth a law, by the names of the tables.
  static var all: [QuantizeOptions] {
    Grid.all.flatMap { grid in
      let fraction = grid.takesFraction ? 4 : nil
      let slices: [Affine.Granularity?] = grid.takesGranularity ? granularities : [nil]
      let bits = [1, 2, 3, 8, 11, 16].filter(grid.bits.contains)
      let ranged = RangeEstimator.all.filter { grid.takesRange && $0.use == .anything }.map {
        QuantizeOptions(grid: grid, bits: bits.contains(3) ? 3 : nil, range: $0)
      }
      return ranged
        + slices.flatMap { granularity in
          bits.map {
            QuantizeOptions(
              grid: grid, bits: $0, granularity: granularity, fraction: fraction, strict: false)
          }
        }
    }
  }

  func values(_ network: Network) -> [[Float]] {
    network.parameters.map(\.parameter.value.elements)
  }

  @Test(arguments: ["mlp", "grouped"])
  func onlyWeightsChangeAndTheEncodingIsTheValue(_ name: String) throws {
    let network = try Specimens.network(name)
    for options in Self.all {
      let result = try quantize(network, options)
      for (old, new) in zip(network.parameters, result.network.parameters) {
        #expect(new.parameter.encoding.decoded() == new.parameter.value)
        if old.parameter.role != .weight { #expect(old.parameter.value == new.parameter.value) }
        // A table of 256 points is more than so few weights.
        if old.parameter.role == .weight, options.grid.name != Grid.points.name {
          #expect(
            new.parameter.encoding.ledger.bits < old.parameter.encoding.ledger.bits)
        }
      }
      let untouched = network.parameters.filter { $0.parameter.role != .weight }.map(\.name)
      #expect(result.notes.filter { !$0.isReplacement }.map(\.subject) == untouched)
    }
  }

  @Test func quantizingAgainChangesNothing() throws {
    let network = try Specimens.network("cnn")
    for options in Self.all {
      let once = try quantize(network, options).network
      #expect(values(try quantize(once, options).network) == values(once))
    }
  }

  @Test func prunedWeightsStayPruned() throws {
    let network = try prune(
      try Specimens.network("cnn"), PruneOptions(.share(0.7), scope: .global)
    ).network
    for options in Self.all where options.grid.holdsZero || !options.isByChannel {
      let result = try quantize(network, options).network
      #expect(values(try quantize(result, options).network) == values(result))
      for (old, new) in zip(network.parameters, result.parameters) {
        #expect(old.parameter.pruned == new.parameter.pruned)
        #expect(new.parameter.encoding.decoded() == new.parameter.value)
        for (value, isPruned) in zip(new.parameter.value.elements, new.parameter.pruned ?? [])
        where isPruned { #expect(value == 0) }
      }
    }
  }

  @Test func finerGranularityErrsLess() throws {
    let network = try Specimens.network("mlp")
    let errors = try [Affine.Granularity.tensor, .channel, .group(2)].map { granularity in
      let result = try quantize(
        network, QuantizeOptions(bits: 4, granularity: granularity, strict: false))
      return zip(values(network).joined(), values(result.network).joined()).reduce(0.0) {
        $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
      }
    }
    #expect(errors[0] > errors[1] && errors[1] > errors[2])
  }

  @Test func biasesWhereAskedFor() throws {
    let network = try Specimens.network("mlp")
    let result = try quantize(network, QuantizeOptions(bits: 4, biases: true))
    #expect(result.notes.isEmpty)
    #expect(result.network.parameters.allSatisfy { $0.parameter.encoding is Affine })
  }

  @Test func onlyTheLayersAskedFor() throws {
    let network = try Specimens.network("mlp")
    let result = try quantize(network, QuantizeOptions(layers: .only(["dense2"]))).network
    #expect(
      result.parameters.filter { $0.parameter.encoding is Affine }.map(\.name) == ["dense2.weight"])
  }

  @Test func refusesWhatIsOutOfRange() throws {
    let network = try Specimens.network("mlp")
    for bits in [-1, 0, 1, 17, 32] {
      #expect(throws: CompressionError.bits(bits, wanted: 2...16, grid: "symmetric")) {
        try quantize(network, QuantizeOptions(bits: bits))
      }
    }
    #expect(throws: CompressionError.group(0)) {
      try quantize(network, QuantizeOptions(granularity: .group(0)))
    }
    #expect(throws: Never.self) { try quantize(network, QuantizeOptions(grid: .fp16, bits: 16)) }
    let broken = network.mapParameters { _, parameter in
      parameter.with(value: parameter.value.map { _ in .nan })
    }
    #expect(throws: CompressionError.notFinite(parameter: "dense1.weight", index: [0, 0])) {
      try quantize(broken, QuantizeOptions())
    }
    let huge = network.mapParameters { _, parameter in
      parameter.with(value: parameter.value.map { _ in -.greatestFiniteMagnitude })
    }
    for options in Self.all {
      let result = Result { () throws(CompressionError) in try quantize(huge, options).network }
      switch result {
      case .success(let network): #expect(values(network)[0].allSatisfy { $0.isFinite })
      case .failure(let error): #expect(error.code == "E0611")
      }
    }
  }

  @Test func refusesSettingsThatWouldDoNothing() throws {
    let network = try Specimens.network("mlp")
    let useless: [QuantizeOptions] = [
      QuantizeOptions(grid: .fp16, range: .mse), QuantizeOptions(grid: .bf16, granularity: .tensor),
      QuantizeOptions(grid: .ternary, range: .minmax), QuantizeOptions(grid: .affine, narrow: true),
      QuantizeOptions(grid: .fp8E4M3, rounding: .halfAway), QuantizeOptions(fraction: 3),
      QuantizeOptions(percentile: 0.99), QuantizeOptions(range: .movingAverage),
      QuantizeOptions(grid: .fixedPoint),
    ]
    for options in useless {
      let error = #expect(throws: CompressionError.self) { try quantize(network, options) }
      #expect(error?.code == "E0611")
    }
  }

  @Test func groupsThatDoNotDivideAreRefusedOrNoted() throws {
    let network = try Specimens.network("mlp")
    let row = try #require(network.parameters.first).parameter.value.shape[1]
    let options = QuantizeOptions(granularity: .group(row - 1))
    #expect(
      throws: CompressionError.uneven(group: row - 1, row: row, parameter: "dense1.weight")
    ) { try quantize(network, options) }
    var lenient = options
    lenient.strict = false
    let note = try #require(try quantize(network, lenient).notes.first { $0.isReplacement })
    #expect(note.subject == "dense1.weight" && note.text.contains("asked for groups"))
  }
}

extension QuantizeOptions {
  fileprivate var isByChannel: Bool {
    grid.takesGranularity && (granularity == nil || granularity == .channel)
  }
}
