// Indexing and coding: no weight changes, no file grows, and what was trained stays trainable.
import Compression
import Encodings
import Networks
import Tensors
import Testing

@Suite struct CodingTests {
  /// Every way that pruned weights come to be stored.
  private func networks(_ name: String) throws -> [Network] {
    let pruned = try prune(Specimens.network(name), PruneOptions(.share(0.7))).network
    return [
      pruned, try share(pruned, ShareOptions(centroids: 6)).network,
      try quantize(pruned, QuantizeOptions(bits: 4, granularity: .tensor)).network,
      try quantize(pruned, QuantizeOptions(bits: 4, granularity: .channel)).network,
      try quantize(pruned, QuantizeOptions(grid: .ternary)).network,
    ]
  }

  private func bits(_ network: Network) -> Int {
    network.parameters.reduce(0) { $0 + $1.parameter.encoding.ledger.bits }
  }

  private func isSame(_ one: Network, _ other: Network) -> Bool {
    zip(one.parameters, other.parameters).allSatisfy {
      $0.parameter.value == $1.parameter.value && $0.parameter.pruned == $1.parameter.pruned
    }
  }

  private func read(_ encoding: any Encoding) throws -> any Encoding {
    var writer = ByteWriter()
    EncodingTable.write(encoding, to: &writer)
    #expect(EncodingTable.ledger(of: encoding).bits == 8 * writer.bytes.count)
    var reader = ByteReader(writer.bytes)
    return try EncodingTable.read(from: &reader, shape: encoding.shape)
  }

  @Test(arguments: Specimens.names) func indexingKeepsEveryWeight(name: String) throws {
    for network in try networks(name) {
      for family in IndexFamily.all {
        let indexed = try index(network, by: family).network
        #expect(isSame(indexed, network))
        for (_, parameter) in indexed.parameters {
          #expect(try read(parameter.encoding).decoded() == parameter.value)
        }
        #expect(try isSame(index(indexed, by: .smallest).network, network))
      }
    }
  }

  @Test(arguments: Specimens.names) func codingKeepsEveryWeightAndNeverGrows(name: String) throws {
    for network in try networks(name) {
      for coder in Coder.all {
        for reindex in [true, false] {
          let coded = try code(network, by: coder, reindex: reindex).network
          #expect(isSame(coded, network))
          #expect(bits(coded) <= bits(network))
          for (_, parameter) in coded.parameters {
            #expect(try read(parameter.encoding).decoded() == parameter.value)
          }
          // Coding again changes nothing more.
          #expect(try bits(code(coded, by: coder, reindex: reindex).network) == bits(coded))
        }
      }
    }
  }

  @Test func codedWeightsAreTrainedOnTheirGrids() throws {
    for network in try networks("mlp") {
      let relative = try index(network, by: .relative, bits: 2).network
      for coded in [
        try code(network, by: .range).network, try code(relative, by: .huffman).network,
      ] {
        #expect(
          Set(coded.quantizedProjections.keys) == Set(network.quantizedProjections.keys))
      }
    }
  }

  /// A relative index has a stored 0 wherever a gap does not fit: its codes are more.
  @Test func fillersAreValues() throws {
    let network = try networks("mlp")[2]
    let weight = try #require(index(network, by: .relative, bits: 2).network.parameters.first)
    let sparse = try #require(weight.parameter.encoding as? Sparse)
    let kept = weight.parameter.pruned.map { $0.count { !$0 } } ?? 0
    #expect(sparse.positions.count == sparse.values.shape[0])
    #expect(sparse.fillerCount >= sparse.positions.count - kept)
    #expect(sparse.ledger.bits(for: .fillers) == 2 * sparse.fillerCount)
    #expect(sparse.ledger.bits(for: .codes) == 4 * sparse.positions.count)
  }

  @Test func entropiesAreBounds() throws {
    let network = try networks("cnn")[2]
    let plain = entropies(of: network)
    let huffman = entropies(of: try code(network, by: .huffman, reindex: false).network)
    #expect(plain.map(\.symbols) == huffman.map(\.symbols))
    #expect(zip(plain, huffman).allSatisfy { $0.shannonBits == $1.shannonBits })
    for row in plain + huffman where row.purpose != .values {
      #expect(Double(row.storedBits ?? 0) + 1e-6 >= row.shannonBits)
    }
  }

  @Test func refusesWhatDoesNothing() throws {
    let network = try Specimens.network("mlp")
    #expect(throws: CompressionError.self) { try index(network, by: .csr) }
    let pruned = try networks("mlp")[0]
    #expect(throws: CompressionError.self) { try index(pruned, by: .csr, bits: 4) }
    #expect(throws: CompressionError.self) { try index(pruned, by: .gaps, bits: 9) }
    #expect(throws: CompressionError.self) { try index(pruned, by: .positions, bits: 20) }
    #expect(throws: CompressionError.self) { try index(pruned, by: .csr, layers: .only(["no"])) }
    #expect(throws: CompressionError.self) { try code(pruned, by: .range, layers: .only(["no"])) }
  }
}
